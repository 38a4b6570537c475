"""Closings: every code that may be sent, codes that may not, and what breaks the closing handshake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...protocol.close_codes import CloseCode, explain
from .. import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from ...protocol.scenarios import Value
    from ..connection import TenantConnection

    Values = Mapping[str, Value]
    Do = Callable[[TenantConnection, Values], Coroutine[Any, Any, None]]

_TOO_BIG, _INTERNAL_ERROR, _RESTART, _LATER = 1009, 1011, 1012, 1013


def _close_with(code: int | None) -> Do:
    async def do(connection: TenantConnection, values: Values) -> None:
        await faults.close(connection, code, str(values.get("reason", "")))

    return do


async def _close_code(connection: TenantConnection, values: Values) -> None:
    await faults.close(connection, int(values["code"]), str(values["reason"]))


async def _close_unsendable(connection: TenantConnection, values: Values) -> None:
    await faults.close(connection, int(values["number"]), str(values["reason"]))


def _close_raw(payload: bytes) -> Do:
    async def do(connection: TenantConnection, _values: Values) -> None:
        await faults.close_raw(connection, payload)

    return do


async def _close_no_wait(connection: TenantConnection, values: Values) -> None:
    faults.write_close(connection, CloseCode.GOING_AWAY, str(values["reason"]))
    connection.socket.send_raw(b"")
    connection.socket.deaf = True


async def _ignore_close(connection: TenantConnection, _values: Values) -> None:
    connection.socket.deaf = True


async def _request_too_big(connection: TenantConnection, values: Values) -> None:
    limit = int(values["bytes"])

    def heard(message: str | bytes) -> bool:
        size = len(message.encode()) if isinstance(message, str) else len(message)
        if size <= limit:
            return False
        connection.close_soon(_TOO_BIG, f"a message has {size} bytes; {limit} are taken")
        return True

    connection.hooks.append(heard)


async def _error_after_messages(connection: TenantConnection, values: Values) -> None:
    left = int(values["messages"])

    def heard(_message: str | bytes) -> bool:
        nonlocal left
        left -= 1
        if left > 0:
            return False
        connection.close_soon(_INTERNAL_ERROR, str(values["reason"]))
        return True

    connection.hooks.append(heard)


async def _service_restart(connection: TenantConnection, values: Values) -> None:
    connection.service.bench.away(float(values["away"]))
    await faults.close(connection, _RESTART, str(values["reason"]))


async def _try_again_later(connection: TenantConnection, values: Values) -> None:
    reason = str(values["reason"])
    connection.service.bench.busy(float(values["busy"]), reason)
    await faults.close(connection, _LATER, reason)


CLOSING: Mapping[str, Do] = {
    **{f"close-{code}": _close_with(int(code)) for code in CloseCode if explain(code).sendable},
    "close-code": _close_code,
    "close-empty": _close_with(None),
    "close-unsendable": _close_unsendable,
    "close-bad-reason": _close_raw(b"\x03\xe8\xff\xfe"),
    "close-one-byte": _close_raw(b"\x03"),
    "close-no-wait": _close_no_wait,
    "ignore-close": _ignore_close,
    "request-too-big": _request_too_big,
    "error-after-messages": _error_after_messages,
    "service-restart": _service_restart,
    "try-again-later": _try_again_later,
}
