"""The strip over the whole session: its counts, what a drag or a key does to the waterfall, what it paints."""

from __future__ import annotations

import random

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui import theme
from optave_inspector.ui.delegates.waterfall_scale import ScaleMode
from optave_inspector.ui.models.exchange_density import BINS, Density

from .exchanges_desk import S, desk


def exchange(number: int, sent_ns: int, status: ExchangeStatus = ExchangeStatus.COMPLETED) -> Exchange:
    return Exchange(number, 1, "adjust", "", number, sent_ns, status=status, ended_ns=sent_ns + S)


def test_every_exchange_is_counted_once_however_long_the_session_gets() -> None:
    chance, density = random.Random(1), Density()
    times = [chance.randrange(3600 * S) + 10**15 for _ in range(500)] + [10**15 + 30 * 3600 * S, 10**15 - 7200 * S]
    exchanges = [
        exchange(number, at, chance.choice([ExchangeStatus.COMPLETED, ExchangeStatus.ERROR, ExchangeStatus.TIMED_OUT]))
        for number, at in enumerate(times, start=1)
    ]
    density.update(exchanges)
    density.update(exchanges)
    assert sum(density.sent) == len(exchanges)
    assert sum(density.errors) == sum(one.status is ExchangeStatus.ERROR for one in exchanges)
    assert sum(density.missing) == sum(one.status is ExchangeStatus.TIMED_OUT for one in exchanges)
    assert density.origin_ns <= min(times)
    assert density.origin_ns + BINS * density.step_ns > max(times)
    first = (times[0] - density.origin_ns) // density.step_ns
    assert density.sent[first] >= 1


def test_an_end_is_counted_when_it_comes() -> None:
    density = Density()
    one = exchange(1, 5 * S, ExchangeStatus.WAITING)
    one.ended_ns = -1
    density.update([one])
    assert (sum(density.sent), sum(density.missing)) == (1, 0)
    one.status, one.ended_ns = ExchangeStatus.CUT_OFF, 9 * S
    density.update([one])
    assert (sum(density.sent), sum(density.missing)) == (1, 1)


async def hour(table) -> None:
    """One exchange a minute for an hour, an error at half past, an ending after it."""
    table.opens(0)
    for minute in range(1, 60):
        number = table.request(60 * minute)
        table.answer(60 * minute + 1, number, "error" if minute == 30 else "completed")
    table.ends(3600, 1011)
    await table.told()


def x_of(table, at_s: float) -> int:
    minimap = table.panel.minimap
    whole = table.panel.scale.whole()
    return round(6 + whole.x(table.at(at_s), minimap.width() - 12))


def drag(minimap, start: int, *places: int) -> None:
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=QPoint(start, 15))
    for x in places:
        # QTest's own moves carry no button.
        place = QPointF(x, 15)
        held, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        moved = QMouseEvent(
            QMouseEvent.Type.MouseMove, place, minimap.mapToGlobal(place), Qt.MouseButton.NoButton, held, none
        )
        QApplication.sendEvent(minimap, moved)
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=QPoint(places[-1] if places else start, 15))


def shown_s(table) -> tuple[int, int]:
    axis = table.panel.scale.axis()
    return round((axis.start_ns - table.begin) / S), round((axis.end_ns - table.begin) / S)


def near(got: tuple[int, int], wanted: tuple[int, int], by_s: int = 25) -> bool:
    return all(abs(one - other) <= by_s for one, other in zip(got, wanted, strict=True))


def test_a_drag_draws_moves_and_stretches_the_window(aio) -> None:
    async def run() -> None:
        async with desk(now_s=3700) as table:
            await hour(table)
            minimap = table.panel.minimap
            minimap.resize(600, 30)
            drag(minimap, x_of(table, 600), x_of(table, 900), x_of(table, 1800))
            assert near(shown_s(table), (600, 1800)), shown_s(table)
            assert table.panel.scale.mode is ScaleMode.FREE
            drag(minimap, x_of(table, 1200), x_of(table, 2000), x_of(table, 2400))
            assert near(shown_s(table), (1800, 3000)), shown_s(table)
            drag(minimap, x_of(table, 3000), x_of(table, 2400))
            assert near(shown_s(table), (1800, 2400)), shown_s(table)
            drag(minimap, x_of(table, 1800), x_of(table, 3000))
            assert near(shown_s(table), (2400, 3000)), shown_s(table)

    aio(run())


def test_a_click_beside_the_window_brings_it_there_and_a_double_click_shows_all(aio) -> None:
    async def run() -> None:
        async with desk(now_s=3700) as table:
            await hour(table)
            minimap = table.panel.minimap
            minimap.resize(600, 30)
            table.panel.scale.set_range(table.at(0), table.at(600))
            drag(minimap, x_of(table, 2000))
            assert near(shown_s(table), (1700, 2300)), shown_s(table)
            QTest.mouseDClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(100, 15))
            assert table.panel.scale.mode is ScaleMode.FIT

    aio(run())


def test_keys_move_zoom_and_go_to_the_ends(aio) -> None:
    async def run() -> None:
        async with desk(now_s=3700) as table:
            await hour(table)
            minimap, scale = table.panel.minimap, table.panel.scale
            minimap.setFocus()
            scale.set_range(table.at(1000), table.at(2000))
            QTest.keyClick(minimap, Qt.Key.Key_Right)
            assert shown_s(table) == (1100, 2100)
            QTest.keyClick(minimap, Qt.Key.Key_PageUp)
            assert shown_s(table) == (100, 1100)
            QTest.keyClick(minimap, Qt.Key.Key_Plus)
            assert shown_s(table) == (350, 850)
            QTest.keyClick(minimap, Qt.Key.Key_Minus)
            assert shown_s(table) == (100, 1100)
            QTest.keyClick(minimap, Qt.Key.Key_Home)
            assert shown_s(table) == (0, 1000)
            QTest.keyClick(minimap, Qt.Key.Key_End)
            assert shown_s(table)[1] == round((scale.whole().end_ns - table.begin) / S)
            assert "On show" in minimap.accessibleDescription()
            QTest.keyClick(minimap, Qt.Key.Key_0)
            assert scale.mode is ScaleMode.FIT

    aio(run())


def test_errors_endings_and_density_are_seen(aio) -> None:
    async def run() -> None:
        async with desk(now_s=3700) as table:
            await hour(table)
            minimap = table.panel.minimap
            minimap.resize(600, 30)
            table.panel.scale.set_mode(ScaleMode.FIT)
            image = minimap.grab().toImage()
            error, accent = theme.LIGHT.error, theme.LIGHT.accent

            def has(at_s: float, y: int, color: str, by: int = 3) -> bool:
                x = x_of(table, at_s)
                return any(image.pixelColor(column, y).name() == color for column in range(x - by, x + by + 1))

            assert has(1801, 3, error)
            assert not has(1500, 3, error)
            assert has(3600, 20, error)
            assert has(600, 27, accent)
            assert not has(630, 27, accent, by=2)

    aio(run())


def test_a_filter_mutes_what_it_hides(aio, wait_until) -> None:
    async def run() -> None:
        async with desk(now_s=3700) as table:
            await hour(table)
            minimap = table.panel.minimap
            minimap.resize(600, 30)
            assert await table.filtered("state:error", wait_until) == [30]
            await wait_until(lambda: table.panel.search.matched.density is not None)
            table.panel.scale.set_mode(ScaleMode.FIT)

            def at(at_s: float) -> set[str]:
                image, x = minimap.grab().toImage(), x_of(table, at_s)
                return {image.pixelColor(column, 27).name() for column in range(x - 3, x + 4)}

            assert theme.LIGHT.accent in at(1800)
            assert theme.LIGHT.border in at(600)
            assert theme.LIGHT.accent not in at(600)
            await table.filtered("", wait_until)
            assert theme.LIGHT.accent in at(600)

    aio(run())
