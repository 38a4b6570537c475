"""One message with what it holds as a tree and as the text that came: half of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from ..models.entry_content import EntryReader
from ..models.formats import size_text
from .elided_label import ElidedLabel
from .empty_state import EmptyState
from .json_tree_view import JsonTreeView
from .raw_view import RawView

if TYPE_CHECKING:
    from ...capture.store import CaptureStore
    from ...protocol.contract import Contract
    from ..models.entry_content import EntryContent


class MessagePane(QWidget):
    """Give it an entry's number; what cannot be read is said in its place. Object names begin with ``prefix``."""

    saveAsked = Signal(object)
    """Save the payload of this :class:`~..models.entry_content.EntryContent` to a file."""

    def __init__(self, prefix: str, what: str, store: CaptureStore, contract: Contract) -> None:
        super().__init__()
        self._store = store
        self._content: EntryContent | None = None
        self._reader = EntryReader(store, contract, self)
        self.title = ElidedLabel()
        self.title.setObjectName(f"{prefix}Title")
        self.title.setProperty("role", "title")
        self.tree = JsonTreeView(f"{prefix}Tree")
        self.raw = RawView(f"{prefix}Raw")
        self._instead = EmptyState(f"{prefix}Instead")
        self._tree_page = QStackedWidget()
        self._tree_page.addWidget(self.tree)
        self._tree_page.addWidget(self._instead)
        self.tabs = QTabWidget()
        self.tabs.setObjectName(f"{prefix}Tabs")
        self.tabs.setAccessibleName(f"Views of the {what}")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._tree_page, "Tree")
        self.tabs.addTab(self.raw, "Raw")
        self.copy_button = QPushButton("Copy")
        self.copy_button.setObjectName(f"{prefix}CopyButton")
        self.copy_button.setAccessibleName(f"Copy the {what}")
        self.copy_button.setToolTip("Copy the whole message as it came")
        self.copy_button.clicked.connect(self._copy)
        self.line = QHBoxLayout()
        self.line.setSpacing(6)
        # As high with further buttons as without: two panes side by side are in line.
        self.line.addStrut(28)
        self.line.addWidget(self.title, 1)
        self.line.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self.line)
        layout.addWidget(self.tabs, 1)
        self._reader.messageRead.connect(self._on_read)
        self._reader.failed.connect(lambda sentence: self.say("This message cannot be read.", sentence))
        self.raw.saveAsked.connect(lambda: self._content is not None and self.saveAsked.emit(self._content))

    def show_entry(self, number: int) -> None:
        """Read and show an entry; what was shown stays until it is read."""
        entry = self._store.entry(number)
        self._reader.read(entry)
        if self._reader.busy:
            self.say(f"Reading {size_text(entry.size)}…")

    def say(self, sentence: str, hint: str = "") -> None:
        """Say something in place of a message."""
        self._content = None
        self.tree.clear()
        self._instead.say(sentence, hint)
        self._tree_page.setCurrentWidget(self._instead)
        self.raw.say(sentence)
        self.copy_button.setEnabled(False)

    def cancel(self) -> None:
        """Read nothing any more."""
        self._reader.cancel()

    def _on_read(self, content: EntryContent) -> None:
        reading = content.reading
        self._content = content
        self.copy_button.setEnabled(content.text is not None)
        if content.text is None:
            self.raw.say("Binary: the entry panel shows the bytes.")
        else:
            self.raw.show_text(content.text, reading.problem if reading is not None else "")
        if reading is not None and content.has_tree:
            self.tree.show_value(reading.value, "\n".join(filter(None, (reading.problem, *reading.notes))))
            self._tree_page.setCurrentWidget(self.tree)
            return
        problem = reading.problem if reading is not None else "Raw shows it as it came."
        size = size_text(len(content.payload))
        self._instead.say(f"No tree of these {size}." if content.payload else "It has no payload.", problem)
        self._tree_page.setCurrentWidget(self._instead)

    def _copy(self) -> None:
        if self._content is not None and self._content.text is not None:
            QGuiApplication.clipboard().setText(self._content.text)
