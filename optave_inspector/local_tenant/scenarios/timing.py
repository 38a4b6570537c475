"""What trickles, what floods, and who goes after a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .. import faults
from .filling import orphan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from ...protocol.scenarios import Value
    from ..connection import TenantConnection

    Values = Mapping[str, Value]

_GOING_AWAY = 1001
_BREATH = 50
"""So many messages of a flood go out before others have their turn."""


async def _slow_drip(connection: TenantConnection, values: Values) -> None:
    connection.socket.drip(int(values["bytes"]), float(values["interval"]))


async def _flood(connection: TenantConnection, values: Values) -> None:
    size = int(values["bytes"])
    for number in range(int(values["messages"])):
        # The library waits in send for the client to take what was sent.
        if not await connection.send(orphan_of(connection, size)):
            return
        if number % _BREATH == 0:
            await asyncio.sleep(0)


async def _going_away_idle(connection: TenantConnection, values: Values) -> None:
    came = asyncio.Event()

    def heard(_message: str | bytes) -> bool:
        came.set()
        return False

    connection.hooks.append(heard)
    try:
        while True:
            came.clear()
            async with asyncio.timeout(float(values["after"])):
                await came.wait()
    except TimeoutError:
        pass
    await faults.close(connection, _GOING_AWAY, str(values["reason"]))


async def _going_away_connected(connection: TenantConnection, values: Values) -> None:
    left = connection.opened_s + float(values["after"]) - asyncio.get_running_loop().time()
    await asyncio.sleep(max(left, 0))
    await faults.close(connection, _GOING_AWAY, str(values["reason"]))


TIMING: Mapping[str, Callable[[TenantConnection, Values], Coroutine[Any, Any, None]]] = {
    "slow-drip": _slow_drip,
    "flood": _flood,
    "going-away-idle": _going_away_idle,
    "going-away-connected": _going_away_connected,
}
