"""The filter line of the frame log: queries, wrong queries, what arrives meanwhile."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from optave_inspector.ui import theme
from tests.ui.frames_desk import FramesDesk

Key = Qt.Key


@pytest.fixture
def desk(aio, qtbot):
    made = FramesDesk(aio, qtbot)
    yield made
    made.close()


def test_keys_paths_patterns_and_words_narrow_the_log(desk):
    first = desk.wire.request("adjust", "Please refund")
    desk.wire.answer(first)
    desk.wire.request("translate", "Hello")
    desk.arrive()
    desk.text('{"payload": {"fast": true}}')
    assert desk.ask("dir:out action:adjust") == [1]
    assert desk.ask(f"corr:{first[-4:]}") == [1, 2]
    assert desk.ask("$.payload.fast:true") == [4]
    assert desk.ask("/ref[u]nd/i or action:translate") == [1, 3]
    assert desk.ask("-dir:out") == [2, 4]
    assert desk.note() == "2 of 4 · following"
    assert desk.ask("  ") == [1, 2, 3, 4]


def test_words_are_still_searched_for_in_whole_payloads(desk):
    desk.text('{"far": "' + "x" * 5_000 + 'blue whale"}', '{"near": "blue"}')
    assert desk.ask("BLUE whale") == [1]


def test_a_wrong_query_keeps_the_last_good_result_and_says_what_is_wrong_where(desk):
    desk.text('{"a": 1}', '{"b": 1}')
    assert desk.ask("$.a:1") == [1]
    assert desk.ask("$.a:1 dirr:in") == [1]
    assert desk.note() == "1 of 2 · following"
    assert desk.edit.underlined == (6, 10)
    assert desk.edit.property("problem") is True
    assert desk.bar.problem.isVisible()
    words = desk.bar.problem.text()
    assert "There is no key “dirr”." in words
    assert "Still shown: the result of $.a:1." in words
    assert desk.edit.toolTip() == words
    assert desk.ask("$.b:1") == [2]
    assert desk.edit.underlined is None
    assert desk.edit.property("problem") is False
    assert not desk.bar.problem.isVisible()


def test_a_wrong_query_at_first_leaves_the_whole_log(desk):
    desk.text("{}", "{}")
    assert desk.ask("size>") == [1, 2]
    assert "Still shown: the whole log." in desk.bar.problem.text()


def test_what_is_half_written_is_wrong_only_after_a_while_and_right_at_once(qtbot, desk):
    desk.text("{}")
    desk.edit.setFocus()
    qtbot.keyClicks(desk.edit, "dir:")
    desk.bar._typing.timeout.emit()
    assert not desk.bar.problem.isVisible()
    qtbot.waitUntil(desk.bar.problem.isVisible, timeout=5_000)
    qtbot.keyClicks(desk.edit, "in")
    assert desk.edit.underlined is None
    qtbot.waitUntil(lambda: not desk.bar.problem.isVisible(), timeout=5_000)
    assert str(desk.bar.query) == "dir:in"


def test_enter_says_at_once_what_is_wrong(qtbot, desk):
    desk.text("{}")
    desk.edit.setFocus()
    qtbot.keyClicks(desk.edit, "(")
    qtbot.keyClick(desk.edit, Key.Key_Return)
    assert desk.bar.problem.isVisible()


def test_entries_that_arrive_are_held_against_the_query(qtbot, desk):
    desk.text('{"n": 1}')
    assert desk.ask("$.n>2") == []
    desk.text('{"n": 2}', '{"n": 3}')
    qtbot.waitUntil(lambda: desk.numbers() == [3], timeout=5_000)
    assert desk.note() == "1 of 3 · following"
    desk.text('{"n": 4}')
    qtbot.waitUntil(lambda: desk.numbers() == [3, 4], timeout=5_000)


def test_a_newer_query_replaces_the_one_before(qtbot, desk):
    desk.text(*(f'{{"n": {number}}}' for number in range(3_000)))
    desk.bar.set_text("/n/")
    desk.bar.set_text("$.n:17")
    desk.wait_searched()
    assert desk.numbers() == [18]


def test_the_same_query_written_otherwise_is_not_searched_again(desk):
    desk.text("{}")
    desk.ask("dir:in kind:text")
    asked = []
    desk.bar.queryChosen.connect(asked.append)
    desk.ask("direction:IN  and kind:text")
    assert asked == []


def test_the_direction_buttons_narrow_what_the_query_found(desk):
    desk.wire.answer(desk.wire.request())
    desk.arrive()
    assert desk.ask("action:adjust") == [1, 2]
    desk.bar._directions.buttons()[2].click()
    assert desk.numbers() == [2]
    assert desk.note() == "1 of 2 · following"


def test_no_match_names_the_query(desk):
    desk.text("{}")
    desk.ask("kind:close")
    assert desk.panel._pages.currentWidget().sentence() == "No entry matches “kind:close”."


def alike(one, other):
    """Nearly the same colour: lines at an angle mix with what is below them."""
    return max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True)) < 70


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("text", ["foo:1", "size>", 'ab "cd', "😀 dirr:in", "x " * 100 + "foo:1"])
def test_the_wrong_part_is_painted_under_the_text(desk, text, dark):
    desk.text("{}")
    theme.theme_switch().apply(dark=dark)
    desk.ask(text)
    desk.edit.end(False)
    start, end = desk.edit.underlined
    wrong = theme.current().color("error")
    image = desk.edit.grab().toImage()
    left, right = int(desk.edit.x_of(start)), int(desk.edit.x_of(end))
    assert left < desk.edit.width()
    inside = range(max(left - 4, 3), min(right + 4, image.width() - 3))
    below = range(image.height() // 2, image.height() - 2)
    columns = {x for x in inside for y in below if alike(image.pixelColor(x, y), wrong)}
    assert columns
    # The border of a wrong field has the same colour: the first and last rows are left out above.
    assert all(3 <= x < image.width() - 3 for x in columns)


def test_the_line_leaves_room_to_write_at_every_width(desk):
    desk.text("{}")
    for width in (420, 560, 700, 1_000):
        desk.panel.resize(width, 400)
        QTest.qWait(1)
        assert desk.edit.width() >= desk.edit.minimumWidth()
        buttons = [one for one in desk.bar.findChildren(QToolButton) if one.isVisible()]
        assert max(one.geometry().right() for one in buttons) <= desk.bar.width()
        assert all(one.width() >= one.sizeHint().width() for one in buttons)
