"""What is copied for other tools is run by those tools, and the bytes that arrive are compared."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from websockets.asyncio.server import serve

from optave_inspector.compose.copy_as import Copied, CopyAs, rest_url, write
from optave_inspector.compose.templates import templates
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.envelope import Generated, Overrides, build_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ID = "019cadd1-9c26-7691-9d92-6832b4ebbd00"
TOKEN = "eyJhbGciOi.a-b_c.$HOME'\"`x"
ODD = (
    '{\n\t"session" : {}, "request":{"requestId":"", "connections": {"threadId": "t\'s $HOME `id` %s \\\\n"},'
    '"scope":{"conversations":[{"conversationId":"é😀\u2028\\u00e9","n":1.0e+2}]}}\n}  '
)
"""A payload that a shell, a formatter or a printf might change."""


def envelope(payload: str = ODD, action: Action = Action.INTERACTION) -> str:
    given = Overrides(tenant_id="acme", network_latency_ms=12)
    return build_request(action, payload, Generated(ID, ID, ID, "2026-03-02T09:14:02.318Z"), given)


class Server:
    """Keeps what arrives at a socket, and answers."""

    def __init__(self) -> None:
        self.messages: list[str | bytes] = []
        self.protocols: list[str] = []
        self.path = ""

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        async with serve(self._keep, "127.0.0.1", 0, subprotocols=["optave-v1"], max_size=None) as server:  # type: ignore[list-item]
            yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"

    async def _keep(self, connection) -> None:  # type: ignore[no-untyped-def]
        self.protocols = connection.request.headers.get("Sec-WebSocket-Protocol", "").replace(" ", "").split(",")
        self.path = connection.request.path
        async for message in connection:
            self.messages.append(message)
            await connection.send('{"answer": true}')
            await connection.close()


async def run(*command: str, token: str = "", cwd: Path | None = None) -> str:
    """What a program prints; it must end well."""
    environment = {**os.environ, "OPTAVE_TOKEN": token, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(40):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, err.decode()
    return out.decode()


def needs(tool: str) -> None:
    if shutil.which(tool) is None and not (Path(sys.executable).parent / tool).exists():
        pytest.skip(f"{tool} is not installed")


@pytest.mark.parametrize("transport", ["subprotocol", "query", "none"])
@pytest.mark.parametrize("written", [False, True])
def test_the_program_in_python_sends_the_same_bytes(tmp_path: Path, transport: str, written: bool) -> None:
    async def main() -> None:
        server, message = Server(), envelope()
        token = "aaa.bbb" if transport == "subprotocol" else TOKEN
        async with server.open() as url:
            text = write(Copied(message, url, transport, token if written else ""), CopyAs.PYTHON)
            assert (token in text or repr(token)[1:-1] in text or json.dumps(token) in text) is (
                written and transport != "none"
            )
            program = tmp_path / "send.py"
            program.write_text(text, encoding="utf-8")
            assert "answer" in await run(sys.executable, str(program), token=token)
        assert server.messages == [message]
        assert server.protocols == (["optave-v1", token] if transport == "subprotocol" else ["optave-v1"])
        assert ("Authorization=" in server.path) is (transport == "query")

    asyncio.run(main())


@pytest.mark.parametrize("transport", ["subprotocol", "query", "none"])
@pytest.mark.parametrize("written", [False, True])
def test_the_line_for_websocat_sends_the_same_bytes(transport: str, written: bool) -> None:
    needs("websocat")

    async def main() -> None:
        server, message = Server(), envelope()
        async with server.open() as url:
            text = write(Copied(message, url, transport, "aaa.bbb" if written else ""), CopyAs.WEBSOCAT)
            assert ("aaa.bbb" in text) is (written and transport != "none")
            assert "answer" in await run("sh", "-c", text, token="aaa.bbb")
        assert server.messages == [message]
        assert server.protocols == (["optave-v1", "aaa.bbb"] if transport == "subprotocol" else ["optave-v1"])
        assert ("Authorization=aaa.bbb" in server.path) is (transport == "query")

    asyncio.run(main())


@pytest.mark.parametrize("message", ["a\0b", "é" * 40_000])
def test_what_websocat_would_split_is_said(message: str) -> None:
    with pytest.raises(InspectorError, match="would not go out as one message"):
        write(Copied(message), CopyAs.WEBSOCAT)


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("payload", [ODD, f'{{"long": "{"é" * 100_000}"}}'], ids=["odd", "long"])
def test_the_line_for_curl_posts_the_bare_payload(tmp_path: Path, written: bool, payload: str) -> None:
    needs("curl")

    async def main() -> None:
        came: list[tuple[str, str | None, bytes]] = []

        async def keep(request: web.Request) -> web.Response:
            came.append((request.path, request.headers.get("Authorization"), await request.read()))
            return web.json_response({"action": "superpower"})

        application = web.Application()
        application.router.add_post("/message/{action}", keep)
        runner = web.AppRunner(application)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = runner.addresses[0][1]
            copied = Copied(envelope(payload), f"ws://127.0.0.1:{port}/", token=TOKEN if written else "")
            text = write(copied, CopyAs.CURL)
            assert ("eyJhbGciOi" in text) is written
            script = tmp_path / "post.sh"
            script.write_text(text, encoding="utf-8")
            assert "superpower" in await run("sh", str(script), token=TOKEN)
        finally:
            await runner.cleanup()
        assert came == [("/message/interaction", f"Bearer {TOKEN}", payload.strip().encode())]

    asyncio.run(main())


STUB = """
export default class OptaveJavaScriptSDK {
  constructor(options) {
    this.said = { options };
    return new Proxy(this, { get: (sdk, name) => sdk[name] ?? ((params) => {
      console.log(JSON.stringify({ ...sdk.said, method: name, params }));
    }) });
  }
  get then() { return undefined; }
  on() {}
  async openConnection(token) { this.said.token = token; }
}
"""
"""Stands for the SDK: its constructor, its events, openConnection, and one method per action."""


@pytest.mark.parametrize("action", list(Action))
def test_the_sdk_is_called_with_the_payload_and_the_headers(tmp_path: Path, action: Action) -> None:
    needs("node")
    package = tmp_path / "node_modules" / "@optave" / "client-sdk"
    package.mkdir(parents=True)
    (package / "index.mjs").write_text(STUB, encoding="utf-8")
    (package / "package.json").write_text('{"name": "@optave/client-sdk", "exports": {".": "./index.mjs"}}')
    payload = templates(action)[1].text if action is not Action.INTERACTION else ODD
    text = write(Copied(envelope(payload, action), "wss://ws-acme.oco.optave.tech/"), CopyAs.JAVASCRIPT)
    program = tmp_path / "send.mjs"
    program.write_text(text, encoding="utf-8")

    said = json.loads(asyncio.run(run("node", str(program), token="aaa.bbb", cwd=tmp_path)))
    assert said["method"] == action.sdk_name
    assert said["token"] == "aaa.bbb"
    assert said["options"] == {"websocketUrl": "wss://ws-acme.oco.optave.tech/", "tenantId": "acme"}
    headers = said["params"].pop("headers")
    assert said["params"] == json.loads(payload)
    assert headers == {"correlationId": ID, "traceId": ID, "idempotencyKey": ID, "networkLatencyMs": 12}


def remarks(message: str) -> str:
    lines = write(Copied(message), CopyAs.JAVASCRIPT).split("\n")
    return " ".join(line.removeprefix("// ") for line in lines if line.startswith("// "))


def test_what_the_sdk_adds_is_named() -> None:
    told = remarks(envelope())
    assert "headers.sdkVersion is 3.2.3" in told
    assert "payload.headers once more" in told
    assert "defaults: session.sessionId, session.channel" in told
    told = remarks(envelope(ODD, Action.CUSTOMER_INTERACTION))
    assert "headers.action is customerInteraction, which the contract does not allow" in told


def test_json_is_the_message_itself() -> None:
    assert write(Copied(envelope()), CopyAs.JSON) == envelope()


@pytest.mark.parametrize("how", list(CopyAs))
def test_no_token_is_written_unless_it_is_given(how: CopyAs) -> None:
    text = write(Copied(envelope()), how)
    assert "OPTAVE_TOKEN" in text or how is CopyAs.JSON
    assert "aaa.bbb" not in repr(Copied("", token="aaa.bbb"))


@pytest.mark.parametrize(
    "message", ["no JSON", "[]", '{"headers":{"action":"nonsense"},"payload":{}}', '{"payload": 1}']
)
@pytest.mark.parametrize("how", [CopyAs.JAVASCRIPT, CopyAs.CURL])
def test_what_a_tool_can_not_send_is_said(message: str, how: CopyAs) -> None:
    with pytest.raises(InspectorError, match="no envelope of a known action"):
        write(Copied(message), how)


def test_what_would_throw_in_the_sdk_is_said() -> None:
    with pytest.raises(InspectorError, match="would throw"):
        write(Copied(envelope('{"request": null}')), CopyAs.JAVASCRIPT)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("wss://ws-acme.oco.optave.tech/", "https://acme.oco.optave.tech/message/adjust"),
        ("wss://ws-acme.oco.optave.tech/?OptaveTraceChatSessionId=1", "https://acme.oco.optave.tech/message/adjust"),
        ("ws://127.0.0.1:8080", "http://127.0.0.1:8080/message/adjust"),
    ],
)
def test_the_endpoint_stands_beside_the_socket(url: str, wanted: str) -> None:
    assert rest_url(url, Action.ADJUST) == wanted
