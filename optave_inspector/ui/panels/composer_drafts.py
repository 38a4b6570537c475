"""The drafts of the current profile as tabs; each has a document of its own, so that undo survives switching."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPlainTextDocumentLayout, QTabBar, QToolButton, QWidget

from ...compose.drafts import Draft, new_id
from ..dialogs.question import TextQuestion
from ..widgets.json_editor_text import exact_text, insert_exactly, keepable

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..draft_book import DraftBook
    from .composer import ComposerPanel

_KEEP_MS = 400
"""While somebody types, the draft is saved that often: less than a second is lost when the process is killed."""
_SMALLEST_GAP = 1e-6
_LONGEST_NAME = 100
_LONGEST_TITLE = 24
_LEAST = 120


@dataclass(slots=True)
class _Sheet:
    """An open draft: the newest value that is kept of it, and its document once it was in front."""

    draft: Draft
    document: QTextDocument | None = None
    position: int = 0


@dataclass(slots=True)
class _Desk:
    """The open drafts of one profile, in the order of their tabs."""

    sheets: dict[str, _Sheet] = field(default_factory=dict)
    front: str = ""


class ComposerDrafts(QWidget):
    """The row of tabs. It tells the composer which draft to show, and the book what became of it."""

    frontChanged = Signal()
    """Another draft is in front."""

    def __init__(self, composer: ComposerPanel, book: DraftBook, fresh: Callable[[], Draft]) -> None:
        super().__init__(composer)
        self.setObjectName("composerDrafts")
        self._composer = composer
        self._book = book
        self._fresh = fresh
        self._profile = ""
        self._desks: dict[str, _Desk] = {}
        self._fronts: dict[str, str] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_KEEP_MS)
        self._pause.timeout.connect(self.keep)
        self._build()
        self._add_actions()
        composer.draftChanged.connect(self._on_edited)
        book.changed.connect(self._on_changed)
        book.copied.connect(self._on_copied)
        book.refreshing.connect(self.keep)

    # -- what others may do

    def front(self) -> Draft:
        """The draft in front, as it is now."""
        self.keep()
        return self._sheet.draft

    def open(self) -> list[Draft]:
        """The open drafts in the order of their tabs."""
        self.keep()
        return [sheet.draft for sheet in self._desk.sheets.values()]

    def use_profile(self, profile_id: str) -> None:
        """Show the drafts of a profile; there is always one."""
        if profile_id == self._profile and profile_id in self._desks:
            return
        if self._profile in self._desks:
            self.keep()
            self._leave()
        self._profile = profile_id
        if profile_id not in self._desks:
            drafts = self._book.drafts(profile_id) or [self._fresh()]
            self._desks[profile_id] = _Desk({draft.id: _Sheet(draft) for draft in drafts})
        desk = self._desk
        front = desk.front or self._fronts.get(profile_id, "")
        self._rebuild(front if front in desk.sheets else next(reversed(desk.sheets)))

    def new(self) -> None:
        """Begin another draft beside those that are open."""
        self.add(self._fresh())

    def add(self, draft: Draft) -> str:
        """Open a draft in front, after the others; a sentence where its text could not be kept as it was."""
        text, difference = keepable(draft.text)
        places = [sheet.draft.place for sheet in self._desk.sheets.values()]
        draft = replace(draft, text=text, place=max(places, default=0.0) + 1, closed=0.0)
        self.keep()
        self._desk.sheets[draft.id] = _Sheet(draft)
        known = self._book.get(self._profile, draft.id) is not None
        if known or draft != replace(self._fresh(), id=draft.id, place=draft.place):
            self._book.put(self._profile, draft, self)
        self._rebuild(draft.id)
        return difference

    def settle(self, draft_id: str, name: str, origin: dict[str, str]) -> None:
        """An open draft was saved as a named request: it goes by that name, and knows where the request is."""
        self.keep()
        sheet = self._desk.sheets.get(draft_id)
        if sheet is not None:
            self._change(sheet, name=name, more={**sheet.draft.more, "request": origin})

    def take_over(self, draft: Draft) -> None:
        """Open a draft that another way of keeping held, unless it was taken over before."""
        known = self._book.get(self._profile, draft.id)
        if known is None:
            self.add(draft)
        elif not known.closed:
            self.go_to(draft.id)

    def go_to(self, draft_id: str) -> None:
        """Bring an open draft to the front."""
        if draft_id in self._desk.sheets:
            self._tabs.setCurrentIndex(list(self._desk.sheets).index(draft_id))

    def close_draft(self, draft_id: str = "") -> None:
        """Close a draft, the one in front unless another is given. It can be opened again."""
        self.keep()
        desk = self._desk
        sheet = desk.sheets.get(draft_id or desk.front)
        if sheet is None:
            return
        if self._book.get(self._profile, sheet.draft.id) is not None:  # one that was never touched leaves nothing
            self._book.put(self._profile, replace(sheet.draft, closed=time.time()), self)
        self._remove(sheet.draft.id)
        self._enable()

    def reopen(self) -> None:
        """Open the draft again that was closed last."""
        closed = self._book.closed(self._profile)
        if closed:
            self.add(closed[0])
            self._enable()

    def rename(self, name: str) -> None:
        """Name the draft in front."""
        self.keep()
        self._change(self._sheet, name=name[:_LONGEST_NAME])

    def step(self, by: int) -> None:
        """Bring the next (1) or the former (-1) draft to the front."""
        self._tabs.setCurrentIndex((self._tabs.currentIndex() + by) % self._tabs.count())

    def move(self, by: int) -> None:
        """Move the draft in front to the right (1) or to the left (-1)."""
        at = self._tabs.currentIndex()
        if 0 <= at + by < self._tabs.count():
            self._tabs.moveTab(at, at + by)

    def ask_name(self) -> None:
        """Ask for the name of the draft in front."""
        dialog = TextQuestion(
            "renameDraftDialog", "Rename draft", "The name on the draft's tab:", "Rename", self.window(),
            text=self._sheet.draft.title, field_name="Name of the draft",
        )  # fmt: skip
        dialog.answered.connect(self.rename)
        dialog.open()

    def keep(self) -> None:
        """Put what stands in the composer into the book, now."""
        self._pause.stop()
        if self._profile not in self._desks:
            return
        sheet = self._sheet
        draft = self._composer.draft(sheet.draft)
        if draft != sheet.draft:
            sheet.draft = draft
            self._book.put(self._profile, draft, self)
            self._show_titles()

    def fronts(self) -> dict[str, str]:
        """Which draft is in front, by profile."""
        return {**self._fronts, **{profile: desk.front for profile, desk in self._desks.items()}}

    def restore_fronts(self, fronts: dict[str, str]) -> None:
        """Put ``fronts`` back; drafts that are gone are passed over."""
        self._fronts = dict(fronts)
        self.go_to(fronts.get(self._profile, ""))

    # -- inside

    @property
    def _desk(self) -> _Desk:
        return self._desks[self._profile]

    @property
    def _sheet(self) -> _Sheet:
        return self._desk.sheets[self._desk.front]

    def _build(self) -> None:
        self._tabs = QTabBar()
        self._tabs.setObjectName("composerDraftTabs")
        self._tabs.setAccessibleName("Drafts")
        self._tabs.setProperty("compact", True)
        self._tabs.setMovable(True)
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._tabs.setUsesScrollButtons(True)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._tabs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tabs.customContextMenuRequested.connect(self._show_menu)
        self._tabs.currentChanged.connect(self._on_tab)
        self._tabs.tabMoved.connect(self._on_moved)
        self._tabs.tabBarDoubleClicked.connect(lambda index: self.ask_name() if index >= 0 else self.new())
        self._new_button = QToolButton()
        self._new_button.setObjectName("composerNewDraftButton")
        self._new_button.setText("+")
        self._new_button.setAccessibleName("New draft")
        self._new_button.setToolTip("Begin another draft (Ctrl+N)")
        self._new_button.setProperty("kind", "quiet")
        self._new_button.clicked.connect(lambda _checked=False: self.new())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._tabs)
        layout.addWidget(self._new_button)
        layout.addStretch(1)
        self.setMinimumWidth(_LEAST)

    def _add_actions(self) -> None:
        self.menu = QMenu("&Drafts", self)
        self.menu.setObjectName("composerDraftsMenu")
        actions = {}
        for name, text, keys, slot in (
            ("NewDraft", "&New draft", "Ctrl+N", self.new),
            ("RenameDraft", "&Rename draft…", "Alt+F2", self.ask_name),
            ("CloseDraft", "&Close draft", "Ctrl+F4", self.close_draft),
            ("ReopenDraft", "Re&open the draft closed last", "Ctrl+Shift+T", self.reopen),
            ("NextDraft", "Ne&xt draft", "Alt+PgDown", lambda: self.step(1)),
            ("FormerDraft", "&Former draft", "Alt+PgUp", lambda: self.step(-1)),
            ("MoveDraftRight", "Move draft to the r&ight", "Alt+Shift+PgDown", lambda: self.move(1)),
            ("MoveDraftLeft", "Move draft to the &left", "Alt+Shift+PgUp", lambda: self.move(-1)),
        ):
            action = QAction(text, self._composer)
            action.setObjectName(f"composer{name}Action")
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
            self._composer.addAction(action)
            self.menu.addAction(action)
            actions[name] = action
        self._reopen_action = actions["ReopenDraft"]
        self.menu.aboutToShow.connect(self._enable)

    def _enable(self) -> None:
        closed = self._book.closed(self._profile)
        what = f"“{_short(closed[0].title)}”" if closed else "the draft closed last"
        self._reopen_action.setText(f"Re&open {what}")

    def _show_menu(self, at: QPoint) -> None:
        index = self._tabs.tabAt(at)
        if index >= 0:
            self._tabs.setCurrentIndex(index)
        self.menu.popup(self._tabs.mapToGlobal(at))

    def _rebuild(self, front: str) -> None:
        """Make the tabs anew, with this draft in front."""
        self._tabs.blockSignals(True)
        while self._tabs.count():
            self._tabs.removeTab(0)
        for _ in self._desk.sheets:
            self._set_close_button(self._tabs.addTab(""))
        self._tabs.setCurrentIndex(list(self._desk.sheets).index(front))
        self._tabs.blockSignals(False)
        self._show(front)

    def _set_close_button(self, index: int) -> None:
        button = QToolButton()
        button.setObjectName("composerCloseDraftButton")
        button.setText("✕")
        button.setAccessibleName("Close this draft")
        button.setToolTip("Close this draft (Ctrl+F4). Ctrl+Shift+T opens it again.")
        button.setProperty("kind", "quiet")
        button.setProperty("compact", True)
        button.setFixedSize(18, 16)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda _checked=False: self._close_of(button))
        self._tabs.setTabButton(index, QTabBar.ButtonPosition.RightSide, button)

    def _close_of(self, button: QToolButton) -> None:
        for index, draft_id in enumerate(list(self._desk.sheets)):
            if self._tabs.tabButton(index, QTabBar.ButtonPosition.RightSide) is button:
                self.close_draft(draft_id)
                return

    def _on_tab(self, index: int) -> None:
        ids = list(self._desk.sheets)
        if 0 <= index < len(ids) and ids[index] != self._desk.front:
            self.keep()
            self._show(ids[index])

    def _leave(self) -> None:
        sheet = self._desk.sheets.get(self._desk.front)
        if sheet is not None and sheet.document is self._composer.editor.document():
            sheet.position = self._composer.editor.textCursor().position()

    def _show(self, draft_id: str) -> None:
        self._leave()
        desk = self._desk
        desk.front = draft_id
        sheet = desk.sheets[draft_id]
        if sheet.document is None:
            sheet.document = self._new_document(sheet.draft.text)
        self._composer.show_draft(sheet.draft, sheet.document, sheet.position)
        self._pause.stop()
        self._show_titles()
        self.frontChanged.emit()

    def _new_document(self, text: str) -> QTextDocument:
        document = QTextDocument(self)
        document.setDocumentLayout(QPlainTextDocumentLayout(document))
        insert_exactly(QTextCursor(document), keepable(text)[0])
        document.clearUndoRedoStacks()
        return document

    def _remove(self, draft_id: str) -> None:
        desk = self._desk
        ids = list(desk.sheets)
        at = ids.index(draft_id)
        gone = desk.sheets.pop(draft_id)
        if not desk.sheets:
            fresh = self._fresh()
            desk.sheets[fresh.id] = _Sheet(fresh)
        left = list(desk.sheets)
        self._rebuild(desk.front if desk.front in desk.sheets else left[min(at, len(left) - 1)])
        if gone.document is not None:
            gone.document.deleteLater()

    def _change(self, sheet: _Sheet, **values: object) -> None:
        sheet.draft = replace(sheet.draft, **values)
        self._book.put(self._profile, sheet.draft, self)
        self._show_titles()

    def _show_titles(self) -> None:
        for index, sheet in enumerate(self._desk.sheets.values()):
            title = sheet.draft.title
            self._tabs.setTabText(index, _short(title).replace("&", "&&"))
            self._tabs.setTabToolTip(index, f"{title}\nDouble-click renames it. Drafts are kept as you type.")

    def _on_edited(self) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def _on_moved(self, start: int, end: int) -> None:
        desk = self._desk
        ids = list(desk.sheets)
        ids.insert(end, ids.pop(start))
        desk.sheets = {draft_id: desk.sheets[draft_id] for draft_id in ids}
        sheets = list(desk.sheets.values())
        before = sheets[end - 1].draft.place if end else sheets[end + 1].draft.place - 2
        after = sheets[end + 1].draft.place if end + 1 < len(sheets) else before + 2
        if after - before > _SMALLEST_GAP:
            self._change(sheets[end], place=(before + after) / 2)
        else:
            for place, sheet in enumerate(sheets, 1):
                self._change(sheet, place=float(place))

    def _on_changed(self, profile_id: str, draft_id: str, by: object) -> None:
        """Another session or another process changed a draft."""
        desk = self._desks.get(profile_id)
        draft = self._book.get(profile_id, draft_id)
        if by is self or desk is None or draft is None:
            return
        sheet = desk.sheets.get(draft_id)
        current = profile_id == self._profile
        if draft.closed:
            if sheet is not None and current:
                self._remove(draft_id)
            else:
                desk.sheets.pop(draft_id, None)
                desk.front = desk.front if desk.front in desk.sheets else next(iter(desk.sheets), "")
                if not desk.sheets:
                    del self._desks[profile_id]
            return
        if sheet is None:
            desk.sheets[draft_id] = _Sheet(draft)
        else:
            sheet.draft = draft
            if sheet.document is not None and exact_text(sheet.document) != draft.text:
                cursor = QTextCursor(sheet.document)
                cursor.select(QTextCursor.SelectionType.Document)
                insert_exactly(cursor, keepable(draft.text)[0])
        front = desk.front
        lonely = next(iter(desk.sheets.values()))
        if sheet is None and len(desk.sheets) == 2 and self._is_untouched(profile_id, lonely):
            del desk.sheets[lonely.draft.id]
            front = draft_id
        desk.sheets = dict(sorted(desk.sheets.items(), key=lambda item: (item[1].draft.place, item[0])))
        if current:
            self._rebuild(front)

    def _is_untouched(self, profile_id: str, sheet: _Sheet) -> bool:
        if self._book.get(profile_id, sheet.draft.id) is not None:
            return False
        return (
            sheet.document is not self._composer.editor.document() or self._composer.draft(sheet.draft) == sheet.draft
        )

    def _on_copied(self, profile_id: str, former: str, now: str) -> None:
        desk = self._desks.get(profile_id)
        draft = self._book.get(profile_id, now)
        if desk is None or draft is None or former not in desk.sheets:
            return
        renamed = {}
        for draft_id, sheet in desk.sheets.items():
            if draft_id == former:
                sheet.draft = replace(sheet.draft, id=now, name=draft.name)
                renamed[now] = sheet
            else:
                renamed[draft_id] = sheet
        desk.sheets = renamed
        desk.front = now if desk.front == former else desk.front
        if profile_id == self._profile:
            self._show_titles()


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def fresh_draft(action: str, template: str, text: str) -> Draft:
    """A draft with a template in it, as untouched ones are."""
    return Draft(id=new_id(), action=action, template=template, text=text)
