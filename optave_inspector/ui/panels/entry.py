"""The detail pane: the selected entry as a tree, as the text that came, and byte by byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from ...capture.entry import Entry, EntryKind
from ..models.entry_content import EntryContent, EntryReader
from ..models.formats import size_text
from ..models.frame_text import DIRECTIONS, KIND_NAMES
from ..widgets.empty_state import EmptyState
from ..widgets.hex_view import HexView
from ..widgets.json_tree_view import JsonTreeView
from ..widgets.panel import Panel
from ..widgets.raw_view import RawView
from .entry_checks import EntryChecks
from .entry_diff import EntryDiff
from .entry_findings import EntryFindings
from .entry_handshake import EntryHandshake
from .entry_saving import EntrySaving
from .entry_sdk import EntrySdk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..bridge import SessionBridge
    from ..models.detail_row import DetailRow

TREE, RAW, HEX, CHECKS, DIFF, SDK, HANDSHAKE = range(7)
_WORDS = (CHECKS, DIFF, SDK, HANDSHAKE)
"""Tabs that speak of the message as read, and wait until it is."""
_PLACE = re.compile(r"\bline (\d+), column (\d+)")
_EVENTS = (EntryKind.HANDSHAKE, EntryKind.ENDING, EntryKind.STATE, EntryKind.CANCELLED)


class EntryPanel(Panel):
    """Follows the selected entry. The tab that the user chose stays chosen, and steps aside where it has nothing."""

    def __init__(self, bridge: SessionBridge, parent: QWidget | None = None) -> None:
        super().__init__("Entry", "entryPanel", parent)
        self._bridge = bridge
        self._content: EntryContent | None = None
        self._wanted_tab = TREE
        self._wanted_of_handshakes = HANDSHAKE
        self._switching = False
        self._of_handshake = False
        self._filled: set[int] = set()
        self._reader = EntryReader(bridge.session.store, bridge.session.contract, self)
        self._saving = EntrySaving(bridge, self)
        self.tree = JsonTreeView("entryTree")
        self._no_tree = EmptyState("entryNoTree", button="Show it as a tree")
        self.tree_pages = QStackedWidget()
        self.tree_pages.addWidget(self.tree)
        self.tree_pages.addWidget(self._no_tree)
        self.raw = RawView("entryRaw")
        self.hex = HexView("entryHex")
        hex_page = QWidget()
        hex_layout = QVBoxLayout(hex_page)
        hex_layout.setContentsMargins(0, 6, 0, 0)
        hex_layout.addWidget(self.hex)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("entryTabs")
        self.tabs.setAccessibleName("Views of the entry")
        self.tabs.setDocumentMode(True)
        self.findings = EntryFindings(bridge)
        self.diff = EntryDiff(bridge)
        self.sdk = EntrySdk(bridge)
        self.handshake = EntryHandshake()
        self._word_pages = {CHECKS: self.findings, DIFF: self.diff, SDK: self.sdk, HANDSHAKE: self.handshake}
        titles = ("Tree", "Raw", "Hex", "Checks", "Diff", "SDK", "Handshake")
        for page, title in zip((self.tree_pages, self.raw, hex_page, *self._word_pages.values()), titles, strict=True):
            self.tabs.addTab(page, title)
        self.tabs.tabBar().setObjectName("entryTabBar")
        self.tabs.setTabVisible(HANDSHAKE, False)
        # All tabs stand in a panel of 300 pixels.
        self.tabs.tabBar().setStyleSheet("QTabBar::tab { padding: 4px 6px; }")
        self.checks = EntryChecks(bridge)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.checks)
        self._nothing = EmptyState(
            "entryEmpty", "Select a frame to see it in full.", "Its content, its checks, its exchange."
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self._nothing)
        self.pages.addWidget(whole)
        self.body.addWidget(self.pages, 1)
        self._whole = whole
        self._connect()
        self._on_selected(bridge.selected_entry)

    def save_state(self) -> dict[str, Any]:
        """The chosen tab and wrapping, as plain values for a layout file."""
        return {"tab": self._wanted_tab, "wrap": self.raw.wrap.isChecked(), "sdk": self.sdk.save_state()}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """What :meth:`save_state` gave, of this or another version: what is not understood is passed over."""
        tab = state.get("tab")
        self._wanted_tab = tab if isinstance(tab, int) and 0 <= tab < HANDSHAKE else TREE
        self.raw.wrap.setChecked(state.get("wrap") is not False)
        sdk = state.get("sdk")
        self.sdk.restore_state(sdk if isinstance(sdk, dict) else {})
        self._choose_tab()

    def _connect(self) -> None:
        self._bridge.entrySelected.connect(self._on_selected)
        self._reader.payloadRead.connect(self._on_payload)
        self._reader.messageRead.connect(self._on_message)
        self._reader.failed.connect(self._on_failed)
        self.tabs.currentChanged.connect(self._on_tab)
        self.raw.saveAsked.connect(self.ask_where_to_save)
        self.hex.cutShort.connect(lambda sentence: self._bridge.warned.emit("warning", sentence))
        self._no_tree.button.clicked.connect(self._read_however_large)
        for page in self._word_pages.values():
            page.list.chosen.connect(self._go_to)

    def _on_selected(self, number: int) -> None:
        self._reader.cancel()
        if not number:
            self._show_nothing()
            return
        entry = self._bridge.session.store.entry(number)
        self.set_title(f"Entry {number}")
        self.set_note(_note(entry, None))
        self.pages.setCurrentWidget(self._whole)
        self._offer_tabs(entry)
        self._reader.read(entry)
        if self._reader.busy:
            self._content = EntryContent(entry, b"", None)
            self.checks.show_content(None)
            self._say_instead_of_tree(f"Reading {size_text(entry.size)}…")
            self.raw.say(f"Reading {size_text(entry.size)}…")
            self.hex.set_data(b"")
            self._say_in_words(f"Reading {size_text(entry.size)}…")
            self._filled = set(range(self.tabs.count()))

    def _show_nothing(self) -> None:
        self._content = None
        self.set_title("Entry")
        self.set_note("")
        self.tree.clear()
        self.raw.clear()
        self.hex.set_data(b"")
        self._say_in_words("")
        self.checks.show_content(None)
        self.pages.setCurrentWidget(self._nothing)

    def _on_payload(self, content: EntryContent) -> None:
        self._content = content
        self.set_note(_note(content.entry, content))
        self._filled = {TREE, *_WORDS}
        self._fill(self.tabs.currentIndex())

    def _on_message(self, content: EntryContent) -> None:
        had_payload = self._content is not None and self._content.payload is content.payload
        self._content = content
        self.set_note(_note(content.entry, content))
        self.checks.show_content(content)
        self._filled = self._filled & {RAW, HEX} if had_payload else set()
        self._choose_tab()
        for tab, page in self._word_pages.items():
            if tab not in self._filled:
                page.show_content(None)

    def _on_failed(self, sentence: str) -> None:
        self._say_instead_of_tree("This entry cannot be read.", sentence)
        self.raw.say(sentence)
        self.hex.set_data(b"")
        self._say_in_words("This entry cannot be read.", sentence)
        self._filled = set(range(self.tabs.count()))

    def _on_tab(self, tab: int) -> None:
        if self._switching:
            return
        if self._of_handshake:
            self._wanted_of_handshakes = tab
        else:
            self._wanted_tab = tab
        self._fill(tab)

    def _offer_tabs(self, entry: Entry) -> None:
        """A handshake has a tab of its own, in place of those about messages."""
        self._of_handshake = entry.kind == EntryKind.HANDSHAKE
        self._switching = True
        for tab in (CHECKS, SDK, HANDSHAKE):
            self.tabs.setTabVisible(tab, (tab == HANDSHAKE) == self._of_handshake)
        self._switching = False

    def _choose_tab(self) -> None:
        """Go to the tab that the user wants, or to the one that shows what this entry has."""
        content, tab = self._content, self._wanted_of_handshakes if self._of_handshake else self._wanted_tab
        if content is not None and content.payload and not content.too_large:
            if tab == TREE and not content.has_tree:
                tab = RAW
            if tab == RAW and content.text is None:
                tab = HEX
        self._switching = True
        self.tabs.setCurrentIndex(tab)
        self._switching = False
        self._fill(tab)

    def _fill(self, tab: int) -> None:
        """Views are filled when they are looked at, once for each entry."""
        if self._content is None or tab in self._filled:
            return
        self._filled.add(tab)
        if tab in self._word_pages:
            self._word_pages[tab].show_content(self._content)
        else:
            (self._fill_tree, self._fill_raw, self._fill_hex)[tab](self._content)

    def _fill_tree(self, content: EntryContent) -> None:
        reading = content.reading
        if content.too_large:
            size = size_text(len(content.payload))
            hint = f"As a tree, its {size} take about ten times as much memory. Raw and Hex show it at once."
            self._say_instead_of_tree(f"This message has {size}.", hint, offer=True)
        elif not content.payload:
            self._say_instead_of_tree("This entry has no payload.")
        elif reading is None:
            what = "A note of the inspector is plain text." if content.text is not None else "The payload is no text."
            self._say_instead_of_tree(what, "Look at Raw." if content.text is not None else "Look at Hex.")
        elif not content.has_tree:
            self._say_instead_of_tree(reading.problem, "Raw shows the text, with the place marked.")
        else:
            self.tree_pages.setCurrentWidget(self.tree)
            notes = [reading.problem] if reading.problem else []
            note = "\n".join([*notes, *reading.notes])
            harmless = content.entry.kind == EntryKind.CLOSE
            self.tree.show_value(reading.value, note, harmless=harmless, made_parts=content.made_parts)

    def _fill_raw(self, content: EntryContent) -> None:
        if content.text is None:
            note = "Binary: Hex shows the bytes." if content.payload else "No payload."
            self.raw.say(note)
            return
        problem = content.reading.problem if content.reading is not None else ""
        self.raw.show_text(content.text, problem)
        place = _PLACE.search(problem)
        if place is not None:
            self.raw.mark(_offset(content.text, int(place[1]), int(place[2])))

    def _fill_hex(self, content: EntryContent) -> None:
        self.hex.set_data(content.payload)

    def _say_in_words(self, sentence: str, hint: str = "") -> None:
        for page in self._word_pages.values():
            page.show_content(None)
            page.say(sentence, hint)

    def _say_instead_of_tree(self, sentence: str, hint: str = "", *, offer: bool = False) -> None:
        self.tree.clear()
        self._no_tree.say(sentence, hint, offer=offer)
        self.tree_pages.setCurrentWidget(self._no_tree)

    def _read_however_large(self) -> None:
        if self._content is not None:
            self._say_instead_of_tree(f"Reading {size_text(len(self._content.payload))}…")
            self._reader.read(self._content.entry, however_large=True)

    def ask_where_to_save(self) -> None:
        """Ask for a file and write the whole payload into it."""
        if self._content is not None:
            self._saving.ask(self._content)

    def save(self, path: Path) -> None:
        """Write the payload of the entry on show to ``path``; success and failure are told in the message bar."""
        if self._content is not None:
            self._saving.save(self._content, path)

    def _go_to(self, row: DetailRow) -> None:
        """To what a row of words is about: another entry, or a node of this one's tree."""
        if row.entry:
            self._bridge.select_entry(row.entry)
            return
        if self._content is None or row.steps is None or not self._content.has_tree:
            return
        self.tabs.setCurrentIndex(TREE)
        steps = row.steps
        # What is missing is reported at its parent; what a later reading lacks, at the nearest place that there is.
        while steps and not self.tree.go_to(steps):
            steps = steps[:-1]
        self.tree.tree.setFocus(Qt.FocusReason.OtherFocusReason)


def _note(entry: Entry, content: EntryContent | None) -> str:
    kind = KIND_NAMES.get(entry.kind, "")
    parts = [f"{DIRECTIONS[entry.direction]} {kind}"]
    if entry.kind not in _EVENTS:
        parts.append(f"{entry.size:,} B")
        if content is not None and content.size is not None:
            parts.append(f"{content.size.units:,} units")
    return " · ".join(parts)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if not start:
            return 0
    return start + column - 1
