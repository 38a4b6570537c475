"""The fault bench by its orders: arming, starting, counting, taking back."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus


async def scenario(client, address, name, *, key=None, **body):
    return await client.order(address, "scenario", {"name": name, **body}, key)


async def armed(client, address):
    return (await client.order(address, "status"))[1]["bench"]["armed"]


async def test_a_scenario_without_a_connection_is_armed_for_the_next_one_only(client):
    async with client.tenant() as address:
        code, said = await scenario(client, address, "close-1011", parameters={"reason": "boom"})
        assert (code, said["armed"], said["connections"]) == (200, 1, [])
        assert await armed(client, address) == [{"name": "close-1011", "parameters": {"reason": "boom"}, "times": 1}]
        first = await client.open(address)
        with pytest.raises(ConnectionClosed):
            await first.recv()
        assert (first.close_code, first.close_reason) == (1011, "boom")
        second = await client.open(address)
        assert (await client.ask(second, client.envelope()))["payload"]["state"] == "completed"
        await second.close()


async def test_a_scenario_starts_on_the_open_connections_or_the_named_one(client):
    async with client.tenant() as address:
        first, second = await client.open(address), await client.open(address)
        _, said = await scenario(client, address, "close-3000", connection="c2")
        assert said["connections"] == ["c2"]
        with pytest.raises(ConnectionClosed):
            await second.recv()
        assert second.close_code == 3000
        assert (await client.ask(first, client.envelope()))["payload"]["state"] == "completed"
        await first.close()


async def test_next_arms_for_so_many_connections_though_one_is_open(client):
    async with client.tenant() as address:
        open_before = await client.open(address)
        _, said = await scenario(client, address, "close-1013", next=2)
        assert (said["armed"], said["connections"]) == (2, [])
        for _ in range(2):
            coming = await client.open(address)
            with pytest.raises(ConnectionClosed):
                await coming.recv()
            assert coming.close_code == 1013
        assert await armed(client, address) == []
        assert (await client.ask(open_before, client.envelope()))["payload"]["state"] == "completed"
        await open_before.close()


async def test_handshakes_are_treated_so_many_times_and_the_token_is_not_spent(client):
    async with client.tenant() as address:
        await scenario(client, address, "refuse-503", parameters={"times": 2, "retry_after": 7, "body": "html"})
        token = await client.token(address)
        for _ in range(2):
            with pytest.raises(InvalidStatus) as refused:
                await client.open(address, token)
            response = refused.value.response
            assert response.status_code == 503
            assert response.headers["Retry-After"] == "7"
            assert b"<h1>" in response.body
        third = await client.open(address, token)
        await third.close()


async def test_a_header_from_an_order_stays_one_line(client):
    async with client.tenant() as address:
        await scenario(client, address, "redirect", parameters={"location": "wss://x.invalid/\r\nX-Injected: yes"})
        url = address.websocket_url.replace("ws:", "http:")
        headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
        headers |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
        async with (
            aiohttp.ClientSession() as http,
            http.get(url, headers=headers, allow_redirects=False) as response,
        ):
            assert response.status == 302
            assert "X-Injected" not in response.headers
            assert response.headers["Location"] == "wss://x.invalid/X-Injected: yes"


async def test_calm_takes_back_what_is_armed_and_what_goes_on(client):
    async with client.tenant() as address:
        socket = await client.open(address)
        for name in ("no-answer", "silence", "going-away-idle", "stop-reading", "slow-drip"):
            await scenario(client, address, name)
        await scenario(client, address, "refuse-500")
        status = (await client.order(address, "status"))[1]
        assert set(status["connections"][0]["scenarios"]) == {
            "no-answer", "silence", "going-away-idle", "stop-reading", "slow-drip",
        }  # fmt: skip
        assert (await client.order(address, "calm"))[0] == 200
        status = (await client.order(address, "status"))[1]
        assert status["bench"]["armed"] == []
        assert status["connections"][0]["scenarios"] == []
        assert (await client.ask(socket, client.envelope()))["payload"]["state"] == "completed"
        other = await client.open(address)
        await other.close()
        await socket.close()


async def test_a_restart_refuses_handshakes_until_the_service_is_back(client):
    async with client.tenant() as address:
        socket = await client.open(address)
        await scenario(client, address, "service-restart", parameters={"away": 3600})
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1012
        with pytest.raises(InvalidStatus) as refused:
            await client.open(address)
        assert refused.value.response.status_code == 503
        await client.order(address, "calm")
        back = await client.open(address)
        await back.close()


async def test_a_busy_tenant_closes_new_connections_as_well(client):
    async with client.tenant() as address:
        socket = await client.open(address)
        await scenario(client, address, "try-again-later", parameters={"busy": 3600, "reason": "full"})
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        later = await client.open(address)
        with pytest.raises(ConnectionClosed):
            await later.recv()
        assert (later.close_code, later.close_reason) == (1013, "full")


async def test_answers_held_back_go_out_though_too_few_requests_came(client):
    async with client.tenant() as address:
        socket = await client.open(address)
        await scenario(client, address, "out-of-order", parameters={"requests": 3, "wait": 0.05})
        for number in (1, 2):
            await socket.send(json.dumps(client.envelope(correlationId=f"r{number}")))
        async with asyncio.timeout(5):
            answers = [json.loads(await socket.recv()) for _ in range(2)]
        assert [answer["headers"]["correlationId"] for answer in answers] == ["r2", "r1"]
        await socket.close()


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({"name": "no-such"}, 400, "no scenario"),
        ({"name": 7}, 400, "name must be text"),
        ({}, 400, "no scenario"),
        ({"name": "close-1000", "parameters": []}, 400, "must be an object"),
        ({"name": "close-1000", "parameters": {"reason": 1}}, 400, "reason must be text"),
        ({"name": "close-1000", "next": 0}, 400, "next must be"),
        ({"name": "close-1000", "connection": "c9"}, 409, "No open connection"),
        ({"name": "refuse-401", "connection": "c1"}, 400, "for a handshake"),
        ({"name": "tls-failure"}, 409, "serves TLS"),
    ],
)
async def test_an_order_that_cannot_be_meant_is_refused_in_words(client, body, code, says):
    async with client.tenant() as address:
        status, said = await client.order(address, "scenario", body)
        assert status == code
        assert says in said["error_description"]
        assert await armed(client, address) == []


async def test_no_order_without_the_key(client):
    async with client.tenant() as address:
        for order in ("scenario", "calm"):
            assert (await client.order(address, order, {"name": "close-1000"}, "wrong"))[0] == 401


async def test_what_is_armed_is_bounded(client):
    async with client.tenant() as address:
        for _ in range(100):
            address_said = await scenario(client, address, "refuse-401")
            assert address_said[0] == 200
        code, said = await scenario(client, address, "refuse-401")
        assert (code, said["error"]) == (409, "too_many")
