"""The headers of the next request: what will be generated, and what the user gives instead."""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QToolButton, QVBoxLayout, QWidget

from ...compose.generate import fresh
from ...compose.outgoing import FROM_PROFILE, names_of
from ...compose.variables import Resolved
from ...protocol.actions import Action
from ...protocol.envelope import Overrides, request_headers
from ...protocol.read_json import read_json
from ..widgets.form import Field
from ..widgets.json_editor import JsonEditor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QShowEvent

    from ...protocol.envelope import Generated

_GENERATED = ("correlationId", "traceId", "idempotencyKey", "issuedAt")
_LEFT_OUT = "leftOut"
_FIELDS = (
    ("correlationId", "", "Ties the answers to this request; request.requestId where the payload has one."),
    ("traceId", "", "Ties several requests to one trace."),
    ("idempotencyKey", "", "Tells a repeated request from a new one."),
    ("issuedAt", "", "When the message was made. Without a value of yours: the moment of sending."),
    ("timestamp", "left out", "When the event happened on the user's side, as 2026-01-02T03:04:05.678Z."),
    ("tenantId", "left out", "The tenant; the profile's where this is empty."),
    ("networkLatencyMs", "left out", "A number of milliseconds."),
)
_NOTE = (
    "Grey values are generated, and sent as they stand here; issuedAt is the moment of sending. After sending there "
    "are new ones, unless you keep them. Variables such as {{name}} can be used."
)


@dataclass(slots=True)
class _Choices:
    """The two buttons beside a generated header."""

    keep: QToolButton
    leave: QToolButton


class HeadersDialog(QDialog):
    """Fields for the headers that can be given, above a preview of all headers. Stays open beside the window."""

    edited = Signal()
    """A field changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composerHeadersDialog")
        self.setWindowTitle("Headers of the next request")
        self._action = next(iter(Action))
        self._request_id: str | None = None
        self.tenant_id = ""
        """The profile's, see :meth:`set_tenant_id`."""
        self._generated: Callable[[], Generated] = lambda: fresh(time.time_ns(), os.urandom)
        self._resolve: Callable[[str, str], Resolved] = lambda text, _scope: Resolved(text)
        self._choices: dict[str, _Choices] = {}
        layout = QVBoxLayout(self)
        layout.setSpacing(6)
        self._fields: dict[str, Field] = {}
        width = max(self.fontMetrics().horizontalAdvance(name) for name, _, _ in _FIELDS) + 8
        for name, placeholder, tip in _FIELDS:
            object_name = f"composer{name[0].upper()}{name[1:]}Edit"
            field = Field(name, object_name, name, label_width=width, placeholder=placeholder, tip=tip)
            field.edited.connect(self._on_edited)
            layout.addWidget(field)
            self._fields[name] = field
            if name in _GENERATED:
                self._choices[name] = self._add_choices(field, name)
        note = QLabel(_NOTE)
        note.setObjectName("composerHeadersNote")
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        layout.addWidget(note)
        self._preview = JsonEditor("composerHeadersPreview")
        self._preview.setAccessibleName("Headers as they will be sent")
        self._preview.setReadOnly(True)
        layout.addWidget(self._preview, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.setObjectName("composerHeadersButtons")
        buttons.rejected.connect(self.close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setObjectName("composerHeadersCloseButton")
        clear = buttons.addButton("Clear all", QDialogButtonBox.ButtonRole.ResetRole)
        clear.setObjectName("composerHeadersClearButton")
        clear.clicked.connect(self.clear)
        layout.addWidget(buttons)
        self.resize(640, 600)

    def set_values(self, generated: Callable[[], Generated], resolve: Callable[[str, str], Resolved]) -> None:
        """Where generated values and those of variables come from; ``resolve`` is given a text and its header."""
        self._generated, self._resolve = generated, resolve

    def refresh(self) -> None:
        """Show the values that would be sent now."""
        self._show_preview()

    def set_request(self, action: Action, request_id: str | None) -> None:
        """What the preview is made for."""
        if (action, request_id) != (self._action, self._request_id):
            self._action, self._request_id = action, request_id
            self._show_preview()

    def set_tenant_id(self, tenant_id: str) -> None:
        """The profile's tenant, sent where the field is empty; nothing for none."""
        self.tenant_id = tenant_id
        placeholder = f"{tenant_id}, from the profile" if tenant_id else "left out"
        self._fields["tenantId"].edit.setPlaceholderText(placeholder)
        self._show_preview()

    def overrides(self) -> Overrides:
        """What is given, with the values of variables; a latency that is no number counts as not given, see
        ``problem``."""
        return overrides_of(self.texts(), self.tenant_id, self._resolve)

    def problem(self) -> str:
        """Why a request can not be made of what is given; empty when it can."""
        for name, field in self._fields.items():
            missing = self._resolve(field.edit.text(), name).problem
            if missing:
                return f"{name}: {missing}"
        text = self._resolve(self._fields["networkLatencyMs"].edit.text(), "networkLatencyMs").text
        if not text or _number(text) is not None:
            return ""
        return f"networkLatencyMs is {text}, but must be a number."

    def texts(self) -> dict[str, str]:
        """What stands in the fields, by header, and under ``leftOut`` the names of those that are not sent."""
        texts = {name: field.edit.text() for name, field in self._fields.items()}
        return texts | {_LEFT_OUT: " ".join(sorted(self._left_out()))}

    def origins(self) -> dict[str, str]:
        """Of the given headers those that nobody typed: their variables, or ``profile``."""
        texts = {name: field.edit.text() for name, field in self._fields.items()}
        found = {name: names_of(self._resolve(text, name)) for name, text in texts.items() if "{{" in text}
        if self.tenant_id and not texts["tenantId"]:
            found["tenantId"] = FROM_PROFILE
        return {name: origin for name, origin in found.items() if origin}

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Fill the fields; those that are not named become empty."""
        if {name: texts.get(name, "") for name in (*self._fields, _LEFT_OUT)} != self.texts():
            for name, field in self._fields.items():
                field.set_text(texts.get(name, ""))
            left_out = texts.get(_LEFT_OUT, "").split()
            for name, choices in self._choices.items():
                choices.leave.setChecked(name in left_out)
            self._on_edited()

    def give(self, header: str, text: str) -> None:
        """Give one header."""
        self.set_texts({**self.texts(), header: text})

    def clear(self) -> None:
        """Leave everything to be generated."""
        self.set_texts({})

    def given(self) -> int:
        """How many headers the user gives, or leaves out."""
        return sum(bool(field.edit.text()) for field in self._fields.values()) + len(self._left_out())

    def showEvent(self, event: QShowEvent) -> None:
        """Make the preview anew."""
        super().showEvent(event)
        self._show_preview()

    def _add_choices(self, field: Field, name: str) -> _Choices:
        base = f"composer{name[0].upper()}{name[1:]}"
        keep, leave = QToolButton(), QToolButton()
        for button, part, text, tip in (
            (keep, "Keep", "Keep", f"Send this {name} each time, instead of a new one"),
            (leave, "Leave", "Leave out", f"Send no {name} at all"),
        ):
            button.setObjectName(f"{base}{part}Button")
            button.setText(text)
            button.setAccessibleName(f"{text} {name}")
            button.setToolTip(tip)
            field.add(button)
        leave.setCheckable(True)
        keep.clicked.connect(lambda _checked=False: self._keep(name))
        leave.toggled.connect(lambda on: self._on_left(name, on))
        return _Choices(keep, leave)

    def _keep(self, name: str) -> None:
        """Freeze what would be generated; pressed again it is generated anew."""
        field = self._fields[name]
        field.set_text("" if field.edit.text() else self._would_be()[name])
        self._on_edited()

    def _on_left(self, name: str, on: bool) -> None:
        self._fields[name].edit.setEnabled(not on)
        self._choices[name].keep.setEnabled(not on)
        self._on_edited()

    def _left_out(self) -> frozenset[str]:
        return frozenset(name for name, choices in self._choices.items() if choices.leave.isChecked())

    def _would_be(self) -> dict[str, str]:
        """The generated headers as they would be sent, none of them given."""
        generated = self._generated()
        return {
            "correlationId": self._request_id or generated.correlation_id,
            "traceId": generated.trace_id,
            "idempotencyKey": generated.idempotency_key,
            "issuedAt": generated.issued_at,
        }

    def _on_edited(self) -> None:
        for name, field in self._fields.items():
            problem = self._resolve(field.edit.text(), name).problem
            if name == "networkLatencyMs" and not problem and self.problem().startswith(name):
                problem = self.problem()
            field.set_problem(problem)
        self._show_preview()
        self.edited.emit()

    def _show_preview(self) -> None:
        if self.isVisible():
            left_out = self._left_out()
            for name, value in self._would_be().items():
                self._fields[name].edit.setPlaceholderText("left out" if name in left_out else value)
                self._choices[name].keep.setText("Renew" if self._fields[name].edit.text() else "Keep")
            headers = request_headers(self._action, self._generated(), self.overrides(), self._request_id)
            self._preview.set_text(json.dumps(headers, indent=2, ensure_ascii=False))


def overrides_of(texts: Mapping[str, str], tenant_id: str, resolve: Callable[[str, str], Resolved]) -> Overrides:
    """What ``texts`` give, as the dialog's ``texts`` has them; ``tenant_id`` where they name none."""
    values = {name: resolve(texts.get(name, ""), name).text for name, _, _ in _FIELDS}
    return Overrides(
        issued_at=values["issuedAt"] or None,
        left_out=frozenset(texts.get(_LEFT_OUT, "").split()),
        correlation_id=values["correlationId"] or None,
        trace_id=values["traceId"] or None,
        idempotency_key=values["idempotencyKey"] or None,
        timestamp=values["timestamp"] or None,
        tenant_id=values["tenantId"] or tenant_id or None,
        network_latency_ms=_number(values["networkLatencyMs"]),
    )


def _number(text: str) -> float | None:
    value, problem, _ = read_json(text)
    if problem or isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value
