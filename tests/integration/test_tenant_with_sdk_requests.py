"""The local tenant, asked exactly as the public JavaScript SDK v3.2.3 asks (``protocol.md`` sections 1 to 5 and 8)."""

from __future__ import annotations

import asyncio
import copy
import json
import ssl
import uuid
from contextlib import asynccontextmanager
from urllib.parse import urlencode, urlsplit

import pytest
from websockets.asyncio.client import connect

from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.tenant_process import TenantProcess

DEADLINE_S = 40
ACTIONS = [action.sdk_name for action in Action]
BLANK_REQUEST = {
    "requestId": "",
    "attributes": {"content": "", "instruction": "", "variant": "A"},
    "connections": {"journeyId": "", "parentId": "", "threadId": ""},
    "context": {"caseId": "", "departmentId": "", "operatorId": "", "organizationId": "", "userId": ""},
    "reference": {"ids": [{"name": "", "value": ""}], "labels": [], "tags": []},
    "resources": {
        "codes": [{"id": "", "label": "", "type": "", "value": ""}],
        "links": [{"expires_at": "", "html": False, "id": "", "label": "", "type": "", "url": ""}],
        "offers": [],
    },
    "scope": {"accounts": [], "conversations": [], "interactions": [], "products": [{"id": ""}], "users": []},
    "settings": {
        "disableBrowsing": False,
        "disableSearch": False,
        "disableSources": False,
        "disableStream": True,
        "disableTools": False,
        "maxResponseLength": 0,
        "overrideInterfaceLanguage": "",
        "overrideOutputLanguage": "",
    },
    "a2a": [{"id": "", "name": "", "type": ""}],
    "cursor": {"since": "", "until": ""},
}


def envelope(action, *, stream=False):
    """As the SDK writes it: blanks for what is not given, overrides in the payload too, the request's ID for all."""
    request = copy.deepcopy(BLANK_REQUEST)
    request["requestId"] = str(uuid.uuid4())
    request["attributes"] |= {"content": "it comes tomorow", "instruction": "friendlier"}
    request["connections"] |= {"threadId": "thread-1", "parentId": "parent-1"}
    request["settings"]["disableStream"] = not stream
    request["resources"]["offers"] = [{"id": "o1", "name": "Free delivery"}]
    request["scope"]["conversations"] = [
        {
            "conversationId": "c",
            "participants": [{"id": "u", "participantId": "u", "displayName": "Zoë 🙂", "role": "user"}],
            "messages": [{"participantId": "u", "content": "My delivery is late.", "timestamp": "2024-01-15 10:30"}],
            "metadata": {},
        }
    ]
    headers = {
        "correlationId": request["requestId"],
        "action": action,
        "schemaRef": "optave.message.v3",
        "sdkVersion": "3.2.3",
        "identifier": "message",
        "traceId": "405101-61e8",
        "idempotencyKey": "idem-789",
        "timestamp": "2024-01-15T10:30:00.000Z",
        "issuedAt": "2024-01-15T10:30:00.001Z",
        "tenantId": "acme",
        "networkLatencyMs": 120,
    }
    payload = {
        "headers": {"traceId": "405101-61e8", "foo": 1},
        "session": {"sessionId": "gh-not-hex"},
        "request": request,
    }
    return {"action": "message", "headers": headers, "payload": payload}


async def authenticate(address, trust):
    """All parameters, the secret too, in the query; a form's content type; no body at all."""
    url = urlsplit(address.auth_url)
    query = {"grant_type": "client_credentials", "client_id": address.client_id, "client_secret": address.client_secret}
    reader, writer = await asyncio.open_connection(url.hostname, url.port, ssl=trust)
    head = (
        f"POST {url.path}?{urlencode(query)} HTTP/1.1\r\nhost: {url.netloc}\r\nconnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\naccept: */*\r\ncontent-length: 0\r\n\r\n"
    )
    writer.write(head.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    status, _, rest = answer.partition(b"\r\n")
    assert b" 200 " in status
    return json.loads(rest.partition(b"\r\n\r\n")[2])["access_token"]


@asynccontextmanager
async def opened(address, transport):
    """The SDK's two ways: ``optave-v1`` and the token as subprotocols, or the token in the query and no subprotocol."""
    trust = ssl.create_default_context(cafile=address.ca_file) if address.ca_file else None
    token = await authenticate(address, trust)
    query = {"OptaveTraceChatSessionId": "chat 1"}
    if transport == "query":
        query["Authorization"] = token
    url = f"{address.websocket_url}?{urlencode(query)}"
    subprotocols = ["optave-v1", token] if transport == "subprotocol" else None
    async with connect(url, subprotocols=subprotocols, ssl=trust, proxy=None) as connection:
        assert connection.subprotocol == ("optave-v1" if subprotocols else None)
        yield connection


async def converse(transport, *, tls):
    contract = Contract(schemas())
    settings = TenantSettings(tls=tls, latency_ms=0, stream_interval_ms=20)
    async with TenantProcess(settings) as process, opened(process.address, transport) as connection:
        for action in ACTIONS:
            asked = envelope(action)
            await connection.send(json.dumps(asked, ensure_ascii=False, separators=(",", ":")))
            answer = json.loads(await connection.recv())
            assert answer["headers"] | {"issuedAt": "", "timestamp": ""} == {
                "correlationId": asked["headers"]["correlationId"],
                "action": action.lower(),
                "schemaRef": "optave.response.v3",
                "identifier": "message",
                "tenantId": "acme",
                "traceId": "405101-61e8",
                "idempotencyKey": "idem-789",
                "sdkVersion": "3.2.3",
                "timestamp": "",
                "issuedAt": "",
            }
            assert answer["payload"]["state"] == "completed"
            assert contract.superpower(answer["payload"]).valid
        asked = [envelope(action, stream=True) for action in ("summarize", "reception")]
        for one in asked:
            await connection.send(json.dumps(one))
        streamed = {one["headers"]["correlationId"]: [] for one in asked}
        while not all(states[-1:] == ["completed"] for states in streamed.values()):
            answer = json.loads(await connection.recv())
            streamed[answer["headers"]["correlationId"]].append(answer["payload"]["state"])
        assert all(states == ["started"] * 3 + ["completed"] for states in streamed.values())
        status = await process.status()
        assert status["connections"][0]["chat_session_id"] == "chat 1"


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("transport", ["subprotocol", "query"])
def test_the_sdk_authenticates_opens_sends_all_nine_and_streams(transport, tls):
    async def within():
        async with asyncio.timeout(DEADLINE_S):
            await converse(transport, tls=tls)

    asyncio.run(within())
