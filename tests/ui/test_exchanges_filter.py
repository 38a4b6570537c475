"""The filter of the exchanges: which are found, that they are kept up, and what the panel says of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from .exchanges_desk import desk


async def play(table) -> None:
    """1 completed after an update, 2 an error, 3 timed out with a late answer, 4 cut off, 5 and 6 wait."""
    table.opens(0)
    first = table.request(1, text="please refund me", traceId="trace-a")
    second = table.request(2, "translate", text="refund", traceId="trace-b")
    table.answer(2.5, first, "started")
    table.answer(3, first, text="a long answer")
    table.answer(4, second, "error")
    third = table.request(5, "insights")
    table.answer(40, third)
    table.request(41)
    table.ends(42, 1011)
    table.opens(90)
    table.request(91, "insights")
    table.request(99)
    await table.told()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("refund", [1, 2]),
        ("refund state:error", [2]),
        ("-state:error", [1, 3, 4, 5, 6]),
        ("state:started", [1]),
        ("state:completed", [1, 3]),
        ("state:timed-out", [3]),
        ('state:"timed out"', [3]),
        ("state:cut-off", [4]),
        ("state:waiting", [5, 6]),
        ("state:missing", [3, 4, 5]),
        ("state:missing -action:insights", [4]),
        ("is:late", [3]),
        ("is:orphan", []),
        ("action:translate", [2]),
        ("trace:trace-a", [1]),
        ("latency>1900ms", [1, 2, 3]),
        ("code:1011", [4]),
        ("exchange:2", [2]),
        ("attempt:2", [5, 6]),
        ("long or state:error", [1, 2]),
        ("dir:in", [1, 2, 3]),
        ("payload.state:started", [1]),
        ("/refu.d/ -translate", [1]),
    ],
)
def test_an_exchange_is_shown_when_a_message_of_it_or_itself_fulfils_each_term(aio, wait_until, query, expected):
    async def run() -> None:
        async with desk() as table:
            await play(table)
            assert await table.filtered(query, wait_until) == expected

    aio(run())


def test_the_heading_counts_and_an_empty_result_says_what_to_do(aio, wait_until):
    async def run() -> None:
        async with desk() as table:
            await play(table)
            panel = table.panel
            await table.filtered("refund", wait_until)
            assert panel.findChild(QLabel, "exchangesPanelNote").full_text().startswith("2 of 6 · ")
            assert await table.filtered("nowhere", wait_until) == []
            assert panel.findChild(QLabel, "exchangesNoMatchSentence").text() == "No exchange matches “nowhere”."
            button = panel.findChild(QPushButton, "exchangesNoMatchButton")
            assert button.isVisible()
            button.click()
            assert panel.model.numbers_shown() == [1, 2, 3, 4, 5, 6]

    aio(run())


def test_what_comes_and_changes_is_held_against_the_filter(aio, wait_until):
    async def run() -> None:
        async with desk(now_s=3) as table:
            panel = table.panel
            table.opens(0)
            first = table.request(1)
            await table.told()
            assert await table.filtered("state:waiting", wait_until) == [1]
            table.request(2)
            await table.told()
            await wait_until(lambda: panel.model.numbers_shown() == [1, 2])
            table.answer(2.5, first)
            await table.told()
            await wait_until(lambda: panel.model.numbers_shown() == [2])

    aio(run())


def test_a_wrong_query_keeps_what_is_shown_and_says_why(aio, wait_until):
    async def run() -> None:
        async with desk() as table:
            await play(table)
            await table.filtered("refund", wait_until)
            table.panel.search.bar.set_text("latency>2parsecs")
            problem = table.panel.findChild(QLabel, "exchangesFilterProblem")
            assert problem.isVisible()
            assert "parsecs" in problem.text()
            assert table.panel.search.bar.edit.underlined is not None
            assert table.panel.model.numbers_shown() == [1, 2]

    aio(run())


def test_a_newer_query_replaces_the_older_one(aio, wait_until):
    async def run() -> None:
        async with desk() as table:
            await play(table)
            table.panel.search.bar.set_text("refund")
            assert await table.filtered("action:insights", wait_until) == [3, 5]

    aio(run())


def test_one_press_shows_the_missing_answers_and_another_all(aio, wait_until):
    async def run() -> None:
        async with desk() as table:
            button = table.panel.search.missing_button
            assert not button.isVisible()
            await play(table)
            assert button.text() == "⚠ 3 missing"
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            await wait_until(lambda: table.panel.model.numbers_shown() == [3, 4, 5])
            assert button.isChecked()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            assert table.panel.model.numbers_shown() == [1, 2, 3, 4, 5, 6]
            assert not button.isChecked()

    aio(run())


def test_what_waits_for_long_becomes_missing_by_time_alone(aio, wait_until):
    async def run() -> None:
        async with desk(now_s=3) as table:
            panel = table.panel
            table.opens(0)
            table.request(1)
            await table.told()
            assert not panel.search.missing_button.isVisible()
            assert await table.filtered("state:missing", wait_until) == []
            panel.model.clock = lambda: table.at(7)
            panel.search.look_again()
            assert panel.search.missing_button.text() == "⚠ 1 missing"
            await wait_until(lambda: panel.model.numbers_shown() == [1])

    aio(run())


def test_words_of_the_status_column_are_proposed(aio):
    async def run() -> None:
        async with desk() as table:
            await play(table)
            edit = table.panel.search.bar.edit
            edit.setFocus()
            QTest.keyClicks(edit, "state:mis")
            proposals = table.panel.search.bar.completion.list
            assert [proposals.topLevelItem(row).text(0) for row in range(proposals.topLevelItemCount())] == ["missing"]

    aio(run())


def test_esc_clears_the_filter_and_then_leaves_for_the_table(aio, wait_until):
    async def run() -> None:
        async with desk() as table:
            await play(table)
            await table.filtered("refund", wait_until)
            edit = table.panel.search.bar.edit
            edit.setFocus()
            QTest.keyClick(edit, Qt.Key.Key_Escape)
            assert table.panel.model.numbers_shown() == [1, 2, 3, 4, 5, 6]
            left = []
            table.panel.search.left.connect(lambda: left.append(True))
            QTest.keyClick(edit, Qt.Key.Key_Escape)
            assert left

    aio(run())


def test_a_selection_that_is_filtered_away_comes_back(aio, wait_until):
    async def run() -> None:
        async with desk() as table:
            await play(table)
            table.bridge.select_exchange(3)
            await table.filtered("refund", wait_until)
            assert not table.panel.view.currentIndex().isValid()
            assert table.bridge.selected_exchange == 3
            await table.filtered("", wait_until)
            assert table.panel.view.currentIndex().row() == 2

    aio(run())
