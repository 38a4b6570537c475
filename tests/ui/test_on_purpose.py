"""Breaking the rules on purpose in the window: the switch, the frame by hand with its bytes, and what the log says."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableView

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.dialogs.frame_dialog import FrameDialog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from optave_inspector.client.made_frames import MadeFrame

ACTIONS = (
    "frameByHandAction",
    "closeAnyCodeAction",
    "resetTcpAction",
    "halfCloseAction",
    "stopReadingAction",
    "leavePingsAction",
)


@pytest.fixture
def dialog(qtbot) -> FrameDialog:
    made = FrameDialog()
    qtbot.addWidget(made)
    made.set_ready(True)
    made.show()
    return made


def find(widget, kind, name) -> Any:
    found = widget.findChild(kind, name)
    assert found is not None, name
    return found


def sent(dialog: FrameDialog, qtbot) -> MadeFrame:
    with qtbot.waitSignal(dialog.sendAsked) as asked:
        find(dialog, QPushButton, "frameSendButton").click()
    return asked.args[0]


def test_what_is_previewed_is_what_goes_out(dialog: FrameDialog, qtbot) -> None:
    find(dialog, QPlainTextEdit, "framePayloadEdit").setPlainText("héllo")
    preview = find(dialog, QFrame, "framePreview")
    shown = b"".join(bytes.fromhex(preview.line_text(line)[1]) for line in range(1))
    made = sent(dialog, qtbot)
    assert made.wire() == shown
    assert (made.opcode, made.payload, made.fin, made.masked) == (1, "héllo".encode(), True, True)
    assert sent(dialog, qtbot).key != made.key


def test_every_field_reaches_the_frame(dialog: FrameDialog, qtbot) -> None:
    find(dialog, QComboBox, "frameOpcodeCombo").setCurrentIndex(0xB)
    for name in ("frameFinCheck", "frameRsv1Check", "frameRsv2Check", "frameRsv3Check", "frameMaskedCheck"):
        find(dialog, QCheckBox, name).toggle()
    find(dialog, QComboBox, "framePayloadModeCombo").setCurrentIndex(1)
    find(dialog, QPlainTextEdit, "framePayloadEdit").setPlainText("ff 00\nFE")
    find(dialog, QLineEdit, "frameAnnouncedEdit").setText("9")
    made = sent(dialog, qtbot)
    assert made.wire() == b"\x7b\x09\xff\x00\xfe"
    breaks = find(dialog, QLabel, "frameBreaks").text()
    for word in ("opcode 0xB", "must mask", "RSV1, RSV2, RSV3", "fragmented", "announces 9"):
        assert word in breaks


def test_what_is_no_hexadecimal_is_told_and_not_sent(dialog: FrameDialog) -> None:
    find(dialog, QComboBox, "framePayloadModeCombo").setCurrentIndex(1)
    find(dialog, QPlainTextEdit, "framePayloadEdit").setPlainText("f")
    assert "pairs" in find(dialog, QLabel, "frameProblem").text()
    assert not find(dialog, QPushButton, "frameSendButton").isEnabled()
    find(dialog, QPlainTextEdit, "framePayloadEdit").setPlainText("ff")
    assert find(dialog, QPushButton, "frameSendButton").isEnabled()
    for wrong in ("-1", "many", str(1 << 63)):
        find(dialog, QLineEdit, "frameAnnouncedEdit").setText(wrong)
        assert "whole number" in find(dialog, QLabel, "frameProblem").text()


def test_ctrl_return_sends_from_the_payload(dialog: FrameDialog, qtbot) -> None:
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    payload = find(dialog, QPlainTextEdit, "framePayloadEdit")
    qtbot.keyClicks(payload, "{}")
    with qtbot.waitSignal(dialog.sendAsked) as asked:
        qtbot.keyClick(payload, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args[0].payload == b"{}"


def test_without_a_connection_nothing_can_be_sent(dialog: FrameDialog) -> None:
    dialog.set_ready(False)
    assert "no open connection" in find(dialog, QLabel, "frameProblem").text()
    assert not find(dialog, QPushButton, "frameSendButton").isEnabled()


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window(tenant_settings=TenantSettings(latency_ms=0))
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def action(parts: WindowParts, name: str) -> QAction:
    return find(parts.window, QAction, name)


async def connected(parts: WindowParts, wait_until: Any) -> None:
    action(parts, "connectTenantAction").trigger()
    await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
    await wait_until(lambda: not parts.window.view.connector.busy)


@pytest.mark.timeout(90)
def test_nothing_can_be_broken_until_the_switch_is_on_and_it_says_so_while_it_is(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            await connected(parts, wait_until)
            bar = find(parts.window, QFrame, "onPurposeBar")
            assert not any(action(parts, name).isEnabled() for name in ACTIONS)
            assert not bar.isVisible()
            action(parts, "invalidFramesAction").trigger()
            assert all(action(parts, name).isEnabled() for name in ACTIONS)
            assert bar.isVisible()
            action(parts, "stopReadingAction").trigger()
            find(parts.window, QPushButton, "onPurposeOffButton").click()
            assert not any(action(parts, name).isEnabled() for name in ACTIONS)
            assert not action(parts, "stopReadingAction").isChecked()
            assert not bar.isVisible()
            await parts.session.ping(b"still there")
            pong = EntryKind.PONG
            await wait_until(
                lambda: any(e.kind == pong for e in parts.session.store.page(1, parts.session.store.count))
            )

    aio(run(), 60)


@pytest.mark.timeout(90)
def test_a_frame_by_hand_stands_in_the_log_as_made_on_purpose_and_the_ending_says_so(aio, wait_until, qtbot) -> None:
    async def run() -> None:
        async with window() as parts:
            await connected(parts, wait_until)
            action(parts, "invalidFramesAction").trigger()
            find(parts.window, QPushButton, "onPurposeFrameButton").click()
            dialog = find(parts.window, FrameDialog, "frameDialog")
            find(dialog, QCheckBox, "frameMaskedCheck").click()
            qtbot.keyClicks(find(dialog, QPlainTextEdit, "framePayloadEdit"), "{}")
            find(dialog, QPushButton, "frameSendButton").click()
            await wait_until(lambda: parts.session.ending is not None, 20)
            assert parts.session.ending.received.code == 1002
            assert "a frame that breaks the protocol" in parts.session.ending.cause
            assert "no open connection" in find(dialog, QLabel, "frameProblem").text()
            model = find(parts.window, QTableView, "framesTable").model()

            def log() -> str:
                cells = ((row, column) for row in range(model.rowCount()) for column in range(model.columnCount()))
                return " ".join(str(model.data(model.index(*cell)) or "") for cell in cells)

            await wait_until(lambda: "text · hand" in log())

    aio(run(), 60)


@pytest.mark.timeout(90)
def test_a_close_with_a_forbidden_code_and_a_reset_by_the_menu(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            await connected(parts, wait_until)
            action(parts, "invalidFramesAction").trigger()
            action(parts, "closeAnyCodeAction").trigger()
            dialog = next(each for each in parts.window.children() if each.objectName() == "closeDialog")
            find(dialog, QComboBox, "closeCodeCombo").setEditText("1006")
            assert "The inspector sends it all the same" in find(dialog, QLabel, "closeProblem").text()
            find(dialog, QPushButton, "closeConfirmButton").click()
            await wait_until(lambda: parts.session.ending is not None, 20)
            assert (parts.session.ending.sent.code, parts.session.ending.received.code) == (1006, 1002)
            action(parts, "connectAction").trigger()
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
            action(parts, "leavePingsAction").trigger()
            action(parts, "resetTcpAction").trigger()
            await wait_until(lambda: parts.session.ending is not None, 20)
            assert "reset TCP (RST)" in parts.session.ending.cause
            assert parts.session.ending.on_purpose == ("leave pings unanswered",)
            assert not action(parts, "leavePingsAction").isChecked()
            await parts.session.settled()
            entries = parts.session.store.page(1, parts.session.store.count)
            marked = [entry for entry in entries if entry.flags & EntryFlag.ON_PURPOSE]
            assert [entry.kind for entry in marked] == [EntryKind.CLOSE, EntryKind.STATE, EntryKind.STATE]

    aio(run(), 60)
