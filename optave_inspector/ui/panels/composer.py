"""The panel in which requests are written, judged and sent, byte for byte as they stand in the editor."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from ...compose.evidence import Evidence, evidence_draft, read_evidence
from ...compose.old_draft import draft_of_old_layout
from ...compose.outgoing import Outgoing, put_together
from ...compose.positions import read_positions
from ...compose.templates import templates as shipped_templates
from ...compose.variables import Resolved
from ...errors import InspectorError
from ...protocol.actions import Action, parse_action
from ...protocol.envelope import Overrides, request_id_of
from ...protocol.limits import MAX_ENVELOPE_UNITS
from ..copy_as_menu import CopyAsMenu
from ..dialogs.many_dialog import ManyDialog
from ..dialogs.raw_dialog import RawDialog
from ..dialogs.variables_dialog import VariablesDialog
from ..draft_book import DraftBook
from ..entry_evidence import read_entry
from ..widgets.json_editor import JsonEditor
from ..widgets.look import set_look
from ..widgets.panel import Panel
from ..widgets.verdict_findings import FindingsView
from .composer_completion import ComposerCompletion
from .composer_controls import ComposerControls
from .composer_drafts import ComposerDrafts, fresh_draft
from .composer_fixes import ComposerFixes
from .composer_footer import ComposerFooter
from .composer_form import ComposerForm
from .composer_headers import HeadersDialog
from .composer_hints import VariableHints
from .composer_judge import ComposerJudge
from .composer_many import frozen_draft
from .composer_sending import ComposerSending
from .composer_variables import ComposerVariables
from .composer_verdicts import ComposerVerdicts, first_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QKeyEvent, QTextDocument

    from ...compose.drafts import Draft
    from ...compose.history import Sent
    from ...compose.judgement import Place
    from ...compose.templates import Template
    from ...protocol.contract import Contract
    from ..bridge import SessionBridge

_FIRST = Action.INTERACTION
_USUAL_TEMPLATE = "typical"


class ComposerPanel(Panel):
    """Writes, judges and sends requests. What is typed is neither lost nor changed: other texts are undoable steps."""

    draftChanged = Signal()
    """``draft`` gives something else than before."""

    def __init__(
        self,
        bridge: SessionBridge,
        contract: Contract | None = None,
        templates: Callable[[Action], Sequence[Template]] = shipped_templates,
        parent: QWidget | None = None,
        *,
        book: DraftBook | None = None,
        profile_id: str = "nobody",
    ) -> None:
        super().__init__("Composer", "composerPanel", parent)
        self._bridge = bridge
        self._templates = templates
        self._action = _FIRST
        self._whole = False
        self._template = ("", "")
        self.controls = ComposerControls(templates)
        self.editor = JsonEditor("composerEditor")
        self.editor.setAccessibleName("Payload")
        self.editor.setToolTip("Escape and then Tab leaves the editor. Lines end with a line feed.")
        self.findings = FindingsView("composerFindings")
        self.verdicts = ComposerVerdicts()
        self.headers = HeadersDialog(self)
        self.variables = ComposerVariables(bridge, self)
        self.hints = VariableHints(self.editor, self.variables.resolve)
        self.variables_dialog = VariablesDialog(self.variables, self)
        self.raw_dialog = RawDialog(self)
        self.many_dialog = ManyDialog(bridge, lambda: frozen_draft(self), self)
        self.headers.set_values(lambda: self.variables.generated, self._resolve_header)
        self.sending = ComposerSending(bridge, self)
        self.footer = ComposerFooter()
        self.completion = ComposerCompletion(self.editor, bridge, lambda: (self._action, self._whole))
        self.form = ComposerForm(self.editor, lambda: (self._action, self._whole))
        self.contract = contract or bridge.session.contract
        self.fixes = ComposerFixes(self)
        self._judge = ComposerJudge(self.editor, self.contract, self._settings, self.variables.resolve, bridge.start)
        self.drafts = ComposerDrafts(self, book or DraftBook(parent=self), self._fresh)
        self._build()
        self._add_actions()
        self._connect(bridge)
        self.drafts.use_profile(profile_id)

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
        self.tell("muted", "Your text gave way to the template. Ctrl+Z brings it back." if replaced else "")

    def text(self) -> str:
        """What stands in the editor."""
        return self.editor.text()

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
        """The message that would be sent now, with the generated headers around the payload."""
        return self.outgoing().message

    def outgoing(self) -> Outgoing:
        """The same with the account of what in it nobody typed."""
        text = self.variables.resolve(self.editor.text())
        given, overrides = self.headers.origins(), self.headers.overrides()
        return put_together(self._action, text, self.variables.generated, overrides, whole=self._whole, given=given)

    def message_to_copy(self) -> str:
        """The same for another tool; raises InspectorError where a variable is missing."""
        text = self.variables.resolve(self.editor.text())
        problem = text.problem or ("" if self._whole else self.headers.problem())
        if problem:
            raise InspectorError(problem)
        return self.message()

    def send(self) -> None:
        """Send if nothing speaks against it; else say what does."""
        self._send(anyway=False)

    def send_anyway(self) -> None:
        """Send the same bytes whatever the checks say."""
        self._send(anyway=True)

    def send_again(self, number: int) -> None:
        """Send the request of an exchange once more, at once, with new IDs; the editor is left alone."""
        self.sending.send_again(number)

    def send_entry_again(self, number: int) -> None:
        """Send a message that was sent once more, at once, with new IDs; the editor is left alone."""
        self.sending.send_entry_again(number)

    def refresh_templates(self) -> None:
        """The user's own templates are others than before."""
        self.controls.set_action(self._action)
        self._show_template()

    def tell(self, role: str, sentence: str) -> None:
        """Say something about the draft in front until it is edited; ``role`` as labels have it."""
        self.footer.tell(role, sentence)
        self._show_possibilities()

    def open_sent(self, sent: Sent) -> None:
        """Open a message of the history as a draft."""
        if sent.text is not None:
            self.open_evidence(read_evidence(sent.text), time.strftime("%H:%M:%S", time.localtime(sent.at_ns // 10**9)))

    def send_sent(self, sent: Sent) -> None:
        """Send a message of the history once more, with new IDs; not where something was taken out of it."""
        if sent.masked:
            self.sending.failed.emit("Not sent: secrets were taken out of it. Open it as a draft and put them in.")
        elif sent.text is not None:
            self.sending.send_renewed(sent.text)

    def load_exchange(self, number: int) -> None:
        """Open the request of an exchange as a draft, to be sent again with new IDs."""
        self._load(self.sending.request_entry(number), f"exchange {number}")

    def load_entry(self, number: int) -> None:
        """Open a message of the log as a draft, whichever way it went."""
        self._load(number, f"entry {number}")

    def open_evidence(self, evidence: Evidence, origin: str) -> str:
        """Open what was seen as a draft of its own; its name."""
        draft = evidence_draft(evidence, origin)
        difference = self.drafts.add(draft)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        taken = "the whole message" if evidence.whole else "the payload"
        said = f"Took {taken} of {origin} into a draft of its own."
        self.tell("warning" if difference else "muted", f"{said} {difference}".strip())
        return draft.title

    def unfold(self) -> None:
        """Put the whole message that would be sent into the editor, to change any part of it."""
        if not self._whole:
            text, overrides = Resolved(self.editor.text()), self.headers.overrides()
            made = put_together(self._action, text, self.variables.generated, overrides, whole=False)
            self.editor.set_text(made.message)
            self.set_whole(whole=True)

    def set_tenant_id(self, tenant_id: str) -> None:
        """The profile's tenant ID, which goes into the headers unless another one is given there."""
        self.headers.set_tenant_id(tenant_id)
        self._refresh()

    def draft(self, base: Draft) -> Draft:
        """``base`` as it stands in the composer now."""
        headers = {name: text for name, text in self.headers.texts().items() if text}
        return replace(
            base,
            action=self._action.value,
            whole=self._whole,
            text=self.editor.text(),
            template=self._template[0],
            headers=headers,
            more=self.variables.save(base.more),
        )

    def show_draft(self, draft: Draft, document: QTextDocument, position: int = 0) -> None:
        """Put another draft in front, whose text ``document`` holds."""
        action = parse_action(draft.action) or _FIRST
        known = {template.name: template.text for template in self._templates(action)}
        self._action = action
        self._template = (draft.template, known[draft.template]) if draft.template in known else ("", "")
        self._whole = draft.whole
        self.controls.set_action(action)
        self.variables.restore(draft.more)
        self.headers.set_request(action, None)
        self.headers.set_texts(draft.headers)
        self.editor.setDocument(document)
        self.editor.select_units(position, position)
        self.set_whole(whole=draft.whole)
        self._show_template()
        self.tell("muted", "")

    def save_state(self) -> dict[str, Any]:
        """Which drafts are in front, and what is shown beside them, as JSON can hold it."""
        return {
            "fronts": self.drafts.fronts(),
            "findings": self.verdicts.findings_button.isChecked(),
            "form": self.form.button.isChecked(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Put it back; what is missing or of another type stays as it is."""
        fronts = state.get("fronts")
        if isinstance(fronts, dict):
            self.drafts.restore_fronts({name: one for name, one in fronts.items() if isinstance(one, str)})
        old = draft_of_old_layout(state, lambda action: {each.name: each.text for each in self._templates(action)})
        if old is not None:
            self.drafts.take_over(old)
        self.verdicts.findings_button.setChecked(state.get("findings") is True)
        self.form.button.setChecked(state.get("form") is True)

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
        self._split.addWidget(self.form)
        self.controls.add(self.form.button)
        self._split.addWidget(self.findings)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self.editor.setMinimumHeight(46)
        self.findings.setMinimumHeight(38)
        self.findings.hide()
        self.header.insertWidget(self.header.indexOf(self.title_label) + 1, self.drafts, 3)
        self.body.addWidget(self.controls)
        self.body.addWidget(self._split, 1)
        self.body.addWidget(self.verdicts)
        self.body.addWidget(self.footer)

    def _add_actions(self) -> None:
        add = self.footer.add_action
        self._unfold_action = add("composerUnfoldAction", "&Edit the whole message", self.unfold)
        add("composerVariablesAction", "&Variables…", self._open_variables)
        add("composerManyAction", "Send &many…", self._open_many)
        self.copy_as = CopyAsMenu("composerCopyAs", self._bridge, self.message_to_copy, self._tell_copied, self)
        self.footer.menu.addMenu(self.copy_as)
        add("composerRawAction", "Send a &raw message…", self._open_raw)
        add("composerPingAction", "Send a &ping", self.sending.ping)
        self.footer.menu.addSeparator()
        self.footer.menu.addMenu(self.drafts.menu)
        self.footer.add_shortcuts(self)

    def _connect(self, bridge: SessionBridge) -> None:
        self.controls.actionChosen.connect(self.set_action)
        self.controls.templateChosen.connect(self.use_template)
        self.controls.modeChosen.connect(lambda whole: self.set_whole(whole=whole))
        self.footer.sendAsked.connect(self.send)
        self.footer.sendAnywayAsked.connect(self.send_anyway)
        self.footer.headersAsked.connect(self._open_headers)
        self.headers.edited.connect(self._refresh)
        self.variables.changed.connect(self._on_values)
        self.raw_dialog.sendAsked.connect(self.sending.send_raw)
        bridge.stateChanged.connect(lambda: self.raw_dialog.set_obstacle(self.sending.obstacle()))
        self.many_dialog.rowsChosen.connect(self.variables.set_sample)
        self.variables_dialog.insertAsked.connect(self.editor.insertPlainText)
        self.editor.edited.connect(self._on_edited)
        self.editor.differenceTold.connect(lambda sentence: self.tell("warning", sentence))
        self.findings.placeChosen.connect(self._go_to)
        self.findings.fixAsked.connect(self.fixes.fix)
        self.verdicts.fix_button.clicked.connect(lambda _checked=False: self.fixes.fix_all())
        self.fixes.told.connect(lambda sentence: self.tell("muted", sentence))
        self.verdicts.findings_button.toggled.connect(self.findings.setVisible)
        self.verdicts.roomChanged.connect(self._show_possibilities)
        self._judge.judged.connect(self._on_judged)
        self.sending.failed.connect(lambda sentence: self.tell("problem", sentence))
        self.sending.appeared.connect(lambda number: self.tell("muted", f"Sent as exchange {number}."))
        bridge.stateChanged.connect(lambda: self.tell("muted", ""))

    def _fresh(self) -> Draft:
        text = next(each.text for each in self._templates(_FIRST) if each.name == _USUAL_TEMPLATE)
        return fresh_draft(_FIRST.value, _USUAL_TEMPLATE, text)

    def _open_variables(self) -> None:
        _bring(self.variables_dialog)

    def _tell_copied(self, kind: str, sentence: str) -> None:
        self.tell("problem" if kind == "error" else "muted", sentence)

    def _open_raw(self) -> None:
        self.raw_dialog.set_obstacle(self.sending.obstacle())
        _bring(self.raw_dialog)

    def _open_many(self) -> None:
        _bring(self.many_dialog)

    def place_at_cursor(self) -> Place | None:
        """The finding on the cursor's line; None where there is none."""
        text, line = self.editor.text(), self.editor.textCursor().blockNumber()
        resolved = self.variables.resolve(text)
        positions = read_positions(resolved.text)
        for place in self._judge.judgement.places:
            spot = positions.spot(place.path) if place.path is not None else None
            if spot is not None and text.count("\n", 0, resolved.source(spot.start)) == line:
                return place
        return None

    def _resolve_header(self, text: str, header: str) -> Resolved:
        return self.variables.resolve(text, f"header {header}", as_json=False)

    def _on_values(self) -> None:
        self.headers.refresh()
        self._refresh()

    def _settings(self) -> tuple[Action, Overrides, bool]:
        return self._action, self.headers.overrides(), self._whole

    def _refresh(self) -> None:
        """Something other than the text changed."""
        self.form.setting_changed()
        self.footer.show_headers(self.headers.given(), whole=self._whole)
        self._unfold_action.setEnabled(not self._whole)
        self._judge.now()
        self._show_possibilities()
        self.draftChanged.emit()

    def _on_edited(self) -> None:
        self.footer.tell("", "")
        self._show_template()
        self._show_possibilities()
        self.draftChanged.emit()

    def _on_judged(self) -> None:
        judgement = self._judge.judgement
        self.verdicts.show_judgement(judgement)
        self.fixes.look_at(judgement)
        self.verdicts.offer_fix(self.fixes.offer())
        self.findings.show_places(judgement.places, self.fixes.words())
        size = judgement.size
        fits = "muted" if size.fits_units and size.fits_bytes else "warning" if size.fits_units else "problem"
        set_look(self.note_label, "role", fits)
        note = f"{size.utf8_bytes / 1024:,.1f} kB of {MAX_ENVELOPE_UNITS // 1024} kB · {size.units:,} units"
        self.set_note(note if fits == "muted" else f"⚠ {note}")
        if self.headers.isVisible():
            self.headers.set_request(self._action, request_id_of(self.editor.text()))
        self._show_possibilities()

    def _show_template(self) -> None:
        name, text = self._template
        self.controls.show_template(name, edited=self.editor.text() != text)

    def _show_possibilities(self) -> None:
        obstacle = self.sending.obstacle() or ("" if self._whole else self.headers.problem())
        roomy = self.verdicts.has_room_for_words()
        wanted = self.footer.show_possibilities(self._judge.judgement, obstacle, roomy=roomy)
        self.verdicts.set_words_wanted(wanted=wanted)

    def _send(self, *, anyway: bool) -> None:
        judgement = self._judge.now()
        text = self.variables.resolve(self.editor.text())
        problem = text.problem or ("" if self._whole else self.headers.problem())
        if problem:
            self.tell("problem", f"Not sent. {problem}")
            if text.absent:
                self.editor.go_to(text.absent[0].start)
        elif not judgement.sendable and not anyway and not self.sending.obstacle():
            self.tell("problem", f"Not sent. {first_words(judgement)[1]} Send anyway with Ctrl+Shift+Enter.")
        else:
            self.tell("muted", "")
            if self.sending.send(self.outgoing()):
                self.variables.renew()

    def _load(self, entry: int, origin: str) -> None:
        try:
            evidence = read_entry(self.sending.store, entry)
        except InspectorError as error:
            self.tell("problem", str(error))
        else:
            self.open_evidence(evidence, origin)

    def _open_headers(self) -> None:
        self.headers.set_request(self._action, request_id_of(self.editor.text()))
        _bring(self.headers)

    def _go_to(self, place: Place) -> None:
        if place.path is None:
            self._open_headers()
            return
        resolved = self.variables.resolve(self.editor.text())
        spot = read_positions(resolved.text).spot(place.path)
        if spot is not None:
            self.editor.go_to(resolved.source(spot.start))


def _bring(dialog: QWidget) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
