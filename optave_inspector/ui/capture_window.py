"""A stored capture in a window of its own: frames, entry and traces, to look at; nothing in it can be changed."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from ..capture.progress import Stopped
from ..errors import InspectorError
from ..manual import manual_folder
from ..profiles.profile import LOCAL_TENANT_NAME
from ..replay import CaptureReplay, Rebuilt
from ..repro.from_evidence import Origin
from .actions import make_action
from .bridge import SessionBridge
from .capture_comparing import CaptureComparing
from .capture_export import CaptureExport
from .capture_saving import CaptureSaving
from .dialogs.manual_window import ManualWindow, page_for
from .dock_area import DockArea
from .entry_evidence import read_entry
from .layout_store import CaptureLayout
from .models.background import Background
from .panels.endings import EndingsPanel
from .panels.entry import EntryPanel
from .panels.exchanges import ExchangesPanel
from .panels.frames import FramesPanel
from .panels.message_bar import MessageBar
from .panels.recipe_files import RecipeFiles
from .panels.statistics import StatisticsPanel
from .panels.stream import StreamPanel
from .recipe_evidence import RecipeEvidence
from .widgets.elided_label import ElidedLabel
from .widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..capture.store import CaptureStore
    from ..compose.evidence import Evidence
    from ..protocol.contract import Contract
    from ..repro.from_evidence import MadeRecipe
    from ..session import Session

    TakeDraft = Callable[[Evidence, str], str]

_SIZE = QSize(1280, 800)
_SMALLEST = QSize(900, 560)
_SHOWN_AT_ONCE = 2_000
"""Exchanges that the panels take in within a hundredth of a second or two; the window is at hand in between."""


class CaptureWindow(QMainWindow):
    """Shows ``store``, which was opened read-only, and closes it by :meth:`aclose`. Traces appear once rebuilt."""

    closed = Signal()
    exchangeAsked = Signal(object, int)
    """An exchange of another capture is to be shown: its path and number."""

    def __init__(self, store: CaptureStore, contract: Contract, take_draft: TakeDraft | None = None) -> None:
        super().__init__()
        self.path = store.path
        self._take_draft = take_draft
        self.replay = CaptureReplay(store, contract)
        # The panels ask a session for no more than a replay has.
        self.bridge = SessionBridge(cast("Session", self.replay), self)
        self.setObjectName("captureWindow")
        self.setWindowTitle(f"{store.path.name} · Optave Inspector")
        self.setAccessibleName(f"Capture {store.path.stem}")
        self.frames = FramesPanel(self.bridge)
        self.entry = EntryPanel(self.bridge)
        self.stream = StreamPanel(self.bridge)
        self.exchanges = ExchangesPanel(self.bridge)
        self.statistics = StatisticsPanel(self.bridge, self.exchanges)
        self.endings = EndingsPanel(self.bridge, live=False)
        for source in (self.entry.tree, self.exchanges):
            source.termAsked.connect(lambda term, exclude: self.frames.add_term(term, exclude=exclude))
        self.messages = MessageBar(self.bridge)
        self.recipe_files = RecipeFiles(self.bridge, self)
        self.evidence = RecipeEvidence(self.bridge, self._origin, self._save_recipe, self)
        self.frames.menu.recipeAsked.connect(self.evidence.of_entries)
        self.exchanges.recipeRequested.connect(self.evidence.of_exchange)
        self.endings.recipeAsked.connect(self.evidence.of_attempt)
        self.frames.menu.editAgainAsked.connect(self.keep_entry)
        self.exchanges.editAgainRequested.connect(self.keep_exchange)
        self._rebuilding = Background("rebuild traces", self)
        self._rebuilt = Rebuilt()
        self._wanted = 0
        self._manual: ManualWindow | None = None
        self._showing = QTimer(self)
        self._showing.timeout.connect(self._show_more)
        self._build()
        self._build_menu()
        self._calm()
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self._rebuild()

    @property
    def rebuilding(self) -> bool:
        """Whether the traces are still to come."""
        return self._rebuilding.busy or self._showing.isActive()

    def save_layout(self) -> CaptureLayout:
        """Size, docks, and what the panels want to find again."""
        return CaptureLayout(
            geometry=self.saveGeometry().data(),
            docks=self.area.save_layout(),
            panels={panel.objectName(): panel.save_state() for panel in self._with_state()},
        )

    def restore_layout(self, layout: CaptureLayout) -> None:
        """Put it back; what is missing stays as it is."""
        if layout.geometry:
            self.restoreGeometry(QByteArray(layout.geometry))
        if layout.docks:
            self.area.restore_layout(layout.docks)
        for panel in self._with_state():
            state = layout.panels.get(panel.objectName())
            if isinstance(state, dict):
                panel.restore_state(state)

    def show_exchange(self, number: int) -> None:
        """Select an exchange, as soon as it is rebuilt."""
        self._wanted = number
        self._show_wanted()

    def keep_exchange(self, number: int) -> None:
        """Keep the request of an exchange as a draft."""
        exchange = self.bridge.exchange(number)
        if exchange is not None:
            self._keep(exchange.request_entry, f"exchange {number}")

    def keep_entry(self, number: int) -> None:
        """Keep a message as a draft, whichever way it went."""
        self._keep(number, f"entry {number}")

    def _keep(self, entry: int, origin: str) -> None:
        if self._take_draft is None:
            return
        try:
            evidence = read_entry(self.replay.store, entry)
            where = self._take_draft(evidence, f"{origin} of {self.path.stem}")
        except InspectorError as error:
            self.bridge.tell_error(str(error))
        else:
            self.bridge.warned.emit("ok", where)

    async def aclose(self) -> None:
        """End what runs, close the capture and the window."""
        self._rebuilding.cancel()
        self._showing.stop()
        self.endings.stop()
        self.evidence.stop()
        await self.bridge.stop()
        self.hide()
        await asyncio.to_thread(self.replay.store.close)
        self.deleteLater()

    def closeEvent(self, event) -> None:
        event.accept()
        self.closed.emit()

    def _with_state(self) -> tuple[FramesPanel, EntryPanel, ExchangesPanel, StatisticsPanel]:
        return self.frames, self.entry, self.exchanges, self.statistics

    def _origin(self) -> Origin:
        name = self.replay.store.info.profile
        return Origin(name == LOCAL_TENANT_NAME, name)

    def _save_recipe(self, made: MadeRecipe) -> None:
        for note in made.notes:
            self.bridge.warned.emit("warning", note)
        self.recipe_files.ask_save(self.path.stem, made.text)

    def _build(self) -> None:
        self.area = DockArea(
            centre=self.frames,
            right=[self.entry, self.stream],
            bottom_left=[self.exchanges, self.statistics, self.endings],
        )
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self._facts())
        layout.addWidget(self.area, 1)
        layout.addWidget(self.messages)
        self.setCentralWidget(content)

    def _facts(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("captureFacts")
        bar.setProperty("card", True)
        name = QLabel(self.path.stem)
        name.setObjectName("captureName")
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setProperty("role", "title")
        facts = ElidedLabel(Qt.TextElideMode.ElideRight)
        facts.setObjectName("captureFactsText")
        facts.setText(facts_text(self.replay.store))
        facts.setToolTip(str(self.path))
        facts.setProperty("role", "muted")
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(10)
        layout.addWidget(name)
        layout.addWidget(facts, 1)
        return bar

    def _build_menu(self) -> None:
        self.file_menu = self.menuBar().addMenu("&File")
        self.file_menu.setObjectName("captureFileMenu")
        self.saving = CaptureSaving(self.bridge, self, "captureSaveAction")
        self.file_menu.addAction(self.saving.action)
        self.export = CaptureExport(self.bridge, self.frames.view, self, "captureExportAction")
        self.file_menu.addAction(self.export.action)
        self.comparing = CaptureComparing(
            self.bridge, self, self._show_any_exchange, self.path.stem, "captureCompareAction"
        )
        self.statistics.compareAsked.connect(self.comparing.ask)
        self.file_menu.addAction(self.comparing.action)
        self.file_menu.addSeparator()
        tip = "Close this capture; its file stays"
        close = make_action(self, "captureCloseAction", "&Close", self.close, shortcut="Ctrl+W", tip=tip)
        self.file_menu.addAction(close)
        tip = "The manual, at the page of the panel that has the keyboard"
        help_menu = self.menuBar().addMenu("&Help")
        help_menu.setObjectName("captureHelpMenu")
        help_menu.addAction(
            make_action(self, "captureManualAction", "&Manual", self._show_manual, shortcut="F1", tip=tip)
        )

    def _show_manual(self) -> None:
        page = page_for(self.focusWidget())
        if self._manual is None:
            self._manual = ManualWindow(manual_folder(), self)
        self._manual.show_page(page)
        self._manual.show()
        self._manual.activateWindow()

    def _calm(self) -> None:
        """Take away what only a running session has use for."""
        # The panel shows these two by itself once it has rows; below something hidden they stay hidden.
        unused = QWidget(self)
        unused.hide()
        for button in (self.frames.follow_button, self.frames.pause_button):
            self.frames.header.removeWidget(button)
            button.setParent(unused)
        self.frames.view.set_following(False)
        self.frames.view.scrollToTop()
        unusable = ["exchangesSendAgainAction", "exchangesCancelAction", "framesSendAgainAction"]
        if self._take_draft is None:
            unusable += ["exchangesEditAgainAction", "framesEditAgainAction"]
        for name in unusable:
            action = self.findChild(QAction, name)
            if action is not None:
                action.setVisible(False)
        for name in ("exchangesEditAgainAction", "framesEditAgainAction"):
            action = self.findChild(QAction, name)
            if action is not None:
                action.setText("&Edit as draft")
        empty = self.frames.findChild(EmptyState, "framesEmpty")
        if empty is not None:
            empty.say("This capture holds no entries.")

    def _rebuild(self) -> None:
        self._say_traces("Rebuilding the traces…", "The frames can be read meanwhile.")
        replay = self.replay
        self._rebuilding.start(
            lambda job: replay.rebuild(lambda done, total: job.report((done, total)), job.stopped),
            self._on_rebuilt,
            self._on_failed,
            self._on_progress,
        )

    def _on_progress(self, part: tuple[int, int]) -> None:
        done, total = part
        self.exchanges.set_note(f"rebuilding: {done * 100 // max(total, 1)} %")

    def _on_rebuilt(self, rebuilt: Rebuilt) -> None:
        self._say_traces("No requests in this capture.", "")
        self._rebuilt = rebuilt
        self._showing.start(0)

    def _show_more(self) -> None:
        rebuilt = self._rebuilt
        done = self.replay.show(rebuilt, _SHOWN_AT_ONCE)
        self.bridge.flush()
        self._show_wanted()
        if done:
            self._showing.stop()
            self._rebuilt = Rebuilt()
            self.exchanges.show_note()
        else:
            self.exchanges.set_note(f"{len(self.replay.exchanges):,} of {len(rebuilt.exchanges):,} exchanges")

    def _show_wanted(self) -> None:
        if 0 < self._wanted <= len(self.replay.exchanges):
            number, self._wanted = self._wanted, 0
            self.bridge.select_exchange(number)
            self.area.go_to(self.exchanges)

    def _show_any_exchange(self, path: Path | None, number: int) -> None:
        if path is None:
            self.show_exchange(number)
            self.activateWindow()
        else:
            self.exchangeAsked.emit(path, number)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, Stopped):
            return
        why = str(error) if isinstance(error, InspectorError) else f"{type(error).__name__}: {error}"
        self._say_traces("The traces cannot be rebuilt.", why)
        self.exchanges.set_note("")
        self.bridge.tell_error(f"The traces cannot be rebuilt. {why}")

    def _say_traces(self, sentence: str, hint: str) -> None:
        empty = self.exchanges.findChild(EmptyState, "exchangesEmpty")
        if empty is not None:
            empty.say(sentence, hint)


def facts_text(store: CaptureStore) -> str:
    """What a capture says of itself, in a line."""
    info = store.info
    count = store.count
    parts = [info.profile, info.tenant, "1 entry" if count == 1 else f"{count:,} entries"]
    if info.created_wall_ns:
        begun = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(info.created_wall_ns // 10**9))
        parts.append(f"begun {begun}")
    if info.origin:
        parts.append(f"imported from {info.origin}")
    if info.recovered:
        parts.append("recovered after a crash")
    elif not info.closed:
        parts.append("its session had not ended: the entries up to now")
    parts.append("read-only")
    return " · ".join(part for part in parts if part)
