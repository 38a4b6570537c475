"""The waterfall as a picture: what is in it, where it is bounded, and that it gets into a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QAction, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog

from optave_inspector.ui import theme
from optave_inspector.ui.delegates.waterfall_picture import MOST_ROWS

from .exchanges_desk import desk

if TYPE_CHECKING:
    from pathlib import Path


async def minute(table, count: int = 12) -> None:
    """So many exchanges in a minute, each third one an error, and an ending."""
    table.opens(0)
    for number in range(count):
        at_s = 1 + 55 * number / count
        request = table.request(at_s, "adjust" if number % 2 else "translate")
        table.answer(at_s + 1, request, "error" if number % 3 == 0 else "completed")
    table.ends(60, 1011)
    await table.told()


def words(svg: bytes) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())


def test_an_svg_has_title_axis_rows_codes_and_legend(aio) -> None:
    async def run() -> None:
        async with desk(now_s=100) as table:
            await minute(table)
            svg = table.panel.picture.drawn("svg", everything=True)
            assert QSvgRenderer(QByteArray(svg)).isValid()
            told = words(svg)
            assert told[0] == "12 exchanges"
            assert told[1].startswith("Times count from 1970-")
            assert told.count("✗ error") == 4 + 1
            assert told.count("✓ completed") == 8 + 1
            for part in ("action", "total", "10 s", "1011", "▸1", "until the first answer", "connected"):
                assert any(part in one for one in told), (part, told)

    aio(run())


def test_a_png_shows_the_bars_in_their_colours(aio) -> None:
    async def run() -> None:
        async with desk(now_s=100) as table:
            await minute(table)
            image = QImage.fromData(table.panel.picture.drawn("png", everything=True))
            right = range(image.width() // 2, image.width(), 2)
            colors = {image.pixelColor(x, y).name() for x in right for y in range(image.height())}
            assert {theme.LIGHT.error, theme.LIGHT.ok, theme.LIGHT.waiting_bar, theme.LIGHT.base} <= colors
            assert image.text("Title").startswith("12 exchanges. Times count from")

    aio(run())


def test_what_is_on_show_is_less_than_all_and_the_title_names_the_filter(aio, wait_until) -> None:
    async def run() -> None:
        async with desk(now_s=100) as table:
            await minute(table, 60)
            panel = table.panel
            panel.view.scrollToTop()
            shown = words(panel.picture.drawn("svg", everything=False))
            everything = words(panel.picture.drawn("svg", everything=True))
            assert everything.count("adjust") == 30
            assert 0 < shown.count("adjust") < 10
            await table.filtered("state:error", wait_until)
            assert words(panel.picture.drawn("svg", everything=True))[0] == "20 of 60 exchanges · state:error"

    aio(run())


def test_too_many_rows_are_bounded_and_the_picture_says_so(aio) -> None:
    async def run() -> None:
        async with desk(now_s=100) as table:
            await minute(table, MOST_ROWS["png"] + 10)
            image = QImage.fromData(table.panel.picture.drawn("png", everything=True))
            most = MOST_ROWS["png"]
            assert f"The first {most:,} of {most + 10:,} rows: narrow the filter" in image.text("Title")
            assert image.height() < 20_000

    aio(run())


def test_the_menu_asks_for_a_file_and_writes_it(aio, wait_until, tmp_path: Path) -> None:
    async def run() -> None:
        async with desk(now_s=100) as table:
            await minute(table)
            told = []
            table.bridge.warned.connect(lambda *what: told.append(what))
            assert table.panel.picture.menu.menuAction() in table.panel.own_actions
            table.panel.findChild(QAction, "exchangesSaveAllSvgAction").trigger()
            dialog = table.panel.findChild(QFileDialog, "exchangesSaveDialog")
            path = tmp_path / "trace.svg"
            dialog.fileSelected.emit(str(path))
            dialog.reject()
            await wait_until(lambda: told)
            assert told == [("ok", f"The picture was saved as {path}.")]

    aio(run())
    assert words((tmp_path / "trace.svg").read_bytes())[0] == "12 exchanges"
    assert [path.name for path in tmp_path.glob("trace*")] == ["trace.svg"]
