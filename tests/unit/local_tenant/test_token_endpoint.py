"""The token endpoint, over HTTP."""

import aiohttp
import pytest

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def ask(address, *, method="POST", query=None, **options):
    async with aiohttp.ClientSession() as session:
        response = await session.request(method, address.auth_url, params=query, **options)
        return response.status, response.headers, await response.json()


def parameters(address, **changes):
    whole = {"grant_type": "client_credentials", "client_id": address.client_id, "client_secret": address.client_secret}
    return {name: value for name, value in (whole | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "status", "error", "word"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", "wrong"),
        ({"client_id": "somebody"}, 401, "invalid_client", "wrong"),
        ({"client_secret": "undefined"}, 401, "invalid_client", "JavaScript SDK"),
        ({"client_secret": "é\u2028"}, 401, "invalid_client", "wrong"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", "password"),
        ({"client_id": None}, 400, "invalid_request", "client_id"),
        ({"client_secret": ""}, 400, "invalid_request", "client_secret"),
        ({"client_id": None, "client_secret": None}, 400, "invalid_request", "client_id and client_secret"),
    ],
)
@pytest.mark.parametrize("place", ["query", "data"])
async def test_a_wrong_request_is_refused_with_an_error_and_its_description(
    client, changes, status, error, word, place
):
    async with client.tenant() as address:
        given, headers, body = await ask(address, **{place: parameters(address, **changes)})
    assert (given, body["error"]) == (status, error)
    assert word in body["error_description"]
    assert set(body) == {"error", "error_description"}
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"].startswith("application/json")


async def test_a_parameter_given_twice_is_refused(client):
    async with client.tenant() as address:
        status, _, body = await ask(address, query=parameters(address), data={"client_id": address.client_id})
    assert (status, body["error"]) == (400, "invalid_request")
    assert "client_id" in body["error_description"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"client_id=%FF%FE&client_secret=\xff", FORM),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded; charset=klingon"}),
        (b'--x\r\nContent-Disposition: form-data; name="client_id"; filename="f"\r\n\r\n1\r\n--x--\r\n',
         {"Content-Type": "multipart/form-data; boundary=x"}),
        (b"--y nothing", {"Content-Type": "multipart/form-data; boundary=x"}),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_readable_form_is_refused(client, body, headers):
    async with client.tenant() as address:
        status, _, answer = await ask(address, data=body, headers=headers)
    assert status in {400, 401}
    assert answer["error"] in {"invalid_request", "invalid_client"}


async def test_a_body_too_large_is_refused_as_json(client):
    async with client.tenant() as address:
        status, _, body = await ask(address, data=b"a" * 100_000, headers=FORM)
    assert (status, body["error"]) == (413, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_told_which_is_allowed(client, method):
    async with client.tenant() as address:
        status, headers, body = await ask(address, method=method, query=parameters(address))
    assert (status, headers["Allow"], body["error"]) == (405, "POST", "invalid_request")


async def test_another_path_is_told_the_right_one(client):
    async with client.tenant() as address, aiohttp.ClientSession() as session:
        response = await session.post(address.auth_url + "/token", params=parameters(address))
        body = await response.json()
    assert response.status == 404
    assert "/auth/oauth2/token." in body["error_description"]


@pytest.mark.parametrize("place", ["query", "data"])
async def test_the_right_secret_gets_a_token_that_no_cache_keeps(client, place):
    async with client.tenant(token_lifetime_s=42) as address:
        status, headers, body = await ask(address, **{place: parameters(address)})
    assert status == 200
    assert body.keys() == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 42)
    assert headers["Cache-Control"] == "no-store"


async def test_grant_type_may_be_missing_and_an_empty_form_may_come_along(client):
    async with client.tenant() as address:
        status, _, _ = await ask(address, query=parameters(address, grant_type=None), headers=FORM)
    assert status == 200


async def test_each_tenant_has_secrets_of_its_own(client):
    async with client.tenant() as one, client.tenant() as other:
        assert one.client_secret != other.client_secret
        assert one.control_key != other.control_key
        status, _, _ = await ask(one, query=parameters(other))
    assert status == 401
