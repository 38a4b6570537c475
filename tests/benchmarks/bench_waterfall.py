"""The waterfall with 100,000 exchanges against one with 1,000: how long a frame takes while one scrolls and zooms, and
how long the window is held up by sorting, filtering and grouping, which are made in a thread."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import statistics
import time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from optave_inspector.capture.store import CaptureStore
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.models.exchange_columns import ExchangeColumn
from optave_inspector.ui.panels.exchanges import ExchangesPanel

_FEW, _MANY = 1_000, 100_000
_FRAMES = 100
_S = 1_000_000_000


def run() -> list[dict[str, Any]]:
    """Rows for the table."""
    application = QApplication.instance() or QApplication([])
    application.setQuitOnLastWindowClosed(False)
    return qasync.run(_run())


async def _run() -> list[dict[str, Any]]:
    theme.theme_switch().apply(dark=False)
    few, many = await _measured(_FEW), await _measured(_MANY)
    rows = []
    for what in ("scroll", "zoom", "minimap"):
        ratio = many[what] / few[what]
        rows += [
            _row(f"waterfall: {what}, p99 of a frame, {_MANY:,}", many[what], "ms"),
            _row(f"waterfall: {what}, p99 of a frame, {_MANY:,} to {_FEW:,}", ratio, "x", 2.0),
        ]
    rows += [_row(f"waterfall: longest gap of the loop, {what}", many[what], "ms") for what in ("sort", "group")]
    return rows


def _row(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    value = round(value, 2)
    told = None if target is None else f"<= {target}"
    return {"name": name, "value": value, "unit": unit, "target": told, "holds": target is None or value <= target}


async def _measured(count: int) -> dict[str, float]:
    session = Session(CaptureStore.create(None), Contract(schemas()))
    for exchange in _exchanges(count):
        session._correlator.exchanges.append(exchange)
        session._correlator.exchanges.ended(exchange.number)
    session.lives.began(1, 0)
    session.lives.opened(1, 1)
    bridge = SessionBridge(session)
    panel = ExchangesPanel(bridge)
    panel.model.clock = lambda: count * _S
    panel.resize(1200, 600)
    panel.show()
    await asyncio.sleep(0)
    panel.grab()
    gc.collect()
    bar = panel.view.verticalScrollBar()
    found = {}
    panel.scale.set_range(0, 600 * _S)
    frames = []
    for step in range(_FRAMES):
        bar.setValue(bar.maximum() * step // _FRAMES)
        # The part of time on show goes along, so that bars are painted in each frame.
        middle = panel.model.at(panel.view.rowAt(5)).sent_ns
        panel.scale.set_range(middle - 30 * _S, middle + 60 * _S)
        frames.append(_frame(panel))
    found["scroll"] = _p99(frames)
    frames = []
    for step in range(_FRAMES):
        panel.scale.zoom(0.8 if step % 50 < 25 else 1.25)
        frames.append(_frame(panel))
    found["zoom"] = _p99(frames)
    frames = []
    for step in range(_FRAMES):
        panel.scale.set_range(step * _S, (step + count // 4) * _S)
        begun = time.thread_time()
        panel.minimap.repaint()
        frames.append(time.thread_time() - begun)
    found["minimap"] = _p99(frames)
    ascending = Qt.SortOrder.AscendingOrder
    # Qt loads further parts of itself when it first hears of a thread's result.
    await _gap(panel, lambda: panel.view.sortByColumn(ExchangeColumn.FIRST, ascending))
    found["sort"] = await _gap(panel, lambda: panel.view.sortByColumn(ExchangeColumn.TOTAL, ascending))
    found["group"] = await _gap(panel, lambda: panel.groups.setCurrentIndex(2))
    panel.hide()
    await bridge.stop()
    await session.aclose()
    session.store.close()
    panel.deleteLater()
    return found


def _frame(panel: ExchangesPanel) -> float:
    """Processor time of the window's thread: what else the machine does is no matter."""
    begun = time.thread_time()
    panel.view.viewport().repaint()
    panel.view.horizontalHeader().viewport().repaint()
    return time.thread_time() - begun


async def _gap(panel: ExchangesPanel, act: Any) -> float:
    """The longest time for which the loop was not at hand until the rows stood as asked, in milliseconds."""
    longest, before = 0.0, time.perf_counter()
    act()
    while True:
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
        if not panel.model.arranging:
            break
        await asyncio.sleep(0.001)
    return longest * 1000


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98] * 1000


def _exchanges(count: int) -> list[Exchange]:
    chance = random.Random(1)
    made = []
    for number in range(1, count + 1):
        sent = number * _S
        status = chance.choice([ExchangeStatus.COMPLETED] * 6 + [ExchangeStatus.ERROR, ExchangeStatus.TIMED_OUT])
        updates = sorted(sent + chance.randrange(_S // 10, 20 * _S) for _ in range(chance.choice((1, 1, 4, 20))))
        made.append(
            Exchange(
                number, 1, chance.choice(("adjust", "translate", "interaction")), f"id-{number:012x}", number, sent,
                thread_id=f"case-{number // 9}", status=status, answers=list(range(len(updates))), update_ns=updates,
                ended_ns=updates[-1],
            )
        )  # fmt: skip
    return made
