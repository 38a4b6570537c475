"""The manual inside the app: pages at the left, narrowed by words; links, pictures and back work without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFont,
    QImage,
    QKeySequence,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ..theme import current, mono_font, theme_switch

if TYPE_CHECKING:
    from PySide6.QtGui import QTextFrame

_FIRST = (
    "index", "first-five-minutes", "window", "connection", "frames", "entry", "stream", "traces", "statistics",
    "endings", "composer", "recipe", "query-language", "close-codes", "scenarios", "recipe-keys", "command-line",
    "shortcuts", "capture-format", "security", "troubleshooting",
)  # fmt: skip
_PAGES = {
    "connectionPanel": "connection",
    "framesPanel": "frames",
    "entryPanel": "entry",
    "streamPanel": "stream",
    "exchangesPanel": "traces",
    "statisticsPanel": "statistics",
    "endingsPanel": "endings",
    "composerPanel": "composer",
    "recipePanel": "recipe",
    "topBar": "window",
    "messageBar": "window",
}
"""Which page of the manual is about which part of the window."""
_LIST_WIDTH = 210
_PAGE_WIDTH = 860
"""Lines longer than that are hard to read."""


class ManualWindow(QDialog):
    """Call ``show()``; it stays beside the window. ``folder`` holds the pages."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manualWindow")
        self.setWindowTitle("Manual")
        self.setAccessibleName("Manual")
        self.setModal(False)
        self._folder = folder
        self._texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
        order = [name for name in _FIRST if name in self._texts]
        self._names = [*order, *(name for name in self._texts if name not in order)]
        self.search = QLineEdit()
        self.list = QListWidget()
        self.browser = _Browser(folder)
        self._found = QLabel()
        self._build()
        self.browser.sourceChanged.connect(self._on_page)
        self.browser.backwardAvailable.connect(self.back_button.setEnabled)
        self.browser.forwardAvailable.connect(self.forward_button.setEnabled)
        self.list.currentRowChanged.connect(self._on_chosen)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(lambda: self._find_next(from_start=False))
        theme_switch().changed.connect(self.browser.renew)
        self.show_page("index")

    @property
    def page(self) -> str:
        """Name of the page on show."""
        return Path(self.browser.source().path()).stem

    def show_page(self, name: str) -> None:
        """Show a page, the first one where there is none of that name."""
        known = name if name in self._texts else self._names[0]
        self.browser.setSource(QUrl.fromLocalFile(str(self._folder / f"{known}.md")))

    def _build(self) -> None:
        self.search.setObjectName("manualSearchEdit")
        self.search.setAccessibleName("Find in the manual")
        self.search.setPlaceholderText("Find in the manual…")
        self.search.setToolTip("Shows the pages that hold these words; Enter goes to the next place")
        self.search.setClearButtonEnabled(True)
        self.list.setObjectName("manualPageList")
        self.list.setAccessibleName("Pages of the manual")
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setSpacing(1)
        for name in self._names:
            item = QListWidgetItem(_title(self._texts[name]))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.browser.setObjectName("manualBrowser")
        self.browser.setAccessibleName("Page of the manual")
        self.back_button = _button("manualBackButton", "‹ &Back", "Go back to the former page (Alt+Left)")
        self.back_button.setShortcut(QKeySequence("Alt+Left"))
        self.back_button.clicked.connect(self.browser.backward)
        self.forward_button = _button("manualForwardButton", "&Forward ›", "Go forward again (Alt+Right)")
        self.forward_button.setShortcut(QKeySequence("Alt+Right"))
        self.forward_button.clicked.connect(self.browser.forward)
        for button in (self.back_button, self.forward_button):
            button.setEnabled(False)
        self._found.setObjectName("manualFound")
        self._found.setProperty("role", "muted")
        buttons = QDialogButtonBox()
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("manualCloseButton")
        close.setAccessibleName("Close the manual")
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(self.back_button)
        top.addWidget(self.forward_button)
        top.addWidget(self.search, 1)
        middle = QHBoxLayout()
        middle.setSpacing(10)
        middle.addWidget(self.list)
        middle.addWidget(self.browser, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._found, 1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addLayout(middle, 1)
        layout.addLayout(foot)
        self.resize(1080, 720)
        self.browser.setFocus()

    def _on_page(self, url: QUrl) -> None:
        name = Path(url.path()).stem
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == name and row != self.list.currentRow():
                self.list.blockSignals(True)
                self.list.setCurrentRow(row)
                self.list.blockSignals(False)

    def _on_chosen(self, row: int) -> None:
        item = self.list.item(row)
        if item is not None:
            self.show_page(item.data(Qt.ItemDataRole.UserRole))
            self._find_next(from_start=True)

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        shown = []
        for row, name in enumerate(self._names):
            fits = all(word in self._texts[name].lower() for word in words)
            self.list.item(row).setHidden(not fits)
            if fits:
                shown.append(row)
        pages = "1 page" if len(shown) == 1 else f"{len(shown)} pages"
        self._found.setText(f"{pages} with these words" if words and shown else "")
        if words and not shown:
            self._found.setText("No page has these words.")
        elif words and self.list.currentRow() not in shown:
            self.list.setCurrentRow(shown[0])
        else:
            self._find_next(from_start=True)

    def _find_next(self, *, from_start: bool) -> None:
        """Go to the next place of the first word that is looked for; begin anew after the last."""
        words = self.search.text().split()
        if not words:
            return
        if from_start:
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        if not self.browser.find(words[0]):
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)
            self.browser.find(words[0])


def page_for(focus: QWidget | None) -> str:
    """The page of the manual on what has the keyboard."""
    while focus is not None:
        name = focus.objectName()
        for panel, page in _PAGES.items():
            if name in (panel, f"{panel}Dock", f"{panel}Header"):
                return page
        focus = focus.parentWidget()
    return "index"


class _Browser(QTextBrowser):
    """Shows the pages; pictures fit its width, and those of the dark theme are taken where there are some."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._on_link)
        self.document().setDocumentMargin(18)

    def renew(self) -> None:
        """Show the page anew, in the colours of the theme."""
        at = self.verticalScrollBar().value()
        self.reload()
        self.verticalScrollBar().setValue(at)

    def doSetSource(self, url: QUrl, kind=QTextDocument.ResourceType.UnknownResource) -> None:
        super().doSetSource(url, kind)
        self._dress()

    def reload(self) -> None:
        super().reload()
        self._dress()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        margin = max((self.viewport().width() - _PAGE_WIDTH) // 2, 0)
        self.setViewportMargins(0, 0, 0, 0)
        self.document().setTextWidth(self.viewport().width() - margin)

    def loadResource(self, kind: int, url: QUrl):
        if int(kind) != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, url)
        path = Path(self.source().resolved(url).toLocalFile())
        dark = path.with_stem(f"{path.stem}-dark")
        image = QImage(str(dark if current().dark and dark.is_file() else path))
        room = min(self.viewport().width() - 60, _PAGE_WIDTH)
        if image.width() > room > 0:
            ratio = self.devicePixelRatioF()
            image = image.scaledToWidth(int(room * ratio), Qt.TransformationMode.SmoothTransformation)
            image.setDevicePixelRatio(ratio)
        return image

    def _on_link(self, url: QUrl) -> None:
        resolved = self.source().resolved(url)
        if resolved.isLocalFile() and Path(resolved.toLocalFile()).parent == self._folder:
            self.setSource(resolved)
        elif resolved.scheme() in ("http", "https"):
            QDesktopServices.openUrl(resolved)

    def _dress(self) -> None:
        """Tables with lines, room above headings, code in the font of wire data."""
        document, theme = self.document(), current()
        document.setDefaultFont(self.font())
        for frame in _frames(document.rootFrame()):
            if isinstance(frame, QTextTable):
                form = frame.format()
                form.setBorder(1)
                form.setBorderBrush(theme.color("border"))
                form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                form.setBorderCollapse(True)
                form.setCellPadding(5)
                form.setCellSpacing(0)
                form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                frame.setFormat(form)
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        mono = mono_font()
        block = document.begin()
        while block.isValid():
            if block.blockFormat().headingLevel():
                room = QTextBlockFormat()
                room.setTopMargin(16 if block.blockNumber() else 0)
                room.setBottomMargin(6)
                cursor.setPosition(block.position())
                cursor.mergeBlockFormat(room)
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                form = piece.charFormat()
                if form.fontFixedPitch() or QFont.StyleHint.Monospace == form.fontStyleHint():
                    form.setFontFamilies([mono.family()])
                    cursor.setPosition(piece.position())
                    cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                    cursor.mergeCharFormat(form)
                pieces += 1
            block = block.next()
        cursor.endEditBlock()
        document.setModified(False)


def _frames(frame: QTextFrame) -> list[QTextFrame]:
    return [each for child in frame.childFrames() for each in (child, *_frames(child))]


def _title(text: str) -> str:
    return text.split("\n", 1)[0].removeprefix("# ").strip()


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
