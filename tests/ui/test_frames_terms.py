"""From a cell of the log to a filter: by this, without this."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from optave_inspector.capture.entry import Entry, EntryFlag, EntryKind
from optave_inspector.capture.query.errors import QueryError
from optave_inspector.capture.query.parse import parse
from optave_inspector.ui.models.frame_columns import FrameColumn
from optave_inspector.ui.models.frame_terms import cell_term, with_term
from tests.ui.frames_desk import FramesDesk

pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing)")

FULL = Entry(
    7, 1, 0, EntryKind.TEXT, 5_000, 1_767_355_200_626_000_000, 2_999, 3_010, 1, EntryFlag.NONE, 0, 3, 2_412_900_000,
    "adjust", "completed", "0190b3b4-1111-7111-8111-00000000c07e", "", "", 'He said "no" (twice): a\\b & c',
)  # fmt: skip


@pytest.fixture
def desk(aio, qtbot):
    made = FramesDesk(aio, qtbot)
    yield made
    made.close()


@pytest.mark.parametrize("column", list(FrameColumn))
def test_every_cell_of_a_full_entry_gives_a_term_that_finds_it(column):
    term = cell_term(FULL, column)
    assert parse(term).matches(FULL, lambda: b"")


@pytest.mark.parametrize("kind", list(EntryKind))
@pytest.mark.parametrize("direction", [0, 1, 2])
def test_every_kind_and_direction_has_a_word(kind, direction):
    entry = Entry(1, 1, direction, kind, 0, 0, 0, 0)
    for column in (FrameColumn.KIND, FrameColumn.DIRECTION):
        assert parse(cell_term(entry, column)).matches(entry, lambda: b"")


def test_empty_cells_give_no_term():
    bare = Entry(1, 1, 0, EntryKind.TEXT, 0, 0, 0, 0)
    for column in (
        FrameColumn.ACTION, FrameColumn.STATE, FrameColumn.CORRELATION, FrameColumn.LATENCY, FrameColumn.SUMMARY
    ):  # fmt: skip
        assert cell_term(bare, column) == ""


def test_codes_and_guessed_correlations_are_asked_for_by_what_the_entry_has():
    close = Entry(1, 1, 0, EntryKind.CLOSE, 0, 0, 2, 4, code=1011)
    assert cell_term(close, FrameColumn.STATE) == "code=1011"
    guessed = Entry(1, 1, 0, EntryKind.TEXT, 0, 0, 2, 4, exchange=3)
    assert cell_term(guessed, FrameColumn.CORRELATION, "0190") == "exchange=3"


@pytest.mark.parametrize(
    ("query", "term", "exclude", "result"),
    [
        ("", "dir:in", False, "dir:in"),
        ("", "dir:in", True, "-dir:in"),
        ("action:adjust", "dir:in", False, "action:adjust dir:in"),
        ("action:adjust or action:chat", "dir:in", True, "(action:adjust or action:chat) -dir:in"),
        ("refund dir:in", "dir:in", False, "refund dir:in"),
        ("dir:in refund", "dir:in", True, "refund -dir:in"),
        ("-dir:in", "dir:in", False, "dir:in"),
        ("dir:in", "a or b", True, "dir:in -(a or b)"),
    ],
)
def test_a_term_joins_what_is_there(query, term, exclude, result):
    text = with_term(parse(query), term, exclude=exclude)
    assert text == result
    assert parse(text) == parse(result)


def test_a_term_that_cannot_be_read_is_refused():
    with pytest.raises(QueryError):
        with_term(parse("dir:in"), "foo:1", exclude=False)


def open_menu(desk, row, column):
    """Right-click a cell; gives the actions by name."""
    view = desk.panel.view
    index = desk.panel.model.index(row, column)
    view.setCurrentIndex(index)
    view.customContextMenuRequested.emit(view.visualRect(index).center())
    menu = desk.panel.findChild(QMenu, "framesRowMenu")
    return menu, {one.objectName(): one for one in menu.actions()}


def test_the_menu_filters_by_the_cell_under_the_mouse(desk):
    desk.wire.answer(desk.wire.request("adjust"))
    desk.wire.request("translate")
    desk.arrive()
    menu, actions = open_menu(desk, 0, FrameColumn.ACTION)
    assert actions["framesFilterByAction"].text() == "&Filter by this: action=adjust"
    assert actions["framesExcludeAction"].text() == "E&xclude this: action=adjust"
    actions["framesFilterByAction"].trigger()
    menu.close()
    desk.wait_searched()
    assert desk.numbers() == [1, 2]
    menu, actions = open_menu(desk, 0, FrameColumn.DIRECTION)
    actions["framesExcludeAction"].trigger()
    menu.close()
    desk.wait_searched()
    assert desk.edit.text() == "action=adjust -dir:out"
    assert desk.numbers() == [2]


def test_an_empty_cell_and_a_folded_row_offer_nothing(desk):
    desk.text("{}")
    desk.wire.pings(2)
    desk.arrive()
    for row, column in ((0, FrameColumn.ACTION), (1, FrameColumn.KIND)):
        menu, actions = open_menu(desk, row, column)
        assert not actions["framesFilterByAction"].isEnabled()
        assert not actions["framesExcludeAction"].isEnabled()
        menu.close()


def test_a_term_from_elsewhere_joins_the_filter_even_half_typed(qtbot, desk):
    desk.text('{"a": 1}', '{"a": 2}')
    desk.edit.setFocus()
    qtbot.keyClicks(desk.edit, "dir:in")
    desk.panel.add_term("$.a:2")
    desk.wait_searched()
    assert desk.edit.text() == "dir:in $.a:2"
    assert desk.numbers() == [2]
    desk.bar.set_text("foo:1")
    desk.panel.add_term("$.a:2", exclude=True)
    desk.wait_searched()
    assert desk.edit.text() == "dir:in -$.a:2"
    assert desk.numbers() == [1]


def test_a_term_from_elsewhere_that_cannot_be_read_is_told(desk):
    desk.text("{}")
    told = []
    desk.bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    desk.panel.add_term("foo:1")
    assert told[0][0] == "error"
    assert desk.edit.text() == ""


def test_the_menu_opens_by_keyboard_for_the_current_cell(qtbot, desk):
    desk.wire.request("adjust")
    desk.arrive()
    view = desk.panel.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_End)
    view.customContextMenuRequested.emit(view.visualRect(view.currentIndex()).center())
    menu = desk.panel.findChild(QMenu, "framesRowMenu")
    assert menu.isVisible()
    menu.close()
