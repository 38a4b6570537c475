"""The statistics panel beside the traces with a real session below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.panels.exchanges import ExchangesPanel
from optave_inspector.ui.panels.statistics import StatisticsPanel
from tests.ui.wire import MS, Wire, new_session

if TYPE_CHECKING:
    from collections.abc import Callable


class StatisticsDesk:
    """Tell ``wire`` of messages, then ``arrive()``. Close it at the end."""

    def __init__(self, aio: Callable[..., Any], qtbot: Any) -> None:
        self._aio = aio
        self._qtbot = qtbot
        theme.theme_switch().apply(dark=False)
        self.session = new_session()
        self.wire = Wire(self.session, aio)
        self.bridge = SessionBridge(self.session)
        self.exchanges = ExchangesPanel(self.bridge)
        self.panel = StatisticsPanel(self.bridge, self.exchanges)
        for widget in (self.exchanges, self.panel):
            qtbot.addWidget(widget)
        self.panel.resize(900, 400)
        self.panel.show()
        qtbot.waitExposed(self.panel)

    def close(self) -> None:
        """End the session and the capture."""
        self._aio(self.bridge.stop())
        self._aio(self.session.aclose())
        self.session.store.close()

    def arrive(self) -> None:
        """Store what the wire was told, and wait until the panel has counted it."""
        self.wire.settle()
        self.bridge.flush()
        self.counted()

    def counted(self, timeout: int = 5_000) -> None:
        """Wait until nothing is left to be counted, so many milliseconds at most."""
        self._qtbot.waitUntil(lambda: not self.panel.busy, timeout=timeout)

    def exchange(self, action: str = "adjust", took_ms: int = 100, *, after_ms: int = 10, error: str = "") -> None:
        """A request and its answer; ``error``: the code of an error instead."""
        correlation_id = self.wire.request(action, after_ms=after_ms)
        self.wire._now_ns += (took_ms - 10) * MS
        if error:
            headers = {"correlationId": correlation_id, "action": action, "schemaRef": "optave.error.v3"}
            self.wire.message({"headers": headers, "payload": {}, "error": {"code": error, "message": "No."}})
        else:
            self.wire.answer(correlation_id, action=action)

    def rows(self) -> dict[str, dict[str, str]]:
        """The table as it is read: by action and title."""
        model = self.panel.model
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        titles = [" ".join(model.headerData(column, across).split("\n")) for column in range(model.columnCount())]
        return {
            model.headerData(row, down): {
                title.lstrip("↑✓✗◔⚡⊘⊗… "): model.index(row, column).data() for column, title in enumerate(titles)
            }
            for row in range(model.rowCount())
        }
