"""Which objects and arrays of a document are folded. Folding hides lines; it never changes the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from .json_brackets import open_bracket

if TYPE_CHECKING:
    from PySide6.QtGui import QTextBlock

_PAUSE_MS = 30
_BRACKETS = re.compile(r'"(?:[^"\\\n]|\\.)*"?|[{}\[\]]|\n')


class Folds(QObject):
    """The folds of one document, kept as long as it lives, so that they are there when an editor shows it again.

    A fold is held by its opening bracket, wherever edits move it; with the bracket it goes away. The line of the
    bracket and that of its partner stay on show, what lies between is hidden.
    """

    changed = Signal()
    """Other lines are on show than before."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._folds: list[QTextCursor] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        document.contentsChange.connect(self._on_change)

    @property
    def any(self) -> bool:
        """Whether something is folded."""
        return bool(self._folds)

    def is_folded(self, block: QTextBlock) -> bool:
        """Whether the line hides lines below it; quick, whatever the number of folds."""
        below = block.next()
        return block.isVisible() and below.isValid() and not below.isVisible()

    def can_fold(self, block: QTextBlock) -> bool:
        """Whether an object or array opens in the line and goes on below; whether it ends is not looked up."""
        return open_bracket(block) is not None

    def hidden_lines(self, block: QTextBlock) -> int:
        """How many lines a folded line hides."""
        after = next_shown(block)
        last = after.blockNumber() if after.isValid() else self._document.blockCount()
        return last - block.blockNumber() - 1

    def toggle(self, block: QTextBlock) -> bool:
        """Fold or unfold what opens in a line; False where nothing does that could be folded."""
        return self.unfold(block) or self.fold(block)

    def fold(self, block: QTextBlock) -> bool:
        """Fold what opens in the line; False where that is nothing, or ends in the next line at the latest."""
        place, _, last = self._ranges().get(block.blockNumber(), (-1, 0, 0))
        if not last or self.is_folded(block):
            return False
        self._folds.append(self._cursor(place))
        self.refresh()
        return True

    def fold_around(self, block: QTextBlock) -> bool:
        """Fold what opens in the line, or else the innermost of what the line stands in."""
        line = block.blockNumber()
        around = [
            (first, place)
            for place, first, last in self._ranges().values()
            if last and first - 1 <= line <= last + 1 and not self.is_folded(self._document.findBlock(place))
        ]
        return bool(around) and self.fold(self._document.findBlock(max(around)[1]))

    def unfold(self, block: QTextBlock) -> bool:
        """Show the lines that a line hides, but for those of folds inside; False where it hides none."""
        fold = self._fold_of(block)
        if fold is None:
            return False
        self._folds.remove(fold)
        self.refresh()
        return True

    def fold_all(self) -> None:
        """Fold every object and array that spans lines, but for the outermost."""
        lines = sorted(self._ranges().values())
        self._folds = [self._cursor(place) for place, _, last in lines[1:] if last]
        self.refresh()

    def unfold_all(self) -> None:
        """Show every line."""
        if self._folds:
            self._folds = []
            self.refresh()

    def reveal(self, position: int) -> None:
        """Unfold whatever hides the line at ``position``."""
        block = self._document.findBlock(position)
        if block.isVisible() or not self._folds:
            return
        line = block.blockNumber()
        hiding = {place for place, first, last in self._ranges().values() if first <= line <= last}
        self._folds = [fold for fold in self._folds if fold.position() not in hiding]
        self.refresh()

    def visible_before(self, block: QTextBlock) -> QTextBlock:
        """The line itself, or the nearest one above that is on show."""
        while block.isValid() and not block.isVisible() and block.previous().isValid():
            block = block.previous()
        return block

    def refresh(self) -> None:
        """Hide what the folds hide, after edits as well; folds whose bracket is gone are forgotten."""
        self._pause.stop()
        hidden: set[int] = set()
        kept: dict[int, QTextCursor] = {}
        ranges = self._ranges() if self._folds else {}
        for fold in self._folds:
            place, first, last = ranges.get(fold.blockNumber(), (-1, 0, 0))
            if place == fold.position() and last:
                kept[place] = fold
                hidden.update(range(first, last + 1))
        self._folds = list(kept.values())
        block, number, altered = self._document.begin(), 0, False
        while block.isValid():
            visible = number not in hidden
            if block.isVisible() is not visible:
                block.setVisible(visible)
                block.setLineCount(max(1, block.layout().lineCount()) if visible else 0)
                altered = True
            block, number = block.next(), number + 1
        if altered:
            layout = self._document.documentLayout()
            layout.documentSizeChanged.emit(layout.documentSize())
            layout.update.emit()
            self.changed.emit()

    def _on_change(self, position: int, removed: int, added: int) -> None:
        """Look again soon after a change that may touch a fold; a letter typed elsewhere does not."""
        if not self._folds:
            return
        plain = not removed and added == 1 and self._document.characterAt(position) not in '{}[]"\\\u2029'
        if not plain:
            self._pause.start()

    def _fold_of(self, block: QTextBlock) -> QTextCursor | None:
        start, end = block.position(), block.position() + block.length()
        return next((fold for fold in self._folds if start <= fold.position() < end), None)

    def _ranges(self) -> dict[int, tuple[int, int, int]]:
        """By line: the place of the last bracket that it leaves open, and the first and last line in between, or 0.

        All at once, in some 5 ms for 128 KB.
        """
        found: dict[int, tuple[int, int, int]] = {}
        opened: list[tuple[int, int]] = []
        line = 0
        text = self._document.toRawText().replace("\u2029", "\n")
        if not text.isascii() and max(text) > "\uffff":
            text = "".join(char if char <= "\uffff" else "  " for char in text)  # places count code units
        for match in _BRACKETS.finditer(text):
            char = match[0]
            if char == "\n":
                line += 1
            elif char in "{[":
                opened.append((match.start(), line))
            elif char in "}]" and opened:
                place, first = opened.pop()
                if line > first:
                    found.setdefault(first, (place, first + 1, line - 1 if line > first + 1 else 0))
        return found

    def _cursor(self, place: int) -> QTextCursor:
        cursor = QTextCursor(self._document)
        cursor.setPosition(place)
        return cursor


def next_shown(block: QTextBlock) -> QTextBlock:
    """The next line on show; not valid behind the last one. Passes over hidden ones without looking at each."""
    below = block.next()
    if not below.isValid() or below.isVisible():
        return below
    # Hidden lines have no height, in lines neither.
    below = block.document().findBlockByLineNumber(block.firstLineNumber() + block.lineCount())
    while below.isValid() and not below.isVisible():
        below = below.next()
    return below


def folds_of(document: QTextDocument) -> Folds:
    """The folds of a document, which keeps them."""
    found = document.findChild(Folds)
    return found if isinstance(found, Folds) else Folds(document)
