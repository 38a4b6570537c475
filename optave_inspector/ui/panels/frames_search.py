"""What the filter line asks for, carried out: the search, its progress, its hits in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..models.row_filter import RowFilter

if TYPE_CHECKING:
    from ...capture.query.query import Query
    from ...capture.store import CaptureStore
    from ..models.frame_table import FrameTableModel
    from ..widgets.frame_filter_bar import FrameFilterBar


class FramesSearch(QObject):
    """Joins the filter line, the search and the table. ``note`` says how the search stands, for the panel's heading."""

    changed = Signal()
    """Rows or the note changed."""
    left = Signal()
    """Esc where nothing was left to stop or to clear."""

    def __init__(self, bar: FrameFilterBar, model: FrameTableModel, store: CaptureStore, parent: QObject) -> None:
        super().__init__(parent)
        self.note = ""
        self._bar = bar
        self._model = model
        self._filter = RowFilter(store, self)
        bar.queryChosen.connect(self._on_query)
        bar.cancelled.connect(self._on_cancelled)
        self._filter.found.connect(self._on_found)
        self._filter.progressed.connect(self._on_progress)
        self._filter.finished.connect(lambda: self._end(""))
        self._filter.failed.connect(lambda sentence: self._end(f"search failed: {sentence}"))

    @property
    def searching(self) -> bool:
        """Whether entries remain to be searched."""
        return self._filter.searching

    def extend(self, through: int) -> None:
        """Hold entries that arrived against the query as well."""
        self._filter.extend(through)

    def marks_changed(self) -> None:
        """Bookmarks changed: search again where the query asks for them."""
        query = self._bar.query
        if not query.is_empty and any(leaf.text == "is:bookmarked" for leaf in query.node.leaves()):
            self._on_query(query)

    def _on_query(self, query: Query) -> None:
        self._filter.stop()
        if query.is_empty:
            self._end("")
            self._model.show_all()
        else:
            self._bar.set_progress(0)
            self.note = "searching"
            self._filter.search(query, self._model.shown_through)
        self.changed.emit()

    def _on_found(self, numbers: list[int], begins: bool) -> None:
        if begins:
            self._model.replace_matches(numbers)
        else:
            self._model.add_matches(numbers)
        self.changed.emit()

    def _on_progress(self, part: float) -> None:
        if self.note:
            self.note = f"searching {part:.0%}"
            self._bar.set_progress(part)
            self.changed.emit()

    def _end(self, note: str) -> None:
        self.note = note
        self._bar.set_progress(None)
        self.changed.emit()

    def _on_cancelled(self) -> None:
        if self._filter.searching:
            reached = self._filter.searched_through
            self._filter.stop()
            self._end(f"search stopped after entry {reached:,}")
        elif self._bar.edit.text():
            self._bar.set_text("")
        else:
            self.left.emit()
