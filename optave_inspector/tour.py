"""The main job without a screen: the real window on the offscreen platform, from connecting to a lost connection.

``make run`` does this where there is no screen. Each step drives the window's own panels or session against the local
tenant, says what was expected and what came, and leaves a picture.
"""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .client.config import AuthTransport, ClientCredentials, ConnectionConfig, PastedToken
from .client.token_sources import UsedTokens, take_token
from .errors import InspectorError
from .protocol.actions import Action
from .protocol.states import ConnectionState
from .tracing.exchange import Exchange, ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from .app import WindowParts

_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the tour's table."""

    title: str
    expected: str
    got: str
    took_ms: float

    @property
    def holds(self) -> bool:
        """What came is what was expected."""
        return self.got.startswith(self.expected)


async def take_step(title: str, expected: str, act: Callable[[], Awaitable[str]]) -> Step:
    """Do one thing, for as long as the tour has patience, and note what came."""
    start = time.perf_counter()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            got = await act()
    except TimeoutError:
        got = f"nothing within {_PATIENCE_S:.0f} s"
    except InspectorError as error:
        got = str(error)
    return Step(title, expected, got, (time.perf_counter() - start) * 1000)


class Tour:
    """Walks a shown window; ``output`` takes the pictures."""

    def __init__(self, parts: WindowParts, output: Path) -> None:
        self._parts = parts
        self._session = parts.session
        self._output = output
        self._pictures = 0
        self._changed = asyncio.Event()
        session = parts.session
        for signal in (session.state_changed, session.exchanges_changed, session.ended, session.failed):
            signal.connect(self._on_change)
        self.steps: list[Step] = []

    async def walk(self) -> bool:
        """All steps, in order; True when each came out as expected."""
        self._output.mkdir(parents=True, exist_ok=True)
        await self._step("look at the empty window", "CLOSED 3", self._look, "empty")
        await self._step("connect with client credentials", "101 optave-v1", self.connect, "connected")
        for action in Action:
            await self._step(f"send {action}", "completed", functools.partial(self.send, action, "typical"))
        await self._picture("answers")
        await self._step("send interaction, streamed", "completed, streamed", self.stream, "streamed")
        await self._step("get an error answer", "error", self._error_answer, "error")
        await self._step("disconnect", "1000, closed by inspector", self.disconnect)
        await self._step("use a token twice", "1008, closed by peer", self._reuse_token, "1008")
        await self._step("reconnect with a fresh token", "101 optave-v1", self._reconnect)
        await self._step("lose the TCP connection", "1006, closed by nobody", self._lose, "1006")
        self._parts.window.use_theme(dark=True)
        await self._picture("dark")
        return all(step.holds for step in self.steps)

    def table(self) -> str:
        """The steps, readable."""
        width = max(len(step.title) for step in self.steps)
        lines = [
            f"{'✓' if step.holds else '✗'} {step.title:<{width}}  {step.took_ms:7.0f} ms  {step.got}"
            + ("" if step.holds else f"  (expected: {step.expected})")
            for step in self.steps
        ]
        kept = sum(step.holds for step in self.steps)
        return "\n".join([*lines, "", f"{kept} of {len(self.steps)} steps as expected; pictures in {self._output}"])

    async def _step(self, title: str, expected: str, act: Callable[[], Awaitable[str]], picture: str = "") -> None:
        self.steps.append(await take_step(title, expected, act))
        if picture:
            await self._picture(picture)

    async def _look(self) -> str:
        return f"{self._session.state.name} {self._session.state.value}"

    async def connect(self) -> str:
        """Start the local tenant and connect to it; what the handshake came to."""
        tenant_actions = self._parts.window.tenant_actions
        assert tenant_actions is not None
        await tenant_actions.start_and_connect()
        return await self._connected()

    async def _reconnect(self) -> str:
        self._parts.window.connect_action.trigger()
        return await self._connected()

    async def _connected(self) -> str:
        await self._until(lambda: self._session.state is ConnectionState.OPEN)
        handshake = self._session.handshake
        assert handshake is not None
        return f"{handshake.status} {handshake.selected_subprotocol}, {handshake.timings.total_ms:.0f} ms in all"

    async def send(self, action: Action, template: str) -> str:
        """Send a template by the composer, and wait for the last answer; what became of it."""
        exchange = await self._exchange(action, template)
        answers = len(exchange.answers)
        told = exchange.status.name.lower().replace("_", " ")
        streamed = f", streamed in {answers} frames" if answers > 1 else ""
        return (
            f"{told}{streamed} after {exchange.total_ns / 1e6:.0f} ms, correlation ID …{exchange.correlation_id[-4:]}"
        )

    async def stream(self) -> str:
        """Have an answer streamed by the local tenant; what became of it."""
        return await self.send(Action.INTERACTION, "streamed")

    async def _error_answer(self) -> str:
        await self._parts.tenant.fault("error", next=1)
        exchange = await self._exchange(Action.SUMMARIZE, "typical")
        return f"{exchange.status.name.lower()} {exchange.error_code}"

    async def disconnect(self) -> str:
        """Close with 1000; how the connection ended."""
        self._parts.window.disconnect_action.trigger()
        return await self._ending()

    async def _reuse_token(self) -> str:
        address = self._parts.tenant.address
        assert address is not None
        token = await take_token(
            ClientCredentials(address.auth_url, address.client_id, address.client_secret), UsedTokens()
        )
        assert token is not None
        config = ConnectionConfig(address.websocket_url, AuthTransport.SUBPROTOCOL)
        await self._session.connect(config, PastedToken(token.text))
        await self._session.close(1000, "first use")
        await self._session.connect(config, PastedToken(token.text, allow_reuse=True))
        return await self._ending()

    async def _lose(self) -> str:
        await self._parts.tenant.fault("drop")
        return await self._ending()

    async def _exchange(self, action: Action, template: str) -> Exchange:
        number = len(self._session.exchanges)
        composer = self._parts.window.composer
        composer.set_action(action)
        composer.use_template(template)
        composer.send()
        await self._until(
            lambda: (
                len(self._session.exchanges) > number
                and self._session.exchanges[number].status >= ExchangeStatus.COMPLETED
            ),
        )
        self._parts.bridge.flush()
        self._parts.bridge.select_exchange(number + 1)
        return self._session.exchanges[number]

    async def _ending(self) -> str:
        await self._until(lambda: self._session.ending is not None)
        ending = self._session.ending
        assert ending is not None
        reason = f", reason: {ending.reason}" if ending.reason else ""
        return f"{ending.code}, closed by {ending.first}{reason}"

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()
            if self._session.failure is not None and self._session.state is ConnectionState.CLOSED:
                raise self._session.failure

    def _on_change(self) -> None:
        self._changed.set()

    async def _picture(self, name: str) -> None:
        await self._session.settled()
        self._parts.bridge.flush()
        self._pictures += 1
        await self._parts.painted()
        self._parts.window.grab().save(str(self._output / f"{self._pictures:02d}-{name}.png"))


def run_tour(output: Path) -> int:
    """Walk the tour on the offscreen platform; the process's exit status.

    The user's own profiles and settings stay out of it: it has a home of its own while it lasts.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="optave-inspector-tour-") as home:
        os.environ["OPTAVE_INSPECTOR_HOME"] = home
        import qasync
        from PySide6.QtWidgets import QApplication

        from .app import name_app

        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        name_app(app)
        return int(qasync.run(_walk(output)))


async def _walk(output: Path) -> int:
    from .app import build_window, take_apart

    parts = await build_window()
    try:
        parts.window.resize(1440, 900)
        parts.window.show()
        tour = Tour(parts, output)
        held = await tour.walk()
    finally:
        await take_apart(parts)
    print(tour.table())  # noqa: T201 - the tour's result
    return 0 if held else 1
