"""A message written down for other tools: a program or a line for the shell that sends the same bytes.

No token is ever part of it unless it is handed in: what is written reads ``OPTAVE_TOKEN`` from the environment.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from ..errors import InspectorError
from ..protocol.actions import Action, parse_action
from ..protocol.json_path import json_path
from ..protocol.read_json import read_json
from ..protocol.sdk_build import SDK_RELEASE
from ..protocol.sdk_check import sdk_check
from ..protocol.sdk_defaults import merged_payload
from ..protocol.urls import add_query
from .positions import read_positions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..protocol.json_path import Step

TOKEN_VARIABLE: Final = "OPTAVE_TOKEN"  # noqa: S105 - the name of a variable
_SUBPROTOCOL = "optave-v1"
_LINE_WIDTH = 100
_WEBSOCAT_BYTES = 65_536
_MOST_NAMED = 12
_SURROGATE = re.compile("[\ud800-\udfff]")


class CopyAs(StrEnum):
    """What a message can be copied as."""

    JSON = "json"
    JAVASCRIPT = "javascript"
    PYTHON = "python"
    WEBSOCAT = "websocat"
    CURL = "curl"


WORDS: Final = {
    CopyAs.JSON: "Message as it is sent",
    CopyAs.JAVASCRIPT: "SDK call (JavaScript)",
    CopyAs.PYTHON: "Program (Python, websockets)",
    CopyAs.WEBSOCAT: "Shell line (websocat)",
    CopyAs.CURL: "Shell line (curl, REST endpoint)",
}


@dataclass(frozen=True, slots=True)
class Copied:
    """A message and how it was, or would be, sent."""

    message: str
    url: str = "wss://ws-TENANT.oco.optave.TLD/"
    """Of the socket, without a token."""
    transport: str = "subprotocol"
    """How the token travels: ``subprotocol``, ``query`` or ``none``."""
    token: str = field(default="", repr=False)
    """Only where the user asked for it to be written down."""


def write(copied: Copied, how: CopyAs) -> str:
    """The message as a text for another tool. Raises InspectorError where that tool can not send it."""
    return _WRITERS[how](copied)


def rest_url(url: str, action: Action) -> str:
    """The REST endpoint beside a socket's URL (``protocol.md`` section 1.2): its host without ``ws-``, no query."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    host = parts.netloc.rpartition("@")[2].removeprefix("ws-")
    return urlunsplit((scheme, host, f"/message/{action.value}", "", ""))


def _json(copied: Copied) -> str:
    return copied.message


# Python


def _python(copied: Copied) -> str:
    with_token = copied.transport != "none"
    uses_variable = with_token and not copied.token
    token = json.dumps(copied.token) if copied.token else f'os.environ["{TOKEN_VARIABLE}"]'
    url, protocols = repr(copied.url), [repr(_SUBPROTOCOL)]
    if copied.transport == "query":
        url = f'{add_query(copied.url, [("Authorization", "")])!r} + quote({token}, safe="")'
    elif with_token:
        protocols.append(token)
    lines = [
        "import asyncio",
        *(["import os"] if uses_variable else []),
        *(["from urllib.parse import quote"] if copied.transport == "query" else []),
        "",
        "from websockets.asyncio.client import connect",
        "",
        f"URL = {url}",
        f"MESSAGE = {_python_text(copied.message)}",
        "",
        "",
        "async def main():",
        f"    async with connect(URL, subprotocols=[{', '.join(protocols)}]) as socket:",
        "        await socket.send(MESSAGE)",
        "        print(await socket.recv())",
        "",
        "",
        "asyncio.run(main())",
    ]
    return "\n".join(lines) + "\n"


def _python_text(text: str) -> str:
    """A text in lines of its own where it has some."""
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return repr(text)
    return "\n".join(["(", *(f"    {line!r}" for line in lines), ")"])


# Shell


def _websocat(copied: Copied) -> str:
    _must_be_sendable(copied.message)
    if "\0" in copied.message or len(copied.message.encode()) > _WEBSOCAT_BYTES:
        why = f"websocat splits what it reads at zero bytes and after {_WEBSOCAT_BYTES:,} bytes"
        raise InspectorError(f"{why}, so that this would not go out as one message.", "Copy the program in Python.")
    protocol, url = f"'{_SUBPROTOCOL}'", shlex.quote(copied.url)
    if copied.transport == "subprotocol":
        protocol = f'"{_SUBPROTOCOL},${TOKEN_VARIABLE}"'
        if copied.token:
            protocol = shlex.quote(f"{_SUBPROTOCOL},{copied.token}")
    elif copied.transport == "query":
        before = add_query(copied.url, [("Authorization", "")])
        url = (
            shlex.quote(before + quote(copied.token, safe=""))
            if copied.token
            else f'{shlex.quote(before)}"${TOKEN_VARIABLE}"'
        )
    # -0, since a message may have several lines: it ends with the input. -n keeps the connection for the answer.
    return f"printf '%s' {shlex.quote(copied.message)} | \\\n  websocat -t -n -0 --protocol {protocol} {url}\n"


def _curl(copied: Copied) -> str:
    _must_be_sendable(copied.message)
    action, payload = _taken_apart(copied.message, "The REST endpoint takes the payload of an envelope")
    token = f"${TOKEN_VARIABLE}" if not copied.token else copied.token
    bearer = f'"Authorization: Bearer {token}"' if not copied.token else shlex.quote(f"Authorization: Bearer {token}")
    headers = ["-H 'Content-Type: application/json'"]
    if copied.transport != "none":
        headers.insert(0, f"-H {bearer}")
    # By way of a pipe: an argument of a command may not be as long as a payload.
    return (
        f"printf '%s' {shlex.quote(payload)} | \\\n"
        f"  curl -sS -X POST {' '.join(headers)} --data-binary @- {shlex.quote(rest_url(copied.url, action))}\n"
    )


def _must_be_sendable(text: str) -> None:
    if _SURROGATE.search(text):
        raise InspectorError("The message holds half a surrogate pair, which no shell can pass on.")


# JavaScript


def _javascript(copied: Copied) -> str:
    action, written = _taken_apart(copied.message, "The SDK sends the payload of an envelope")
    reading = read_json(copied.message)
    headers = reading.value["headers"]
    payload = reading.value["payload"]
    if not isinstance(payload, dict) or any(each.rule == "TypeError" for each in sdk_check(action, payload).findings):
        raise InspectorError("The SDK would throw instead of sending this.", "Copy the program in Python.")
    given = {
        name: headers[name]
        for name in ("correlationId", "traceId", "idempotencyKey", "timestamp", "networkLatencyMs")
        if headers.get(name)
    }
    options = [f"  websocketUrl: {_js(copied.url)},"]
    if copied.transport == "none":
        options.append("  authRequired: false,")
    elif copied.transport == "query":
        options.append("  authTransport: 'query',")
    if isinstance(headers.get("tenantId"), str):
        options.append(f"  tenantId: {_js(headers['tenantId'])},")
    token = "" if copied.transport == "none" else _js(copied.token) if copied.token else f"process.env.{TOKEN_VARIABLE}"
    lines = [
        "import OptaveJavaScriptSDK from '@optave/client-sdk';",
        "",
        "const client = new OptaveJavaScriptSDK({",
        *options,
        "});",
        "client.on('error', (error) => console.error(error));",
        "client.on('message', (answer) => console.log(JSON.stringify(answer)));",
        "",
        f"const payload = {_js_json(written)};",
        f"const headers = {json.dumps(given, indent=2)};",
        "",
        f"await client.openConnection({token});",
        *(f"// {line}" for line in _additions(action, payload, given)),
        f"client.{action.sdk_name}({{ ...payload, headers }});",
        "",
        "// The very bytes, past the SDK's checks and additions:",
        f"// client.wss.send({_js(copied.message)});",
    ]
    return "\n".join(lines) + "\n"


def _additions(action: Action, payload: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """What the SDK sends beside what is given to it, in lines of words."""
    said = [f"What the SDK sends differs: headers.sdkVersion is {SDK_RELEASE}, headers.issuedAt the time of sending,"]
    if given:
        said.append("and the headers stand in payload.headers once more.")
    if action.sdk_name != action.value:
        said.append(f"headers.action is {action.sdk_name}, which the contract does not allow.")
    added = list(_added(payload, merged_payload(payload), ()))
    if added:
        named = ", ".join(added[:_MOST_NAMED])
        more = f" and {len(added) - _MOST_NAMED} more" if len(added) > _MOST_NAMED else ""
        said.append(f"It adds {len(added)} defaults: {named}{more}.")
    lines: list[str] = []
    for word in " ".join(said).split():
        if lines and len(lines[-1]) + len(word) < _LINE_WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _added(given: Any, merged: Any, steps: tuple[Step, ...]) -> Iterator[str]:
    for key, value in merged.items():
        here = (*steps, key)
        if key not in given:
            yield json_path(here).removeprefix("$.")
        elif isinstance(value, dict) and isinstance(given[key], dict):
            yield from _added(given[key], value, here)


def _js(text: str) -> str:
    """A string literal, also within a comment, which the two separators would end."""
    literal = json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _ascii_surrogates(literal)


def _js_json(written: str) -> str:
    """A JSON text as a value: as it was written, where JavaScript reads it alike."""
    return f"JSON.parse({_js(written)})" if '"__proto__"' in written else _ascii_surrogates(written)


def _ascii_surrogates(text: str) -> str:
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _taken_apart(message: str, why: str) -> tuple[Action, str]:
    """The action of an envelope and its payload as it was written."""
    reading = read_json(message)
    value = reading.value
    headers = value.get("headers") if isinstance(value, dict) else None
    name = headers.get("action") if isinstance(headers, dict) else None
    action = parse_action(name) if isinstance(name, str) else None
    span = read_positions(message).span("$.payload")
    if reading.problem or action is None or span is None:
        raise InspectorError(
            f"{why}, and this message is no envelope of a known action.", "Copy it as a program in Python."
        )
    return action, message[span.start : span.end]


_WRITERS: Final[dict[CopyAs, Callable[[Copied], str]]] = {
    CopyAs.JSON: _json,
    CopyAs.JAVASCRIPT: _javascript,
    CopyAs.PYTHON: _python,
    CopyAs.WEBSOCAT: _websocat,
    CopyAs.CURL: _curl,
}
