"""Tokens from an endpoint of one's own back end, real HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from optave_inspector.client.config import TicketEndpoint
from optave_inspector.client.ticket_endpoint import field_path
from optave_inspector.client.token_sources import TokenError, take_token
from tests.unit.client.token_endpoints import TOKEN, assert_without, endpoint

SECRET = "k3y-of-the-backend"


def answering(content: Any, status: int = 200) -> Any:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=json.dumps(content), content_type="application/json")

    return handler


async def fails(used, source: TicketEndpoint) -> TokenError:
    with pytest.raises(TokenError) as caught:
        await take_token(source, used)
    assert_without(caught.value, SECRET)
    return caught.value


async def test_the_usual_request_is_a_post_without_a_body_as_the_sdk_makes_it(used) -> None:
    seen = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.method, request.path, await request.read(), request.headers.get("Content-Type")))
        return web.json_response({"token": TOKEN})

    async with endpoint(handler) as base:
        token = await take_token(TicketEndpoint(f"{base}/api/optave/ws-ticket"), used)
    assert (token.text, token.source) == (TOKEN, "ticket endpoint")
    assert [(method, path, body) for method, path, body, _ in seen] == [("POST", "/api/optave/ws-ticket", b"")]


async def test_by_get_with_headers_and_the_secret_where_its_placeholder_stands(used) -> None:
    seen = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update(method=request.method, key=request.headers["X-Key"], tenant=request.headers["X-Tenant"])
        return web.json_response({"access_token": TOKEN})

    headers = (("X-Key", "Key {{secret}}"), ("X-Tenant", "acme"))
    async with endpoint(handler) as base:
        await take_token(TicketEndpoint(f"{base}/t", "GET", headers, SECRET), used)
    assert seen == {"method": "GET", "key": f"Key {SECRET}", "tenant": "acme"}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("token", ("token",)),
        ("data.token", ("data", "token")),
        ("$.data.token", ("data", "token")),
        ("tickets[0].jwt", ("tickets", "0", "jwt")),
        (" $ ", ()),
    ],
)
def test_a_field_is_named_by_itself_or_by_its_path(text: str, path: tuple[str, ...]) -> None:
    assert field_path(text) == path


async def test_the_token_is_taken_from_where_the_path_leads(used) -> None:
    async with endpoint(answering({"tickets": [{"jwt": TOKEN}], "token": "not this one"})) as base:
        token = await take_token(TicketEndpoint(base, token_field="tickets[0].jwt"), used)
    assert token.text == TOKEN


async def test_an_answer_without_the_field_says_what_it_has_instead(used) -> None:
    async with endpoint(answering({"jwt": TOKEN, "ttl": 5})) as base:
        error = await fails(used, TicketEndpoint(base))
    assert str(error).startswith(
        "The ticket endpoint answered 200 OK, but its answer has no usable token or access_token (it has: jwt, ttl)."
    )
    assert TOKEN not in str(error)


async def test_a_refusal_is_told_with_its_words_and_without_the_secret_that_it_echoes(used) -> None:
    async with endpoint(answering({"message": f"bad key {SECRET}"}, 403)) as base:
        error = await fails(used, TicketEndpoint(base, headers=(("X-Key", "{{secret}}"),), secret=SECRET))
    assert "403 Forbidden: bad key ••••" in str(error)


async def test_a_redirect_is_not_followed(used) -> None:
    async def handler(_request: web.Request) -> web.Response:
        raise web.HTTPFound("https://elsewhere.test/login")

    async with endpoint(handler) as base:
        error = await fails(used, TicketEndpoint(base))
    assert "redirects to https://elsewhere.test/login (302 Found)" in str(error)


async def test_a_placeholder_without_a_secret_is_told_before_anything_is_sent(used) -> None:
    error = await fails(used, TicketEndpoint("http://127.0.0.1:9/", headers=(("X-Key", "{{secret}}"),)))
    assert "there is no secret" in str(error)


@pytest.mark.parametrize("header", [("X Key", "v"), ("", "v"), ("X-Key", "a\r\nHost: evil"), ("X-Key", "\u0141")])
async def test_a_header_that_cannot_be_sent_is_told_before_anything_is_sent(used, header: tuple[str, str]) -> None:
    error = await fails(used, TicketEndpoint("http://127.0.0.1:9/", headers=(header,)))
    assert "header" in str(error).lower()


async def test_a_secret_does_not_go_unencrypted_to_another_machine_but_a_request_without_one_may(used) -> None:
    error = await fails(used, TicketEndpoint("http://a.test/", headers=(("X-Key", "{{secret}}"),), secret=SECRET))
    assert "readable for everybody" in str(error)
    error = await fails(used, TicketEndpoint("http://no-such-host.invalid/", timeout_s=5))
    assert "no-such-host.invalid" in str(error)
