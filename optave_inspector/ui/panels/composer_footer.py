"""The last rows of the composer: what is to be said, and the buttons that send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ..widgets.elided_label import ElidedLabel
from ..widgets.look import set_look
from .composer_verdicts import first_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...compose.judgement import Judgement


class ComposerFooter(QWidget):
    """The hint and the buttons. It knows what can be done and why the rest can not; the doing is elsewhere."""

    sendAsked = Signal()
    sendAnywayAsked = Signal()
    headersAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: tuple[str, str] = ("", "")
        self._hint = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._hint.setObjectName("composerHint")
        self._send_button = _button("composerSendButton", "Send  Ctrl+Enter", "Send")
        self._send_button.setProperty("kind", "primary")
        self._anyway_button = _button("composerSendAnywayButton", "Send anyway", "Send anyway")
        self._headers_button = _button("composerHeadersButton", "Headers", "Headers of the next request")
        self._more_button = _button("composerMoreButton", "More ▾", "More that can be sent or done")
        self.menu = QMenu(self._more_button)
        self.menu.setObjectName("composerMoreMenu")
        self._more_button.setMenu(self.menu)
        self._send_button.clicked.connect(lambda _checked=False: self.sendAsked.emit())
        self._anyway_button.clicked.connect(lambda _checked=False: self.sendAnywayAsked.emit())
        self._headers_button.clicked.connect(lambda _checked=False: self.headersAsked.emit())
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(6)
        self._buttons.addWidget(self._send_button)
        self._buttons.addWidget(self._anyway_button)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._headers_button)
        self._buttons.addWidget(self._more_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._hint)
        layout.addLayout(self._buttons)

    @property
    def can_send(self) -> bool:
        """Whether nothing speaks against sending."""
        return self._send_button.isEnabled()

    def add_action(self, object_name: str, text: str, slot: Callable[[], object]) -> QAction:
        """One more line in the menu of what else can be done."""
        action = self.menu.addAction(text)
        action.setObjectName(object_name)
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def add_shortcuts(self, panel: QWidget) -> None:
        """Let the panel send by its keys."""
        for name, text, keys, signal in (
            ("Send", "Send", ("Ctrl+Return", "Ctrl+Enter"), self.sendAsked),
            ("SendAnyway", "Send anyway", ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), self.sendAnywayAsked),
        ):
            action = QAction(text, panel)
            action.setObjectName(f"composer{name}Action")
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, signal=signal: signal.emit())
            panel.addAction(action)

    def tell(self, role: str, sentence: str) -> None:
        """What to say in place of the first finding, until the text is edited; an empty sentence for nothing."""
        self._told = (role, sentence)

    def show_headers(self, given: int, *, whole: bool) -> None:
        """How many headers are given, and whether they have a part in it."""
        self._headers_button.setText(f"Headers · {given}" if given else "Headers")
        self._headers_button.setEnabled(not whole)
        self._headers_button.setToolTip(
            "The whole message is typed, headers included." if whole else "See and set the generated headers."
        )

    def show_possibilities(self, judgement: Judgement, obstacle: str, *, roomy: bool) -> bool:
        """Enable what can be done, and say why the rest can not. ``roomy``: the first finding is said elsewhere.

        Gives whether the first finding found no room here, because something else is said.
        """
        sound = judgement.sendable
        self._send_button.setEnabled(sound and not obstacle)
        self._anyway_button.setEnabled(not sound and not obstacle)
        role, words = first_words(judgement)
        wrong = words if not sound else ""
        self._send_button.setToolTip(obstacle or wrong or "Send what stands in the editor (Ctrl+Enter).")
        nothing_wrong = "Nothing speaks against sending: use Send."
        self._anyway_button.setToolTip(
            obstacle or ("Send it although it is wrong (Ctrl+Shift+Enter)." if wrong else nothing_wrong)
        )
        if self._told[1]:
            role, words = self._told
        elif obstacle:
            more = "" if roomy else words
            role, words = "warning", f"{obstacle}  {more}".strip()
        glyph = "⚠ " if role in ("problem", "warning") else ""
        self._hint.setText(f"{glyph}{words}" if words else "")
        set_look(self._hint, "role", role)
        return bool(self._told[1] or obstacle)


def _button(object_name: str, text: str, accessible_name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(object_name)
    button.setAccessibleName(accessible_name)
    button.setAutoDefault(False)
    return button
