"""Requests and answers over a real WebSocket."""

import asyncio
import json
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from websockets.exceptions import ConnectionClosed

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.ids import is_uuid7
from optave_inspector.resources import schemas

CONTRACT = Contract(schemas())
ID = "0190b3c4-0000-7000-8000-00000000000{}"


@asynccontextmanager
async def connected(client, **settings):
    async with client.tenant(**settings) as address:
        socket = await client.open(address)
        async with socket:
            yield address, socket


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "INVALID_JSON"),
        ("[]", "INVALID_ENVELOPE"),
        (b"\x00\xff", "UNSUPPORTED_DATA"),
        ('{"action":"message","headers":{"correlationId":"c-9"},"payload":{}}', "INVALID_ACTION"),
    ],
)
async def test_an_invalid_message_gets_an_error_envelope_and_the_connection_stays(client, message, code):
    async with connected(client) as (_, socket):
        answer = await client.ask(socket, message)
        assert answer["headers"]["schemaRef"] == "optave.error.v3"
        assert answer["payload"]["state"] == "error"
        assert client.item(answer)["error_code"] == code
        assert client.item(answer)["content"]
        assert CONTRACT.error(answer["payload"]).valid
        assert answer["headers"].get("correlationId") == (
            "c-9" if isinstance(message, str) and "c-9" in message else None
        )
        assert (await client.ask(socket, client.envelope()))["payload"]["state"] == "completed"


async def test_an_envelope_over_the_limit_is_answered_with_its_correlation_id(client):
    async with connected(client) as (_, socket):
        whole = client.envelope(correlationId=ID.format(7))
        whole["payload"]["session"]["sessionId"] = "日" * 131_072
        answer = await client.ask(socket, json.dumps(whole, ensure_ascii=False))
        assert client.item(answer)["error_code"] == "PAYLOAD_TOO_LARGE"
        assert answer["headers"]["correlationId"] == ID.format(7)


async def test_a_message_over_a_mebibyte_closes_with_1009(client):
    async with connected(client) as (_, socket):
        await socket.send("x" * (2**20 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd.code == 1009


async def test_text_that_is_no_utf8_closes_with_1007(client):
    async with connected(client) as (_, socket):
        await socket.send(b"\xff\xfe", text=True)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd.code == 1007


@pytest.mark.parametrize("action", [action.sdk_name for action in Action])
async def test_every_action_is_answered_in_the_documented_shape(client, action):
    async with connected(client) as (_, socket):
        answer = await client.ask(socket, client.envelope(action, correlationId=ID.format(3), traceId=ID.format(4)))
    assert CONTRACT.response_envelope(answer).valid
    assert CONTRACT.superpower(answer["payload"]).valid
    assert answer["headers"]["action"] == action.lower()
    assert answer["headers"]["correlationId"] == ID.format(3)
    assert answer["headers"]["traceId"] == ID.format(4)
    assert answer["payload"]["state"] == "completed"
    assert client.item(answer)["content"]


async def test_what_is_odd_about_a_request_is_in_its_answer(client):
    async with connected(client) as (_, socket):
        odd = await client.ask(socket, client.envelope("customerInteraction", correlationId="any text"))
        sound = await client.ask(socket, client.envelope())
    assert odd["headers"]["correlationId"] == "any text"
    assert any("wire name" in note for note in client.item(odd)["notes"])
    assert "notes" not in client.item(sound)


async def test_a_request_without_a_correlation_id_is_answered_with_a_fresh_one(client):
    async with connected(client) as (_, socket):
        answer = await client.ask(socket, client.envelope(correlationId=None))
    assert is_uuid7(answer["headers"]["correlationId"])


async def test_a_strict_tenant_refuses_what_the_sdk_sends_amiss(client):
    async with connected(client, strict=True) as (_, socket):
        odd = await client.ask(socket, client.envelope("customerInteraction"))
        sound = await client.ask(socket, client.envelope())
    assert client.item(odd)["error_code"] == "SCHEMA_MISMATCH"
    assert sound["payload"]["state"] == "completed"


async def test_half_characters_come_back_as_they_were(client):
    async with connected(client) as (_, socket):
        whole = client.envelope("translate", correlationId="\ud83d")
        whole["payload"]["request"]["attributes"]["content"] = "half \udc00"
        answer = await client.ask(socket, json.dumps(whole))
    assert answer["headers"]["correlationId"] == "\ud83d"
    assert client.item(answer)["content"].endswith("half \udc00")


async def test_a_stream_carries_the_whole_text_so_far_and_ends_completed(client):
    async with connected(client) as (_, socket):
        await socket.send(json.dumps(client.envelope("summarize", stream=True)))
        frames = [json.loads(await socket.recv()) for _ in range(4)]
        plain = await client.ask(socket, client.envelope("summarize"))
    texts = [client.item(frame)["content"] for frame in frames]
    assert [frame["payload"]["state"] for frame in frames] == ["started", "started", "started", "completed"]
    assert all(later.startswith(earlier) and later != earlier for earlier, later in pairwise(texts))
    assert all(CONTRACT.response_envelope(frame).valid for frame in frames)
    assert client.item(frames[0]).keys() == {"content"}
    assert client.item(frames[-1]) == client.item(plain)


async def test_the_first_frame_of_a_stream_comes_after_the_first_interval(client):
    async with connected(client, stream_interval_ms=60) as (_, socket):
        began = asyncio.get_running_loop().time()
        await client.ask(socket, client.envelope("summarize", stream=True))
        assert asyncio.get_running_loop().time() - began >= 0.059


async def test_several_requests_stream_at_the_same_time(client):
    async with connected(client) as (_, socket):
        for number in range(3):
            await socket.send(json.dumps(client.envelope("summarize", stream=True, correlationId=ID.format(number))))
        order = [json.loads(await socket.recv())["headers"]["correlationId"] for _ in range(12)]
    assert all(order.count(ID.format(number)) == 4 for number in range(3))
    assert len(set(order[:3])) == 3


async def test_a_quick_answer_overtakes_a_stream(client):
    async with connected(client, stream_interval_ms=100) as (_, socket):
        await socket.send(json.dumps(client.envelope("summarize", stream=True)))
        answer = await client.ask(socket, client.envelope("reception"))
    assert answer["headers"]["action"] == "reception"


async def test_an_answer_comes_after_the_latency(client):
    async with connected(client, latency_ms=60) as (_, socket):
        began = asyncio.get_running_loop().time()
        await client.ask(socket, client.envelope())
        assert asyncio.get_running_loop().time() - began >= 0.059


async def test_a_flood_is_answered_whole(client):
    async with connected(client) as (_, socket):
        text = json.dumps(client.envelope("reception"))

        async def flood():
            for _ in range(3_000):
                await socket.send(text)

        sending = asyncio.gather(flood())
        for _ in range(3_000):
            await socket.recv()
        await sending


async def test_a_client_that_leaves_in_the_middle_of_a_stream_is_forgotten(client):
    async with client.tenant(stream_interval_ms=5_000) as address:
        socket = await client.open(address)
        await socket.send(json.dumps(client.envelope(stream=True)))
        await socket.close(4001, "gone")
        other = await client.open(address)
        await client.ask(other, client.envelope())
        _, status = await client.order(address, "status")
        assert [one["id"] for one in status["connections"]] == ["c2"]
        await other.close()


async def test_the_tenant_sends_no_pings_and_answers_those_of_others(client):
    async with connected(client) as (_, socket):
        await (await socket.ping(b"data"))
