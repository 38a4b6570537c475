"""The stream panel: an answer as it grew, to be read, stepped through and played."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QToolButton

from optave_inspector.capture.store import CaptureStore
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.dock_area import DockArea
from optave_inspector.ui.models import stream_reader
from optave_inspector.ui.models.stream_player import StreamPlayer
from optave_inspector.ui.panels.stream import StreamPanel
from optave_inspector.ui.widgets.empty_state import EmptyState
from optave_inspector.ui.widgets.panel import Panel
from tests.ui.wire import MS, Wire, new_session

if TYPE_CHECKING:
    from collections.abc import Iterator

S = 1_000_000_000
GOOD = ("Good", "Good morning", "Good morning, all.")


class Desk:
    """The panel with a real session below it."""

    def __init__(self, aio, qtbot) -> None:
        self._aio, self._qtbot = aio, qtbot
        theme.theme_switch().apply(dark=False)
        self.session = new_session()
        self.wire = Wire(self.session, aio)
        self.bridge = SessionBridge(self.session)
        self.panel = StreamPanel(self.bridge)
        qtbot.addWidget(self.panel)
        self.panel.resize(340, 420)
        self.panel.show()
        qtbot.waitExposed(self.panel)

    def close(self) -> None:
        self._aio(self.bridge.stop())
        self._aio(self.session.aclose())
        self.session.store.close()

    def arrive(self) -> None:
        self.wire.settle()
        self.bridge.flush()
        self._qtbot.waitUntil(lambda: not self.panel.reader.busy)

    def stream(self, *texts: str, pause_ms: int = 500, ends: bool = True) -> str:
        """A request and its answer in parts; all arrived and selected."""
        correlation_id = self.wire.request()
        for text in texts[: -1 if ends else None]:
            self.wire._now_ns += (pause_ms - 10) * MS
            self.wire.answer(correlation_id, text, state="started")
        if ends:
            self.wire._now_ns += (pause_ms - 10) * MS
            self.wire.answer(correlation_id, texts[-1])
        self.arrive()
        self.bridge.select_exchange(len(self.session.exchanges))
        self._qtbot.waitUntil(lambda: not self.panel.reader.busy)
        return correlation_id

    def press(self, name: str) -> None:
        QTest.mouseClick(self.panel.findChild(QToolButton, f"stream{name}Button"), Qt.MouseButton.LeftButton)

    @property
    def text(self) -> str:
        return self.panel.text.toPlainText()

    @property
    def words(self) -> str:
        return self.panel.findChild(QLabel, "streamWords").text()

    @property
    def empty(self) -> str:
        found = self.panel.findChild(EmptyState, "streamEmpty")
        return found.sentence() if found.isVisibleTo(self.panel) else ""


@pytest.fixture
def desk(aio, qtbot) -> Iterator[Desk]:
    made = Desk(aio, qtbot)
    yield made
    made.close()


def test_without_a_selection_it_says_how_to_get_a_streamed_answer(desk) -> None:
    assert desk.empty == "Select an exchange to read its answer as it grew."
    assert "disableStream" in desk.panel.findChild(EmptyState, "streamEmpty").accessibleDescription()


def test_a_request_without_an_answer_is_told_as_such(desk) -> None:
    desk.stream(ends=False)
    assert desk.empty == "No answer yet"
    desk.wire.ended()
    desk.arrive()
    assert desk.empty == "No answer came."


def test_an_answer_in_one_piece_is_shown_and_explained(desk) -> None:
    desk.stream("Hello")
    assert desk.text == "Hello"
    assert desk.words.startswith("The answer came in one piece.")
    assert not desk.panel.findChild(QToolButton, "streamPlayButton").isEnabled()


def test_the_selected_exchange_is_shown_with_the_last_part_lit(desk) -> None:
    desk.stream(*GOOD)
    assert desk.text == "Good morning, all."
    assert desk.panel.text.lit_texts() == [", all."]
    assert desk.panel.text.extraSelections()[0].format.fontUnderline()
    assert desk.panel.note_label.full_text() == "update 3 of 3 · +1.50 s · 306 B"
    assert desk.words.startswith("6 characters were added")


def test_buttons_and_keys_step_and_select_the_entry_everywhere(desk) -> None:
    desk.stream(*GOOD)
    answers = desk.session.exchanges[0].answers
    desk.press("First")
    assert (desk.text, desk.bridge.selected_entry) == ("Good", answers[0])
    desk.press("On")
    assert (desk.text, desk.bridge.selected_entry) == ("Good morning", answers[1])
    desk.press("Last")
    assert desk.text == GOOD[2]
    QTest.keyClick(desk.panel.text, Qt.Key.Key_Left)
    assert desk.text == GOOD[1]
    QTest.keyClick(desk.panel.timeline, Qt.Key.Key_Right)
    assert desk.text == GOOD[2]
    QTest.keyClick(desk.panel.timeline, Qt.Key.Key_Home)
    assert desk.text == GOOD[0]
    QTest.keyClick(desk.panel.timeline, Qt.Key.Key_End)
    assert desk.text == GOOD[2]


def test_an_update_that_is_selected_elsewhere_is_shown(desk) -> None:
    desk.stream(*GOOD)
    desk.bridge.select_entry(desk.session.exchanges[0].answers[1])
    assert desk.text == "Good morning"


def test_a_click_on_the_line_goes_to_the_nearest_update(desk) -> None:
    desk.stream(*GOOD)
    line = desk.panel.timeline
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x_of(520 * MS)), 18))
    assert desk.text == "Good"


def test_an_update_that_does_not_extend_the_former_is_flagged_in_words(desk) -> None:
    desk.stream("Good morning", "Good evening", "Good evening, all")
    desk.press("Back")
    assert desk.words.startswith("⚠ The text at $.payload.message.results[0].response[0].content does not extend")
    assert desk.panel.text.lit_texts() == ["evening"]
    assert "1 not extending the former one" in desk.panel.timeline.accessibleDescription()


def test_a_stall_is_marked_on_the_line(desk) -> None:
    correlation_id = desk.stream("a", "ab", "abc", ends=False)
    desk.wire._now_ns += 4 * S
    desk.wire.answer(correlation_id, "abcd")
    desk.arrive()
    assert [tick.after_stall for tick in desk.panel.timeline._ticks] == [False, False, False, True]
    assert "1 after a stall" in desk.panel.timeline.accessibleDescription()


def test_it_follows_while_the_answer_grows_unless_the_user_went_back(desk) -> None:
    correlation_id = desk.stream("Good", ends=False)
    assert desk.text == "Good"
    desk.wire.answer(correlation_id, "Good morning", state="started")
    desk.arrive()
    assert desk.text == "Good morning"
    desk.press("Back")
    desk.wire.answer(correlation_id, "Good morning, all")
    desk.arrive()
    assert desk.text == "Good"
    assert desk.panel.note_label.full_text().startswith("update 1 of 3")


def test_it_stays_where_it_is_when_the_exchange_is_told_of_again(desk) -> None:
    desk.stream(*GOOD)
    desk.press("First")
    for _ in range(4_010):
        # What ended long ago is packed away, and is another object each time it is asked for.
        desk.wire.answer(desk.wire.request())
    desk.arrive()
    assert desk.session.exchanges[0] is not desk.session.exchanges[0]
    desk.bridge.exchangesChanged.emit([1])
    assert desk.text == "Good"
    desk.press("On")
    assert desk.text == "Good morning"


def test_nothing_is_read_while_nobody_looks(desk, monkeypatch) -> None:
    correlation_id = desk.stream("Good", ends=False)
    desk.panel.hide()
    read: list[int] = []
    payload = CaptureStore.payload
    monkeypatch.setattr(CaptureStore, "payload", lambda self, number: read.append(number) or payload(self, number))
    desk.wire.answer(correlation_id, "Good morning")
    desk.arrive()
    assert read == []
    desk.panel.show()
    desk._qtbot.waitUntil(lambda: desk.text == "Good morning")


def test_it_plays_as_the_answer_came(desk, qtbot) -> None:
    desk.stream(*(GOOD[2][:length] for length in range(1, 12)), pause_ms=20)
    times = desk.panel._times
    seen: list[tuple[int, float]] = []
    desk.panel.player.moved.connect(lambda place: seen.append((place, time.monotonic())))
    began = time.monotonic()
    QTest.keyClick(desk.panel.text, Qt.Key.Key_Space)
    assert desk.text == "G"
    qtbot.waitUntil(lambda: not desk.panel.player.playing)
    assert seen[-1][0] == len(times) - 1
    for place, at in seen[1:]:
        assert at - began >= (times[place] - times[0]) / 1e9 * 0.99
    assert desk.text == GOOD[2][:11]


def test_playing_can_be_paused_and_any_step_pauses_it(desk) -> None:
    desk.stream(*GOOD, pause_ms=60_000)
    play = desk.panel.findChild(QToolButton, "streamPlayButton")
    desk.press("Play")
    assert desk.panel.player.playing
    assert play.text() == "❚❚"
    QTest.keyClick(desk.panel.timeline, Qt.Key.Key_Space)
    assert not desk.panel.player.playing
    desk.press("Play")
    desk.press("On")
    assert not desk.panel.player.playing
    assert desk.text == "Good morning"


def test_another_exchange_ends_the_playing(desk) -> None:
    desk.stream("Hello")
    desk.stream(*GOOD, pause_ms=60_000)
    desk.press("Play")
    desk.bridge.select_exchange(1)
    assert not desk.panel.player.playing
    assert desk.text == "Hello"


def test_instant_goes_to_the_end_at_once(desk) -> None:
    desk.stream(*GOOD, pause_ms=60_000)
    desk.press("First")
    desk.panel.findChild(QComboBox, "streamSpeedCombo").setCurrentText("instant")
    desk.press("Play")
    assert desk.text == GOOD[2]
    assert not desk.panel.player.playing


def test_speed_and_pause_count_from_where_it_is() -> None:
    now = 0
    owner = QObject()
    player = StreamPlayer(owner, lambda: now)
    player.set_times([0, 10 * S, 20 * S, 30 * S])
    player.go(0)
    player.play()
    now = 4 * S
    player.pause()
    now = 100 * S
    player.play()
    player.set_speed(2.0)
    now = 102 * S
    player._on_time()
    assert (player.position_ns, player.place) == (8 * S, 0)
    now = 104 * S
    player._on_time()
    assert player.place == 1
    player.set_speed(0.5)
    now = 108 * S
    player.pause()
    assert player.position_ns == 14 * S


def test_a_large_answer_is_read_off_the_windows_thread(desk) -> None:
    large = "word " * 40_000
    desk.stream(large, large + "end", ends=True)
    assert desk.text == large + "end"
    assert desk.panel.text.lit_texts() == ["end"]


def test_a_stream_that_would_fill_the_memory_is_cut_and_says_so(desk, monkeypatch) -> None:
    monkeypatch.setattr(stream_reader, "MOST_KEPT", 100_000)
    texts = [f"{number} " + "x" * 70_000 for number in range(6)]
    desk.stream(*texts)
    assert desk.words == "⚠ The stream is too long: only its first 2 updates are shown."


def test_an_answer_that_the_capture_does_not_hold_is_told(desk, monkeypatch) -> None:
    def gone(_self: CaptureStore, _number: int) -> bytes:
        raise KeyError

    desk.stream("Hello")
    monkeypatch.setattr(CaptureStore, "payload", gone)
    desk.stream(*GOOD)
    assert desk.empty == "The answer cannot be read."


def test_characters_outside_of_the_basic_plane_are_lit_where_they_are(desk) -> None:
    desk.stream("a😀b", "a😀b c😀d")
    assert desk.panel.text.lit_texts() == [" c😀d"]
    desk.press("Back")
    assert desk.text == "a😀b"


def test_what_the_user_marks_stays_marked_while_the_answer_grows(desk) -> None:
    correlation_id = desk.stream("Good morning", ends=False)
    cursor = desk.panel.text.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(4, cursor.MoveMode.KeepAnchor)
    desk.panel.text.setTextCursor(cursor)
    desk.wire.answer(correlation_id, "Good morning, all")
    desk.arrive()
    assert desk.text == "Good morning, all"
    assert desk.panel.text.textCursor().selectedText() == "Good"


def test_a_key_with_a_modifier_is_left_alone(desk) -> None:
    desk.stream(*GOOD)
    QTest.keyClick(desk.panel.text, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert desk.text == GOOD[2]


@pytest.mark.qt_log_ignore(r"does not support raise\(\)", extend=True)
def test_behind_another_tab_nothing_is_read_until_it_comes_forward(desk, qtbot, aio) -> None:
    area = DockArea(centre=Panel("Frames", "framesPanel"), right=[Panel("Entry", "entryPanel"), desk.panel])
    qtbot.addWidget(area)
    area.resize(900, 500)
    area.show()
    area.dock_of(area.panels[1]).bring_forward()
    qtbot.waitUntil(lambda: not desk.panel.is_seen())
    desk.stream("Hello")
    assert desk.panel.reader.updates == []
    area.go_to(desk.panel)
    qtbot.waitUntil(lambda: desk.text == "Hello")
