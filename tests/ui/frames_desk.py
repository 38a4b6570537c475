"""The frame log with a real session and capture below it, for tests of what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtTest import QTest

from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.panels.frames import FramesPanel
from tests.ui.wire import TEXT, Wire, new_session

if TYPE_CHECKING:
    from collections.abc import Callable


class FramesDesk:
    """Tell ``wire`` of frames, then ``arrive()``. Close it at the end."""

    def __init__(self, aio: Callable[..., Any], qtbot: Any) -> None:
        self._aio = aio
        self._qtbot = qtbot
        theme.theme_switch().apply(dark=False)
        self.session = new_session()
        self.store = self.session.store
        self.wire = Wire(self.session, aio)
        self.bridge = SessionBridge(self.session)
        self.panel = FramesPanel(self.bridge)
        self.bar = self.panel.bar
        self.edit = self.bar.edit
        qtbot.addWidget(self.panel)
        self.panel.resize(900, 400)
        self.panel.show()
        qtbot.waitExposed(self.panel)

    def close(self) -> None:
        """End the session and the capture."""
        self._aio(self.bridge.stop())
        self._aio(self.session.aclose())
        self.store.close()

    def arrive(self) -> None:
        """Store what the wire was told and let the window hear of it."""
        self.wire.settle()
        self.bridge.flush()
        QTest.qWait(1)

    def text(self, *payloads: str) -> None:
        """Messages of these texts, received."""
        for payload in payloads:
            self.wire.frame(TEXT, payload.encode())
        self.arrive()

    def numbers(self) -> list[int]:
        """The entries that are shown."""
        model = self.panel.model
        return [model.number(row) for row in range(model.rowCount())]

    def ask(self, text: str) -> list[int]:
        """Filter at once, as Enter does, and give the entries that are shown at the end."""
        self.bar.set_text(text)
        self.wait_searched()
        return self.numbers()

    def wait_searched(self) -> None:
        """Wait until nothing remains to be searched."""
        self._qtbot.waitUntil(lambda: not self.panel._search.searching, timeout=10_000)

    def note(self) -> str:
        """What the heading says."""
        return self.panel.note_label.full_text()
