"""What a profile sent, to be found again, opened as a draft, sent again or forgotten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...compose.history import BOUNDS, Sent
from ...errors import InspectorError
from ...tracing.exchange import ExchangeStatus
from ..models.background import Background
from ..models.exchange_words import STATUS_LOOK
from ..models.formats import duration_text, size_text
from ..widgets.json_editor import JsonEditor
from ..widgets.look import set_look
from .question import ConfirmDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...compose.history import SentHistory

_COLUMNS = ("Sent", "Action", "Outcome", "After", "Size", "Summary")
_MOST_SHOWN = 500
_PAUSE_MS = 150
_NO_ANSWER = "– no answer seen"


class HistoryDialog(QDialog):
    """A list with a search above and the chosen message below. Stays open beside the window."""

    draftAsked = Signal(object)
    """Open this :class:`Sent` as a draft."""
    sendAsked = Signal(object)
    """Send this :class:`Sent` again, with new IDs."""

    def __init__(
        self, history: SentHistory, profile: Callable[[], tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """``profile`` gives ID and name of the profile whose history is shown."""
        super().__init__(parent)
        self.setObjectName("historyDialog")
        self.setWindowTitle("History of what was sent")
        self.setAccessibleName("History of what was sent")
        self._history = history
        self._profile = profile
        self._shown: list[Sent] = []
        self._finding = Background("search the history", self)
        self._reading = Background("read the history", self)
        self._forgetting = Background("forget history", self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.reload)
        self._build()
        self._enable()

    def reload(self) -> None:
        """Find anew what is to be shown; the chosen row stays."""
        profile_id, name = self._profile()
        words = self._search.text()
        self._finding.start(
            lambda _job: self._history.find(profile_id, words, _MOST_SHOWN),
            lambda found: self._show(found, name, words),
            lambda error: self._say("problem", str(error)),
        )

    def current(self) -> Sent | None:
        """The chosen one, with the beginning of its text."""
        row = self._table.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def tell(self, role: str, sentence: str) -> None:
        """What became of sending, for who looks at this dialog rather than at the composer."""
        if self.isVisible():
            self._say(role, sentence)

    def showEvent(self, event) -> None:
        """What is shown is always new."""
        super().showEvent(event)
        self._search.setFocus()
        self.reload()

    # -- inside

    def _build(self) -> None:
        self._search = QLineEdit()
        self._search.setObjectName("historySearchEdit")
        self._search.setAccessibleName("Search the history")
        self._search.setPlaceholderText("Search: words of the text, action, status, error code, correlation ID")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(lambda _text: self._pause.start())
        self._table = QTableWidget(0, len(_COLUMNS))
        self._table.setObjectName("historyTable")
        self._table.setAccessibleName("What was sent, the newest first")
        self._table.setHorizontalHeaderLabels(_COLUMNS)
        self._table.verticalHeader().hide()
        self._table.setShowGrid(False)
        self._table.setWordWrap(False)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setTabKeyNavigation(False)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._table.itemSelectionChanged.connect(self._on_row)
        self._table.itemActivated.connect(lambda _item: self._ask(self.draftAsked))
        self._text = JsonEditor("historyText")
        self._text.setAccessibleName("The chosen message")
        self._text.setReadOnly(True)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("historySplitter")
        split.setChildrenCollapsible(False)
        split.addWidget(self._table)
        split.addWidget(self._text)
        self._note = QLabel()
        self._note.setObjectName("historyNote")
        self._note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self._search)
        layout.addWidget(split, 1)
        layout.addWidget(self._note)
        layout.addWidget(self._buttons())
        split.setSizes([300, 200])
        self.resize(860, 620)

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        act, reset = QDialogButtonBox.ButtonRole.ActionRole, QDialogButtonBox.ButtonRole.ResetRole
        open_, again = (lambda: self._ask(self.draftAsked)), (lambda: self._ask(self.sendAsked))
        self._draft = self._button(
            box, "Draft", "Open as draft", act, open_, "Open the chosen message as a draft of its own (Enter)"
        )
        self._again = self._button(
            box, "SendAgain", "Send again", act, again, "Send the chosen message once more, with new IDs (Ctrl+R)"
        )
        self._forget = self._button(
            box, "Forget", "Forget", reset, self._ask_forget, "Remove the chosen message for good (Delete)"
        )  # fmt: skip
        self._clear = self._button(
            box, "Clear", "Forget all…", reset, self._ask_clear, "Remove all that this profile sent"
        )
        close = box.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("historyCloseButton")
        close.setAutoDefault(False)
        box.rejected.connect(self.close)
        for keys, slot in (("Delete", self._ask_forget), ("Ctrl+R", again)):
            QShortcut(QKeySequence(keys), self._table, slot, context=Qt.ShortcutContext.WidgetShortcut)
        return box

    def _button(self, box: QDialogButtonBox, name: str, text: str, role, slot, tip: str) -> QPushButton:
        button = box.addButton(text, role)
        button.setObjectName(f"history{name}Button")
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    def _show(self, found: tuple[list[Sent], int], name: str, words: str) -> None:
        chosen = self.current()
        self._shown, count = found
        self._table.blockSignals(True)
        self._table.setRowCount(len(self._shown))
        for row, sent in enumerate(self._shown):
            for column, text in enumerate(_cells(sent)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(row, column, item)
        ids = [sent.id for sent in self._shown]
        row = ids.index(chosen.id) if chosen is not None and chosen.id in ids else 0
        if ids:
            self._table.selectRow(row)
        self._table.blockSignals(False)
        what = f"“{name}” sent {count:,} messages" if count != 1 else f"“{name}” sent 1 message"
        if words.strip():
            what += " in which all of these words stand"
        if count > len(self._shown):
            what += f"; the newest {len(self._shown):,} are listed"
        if not count and not words.strip():
            what = f"“{name}” has sent nothing yet. Whatever is sent appears here, with what became of it"
        self._say("muted", f"{what}. {BOUNDS} Tokens and secrets are taken out.")
        self._on_row()

    def _on_row(self) -> None:
        self._enable()
        sent = self.current()
        if sent is None:
            self._text.set_text("")
            return
        self._reading.start(
            lambda _job: self._history.get(sent.id),
            lambda whole: self._text.set_text(whole.text if whole.text is not None else _gone(whole)),
            lambda error: self._say("problem", str(error)),
        )

    def _enable(self) -> None:
        sent = self.current()
        for button in (self._draft, self._again):
            button.setEnabled(sent is not None and sent.text is not None)
        self._forget.setEnabled(sent is not None)
        self._clear.setEnabled(bool(self._shown))

    def _ask(self, signal) -> None:
        sent = self.current()
        if sent is None or sent.text is None:
            return
        try:
            signal.emit(self._history.get(sent.id))
        except InspectorError as error:
            self._say("problem", str(error))

    def _ask_forget(self) -> None:
        sent = self.current()
        if sent is not None:
            self._forget_by(lambda: self._history.remove([sent.id]))

    def _ask_clear(self) -> None:
        profile_id, name = self._profile()
        words = f"Forget all that “{name}” sent? Captures and drafts stay as they are."
        dialog = ConfirmDialog("clearHistoryDialog", "Forget all", words, "Forget all", self)
        dialog.accepted.connect(lambda: self._forget_by(lambda: self._history.clear(profile_id)))
        dialog.open()

    def _forget_by(self, work: Callable[[], None]) -> None:
        self._forgetting.start(
            lambda _job: work(), lambda _none: self.reload(), lambda error: self._say("problem", str(error))
        )

    def _say(self, role: str, sentence: str) -> None:
        set_look(self._note, "role", role)
        self._note.setText(f"⚠ {sentence}" if role == "problem" else sentence)


def _cells(sent: Sent) -> tuple[str, ...]:
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(sent.at_ns // 10**9))
    head = sent.summary or ("" if sent.text is not None else _gone(sent))
    after = duration_text(sent.latency_ns) if sent.latency_ns >= 0 else ""
    return moment, sent.action or "–", _outcome(sent), after, size_text(sent.size), head


def _outcome(sent: Sent) -> str:
    status = ExchangeStatus.__members__.get(sent.status.upper())
    if status is None:
        return _NO_ANSWER
    glyph, word, _ = STATUS_LOOK[status]
    return f"{glyph} {word} {sent.error_code}".rstrip()


def _gone(sent: Sent) -> str:
    return f"Binary, or too long to be kept here ({size_text(sent.size)}): see the capture."
