"""The panel in which requests are written, judged and sent, byte for byte as they stand in the editor."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSplitter, QWidget

from ...compose.evidence import read_evidence
from ...compose.generate import fresh
from ...compose.positions import read_positions
from ...compose.templates import templates as shipped_templates
from ...errors import InspectorError
from ...protocol.actions import Action, parse_action
from ...protocol.envelope import Overrides, build_request, request_id_of
from ...protocol.limits import MAX_ENVELOPE_UNITS
from ..widgets.elided_label import ElidedLabel
from ..widgets.json_editor import JsonEditor
from ..widgets.look import set_look
from ..widgets.panel import Panel
from ..widgets.verdict_findings import FindingsView
from .composer_controls import ComposerControls
from .composer_headers import HeadersDialog
from .composer_judge import ComposerJudge
from .composer_sending import ComposerSending
from .composer_verdicts import ComposerVerdicts, first_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QKeyEvent

    from ...compose.judgement import Place
    from ...compose.templates import Template
    from ...protocol.contract import Contract
    from ..bridge import SessionBridge

_FIRST = Action.INTERACTION
_USUAL_TEMPLATE = "typical"


class ComposerPanel(Panel):
    """Writes, judges and sends requests. What is typed is neither lost nor changed: other texts are undoable steps."""

    draftChanged = Signal()
    """``save_state`` would give something else than before."""

    def __init__(
        self,
        bridge: SessionBridge,
        contract: Contract | None = None,
        templates: Callable[[Action], Sequence[Template]] = shipped_templates,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Composer", "composerPanel", parent)
        self._templates = templates
        self._action = _FIRST
        self._whole = False
        self._template = ("", "")
        self._told: tuple[str, str] = ("", "")
        self.controls = ComposerControls(templates)
        self.editor = JsonEditor("composerEditor")
        self.editor.setAccessibleName("Payload")
        self.editor.setToolTip("Escape and then Tab leaves the editor. Lines end with a line feed.")
        self.findings = FindingsView("composerFindings")
        self.verdicts = ComposerVerdicts()
        self.headers = HeadersDialog(self)
        self.sending = ComposerSending(bridge, self)
        self._judge = ComposerJudge(self.editor, contract or bridge.session.contract, self._settings)
        self._build()
        self._add_actions()
        self._connect(bridge)
        self.set_action(_FIRST)
        self.use_template(_USUAL_TEMPLATE)
        self.editor.document().clearUndoRedoStacks()

    # -- what others may do

    def action(self) -> Action:
        """The chosen action."""
        return self._action

    def set_action(self, action: Action | str) -> None:
        """Choose an action. An untouched template gives way to the one of the same name; a text of the user's stays."""
        chosen = parse_action(action)
        if chosen is None:
            raise ValueError(f"{action} is no action.")
        name, text = self._template
        untouched = not self._whole and self.editor.text() in ("", text)
        self._action = chosen
        self.controls.set_action(chosen)
        self.headers.set_request(chosen, None)
        if untouched and name:
            offered = [template.name for template in self._templates(chosen)]
            self.use_template(name if name in offered else offered[0])
        else:
            self._show_template()
        self._refresh()

    def use_template(self, name: str) -> None:
        """Put a template of the chosen action in place of the text, which one undo brings back."""
        template = next((template for template in self._templates(self._action) if template.name == name), None)
        if template is None:
            raise ValueError(f"{self._action} has no template {name}.")
        replaced = self.editor.text() not in ("", self._template[1], template.text)
        self._template = (name, template.text)
        self.editor.set_text(template.text)
        self.set_whole(whole=False)
        self._show_template()
        self._tell("muted", "Your text gave way to the template. Ctrl+Z brings it back." if replaced else "")

    def text(self) -> str:
        """What stands in the editor."""
        return self.editor.text()

    @property
    def has_own_text(self) -> bool:
        """Whether a text of the user's stands in the editor, rather than a template's."""
        return self.editor.text() not in ("", self._template[1])

    def set_text(self, text: str) -> None:
        """Put ``text`` in place of the editor's, which one undo brings back."""
        self.editor.set_text(text)
        self._judge.now()

    def whole(self) -> bool:
        """Whether the editor holds the whole message rather than the payload."""
        return self._whole

    def set_whole(self, *, whole: bool) -> None:
        """Take the editor's text for the whole message, or for the payload of an envelope; the text stays as it is."""
        self._whole = whole
        self.controls.set_whole(whole)
        self.editor.setAccessibleName("Whole message" if whole else "Payload")
        self._refresh()

    def message(self) -> str:
        """The message that would be sent now, with newly generated headers around the payload."""
        if self._whole:
            return self.editor.text()
        return build_request(
            self._action, self.editor.text(), fresh(time.time_ns(), os.urandom), self.headers.overrides()
        )

    def send(self) -> None:
        """Send if nothing speaks against it; else say what does."""
        self._send(anyway=False)

    def send_anyway(self) -> None:
        """Send the same bytes whatever the checks say."""
        self._send(anyway=True)

    def send_again(self, number: int) -> None:
        """Send the request of an exchange once more, at once, with new IDs; the editor is left alone."""
        self.sending.send_again(number)

    def load_exchange(self, number: int) -> None:
        """Take the request of an exchange into the editor, to be sent again with new IDs."""
        try:
            evidence = read_evidence(self.sending.request_text(number))
        except InspectorError as error:
            self._tell("problem", str(error))
            return
        if evidence.action is not None:
            self._template = ("", "")
            self.set_action(evidence.action)
        self.headers.set_texts(_header_texts(evidence.overrides))
        self.editor.set_text(evidence.text)
        self.set_whole(whole=evidence.whole)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        taken = "the whole message" if evidence.whole else "the payload"
        self._tell("muted", f"Took over {taken} of exchange {number}. Ctrl+Z brings your text back.")

    def unfold(self) -> None:
        """Put the whole message that would be sent into the editor, to change any part of it."""
        if not self._whole:
            self.editor.set_text(self.message())
            self.set_whole(whole=True)

    def set_tenant_id(self, tenant_id: str) -> None:
        """The profile's tenant ID, which goes into the headers unless another one is given there."""
        self.headers.set_tenant_id(tenant_id)
        self._refresh()

    def save_state(self) -> dict[str, Any]:
        """The draft and what belongs to it, as JSON can hold it."""
        return {
            "action": self._action.value,
            "whole": self._whole,
            "text": self.editor.text(),
            "template": self._template[0],
            "headers": self.headers.texts(),
            "findings": self.verdicts.findings_button.isChecked(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Put a draft back as ``save_state`` gave it; what is missing or of another type stays as it is."""
        action = state.get("action")
        if isinstance(action, str) and parse_action(action) is not None:
            self.set_action(action)
        name = state.get("template")
        known = {template.name: template.text for template in self._templates(self._action)}
        self._template = (name, known[name]) if isinstance(name, str) and name in known else ("", "")
        headers = state.get("headers")
        if isinstance(headers, dict):
            self.headers.set_texts({name: text for name, text in headers.items() if isinstance(text, str)})
        text = state.get("text")
        if isinstance(text, str):
            self.editor.set_text(text)
            self.editor.document().clearUndoRedoStacks()
        self.set_whole(whole=state.get("whole") is True)
        self.verdicts.findings_button.setChecked(state.get("findings") is True)
        self._show_template()
        self._tell("muted", "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter where the shortcut does not see it: those need an active window, which a screen without a window
        manager may not have."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or modifiers not in (control, control | shift):
            super().keyPressEvent(event)
        elif modifiers == control:
            self.send()
        else:
            self.send_anyway()

    # -- inside

    def _build(self) -> None:
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setObjectName("composerSplitter")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.editor)
        self._split.addWidget(self.findings)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self.editor.setMinimumHeight(46)
        self.findings.setMinimumHeight(38)
        self.findings.hide()
        self._hint = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._hint.setObjectName("composerHint")
        self._send_button = _button("composerSendButton", "Send  Ctrl+Enter", "Send")
        self._send_button.setProperty("kind", "primary")
        self._anyway_button = _button("composerSendAnywayButton", "Send anyway", "Send anyway")
        self._headers_button = _button("composerHeadersButton", "Headers", "Headers of the next request")
        self._more_button = _button("composerMoreButton", "More ▾", "More that can be sent or done")
        footer = QHBoxLayout()
        footer.setSpacing(6)
        footer.addWidget(self._send_button)
        footer.addWidget(self._anyway_button)
        footer.addStretch(1)
        footer.addWidget(self._headers_button)
        footer.addWidget(self._more_button)
        self.body.addWidget(self.controls)
        self.body.addWidget(self._split, 1)
        self.body.addWidget(self.verdicts)
        self.body.addWidget(self._hint)
        self.body.addLayout(footer)

    def _add_actions(self) -> None:
        menu = QMenu(self._more_button)
        menu.setObjectName("composerMoreMenu")
        for name, text, slot in (
            ("Unfold", "&Edit the whole message", self.unfold),
            ("Ping", "Send a &ping", self.sending.ping),
        ):
            action = menu.addAction(text)
            action.setObjectName(f"composer{name}Action")
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        self._unfold_action = menu.actions()[0]
        self._more_button.setMenu(menu)
        for name, text, keys, slot in (
            ("Send", "Send", ("Ctrl+Return", "Ctrl+Enter"), self.send),
            ("SendAnyway", "Send anyway", ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), self.send_anyway),
        ):
            action = QAction(text, self)
            action.setObjectName(f"composer{name}Action")
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
            self.addAction(action)

    def _connect(self, bridge: SessionBridge) -> None:
        self.controls.actionChosen.connect(self.set_action)
        self.controls.templateChosen.connect(self.use_template)
        self.controls.modeChosen.connect(lambda whole: self.set_whole(whole=whole))
        self._send_button.clicked.connect(lambda _checked=False: self.send())
        self._anyway_button.clicked.connect(lambda _checked=False: self.send_anyway())
        self._headers_button.clicked.connect(lambda _checked=False: self._open_headers())
        self.headers.edited.connect(self._refresh)
        self.editor.edited.connect(self._on_edited)
        self.editor.differenceTold.connect(lambda sentence: self._tell("warning", sentence))
        self.findings.placeChosen.connect(self._go_to)
        self.verdicts.findings_button.toggled.connect(self.findings.setVisible)
        self.verdicts.roomChanged.connect(self._show_possibilities)
        self._judge.judged.connect(self._on_judged)
        self.sending.failed.connect(lambda sentence: self._tell("problem", sentence))
        self.sending.appeared.connect(lambda number: self._tell("muted", f"Sent as exchange {number}."))
        bridge.stateChanged.connect(lambda: self._tell("muted", ""))

    def _settings(self) -> tuple[Action, Overrides, bool]:
        return self._action, self.headers.overrides(), self._whole

    def _refresh(self) -> None:
        """Something other than the text changed."""
        given = self.headers.given()
        self._headers_button.setText(f"Headers · {given}" if given else "Headers")
        self._headers_button.setEnabled(not self._whole)
        self._headers_button.setToolTip(
            "The whole message is typed, headers included." if self._whole else "See and set the generated headers."
        )
        self._unfold_action.setEnabled(not self._whole)
        self._judge.now()
        self._show_possibilities()
        self.draftChanged.emit()

    def _on_edited(self) -> None:
        self._told = ("", "")
        self._show_template()
        self._show_possibilities()

    def _on_judged(self) -> None:
        judgement = self._judge.judgement
        self.verdicts.show_judgement(judgement)
        self.findings.show_places(judgement.places)
        size = judgement.size
        fits = "muted" if size.fits_units and size.fits_bytes else "warning" if size.fits_units else "problem"
        set_look(self.note_label, "role", fits)
        note = f"{size.utf8_bytes / 1024:,.1f} kB of {MAX_ENVELOPE_UNITS // 1024} kB · {size.units:,} units"
        self.set_note(note if fits == "muted" else f"⚠ {note}")
        if self.headers.isVisible():
            self.headers.set_request(self._action, request_id_of(self.editor.text()))
        self._show_possibilities()
        self.draftChanged.emit()

    def _show_template(self) -> None:
        name, text = self._template
        self.controls.show_template(name, edited=self.editor.text() != text)

    def _show_possibilities(self) -> None:
        """Enable what can be done, and say why the rest can not."""
        obstacle = self.sending.obstacle() or ("" if self._whole else self.headers.problem())
        judgement = self._judge.judgement
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
            more = "" if self.verdicts.has_room_for_words() else words
            role, words = "warning", f"{obstacle}  {more}".strip()
        self.verdicts.set_words_wanted(wanted=bool(self._told[1] or obstacle))
        glyph = "⚠ " if role in ("problem", "warning") else ""
        self._hint.setText(f"{glyph}{words}" if words else "")
        set_look(self._hint, "role", role)

    def _tell(self, role: str, sentence: str) -> None:
        self._told = (role, sentence)
        self._show_possibilities()

    def _send(self, *, anyway: bool) -> None:
        judgement = self._judge.now()
        problem = "" if self._whole else self.headers.problem()
        if problem:
            self._tell("problem", problem)
        elif not judgement.sendable and not anyway and not self.sending.obstacle():
            self._tell("problem", f"Not sent. {first_words(judgement)[1]} Send anyway with Ctrl+Shift+Enter.")
        else:
            self._tell("muted", "")
            self.sending.send(self.message())

    def _open_headers(self) -> None:
        self.headers.set_request(self._action, request_id_of(self.editor.text()))
        self.headers.show()
        self.headers.raise_()
        self.headers.activateWindow()

    def _go_to(self, place: Place) -> None:
        if place.path is None:
            self._open_headers()
            return
        spot = read_positions(self.editor.text()).spot(place.path)
        if spot is not None:
            self.editor.go_to(spot.start)


def _button(object_name: str, text: str, accessible_name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(object_name)
    button.setAccessibleName(accessible_name)
    button.setAutoDefault(False)
    return button


def _header_texts(overrides: Overrides) -> dict[str, str]:
    latency = overrides.network_latency_ms
    return {
        "timestamp": overrides.timestamp or "",
        "tenantId": overrides.tenant_id or "",
        "networkLatencyMs": "" if latency is None else f"{latency:g}" if latency == int(latency) else repr(latency),
    }
