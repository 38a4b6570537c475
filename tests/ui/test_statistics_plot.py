"""The latency plot: what it draws, how it is moved and picked from, and its pictures."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QToolTip

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui import theme
from optave_inspector.ui.models.latency_points import LatencyPoints, one_per_cell
from optave_inspector.ui.panels import statistics_plot
from optave_inspector.ui.widgets.latency_axes import duration_words
from tests.ui.statistics_desk import StatisticsDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from optave_inspector.ui.widgets.latency_plot import LatencyPlot

MANY = 100_000


@pytest.fixture
def desk(aio, qtbot) -> Iterator[StatisticsDesk]:
    made = StatisticsDesk(aio, qtbot)
    yield made
    made.close()


def plotted(desk: StatisticsDesk) -> LatencyPlot:
    """The plot, with all that arrived."""
    desk.panel.tabs.setCurrentWidget(desk.panel.plot)
    desk.counted()
    plot = desk.panel.plot.plot
    assert plot is not None

    def is_laid_out() -> bool:
        # First the panel gives the plot its room, then the plot its parts.
        whole, part = plot.viewport().width(), plot.view.sceneBoundingRect()
        has_room = plot.isVisible() and plot.width() == desk.panel.plot.width()
        return has_room and whole - 130 < part.width() < whole and not plot._again.isActive()

    desk._qtbot.waitUntil(is_laid_out)
    return plot


def three(desk: StatisticsDesk) -> LatencyPlot:
    for took_ms, error in ((100, ""), (1_000, "E1"), (10_000, "")):
        desk.exchange("adjust", took_ms, after_ms=2_000, error=error)
    desk.arrive()
    return plotted(desk)


def click(plot: LatencyPlot, place: int) -> None:
    at = plot.place_of(place).toPoint()
    QTest.mouseMove(plot.viewport(), at)
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)


def words(desk: StatisticsDesk) -> str:
    return desk.panel.findChild(QLabel, "statisticsPlotWords").full_text()


def test_the_window_does_without_the_plotting_library_until_a_plot_is_seen() -> None:
    code = "import sys, optave_inspector.ui.main_window; print(sorted({'numpy', 'pyqtgraph'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_exchange_that_ended_has_a_point(desk) -> None:
    plot = three(desk)
    assert list(plot.drawn()) == [0, 1, 2]
    waiting = desk.wire.request()
    desk.arrive()
    assert list(plot.drawn()) == [0, 1, 2]
    desk.wire.answer(waiting)
    desk.arrive()
    assert list(plot.drawn()) == [0, 1, 2, 3]


def test_it_is_told_in_words_as_well(desk) -> None:
    plot = three(desk)
    desk.wire.request()
    desk.arrive()
    told = "3 answered, total: p50 1.00 s, p95 10.0 s, p99 10.0 s, longest 10.0 s. 1 error. 1 open without a point."
    assert plot.accessibleDescription() == told
    assert words(desk) == told
    desk.bridge.select_exchange(2)
    assert words(desk) == f"Lit: adjust, ✗ error E1 after 1.00 s · {told}"


def test_status_and_action_have_a_symbol_each_beside_their_colour(desk) -> None:
    desk.exchange("adjust")
    desk.exchange("translate", error="E1")
    desk.arrive()
    plot = plotted(desk)
    for looks in ("by status", "by action"):
        desk.panel.findChild(QComboBox, "statisticsPlotLooksCombo").setCurrentText(looks)
        used = [series for series in plot._picture.series if len(series.places)]
        assert len(used) == 2
        assert len({series.symbol for series in plot._picture.series}) == len(plot._picture.series)
        assert len({series.color.name() for series in used}) == 2


def test_a_click_on_a_point_selects_its_exchange_everywhere(desk) -> None:
    plot = three(desk)
    click(plot, 2)
    assert desk.bridge.selected_exchange == 3
    assert desk.exchanges.view.currentIndex().row() == 2
    assert plot._light.getData()[0][0] == pytest.approx(plot._picture.sent_s[2])
    click(plot, 0)
    assert desk.bridge.selected_exchange == 1


def test_a_click_beside_all_points_changes_nothing(desk) -> None:
    plot = three(desk)
    desk.bridge.select_exchange(1)
    first, last = plot.place_of(0), plot.place_of(2)
    between = ((first + last) / 2).toPoint()
    between.setY(round(first.y()))
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=between)
    assert desk.bridge.selected_exchange == 1


def test_the_window_goes_on_while_the_plotting_library_is_loaded(desk, monkeypatch) -> None:
    may_go_on, threads = threading.Event(), []

    def load() -> None:
        threads.append(threading.current_thread())
        assert may_go_on.wait(10)

    monkeypatch.setattr(statistics_plot, "_load", load)
    desk.exchange()
    desk.arrive()
    desk.panel.tabs.setCurrentWidget(desk.panel.plot)
    desk._qtbot.waitUntil(lambda: words(desk) == "Preparing the plot…")
    assert desk.panel.busy
    desk.panel.tabs.setCurrentIndex(0)
    desk.exchange()
    desk.wire.settle()
    desk.bridge.flush()
    desk._qtbot.waitUntil(lambda: desk.rows()["all"]["sent"] == "2")
    assert desk.panel.plot.plot is None
    may_go_on.set()
    assert list(plotted(desk).drawn()) == [0, 1]
    assert [thread is threading.main_thread() for thread in threads] == [False]


def test_a_plotting_library_that_cannot_be_loaded_is_told(desk, monkeypatch) -> None:
    def load() -> None:
        raise ImportError("numpy is damaged")

    monkeypatch.setattr(statistics_plot, "_load", load)
    desk.exchange()
    desk.arrive()
    desk.panel.tabs.setCurrentWidget(desk.panel.plot)
    desk._qtbot.waitUntil(lambda: words(desk) == "There is no plot: numpy is damaged")
    assert desk.panel.plot.plot is None


def test_points_of_a_part_of_the_time_select_the_right_exchange(desk) -> None:
    desk.exchange(after_ms=10)
    desk.exchange(after_ms=400_000)
    desk.exchange(after_ms=5_000)
    desk.arrive()
    desk.panel.time.choose("MINUTE")
    plot = plotted(desk)
    assert list(plot.drawn()) == [0, 1]
    click(plot, 1)
    assert desk.bridge.selected_exchange == 3


@pytest.mark.qt_log_ignore(r"does not support raise\(\)", extend=True)
def test_the_pointer_is_told_what_lies_below_it(desk) -> None:
    plot = three(desk)
    at = plot.place_of(1).toPoint()
    QApplication.sendEvent(plot.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, plot.viewport().mapToGlobal(at)))
    assert "adjust: ✗ error E1" in QToolTip.text()
    QToolTip.hideText()


def test_keys_move_and_zoom_and_show_all_again(desk) -> None:
    plot = three(desk)
    plot.setFocus()
    whole = plot.view.viewRange()

    def width() -> float:
        left, right = plot.view.viewRange()[0]
        return right - left

    before = width()
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert width() == pytest.approx(before * 0.8)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Down)
    left, low = plot.view.viewRange()[0][0], plot.view.viewRange()[1][0]
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Up)
    assert plot.view.viewRange()[0][0] < left
    assert plot.view.viewRange()[1][0] > low
    QTest.keyClick(plot, Qt.Key.Key_Minus)
    assert width() == pytest.approx(before)
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert np.allclose(plot.view.viewRange(), whole)


def test_what_the_user_zoomed_to_stays_while_news_arrive(desk) -> None:
    plot = three(desk)
    plot.zoom(0.5)
    seen = plot.view.viewRange()
    desk.exchange(after_ms=60_000)
    desk.arrive()
    assert np.allclose(plot.view.viewRange(), seen)
    plot.fit()
    assert plot.view.viewRange()[0][1] > 60


def test_the_axis_is_logarithmic_or_not(desk) -> None:
    plot = three(desk)
    heights = [plot.place_of(place).y() for place in range(3)]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], rel=0.05)
    QTest.keyClick(plot, Qt.Key.Key_L)
    assert not desk.panel.plot.controls.log.isChecked()
    heights = [plot.place_of(place).y() for place in range(3)]
    assert (heights[1] - heights[2]) / (heights[0] - heights[1]) == pytest.approx(10, rel=0.05)


def test_the_time_to_the_first_answer_can_be_plotted_instead(desk) -> None:
    streamed = desk.wire.request()
    for _ in range(50):
        desk.wire.answer(streamed, state="started")
    desk.wire.answer(streamed)
    desk.arrive()
    plot = plotted(desk)
    assert plot._picture.took_s[0] == pytest.approx(0.51)
    desk.panel.findChild(QComboBox, "statisticsPlotTimesCombo").setCurrentText("to first answer")
    assert plot._picture.took_s[0] == pytest.approx(0.01)
    assert "1 answered, to first answer: p50 10 ms" in words(desk)


def test_a_request_that_was_never_sent_has_no_point(qtbot) -> None:
    exchange = Exchange(1, 1, "adjust", "", 1, 5, status=ExchangeStatus.NOT_SENT, ended_ns=5)
    points = LatencyPoints([exchange])
    assert points.work(10)
    assert np.isnan(points.total_s[0])


def test_of_a_hundred_thousand_points_none_that_stands_apart_is_hidden(desk, qtbot) -> None:
    source = random.Random(7)
    for number in range(1, MANY + 1):
        sent_ns = number * 10_000_000
        took_ns = round(source.lognormvariate(20, 0.3))
        status = ExchangeStatus.COMPLETED
        if number in (31_416, 77_777):
            took_ns *= 40
        if number == 50_000:
            status = ExchangeStatus.ERROR
        exchange = Exchange(number, 1, "adjust", "", number, sent_ns, status=status, update_ns=[sent_ns + took_ns])
        exchange.ended_ns = sent_ns + took_ns
        desk.session.exchanges.append(exchange)
    desk.panel.tabs.setCurrentWidget(desk.panel.plot)
    desk.bridge.exchangesChanged.emit(list(range(1, MANY + 1)))
    qtbot.waitUntil(lambda: desk.panel.plot.plot is not None and len(desk.panel.plot.plot.drawn()) > 0, timeout=30_000)
    plot = plotted(desk)
    drawn = plot.drawn()
    assert {31_415, 77_776, 49_999} <= set(drawn.tolist())
    assert len(drawn) < MANY / 3
    x, y = plot._pixels(np.arange(MANY))
    for place in source.sample(range(MANY), 500):
        assert np.hypot(x[drawn] - x[place], y[drawn] - y[place]).min() < 3 * 2**0.5
    click(plot, 31_415)
    assert desk.bridge.selected_exchange == 31_416


def test_points_of_one_square_are_drawn_once_and_others_all() -> None:
    x, y = np.array([0.5, 1.0, 50.0, 0.9]), np.array([0.5, 1.0, 9.0, 0.2])
    assert one_per_cell(x, y, 2.0).tolist() == [2, 3]
    assert one_per_cell(np.empty(0), np.empty(0), 2.0).tolist() == []


def test_it_follows_the_theme(desk) -> None:
    plot = three(desk)
    theme.theme_switch().apply(dark=True)
    assert plot.backgroundBrush().color() == theme.DARK.color("base")
    assert plot._picture.series[0].color == theme.DARK.color("ok")
    theme.theme_switch().apply(dark=False)
    assert plot.backgroundBrush().color() == theme.LIGHT.color("base")


def test_it_is_saved_as_png_and_as_svg(desk, wait_until, aio, tmp_path: Path) -> None:
    plot = three(desk)
    told: list[tuple[str, str]] = []
    desk.bridge.warned.connect(lambda *what: told.append(what))
    for kind in ("png", "svg"):
        desk.panel.plot.controls.saveAsked.emit(kind)
        dialog = desk.panel.findChild(QFileDialog, "latenciesSaveDialog")
        dialog.fileSelected.emit(str(tmp_path / f"plot.{kind}"))
        dialog.reject()
        aio(wait_until(lambda kind=kind: (tmp_path / f"plot.{kind}").exists() and len(told) == 1))
        assert told.pop() == ("ok", f"The picture was saved as {tmp_path / f'plot.{kind}'}.")
        desk._qtbot.waitUntil(lambda: desk.panel.findChild(QFileDialog, "latenciesSaveDialog") is None)
    image = QImage(str(tmp_path / "plot.png"))
    assert image.width() == 2 * plot.width()
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)}
    assert {theme.LIGHT.base, theme.LIGHT.ok, theme.LIGHT.error} <= colors
    root = ET.parse(tmp_path / "plot.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == plot.accessibleDescription()
    assert {"10 s", "1 s"} <= {text.text for text in root.iter(f"{space}text")}
    assert not list(root.iter(f"{space}image"))


def test_a_picture_that_cannot_be_saved_is_told_and_leaves_what_was_there(
    desk, aio, wait_until, tmp_path: Path
) -> None:
    three(desk)
    told: list[tuple[str, str]] = []
    desk.bridge.warned.connect(lambda *what: told.append(what))
    desk.panel._saving.save(tmp_path / "no such folder" / "plot.png", desk.panel.plot.picture("png"))
    aio(wait_until(lambda: told))
    assert told[0][0] == "error"
    assert "No such file or directory" in told[0][1]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0"), (0.000002, "2 µs"), (0.005, "5 ms"), (0.25, "250 ms"), (2, "2 s"), (120, "2 min 00 s")],
)
def test_durations_at_the_axis_are_short(seconds: float, text: str) -> None:
    assert duration_words(seconds) == text
