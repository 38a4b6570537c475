"""The SDK tab: what Optave's JavaScript SDK would have done with a message, for a request, at a close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy

from ...capture.entry import EntryKind
from ...protocol.sdk_build import SdkBuild
from ..models.entry_lens import lens_report, lens_rows, no_lens, pending_ids
from ..widgets.wheel_guard import WheelGuard
from .entry_list_page import EntryListPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..bridge import SessionBridge
    from ..models.entry_content import EntryContent

_STRICT = (None, True, False)
_AT_ONCE = 64 * 1024
_LOOKED_BACK = 30
"""Entries before a close frame among which our own is looked for."""


class EntrySdk(EntryListPage):
    """Shows the SDK lens for the build and the strictness that the user chooses."""

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__("entrySdk", "What the JavaScript SDK would have done")
        self._session = bridge.session
        self._content: EntryContent | None = None
        self.build = QComboBox()
        self.build.setObjectName("entrySdkBuildCombo")
        self.build.setAccessibleName("Build of the SDK")
        self.build.setToolTip("The file of the SDK's package that the application loads")
        self.build.addItems([build.value for build in SdkBuild])
        self.strict = QComboBox()
        self.strict.setObjectName("entrySdkStrictCombo")
        self.strict.setAccessibleName("Strict validation")
        self.strict.setToolTip("The application's strictValidation; “as built” where it does not set it")
        self.strict.addItems(["Strict as built", "Strict on", "Strict off"])
        row = QHBoxLayout()
        row.setSpacing(6)
        for combo in (self.build, self.strict):
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            combo.currentIndexChanged.connect(self._show)
            row.addWidget(combo, 1)
        self.top.addLayout(row)
        self._guard = WheelGuard(self)
        bridge.exchangesChanged.connect(self._on_changed)
        self.show_content(None)

    def save_state(self) -> dict[str, Any]:
        """The chosen build and strictness, as plain values for a layout file."""
        return {"build": self.build.currentText(), "strict": _STRICT[self.strict.currentIndex()]}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """What :meth:`save_state` gave, of this or another version: what is not understood is passed over."""
        self.build.setCurrentIndex(max(0, self.build.findText(f"{state.get('build')}")))
        strict = state.get("strict")
        self.strict.setCurrentIndex(next((at for at, value in enumerate(_STRICT) if value is strict), 0))

    def show_content(self, content: EntryContent | None) -> None:
        """Show what the SDK makes of this entry; None for no entry."""
        self._content = content
        self._show()

    def _show(self) -> None:
        content = self._content
        if content is None:
            self.say("")
            return
        entry, session = content.entry, self._session
        sentence, hint = no_lens(entry)
        if sentence:
            self.say(sentence, hint)
            return
        build, strict = SdkBuild(self.build.currentText()), _STRICT[self.strict.currentIndex()]
        pending = pending_ids(session.exchanges, entry)
        strict_matters = entry.kind in (EntryKind.TEXT, EntryKind.BINARY)
        self.strict.setEnabled(strict_matters)

        def former() -> list[Any]:
            first = max(1, entry.number - _LOOKED_BACK)
            return session.store.page(first, entry.number - first) if entry.number > first else []

        self.work_out(
            lambda: lens_rows(
                lens_report(content, pending, former, session.contract, build, strict), strict_matters=strict_matters
            ),
            len(content.payload),
            "",
            at_once=_AT_ONCE,
        )

    def _on_changed(self, numbers: list[int]) -> None:
        if self._content is not None and self._content.entry.exchange in numbers:
            self._show()
