"""The headers of the next request: what will be generated, and what the user gives instead."""

from __future__ import annotations

import json
import math
import os
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from ...compose.generate import fresh
from ...protocol.actions import Action
from ...protocol.envelope import Overrides, request_headers
from ...protocol.read_json import read_json
from ..widgets.form import Field
from ..widgets.json_editor import JsonEditor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QShowEvent

_FIELDS = (
    ("correlationId", "request.requestId, else a new UUID version 7", "Ties the answers to this request."),
    ("traceId", "a new UUID version 7", "Ties several requests to one trace."),
    ("idempotencyKey", "a new UUID version 7", "Tells a repeated request from a new one."),
    ("timestamp", "left out", "When the event happened on the user's side, as 2026-01-02T03:04:05.678Z."),
    ("tenantId", "left out", "The tenant; the profile's where this is empty."),
    ("networkLatencyMs", "left out", "A number of milliseconds."),
)
_NOTE = "What is left empty is generated at the moment of sending: IDs and issuedAt are then new."


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
        self._tenant_id = ""
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
        self.resize(520, 520)

    def set_request(self, action: Action, request_id: str | None) -> None:
        """What the preview is made for."""
        if (action, request_id) != (self._action, self._request_id):
            self._action, self._request_id = action, request_id
            self._show_preview()

    def set_tenant_id(self, tenant_id: str) -> None:
        """The profile's tenant, sent where the field is empty; nothing for none."""
        self._tenant_id = tenant_id
        placeholder = f"{tenant_id}, from the profile" if tenant_id else "left out"
        self._fields["tenantId"].edit.setPlaceholderText(placeholder)
        self._show_preview()

    def overrides(self) -> Overrides:
        """What is given; a latency that is no number counts as not given, see ``problem``."""
        values = self.texts()
        return Overrides(
            correlation_id=values["correlationId"] or None,
            trace_id=values["traceId"] or None,
            idempotency_key=values["idempotencyKey"] or None,
            timestamp=values["timestamp"] or None,
            tenant_id=values["tenantId"] or self._tenant_id or None,
            network_latency_ms=_number(values["networkLatencyMs"]),
        )

    def problem(self) -> str:
        """Why a request can not be made of what is given; empty when it can."""
        text = self.texts()["networkLatencyMs"]
        if not text or _number(text) is not None:
            return ""
        return f"networkLatencyMs is {text}, but must be a number."

    def texts(self) -> dict[str, str]:
        """What stands in the fields, by header."""
        return {name: field.edit.text() for name, field in self._fields.items()}

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Fill the fields; those that are not named become empty."""
        if {name: texts.get(name, "") for name in self._fields} != self.texts():
            for name, field in self._fields.items():
                field.set_text(texts.get(name, ""))
            self._on_edited()

    def clear(self) -> None:
        """Leave everything to be generated."""
        self.set_texts({})

    def given(self) -> int:
        """How many headers the user gives."""
        return sum(bool(text) for text in self.texts().values())

    def showEvent(self, event: QShowEvent) -> None:
        """Make the preview anew."""
        super().showEvent(event)
        self._show_preview()

    def _on_edited(self) -> None:
        self._fields["networkLatencyMs"].set_problem(self.problem())
        self._show_preview()
        self.edited.emit()

    def _show_preview(self) -> None:
        if self.isVisible():
            generated = fresh(time.time_ns(), os.urandom)
            headers = request_headers(self._action, generated, self.overrides(), self._request_id)
            self._preview.set_text(json.dumps(headers, indent=2, ensure_ascii=False))


def _number(text: str) -> float | None:
    value, problem, _ = read_json(text)
    if problem or isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value
