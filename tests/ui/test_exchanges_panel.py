import json
import random
import time

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from optave_inspector import resources
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.ids import uuid7
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.session import Session
from optave_inspector.tracing.connection_lives import ConnectionLife
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.delegates.waterfall_scale import ScaleMode
from optave_inspector.ui.models.exchange_columns import ExchangeColumn
from optave_inspector.ui.panels.exchanges import ExchangesPanel

from .exchanges_desk import desk

S = 1_000_000_000
BEGIN = 0
"""The session's own clock as each test begins: what the session notes by itself lies close to it."""


@pytest.fixture(autouse=True)
def begin():
    global BEGIN
    BEGIN = time.monotonic_ns()


class Tenant:
    """Puts on a session what a connection would report: times in seconds since the begin."""

    def __init__(self, session):
        self.session = session
        self._ids = (uuid7(1_700_000_000_000 + count, bytes(9) + bytes([count])) for count in range(250))

    def request(self, at_s, action="adjust"):
        correlation_id = next(self._ids)
        headers = {"correlationId": correlation_id, "action": action, "schemaRef": "optave.message.v3"}
        self._frame(Direction.OUT, at_s, {"action": "message", "headers": headers, "payload": {"request": {}}})
        return correlation_id

    def answer(self, at_s, correlation_id, state="completed"):
        headers = {"correlationId": correlation_id, "action": "adjust", "schemaRef": "optave.response.v3"}
        payload = {"action": "superpower", "actionType": "adjust", "state": state, "message": {"results": []}}
        self._frame(Direction.IN, at_s, {"action": "message", "headers": headers, "payload": payload})

    def open(self):
        self.session.on_state(ConnectionState.OPEN)

    def end(self, at_s, code):
        at_ns = BEGIN + int(at_s * S)
        self.session.on_ending(Ending(Close(code), Close(code), Closer.PEER, True, "closed", at_ns, at_ns))
        self.session.on_state(ConnectionState.CLOSED)

    def _frame(self, direction, at_s, value):
        payload = json.dumps(value).encode()
        at_ns = BEGIN + int(at_s * S)
        self.session.on_frame(Frame(direction, 1, payload, len(payload) + 6, at_ns, at_ns))


@pytest.fixture
def session(aio):
    made = Session(CaptureStore.create(None), Contract(resources.schemas()))
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def tenant(session):
    return Tenant(session)


@pytest.fixture
def panel(qtbot, aio, session):
    theme.theme_switch().apply(dark=False)
    bridge = SessionBridge(session)
    made = ExchangesPanel(bridge)
    made.bridge = bridge
    made.model.clock = lambda: BEGIN + 100 * S
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    yield made
    aio(bridge.stop())


@pytest.fixture
def see(aio, session, panel):
    """Runs what a tenant does, and waits until the panel has seen it."""

    def run(*steps):
        async def play():
            for step in steps:
                step()
            await session.settled()
            panel.bridge.flush()

        aio(play())

    return run


@pytest.fixture
def three(tenant, see):
    """A completed exchange with an update, one that was completed at once, one that waits."""

    def play():
        tenant.open()
        first, second = tenant.request(1), tenant.request(2, "translate")
        tenant.answer(3, first, "started")
        tenant.answer(4, second)
        tenant.answer(5, first)
        tenant.request(6, "insights")

    see(play)


def texts(panel, column):
    return [panel.model.index(row, column).data() for row in range(panel.model.rowCount())]


def note(panel):
    return panel.findChild(QLabel, "exchangesPanelNote").full_text()


def wheel(view, x, steps, modifiers):
    place = QPointF(x, 40)
    turned, button, phase = QPoint(0, 120 * steps), Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    view.wheelEvent(QWheelEvent(place, place, QPoint(), turned, button, modifiers, phase, False))


def test_an_empty_panel_says_what_to_do_first(panel):
    assert panel.findChild(QLabel, "exchangesEmptySentence").isVisible()
    assert "Send a request from the composer" in panel.findChild(QLabel, "exchangesEmptyHint").text()
    assert not panel.view.isVisible()
    assert note(panel) == ""


def test_requests_and_answers_appear_as_they_come(panel, three):
    assert panel.view.isVisible()
    assert texts(panel, ExchangeColumn.ACTION) == ["adjust", "translate", "insights"]
    assert texts(panel, ExchangeColumn.STATUS) == ["✓ completed", "✓ completed", "⚠ waiting long"]
    assert texts(panel, ExchangeColumn.ANSWERS) == ["2", "1", "0"]
    assert note(panel) == "3 exchanges · 1 waiting"


def test_what_was_there_before_the_panel_is_shown(qtbot, panel, three):
    later = ExchangesPanel(panel.bridge)
    qtbot.addWidget(later)
    assert later.model.rowCount() == 3
    assert note(later) == note(panel)


def test_an_ending_cuts_off_what_waits_and_leaves_its_code_on_the_axis(panel, tenant, three, see):
    see(lambda: tenant.end(8, 1011))
    assert texts(panel, ExchangeColumn.STATUS)[2] == "⚡ cut off"
    assert note(panel) == "3 exchanges · 1 cut off"
    assert [(mark.at_ns, mark.code) for mark in panel.scale.marks(BEGIN + 7 * S, BEGIN + 100 * S)] == [
        (BEGIN + 8 * S, 1011)
    ]
    image = panel.grab().toImage()
    assert any(image.pixelColor(x, 200).name() == theme.LIGHT.error for x in range(image.width()))


def test_selecting_a_row_selects_its_exchange_and_its_request_everywhere(panel, three, session, qtbot):
    rect = panel.view.visualRect(panel.model.index(1, 0))
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert panel.bridge.selected_exchange == 2
    assert panel.bridge.selected_entry == session.exchanges[1].request_entry


def test_selecting_an_entry_elsewhere_selects_its_row_without_an_echo(panel, three, session):
    told = []
    panel.bridge.entrySelected.connect(told.append)
    answer = session.exchanges[0].answers[0]
    panel.bridge.select_entry(answer)
    assert panel.view.currentIndex().row() == 0
    assert told == [answer]
    panel.bridge.select_entry(0)
    assert panel.view.selectionModel().selectedRows() == []


def test_arrows_step_through_an_exchange_and_home_and_end_go_to_its_ends(panel, three, session, qtbot):
    panel.view.setFocus()
    panel.view.selectRow(0)
    request, update, answer = session.exchanges[0].request_entry, *session.exchanges[0].answers
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(panel.view, key)
        seen.append(panel.bridge.selected_entry)
    assert seen == [update, answer, answer, update, request, answer]
    assert panel.view.currentIndex().row() == 0


def test_the_line_below_tells_of_the_selected_exchange_what_its_row_has_no_room_for(panel, three):
    detail, latencies = (panel.findChild(QLabel, f"exchanges{name}") for name in ("Detail", "Latencies"))
    assert (detail.isVisible(), latencies.isVisible()) == (False, True)
    panel.bridge.select_exchange(1)
    assert (detail.isVisible(), latencies.isVisible()) == (True, False)
    assert detail.full_text() == (
        "Exchange 1 · First answer after 2.00 s, longest silence 2.00 s, ended after 4.00 s, 2 answers · "
        "answers after 2.00 s, 4.00 s"
    )
    panel.bridge.select_exchange(0)
    assert not detail.isVisible()


def test_a_and_r_go_to_the_last_answer_and_to_the_request(panel, three, session, qtbot):
    panel.view.setFocus()
    panel.view.selectRow(0)
    qtbot.keyClick(panel.view, Qt.Key.Key_A)
    assert panel.bridge.selected_entry == session.exchanges[0].answers[-1]
    qtbot.keyClick(panel.view, Qt.Key.Key_R)
    assert panel.bridge.selected_entry == session.exchanges[0].request_entry


def trigger(panel, name):
    action = next(action for action in panel.view.actions() if action.objectName() == f"exchanges{name}Action")
    action.trigger()
    return action


def test_the_menu_copies_the_id_and_asks_to_send_again(panel, three, session):
    asked = []
    panel.sendAgainRequested.connect(lambda number: asked.append(("send", number)))
    panel.editAgainRequested.connect(lambda number: asked.append(("edit", number)))
    assert not trigger(panel, "SendAgain").isEnabled()
    panel.bridge.select_exchange(2)
    assert trigger(panel, "SendAgain").isEnabled()
    trigger(panel, "EditAgain")
    trigger(panel, "CopyId")
    trigger(panel, "GoToAnswer")
    assert asked == [("send", 2), ("edit", 2)]
    assert QGuiApplication.clipboard().text() == session.exchanges[1].correlation_id
    assert panel.bridge.selected_entry == session.exchanges[1].answers[-1]


def test_without_a_row_the_menu_does_nothing(panel, three):
    for name in ("GoToRequest", "GoToAnswer", "CopyId", "EditAgain"):
        action = next(action for action in panel.view.actions() if action.objectName() == f"exchanges{name}Action")
        action.setEnabled(True)
        action.trigger()
    assert panel.bridge.selected_entry == 0


def test_a_click_on_a_title_sorts_and_a_second_one_turns_it_round(panel, three, qtbot):
    header = panel.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(ExchangeColumn.ACTION) + 10, 8)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert texts(panel, ExchangeColumn.ACTION) == ["adjust", "insights", "translate"]
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert texts(panel, ExchangeColumn.ACTION) == ["translate", "insights", "adjust"]
    panel.grab()


def test_the_menu_sorts_without_a_mouse(panel, three):
    action = panel.findChild(QAction, "exchangesSortByActionAction")
    action.trigger()
    assert texts(panel, ExchangeColumn.ACTION) == ["adjust", "insights", "translate"]
    action.trigger()
    assert texts(panel, ExchangeColumn.ACTION) == ["translate", "insights", "adjust"]
    panel.findChild(QAction, "exchangesSortByTimeAction").trigger()
    assert texts(panel, ExchangeColumn.ACTION) == ["adjust", "translate", "insights"]


def test_the_wheel_zooms_moves_and_scrolls(panel, three):
    scale, view = panel.scale, panel.view
    x = view.columnViewportPosition(ExchangeColumn.TIME) + 100
    before = scale.axis()
    wheel(view, x, 1, Qt.KeyboardModifier.ControlModifier)
    zoomed = scale.axis()
    assert scale.mode is ScaleMode.FREE
    assert zoomed.span_ns < before.span_ns
    wheel(view, x, -1, Qt.KeyboardModifier.ShiftModifier)
    assert scale.axis().start_ns > zoomed.start_ns
    assert scale.axis().span_ns == zoomed.span_ns
    moved = scale.axis()
    wheel(view, x, 1, Qt.KeyboardModifier.NoModifier)
    assert scale.axis() == moved


def test_buttons_and_keys_choose_the_part_of_time(panel, three, qtbot):
    fit, follow = (panel.findChild(object, name) for name in ("exchangesFitButton", "exchangesFollowButton"))
    assert fit.isChecked()
    follow.click()
    assert panel.scale.mode is ScaleMode.FOLLOW
    assert not fit.isChecked()
    axis = panel.scale.axis()
    assert axis.start_ns == BEGIN + 40 * S
    panel.view.setFocus()
    QTest.keySequence(panel.view, "Ctrl++")
    assert panel.scale.mode is ScaleMode.FREE
    assert (fit.isChecked(), follow.isChecked()) == (False, False)
    QTest.keySequence(panel.view, "Alt+Right")
    QTest.keySequence(panel.view, "Alt+Left")
    QTest.keySequence(panel.view, "Ctrl+0")
    assert fit.isChecked()


def test_following_stops_at_the_last_event_when_nothing_waits(panel, tenant, see, three):
    see(lambda: tenant.end(8, 1000))
    panel.scale.set_mode(ScaleMode.FOLLOW)
    assert panel.scale.axis().start_ns <= BEGIN + 8 * S
    assert panel.scale.mode is ScaleMode.FOLLOW


def test_the_clock_runs_only_while_something_waits(panel, tenant, see, three):
    assert panel._grow.isActive()
    see(lambda: tenant.end(8, 1006))
    assert not panel._grow.isActive()


@pytest.mark.qt_log_ignore("does not support")
def test_latencies_are_summed_up_below_and_told_in_full_by_the_tooltip(panel, three, qtbot):
    line = panel.findChild(QLabel, "exchangesLatencies")
    assert line.text() == "adjust  p50 4.00 s  p95 4.00 s      translate  p50 2.00 s  p95 2.00 s"
    panel.resize(300, 300)
    assert line.text().endswith("+1 more")
    QApplication.sendEvent(line, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), line.mapToGlobal(QPoint(5, 5))))
    assert QToolTip.isVisible()
    assert "translate" in QToolTip.text()
    assert "insights" in line.table()
    QToolTip.hideText()


def test_a_narrow_panel_keeps_room_for_the_waterfall(panel, three):
    for width in (500, 760, 1200):
        panel.resize(width, 250)
        view = panel.view
        assert view.columnWidth(ExchangeColumn.TIME) >= 130
        assert view.horizontalHeader().length() <= view.viewport().width()
        assert view.isColumnHidden(ExchangeColumn.FIRST) == (width == 500)


@pytest.mark.qt_log_ignore("does not support")
def test_the_tooltip_over_an_ending_says_what_it_was(panel, tenant, see, three):
    see(lambda: tenant.end(8, 1008))
    view = panel.view
    index = panel.model.index(1, ExchangeColumn.TIME)
    rect = view.visualRect(index)
    axis = panel.scale.axis()
    x = rect.left() + 6 + axis.x(BEGIN + 8 * S, rect.width() - 12)
    place = QPoint(round(x), rect.center().y())
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    assert "1008" in QToolTip.text()
    x = rect.left() + 6 + axis.x(BEGIN + 4 * S, rect.width() - 12)
    place = QPoint(round(x), rect.center().y())
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    assert "translate" in QToolTip.text()
    QToolTip.hideText()


def test_the_table_follows_its_end_unless_the_user_scrolled_up(panel, tenant, see):
    see(*(lambda at=at: tenant.request(at) for at in range(1, 40)))
    bar = panel.view.verticalScrollBar()
    see(lambda: tenant.request(50))
    assert bar.value() == bar.maximum()
    bar.setValue(3)
    see(lambda: tenant.request(51))
    assert bar.value() == 3
    assert bar.maximum() > 3


@pytest.mark.parametrize("dark", [False, True])
def test_all_statuses_are_painted_in_both_themes(panel, dark):
    theme.theme_switch().apply(dark=dark)
    chance = random.Random(1)
    exchanges = panel.model._exchanges
    for number, status in enumerate(ExchangeStatus, start=1):
        sent = BEGIN + number * S
        updates = sorted(sent + chance.randrange(S, 9 * S) for _ in range(number * 3 % 7))
        exchanges.append(
            Exchange(
                number, 1, "adjust", "id", number, sent, status=status, answers=list(range(len(updates))),
                update_ns=updates, ended_ns=sent + 5 * S if status.ended else -1, late=1,
            )
        )  # fmt: skip
    panel._on_exchanges([len(ExchangeStatus)])
    panel.scale.set_lives([ConnectionLife(1, BEGIN, BEGIN, BEGIN + 9 * S, 1000)])
    panel.scale.set_lives([ConnectionLife(1, BEGIN, BEGIN, BEGIN + 9 * S, 1000)])
    assert len(panel.scale.marks(0, BEGIN + 99 * S)) == 2
    panel.view.selectRow(2)
    image = panel.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(300, 890) for y in range(40, 200)}
    assert theme.current().waiting_bar in colors
    assert theme.current().selection in colors


def grouped_rows(panel):
    return [panel.model.index(row, ExchangeColumn.ACTION).data() for row in range(panel.model.rowCount())]


def test_groups_have_a_heading_that_counts_and_folds(panel, three, tenant, see, qtbot):
    panel.groups.setCurrentIndex(panel.groups.findText("By connection"))
    heading = "▾ connection 0 · 3 exchanges · … 1 waiting"
    assert grouped_rows(panel) == [heading, "adjust", "translate", "insights"]
    see(lambda: tenant.end(8, 1011))
    assert grouped_rows(panel)[0] == "▾ connection 0 · 3 exchanges · ⚡ 1 cut off"
    rect = panel.view.visualRect(panel.model.index(0, 0))
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert grouped_rows(panel) == ["▸ connection 0 · 3 exchanges · ⚡ 1 cut off"]
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    assert panel.model.rowCount() == 4
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    assert panel.model.rowCount() == 1
    panel.findChild(QAction, "exchangesUnfoldAllAction").trigger()
    panel.bridge.select_exchange(2)
    assert panel.view.currentIndex().row() == 2
    panel.findChild(QAction, "exchangesFoldAllAction").trigger()
    assert panel.model.rowCount() == 1
    panel.grab()


def test_the_grouping_is_found_again(panel, three):
    panel.groups.setCurrentIndex(panel.groups.findText("By trace"))
    kept = panel.save_state()
    panel.groups.setCurrentIndex(0)
    panel.restore_state(kept)
    assert panel.groups.currentText() == "By trace"
    assert grouped_rows(panel)[0] == "▾ no trace ID · 3 exchanges · … 1 waiting"
    panel.restore_state({"group": 7})
    assert panel.groups.currentIndex() == 0


def test_waiting_is_cancelled_from_the_menu(panel, three, session, see):
    panel.bridge.select_exchange(1)
    cancel = panel.findChild(QAction, "exchangesCancelAction")
    assert not cancel.isEnabled()
    panel.bridge.select_exchange(3)
    assert cancel.isEnabled()
    see(cancel.trigger)
    assert session.exchanges[2].status is ExchangeStatus.CANCELLED
    assert texts(panel, ExchangeColumn.STATUS)[2] == "⊘ cancelled"
    assert not cancel.isEnabled()


def test_folding_one_group_leaves_the_cursor_there_though_another_has_the_selected_exchange(aio):
    async def run():
        async with desk() as table:
            table.opens(0)
            table.request(1)
            table.ends(2)
            table.opens(10)
            table.request(11)
            await table.told()
            panel = table.panel
            panel.groups.setCurrentIndex(panel.groups.findText("By connection"))
            table.bridge.select_exchange(1)
            heading = panel.model.index(2, 0)
            assert heading.data().startswith("▾ connection 2")
            panel.view.setCurrentIndex(heading)
            panel.view.setFocus()
            QTest.keyClick(panel.view, Qt.Key.Key_Left)
            assert panel.view.currentIndex().data().startswith("▸ connection 2")
            table.request(12)
            await table.told()
            assert panel.view.currentIndex().row() == 2
            assert table.bridge.selected_exchange == 1

    aio(run())
