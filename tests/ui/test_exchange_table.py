import random
import time

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.tracing.grouping import GroupBy
from optave_inspector.ui import theme
from optave_inspector.ui.models import exchange_table
from optave_inspector.ui.models.exchange_columns import ExchangeColumn
from optave_inspector.ui.models.exchange_table import ExchangeTableModel
from optave_inspector.ui.models.exchange_words import STATUS_LOOK, status_text

MS = 1_000_000
S = 1_000_000_000


def exchange(number, **fields):
    fields.setdefault("action", "adjust")
    fields.setdefault("correlation_id", f"0190b3b4-0000-7000-8000-00000000{number:04x}")
    fields.setdefault("sent_ns", number * S)
    return Exchange(number, 1, request_entry=number * 2, **fields)


def completed(number, total_ns=2 * S, **fields):
    sent = fields.setdefault("sent_ns", number * S)
    return exchange(
        number,
        status=ExchangeStatus.COMPLETED,
        answers=[number * 2 + 1],
        update_ns=[sent + total_ns],
        ended_ns=sent + total_ns,
        **fields,
    )


def row_texts(model, row):
    return [model.index(row, column).data() for column in range(model.columnCount())]


def column_texts(model, column):
    return [model.index(row, column).data() for row in range(model.rowCount())]


@pytest.fixture
def light(qapp):
    theme.theme_switch().apply(dark=False)
    return theme.LIGHT


def test_a_row_says_who_how_long_and_where_it_stands(qtmodeltester):
    model = ExchangeTableModel([completed(1, 2_412 * MS)])
    assert row_texts(model, 0) == ["adjust", "▮ 0001", "✓ completed", "2.41 s", "2.41 s", "1", "+0.0 ms"]
    qtmodeltester.check(model)


def test_what_waits_grows_with_the_clock(qapp):
    now = [5 * S]
    model = ExchangeTableModel([exchange(1)], clock=lambda: now[0])
    assert row_texts(model, 0) == ["adjust", "▮ 0001", "… waiting", "", "4.00 s …", "0", "+0.0 ms"]
    now[0] = 6 * S
    assert model.index(0, ExchangeColumn.TOTAL).data() == "5.00 s …"


def test_each_status_has_a_glyph_that_the_font_has_a_word_and_a_colour(light, qapp):
    metrics = QFontMetrics(qapp.font())
    for status in ExchangeStatus:
        glyph, word, color = STATUS_LOOK[status]
        assert metrics.inFontUcs4(ord(glyph))
        assert word
        model = ExchangeTableModel([exchange(1, status=status, ended_ns=2 * S)], clock=lambda: 3 * S)
        cell = model.index(0, ExchangeColumn.STATUS)
        assert cell.data() == f"{glyph} {word}"
        assert cell.data(Qt.ItemDataRole.ForegroundRole) == light.color(color)


def test_who_waits_for_long_has_a_word_a_colour_and_a_tint(light, qapp):
    now = [5 * S]
    model = ExchangeTableModel([exchange(1)], clock=lambda: now[0])
    cell = model.index(0, ExchangeColumn.STATUS)
    assert (cell.data(), cell.data(Qt.ItemDataRole.BackgroundRole)) == ("… waiting", None)
    now[0] = 6 * S
    assert cell.data() == "⚠ waiting long"
    assert cell.data(Qt.ItemDataRole.ForegroundRole) == light.color("warning")
    assert cell.data(Qt.ItemDataRole.BackgroundRole) == light.color("warning_back")


def test_an_error_names_its_code_and_odd_matches_are_named():
    assert status_text(exchange(1, status=ExchangeStatus.ERROR, error_code="ORCH_TIMEOUT")) == "✗ error ORCH_TIMEOUT"
    assert status_text(exchange(1, status=ExchangeStatus.TIMED_OUT, late=1)) == "◔ timed out · late answer"
    assert status_text(exchange(1, status=ExchangeStatus.COMPLETED, guessed="Guessed: …")) == "✓ completed · guessed"


def test_requests_without_action_or_id_leave_no_hole(qapp):
    model = ExchangeTableModel([exchange(1, action="", correlation_id="")])
    assert row_texts(model, 0)[:2] == ["–", "–"]
    assert model.index(0, ExchangeColumn.CORRELATION).data(Qt.ItemDataRole.ForegroundRole) is None


def test_the_tooltip_tells_all_in_words(qapp):
    model = ExchangeTableModel(
        [
            completed(
                1,
                trace_id="trace-1",
                note="The correlation ID was used before, by exchange 7, which had ended.",
                guessed="Guessed: no ID.",
                duplicates=[9],
            )
        ]
    )
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    for part in ("adjust: ✓ completed", "trace-1", "First answer after 2.00 s, ended after 2.00 s, 1 answer",
                 "used before", "Guessed", "again after the end: 1", "attempt 1, request is entry 2"):  # fmt: skip
        assert part in tip


def test_new_exchanges_are_added_and_changed_ones_told_without_a_reset(qtmodeltester):
    exchanges = [exchange(1), exchange(2), exchange(3)]
    model = ExchangeTableModel(exchanges)
    qtmodeltester.check(model)
    inserted, changed = [], []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row(), last.column())))
    model.modelReset.connect(lambda: pytest.fail("reset"))
    exchanges[0].status = exchanges[2].status = ExchangeStatus.STREAMING
    exchanges += [exchange(4), exchange(5)]
    model.update([1, 3, 4, 5])
    assert inserted == [(3, 4)]
    assert changed == [(0, 0, 6), (2, 2, 6)]
    model.update([])
    assert model.rowCount() == 5


def test_exchanges_that_were_not_named_come_in_with_later_ones(qapp):
    exchanges = [exchange(1)]
    model = ExchangeTableModel(exchanges)
    exchanges += [exchange(2), exchange(3)]
    model.update([3])
    assert column_texts(model, ExchangeColumn.CORRELATION) == ["▮ 0001", "▮ 0002", "▮ 0003"]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (ExchangeColumn.ACTION, [3, 1, 2]),
        (ExchangeColumn.CORRELATION, [1, 2, 3]),
        (ExchangeColumn.STATUS, [2, 1, 3]),
        (ExchangeColumn.FIRST, [3, 1, 2]),
        (ExchangeColumn.TOTAL, [3, 1, 2]),
        (ExchangeColumn.ANSWERS, [2, 1, 3]),
        (ExchangeColumn.TIME, [1, 2, 3]),
    ],
)
def test_columns_sort_by_raw_values(qtmodeltester, column, expected):
    model = ExchangeTableModel(
        [completed(1, 10 * S, action="b"), exchange(2, action="c"), completed(3, 9 * S, action="a")]
    )
    qtmodeltester.check(model)
    model.sort(column, Qt.SortOrder.AscendingOrder)
    assert [model.exchange(row).number for row in range(3)] == expected
    assert [model.row_of(number) for number in expected] == [0, 1, 2]
    model.sort(column, Qt.SortOrder.DescendingOrder)
    assert [model.exchange(row).number for row in range(3)] == expected[::-1]


def test_a_sorted_table_stays_sorted_and_a_kept_index_follows_its_exchange(qtmodeltester):
    exchanges = [completed(number, number * S) for number in range(1, 6)]
    model = ExchangeTableModel(exchanges)
    qtmodeltester.check(model)
    model.sort(ExchangeColumn.TOTAL, Qt.SortOrder.DescendingOrder)
    kept = QPersistentModelIndex(model.index(0, 1))
    assert kept.data() == "▮ 0005"
    exchanges.append(completed(6, 90 * S))
    exchanges[0].ended_ns += 50 * S
    model.update([1, 6])
    assert [model.exchange(row).number for row in range(6)] == [6, 1, 5, 4, 3, 2]
    assert (kept.row(), kept.data()) == (2, "▮ 0005")
    model.sort(ExchangeColumn.TIME, Qt.SortOrder.AscendingOrder)
    assert kept.row() == 4


def test_an_unknown_number_has_no_row(qapp):
    model = ExchangeTableModel([exchange(1)])
    assert [model.row_of(number) for number in (0, 1, 2)] == [-1, 0, -1]


def test_headers_have_titles_and_say_what_they_mean(qapp):
    model = ExchangeTableModel([])
    horizontal = Qt.Orientation.Horizontal
    assert [model.headerData(column, horizontal) for column in range(7)] == [
        "action", "corr", "status", "first", "total", "n", "time",
    ]  # fmt: skip
    assert "Click to sort" in model.headerData(2, horizontal, Qt.ItemDataRole.ToolTipRole)
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.headerData(9, horizontal) is None
    assert model.rowCount(model.index(0, 0)) == 0


def test_the_summary_follows_every_change(qapp):
    exchanges = [exchange(1), exchange(2)]
    model = ExchangeTableModel(exchanges)
    assert model.statistics.overall.open == 2
    assert model.extent.waiting
    exchanges[0].status, exchanges[0].ended_ns = ExchangeStatus.TIMED_OUT, 31 * S
    exchanges[1].status, exchanges[1].ended_ns = ExchangeStatus.CUT_OFF, 40 * S
    model.update([1, 2])
    assert (model.statistics.overall.timeouts, model.statistics.overall.cut_off) == (1, 1)
    assert (model.extent.first_ns, model.extent.last_ns, model.extent.waiting) == (1 * S, 40 * S, False)


def test_colours_change_with_the_theme(light):
    model = ExchangeTableModel([completed(1)])
    told = []
    model.dataChanged.connect(lambda first, last, roles: told.append((first.row(), last.row(), roles)))
    theme.theme_switch().apply(dark=True)
    assert told == [(0, 0, [Qt.ItemDataRole.ForegroundRole])]
    cell = model.index(0, ExchangeColumn.STATUS)
    assert cell.data(Qt.ItemDataRole.ForegroundRole).name() == theme.DARK.ok


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
@pytest.mark.parametrize("column", list(ExchangeColumn))
def test_random_changes_keep_every_order_true(qtmodeltester, column, order):
    chance = random.Random(column)
    exchanges = [exchange(number, action=chance.choice("ab")) for number in range(1, 6)]
    model = ExchangeTableModel(exchanges)
    qtmodeltester.check(model)
    model.sort(column, order)
    kept = QPersistentModelIndex(model.index(model.row_of(3), 0))
    for _ in range(30):
        changed = sorted(chance.sample(range(1, len(exchanges) + 1), 3))
        for number in changed:
            one = exchanges[number - 1]
            one.status = ExchangeStatus(chance.randrange(6))
            one.ended_ns = one.sent_ns + chance.randrange(9) if one.status.ended else -1
            one.answers = list(range(chance.randrange(4)))
            one.update_ns = [one.sent_ns + 1] * len(one.answers)
        exchanges.append(exchange(len(exchanges) + 1, action=chance.choice("ab")))
        model.update([*changed, len(exchanges)])
        shown = [model.exchange(row).number for row in range(model.rowCount())]
        assert sorted(shown) == list(range(1, len(exchanges) + 1))
        assert [model.row_of(number) for number in shown] == list(range(len(shown)))
        assert model.exchange(kept.row()).number == 3
    fresh = ExchangeTableModel(exchanges)
    fresh.sort(column, order)
    assert shown == [fresh.exchange(row).number for row in range(fresh.rowCount())]


@pytest.mark.parametrize("by", [None, GroupBy.TRACE])
def test_rows_that_are_made_in_a_thread_take_in_what_happens_meanwhile(qapp, monkeypatch, qtbot, by):
    monkeypatch.setattr(exchange_table, "_AT_ONCE", 3)
    chance = random.Random(7)
    exchanges = [completed(number, chance.randrange(9 * S), trace_id=chance.choice("ab")) for number in range(1, 300)]
    model = ExchangeTableModel(exchanges)
    before = [model.at(row).number for row in range(model.rowCount())]
    matches = bytearray(chance.randrange(2) for _ in range(400))
    told = []
    model.rearranged.connect(lambda: told.append(True))
    model.group_by(by)
    model.show_only(matches)
    model.sort(ExchangeColumn.TOTAL, Qt.SortOrder.DescendingOrder)
    assert model.arranging
    assert [model.at(row).number for row in range(model.rowCount())] == before
    for number in (5, 50, 200):
        exchanges[number - 1].ended_ns += 50 * S
        matches[number] = 1 - matches[number]
    exchanges += [completed(number, number * S, trace_id="c") for number in range(300, 330)]
    model.update([5, 50, 200, *range(300, 330)])
    model.matches_changed([5, 50, 200])
    qtbot.waitUntil(lambda: not model.arranging)
    assert told == [True]
    monkeypatch.setattr(exchange_table, "_AT_ONCE", 10_000)
    fresh = ExchangeTableModel(exchanges)
    fresh.group_by(by)
    fresh.show_only(matches)
    fresh.sort(ExchangeColumn.TOTAL, Qt.SortOrder.DescendingOrder)
    rows = [row_texts(model, row) for row in range(model.rowCount())]
    assert rows == [row_texts(fresh, row) for row in range(fresh.rowCount())]
    assert len(rows) > 100
    exchanges.append(completed(330, 400 * S, trace_id="d"))
    matches[330] = 1
    model.update([330])
    assert model.row_of(330) >= 0
    assert (model.at(model.row_of(330) - 1).title if by else model.row_of(330)) == ("trace d" if by else 0)


def test_a_hundred_thousand_exchanges_cost_little_per_change(qapp):
    """No time is asserted but one far beyond any machine's bad day: what is meant is that nothing is done per row."""
    chance = random.Random(4)
    exchanges = [completed(number, chance.randrange(1, 30 * S)) for number in range(1, 100_001)]
    model = ExchangeTableModel(exchanges)
    began = time.perf_counter()
    for number in range(100_001, 100_401):
        exchanges.append(exchange(number))
        model.update([number - 1, number])
    assert time.perf_counter() - began < 5
    assert model.rowCount() == 100_400
