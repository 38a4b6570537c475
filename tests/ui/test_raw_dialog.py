"""Raw messages and control frames go out byte for byte; what cannot is said before."""

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QPushButton

from optave_inspector.capture.entry import EntryKind
from optave_inspector.ui.dialogs.raw_dialog import BINARY, PING, PONG, TEXT, RawDialog
from tests.ui.composer_desk import Receiver, new_composer
from tests.ui.wire import new_session


@pytest.fixture
def session(aio):
    made = new_session()
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def composer(qtbot, aio, session):
    made = new_composer(qtbot, session)
    yield made
    aio(made.bridge.stop())


def fill(dialog, kind, mode, text):
    dialog.findChild(QComboBox, "composerRawKindCombo").setCurrentText(kind)
    combo = dialog.findChild(QComboBox, "composerRawModeCombo")
    combo.setCurrentIndex(next(row for row in range(combo.count()) if combo.itemText(row).startswith(mode)))
    dialog.findChild(QPlainTextEdit, "composerRawEdit").setPlainText(text)


@pytest.mark.parametrize(
    ("kind", "mode", "text", "said"),
    [
        (BINARY, "Hex", "0", "pairs of 0-9"),
        (BINARY, "Base64", "====", "no Base64"),
        (TEXT, "Hex", "ff", "Byte 0 is no UTF-8"),
        (PING, "Text", "x" * 126, "at most 125 bytes, and this has 126"),
        (BINARY, "The bytes", "", "Choose a file"),
    ],
)
def test_what_is_wrong_is_said_and_not_sent(qtbot, kind, mode, text, said):
    dialog = RawDialog()
    qtbot.addWidget(dialog)
    sent = []
    dialog.sendAsked.connect(lambda *what: sent.append(what))
    fill(dialog, kind, mode, text)
    assert said in dialog.findChild(QLabel, "composerRawProblem").text()
    assert not dialog.findChild(QPushButton, "composerRawSendButton").isEnabled()
    dialog.send()
    assert not sent


def test_a_file_that_cannot_be_read_is_said(qtbot, tmp_path):
    dialog = RawDialog()
    qtbot.addWidget(dialog)
    dialog.load(tmp_path / "missing")
    assert "cannot be read: No such file" in dialog.findChild(QLabel, "composerRawProblem").text()


def test_everything_goes_out_byte_for_byte(composer, aio, session, tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(b"\xff\x00\xfe")
    dialog = composer.raw_dialog
    dialog.set_obstacle(composer.sending.obstacle())
    dialog.show()
    assert "Not connected" in dialog.findChild(QLabel, "composerRawProblem").text()

    async def main():
        async with Receiver(session).open() as receiver:
            dialog.set_obstacle(composer.sending.obstacle())
            for kind, mode, text in (
                (TEXT, "Text", "no {JSON\n at all"),
                (BINARY, "Hex", "00 ff 10"),
                (BINARY, "Base64", "AP8Q"),
                (PING, "Text", "are you there?"),
                (PONG, "Text", "nobody asked"),
            ):
                fill(dialog, kind, mode, text)
                dialog.findChild(QPushButton, "composerRawSendButton").click()
            dialog.findChild(QComboBox, "composerRawKindCombo").setCurrentText(BINARY)
            dialog.load(path)
            dialog.send()
            received = list(await receiver.messages(4))
            await session.settled()
        return received

    assert aio(main()) == ["no {JSON\n at all", b"\x00\xff\x10", b"\x00\xff\x10", b"\xff\x00\xfe"]
    entries = [each for each in session.store.page(1, 99) if each.direction == 1]
    sent = {each.kind: session.store.payload(each.number) for each in entries}
    assert sent[EntryKind.PING] == b"are you there?"
    assert sent[EntryKind.PONG] == b"nobody asked"
