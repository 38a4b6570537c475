"""A panel of exchanges over a real session, with a tenant that says what tests want, at the times they want."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from optave_inspector import resources
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.session import Session
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.panels.exchanges import ExchangesPanel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

S = 1_000_000_000


class Desk:
    """Times are seconds since the begin; :meth:`told` waits until the panel has seen all of it."""

    def __init__(self, session: Session, bridge: SessionBridge, panel: ExchangesPanel) -> None:
        self.session = session
        self.bridge = bridge
        self.panel = panel
        self._ids = 0
        # What the session does by its own clock lies close to it.
        self.begin = time.monotonic_ns()

    def request(self, at_s: float, action: str = "adjust", text: str = "", **headers: str) -> str:
        """A request that leaves; its correlation ID is returned."""
        self._ids += 1
        correlation_id = f"0190b3b4-0000-7000-8000-{self._ids:012x}"
        told = {"correlationId": correlation_id, "action": action, "schemaRef": "optave.message.v3", **headers}
        self._frame(Direction.OUT, at_s, {"action": "message", "headers": told, "payload": {"request": {"text": text}}})
        return correlation_id

    def answer(
        self, at_s: float, correlation_id: str, state: str = "completed", text: str = "", **further: str
    ) -> None:
        """An answer that arrives."""
        headers = {"correlationId": correlation_id, "action": "adjust", "schemaRef": "optave.response.v3", **further}
        message = {"results": [{"content": text}]}
        payload = {"action": "superpower", "actionType": "adjust", "state": state, "message": message}
        self._frame(Direction.IN, at_s, {"action": "message", "headers": headers, "payload": payload})

    def opens(self, at_s: float) -> None:
        """A connection opens."""
        self.session._recorder.attempt += 1
        self.session.lives.began(self.session.attempt, self.at(at_s))
        self.session.lives.opened(self.session.attempt, self.at(at_s + 0.1))
        self.bridge.stateChanged.emit()

    def ends(self, at_s: float, code: int = 1006) -> None:
        """The connection ends."""
        at_ns = self.at(at_s)
        self.session.on_ending(Ending(Close(code), Close(code), Closer.PEER, True, "closed", at_ns, at_ns))
        self.session.on_state(ConnectionState.CLOSED)

    async def told(self) -> None:
        """Wait until the panel knows."""
        await self.session.settled()
        self.bridge.flush()

    async def filtered(self, text: str, wait_until: Callable[..., Any]) -> list[int]:
        """Write a filter, and give the numbers that are shown once it is through."""
        panel = self.panel
        panel.search.bar.set_text(text)
        await wait_until(lambda: not panel.search.filter.searching and not panel.model.arranging, what=text)
        return panel.model.numbers_shown()

    def at(self, seconds: float) -> int:
        """The session's time, which its wall clock tells as well."""
        return self.begin + round(seconds * S)

    def iso(self, seconds: float) -> str:
        """The same as it stands in a message."""
        return datetime.fromtimestamp(self.at(seconds) / S, UTC).isoformat(timespec="milliseconds")

    def _frame(self, direction: Direction, at_s: float, value: Any) -> None:
        payload = json.dumps(value).encode()
        at_ns = self.at(at_s)
        self.session.on_frame(Frame(direction, 1, payload, len(payload) + 6, at_ns, at_ns))


@contextlib.asynccontextmanager
async def desk(now_s: float = 100) -> AsyncIterator[Desk]:
    """The panel on show; its present is ``now_s``."""
    theme.theme_switch().apply(dark=False)
    session = Session(CaptureStore.create(None), Contract(resources.schemas()))
    session._correlator.timeout_ns = 30 * S
    bridge = SessionBridge(session)
    panel = ExchangesPanel(bridge)
    made = Desk(session, bridge, panel)
    panel.model.clock = lambda: made.at(now_s)
    panel.resize(900, 320)
    panel.show()
    try:
        yield made
    finally:
        await bridge.stop()
        await session.aclose()
        session.store.close()
        panel.deleteLater()
