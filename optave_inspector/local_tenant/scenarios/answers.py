"""Answers that are wrong in content, in their ID, in their order or their time."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from ..envelopes import to_json
from ..faults import orphan

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from ...protocol.scenarios import Value
    from ..connection import TenantConnection
    from ..envelopes import Reply
    from ..requests import Request

    Values = Mapping[str, Value]
    Do = Callable[[TenantConnection, Values], Coroutine[Any, Any, None]]
    Spoil = Callable[[dict[str, Any], Values], Any]


def _sends(make: Callable[[str, Values], str]) -> Do:
    """A scenario in which the answer, as text, is changed by ``make``."""

    async def do(connection: TenantConnection, values: Values) -> None:
        async def answer(request: Request, reply: Reply) -> None:
            await connection.send(make(connection.whole_answer(request, reply), values))

        connection.spoil_answers(answer, int(values["requests"]))

    return do


def _changes(spoil: Spoil) -> Do:
    """A scenario in which ``spoil`` changes the answer's JSON, or gives another."""

    def make(text: str, values: Values) -> str:
        envelope = json.loads(text)
        other = spoil(envelope, values)
        return to_json(envelope if other is None else other)

    return _sends(make)


def _wrong_schema(envelope: dict[str, Any], values: Values) -> None:
    if values["way"] == "missing-headers":
        del envelope["headers"]["schemaRef"]
        del envelope["headers"]["identifier"]
    elif values["way"] == "wrong-type":
        envelope["payload"]["message"]["results"] = "none"
    else:
        envelope["headers"]["schemaRef"] = "optave.response.v9"


def _unknown_state(envelope: dict[str, Any], _values: Values) -> None:
    envelope["payload"]["state"] = "streaming"


def _id_case(envelope: dict[str, Any], _values: Values) -> None:
    headers = envelope["headers"]
    headers["correlationId"] = str(headers["correlationId"]).upper()


def _id_type(envelope: dict[str, Any], values: Values) -> None:
    headers = envelope["headers"]
    given = headers["correlationId"]
    if values["type"] == "number":
        digits = "".join(character for character in str(given) if character in "0123456789")
        headers["correlationId"] = int(digits[:15] or "0")
    else:
        headers["correlationId"] = [given] if values["type"] == "list" else {"id": given}


def _bare_error(envelope: dict[str, Any], values: Values) -> dict[str, Any]:
    error = {"code": values["code"], "message": "The local tenant was told to answer with an error."}
    known = {"correlationId": envelope["headers"]["correlationId"]}
    if values["way"] == "error":
        return {"error": error, **known}
    said = {"state": "error"} if values["way"] == "state" else {"actionType": "error", "state": "completed"}
    items = [{"response": [{"content": error["message"], "error_code": error["code"]}]}]
    return {"action": "superpower", **said, "message": {"results": items}, **known}


async def _duplicate(connection: TenantConnection, values: Values) -> None:
    async def answer(request: Request, reply: Reply) -> None:
        text = connection.whole_answer(request, reply)
        await connection.send(text)
        await connection.send(text)

    connection.spoil_answers(answer, int(values["requests"]))


async def _late(connection: TenantConnection, values: Values) -> None:
    async def answer(request: Request, reply: Reply) -> None:
        await asyncio.sleep(float(values["delay"]))
        await connection.send(connection.whole_answer(request, reply))

    connection.spoil_answers(answer, int(values["requests"]))


async def _out_of_order(connection: TenantConnection, values: Values) -> None:
    held: list[str] = []
    wanted = int(values["requests"])
    begun, complete = asyncio.Event(), asyncio.Event()

    async def answer(request: Request, reply: Reply) -> None:
        held.append(connection.whole_answer(request, reply))
        begun.set()
        if len(held) == wanted:
            complete.set()

    connection.spoil_answers(answer, wanted)
    await begun.wait()
    try:
        async with asyncio.timeout(float(values["wait"])):
            await complete.wait()
    except TimeoutError:
        connection.spoil_answers(None, 0)
    for text in reversed(held):
        await connection.send(text)


async def _error(connection: TenantConnection, values: Values) -> None:
    connection.orders.errors = int(values["requests"])
    connection.orders.error_code = str(values["code"])
    connection.orders.error_content = str(values["content"])


async def _no_answer(connection: TenantConnection, values: Values) -> None:
    async def answer(_request: Request, _reply: Reply) -> None:
        pass

    connection.spoil_answers(answer, int(values["requests"]))


async def _orphan(connection: TenantConnection, _values: Values) -> None:
    await orphan(connection, "interaction", connection.service.stamps.correlation_id())


ANSWERS: Mapping[str, Do] = {
    "broken-json": _sends(lambda text, _values: text[: len(text) * 2 // 3]),
    "wrong-schema": _changes(_wrong_schema),
    "unknown-state": _changes(_unknown_state),
    "orphan-answer": _orphan,
    "duplicate-answer": _duplicate,
    "late-answer": _late,
    "out-of-order": _out_of_order,
    "id-case": _changes(_id_case),
    "id-type": _changes(_id_type),
    "bare-superpower": _changes(lambda envelope, _values: envelope["payload"]),
    "error-answer": _error,
    "bare-error": _changes(_bare_error),
    "no-answer": _no_answer,
}
