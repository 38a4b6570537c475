"""The dialogs: what they explain, refuse and hand over."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from optave_inspector.ui.dialogs.close_dialog import CloseDialog
from optave_inspector.ui.dialogs.question import ConfirmDialog, TextQuestion
from optave_inspector.ui.dialogs.text_dialog import TextDialog


@pytest.fixture
def dialog(qtbot) -> CloseDialog:
    """A close dialog on show."""
    made = CloseDialog()
    qtbot.addWidget(made)
    made.open()
    return made


def find(widget, kind, name):
    found = widget.findChild(kind, name)
    assert found is not None, name
    return found


def type_code(qtbot, dialog: CloseDialog, text: str) -> None:
    combo = find(dialog, QComboBox, "closeCodeCombo")
    combo.lineEdit().selectAll()
    qtbot.keyClicks(combo.lineEdit(), text)


def confirm(dialog: CloseDialog) -> QPushButton:
    return find(dialog, QPushButton, "closeConfirmButton")


@pytest.mark.parametrize("code", ["1005", "1006", "1015", "999", "2999", "5000", "70000"])
def test_a_code_that_may_not_be_sent_is_refused_in_words(qtbot, dialog: CloseDialog, code: str) -> None:
    type_code(qtbot, dialog, code)
    problem = find(dialog, QLabel, "closeProblem")
    assert problem.isVisible()
    assert "may not be sent" in problem.text()
    assert not confirm(dialog).isEnabled()


@pytest.mark.parametrize("text", ["", "abc", "12x"])
def test_what_is_no_number_is_refused_in_words(qtbot, dialog: CloseDialog, text: str) -> None:
    combo = find(dialog, QComboBox, "closeCodeCombo")
    combo.setEditText(text)
    assert "number" in find(dialog, QLabel, "closeProblem").text()
    assert not confirm(dialog).isEnabled()


def test_the_reason_is_counted_in_bytes_as_one_types(qtbot, dialog: CloseDialog) -> None:
    edit = find(dialog, QLineEdit, "closeReasonEdit")
    edit.insert("ä" * 61)
    used = find(dialog, QLabel, "closeReasonUsed")
    assert used.text() == "122 of 123 bytes"
    assert confirm(dialog).isEnabled()
    edit.insert("ä")
    assert used.text() == "124 of 123 bytes"
    assert not confirm(dialog).isEnabled()
    assert "123" in find(dialog, QLabel, "closeProblem").text()


def test_a_code_is_explained_with_what_a_client_should_do(qtbot, dialog: CloseDialog) -> None:
    type_code(qtbot, dialog, "1008")
    text = find(dialog, QLabel, "closeExplanation").text()
    assert "Policy violation" in text
    assert "Do not retry" in text


def test_code_and_reason_are_handed_over(qtbot, dialog: CloseDialog) -> None:
    chosen: list[tuple[int, str]] = []
    dialog.chosen.connect(lambda code, reason: chosen.append((code, reason)))
    type_code(qtbot, dialog, "4001")
    qtbot.keyClicks(find(dialog, QLineEdit, "closeReasonEdit"), "that is enough")
    qtbot.mouseClick(confirm(dialog), Qt.MouseButton.LeftButton)
    assert chosen == [(4001, "that is enough")]


def test_the_codes_to_choose_from_can_all_be_sent(qtbot, dialog: CloseDialog) -> None:
    combo = find(dialog, QComboBox, "closeCodeCombo")
    for index in range(combo.count()):
        combo.setCurrentIndex(index)
        assert confirm(dialog).isEnabled(), combo.currentText()
    assert combo.itemText(0) == "1000 Normal closure"


def test_the_local_tenant_may_break_the_rules_but_it_is_said(qtbot) -> None:
    dialog = CloseDialog(any_code=True)
    qtbot.addWidget(dialog)
    dialog.open()
    type_code(qtbot, dialog, "1005")
    assert "breaks the rules" in find(dialog, QLabel, "closeProblem").text()
    assert confirm(dialog).isEnabled()
    type_code(qtbot, dialog, "70000")
    assert not confirm(dialog).isEnabled()


def test_escape_keeps_the_connection(qtbot, dialog: CloseDialog) -> None:
    chosen: list[int] = []
    dialog.chosen.connect(lambda code, _reason: chosen.append(code))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert chosen == []
    assert not dialog.isVisible()


def test_a_question_takes_no_empty_answer(qtbot) -> None:
    dialog = TextQuestion("newProfileDialog", "New profile", "Name", "Make", None)
    qtbot.addWidget(dialog)
    dialog.open()
    answers: list[str] = []
    dialog.answered.connect(answers.append)
    qtbot.keyClicks(dialog.field, "   ")
    assert not dialog.accept_button.isEnabled()
    qtbot.keyClicks(dialog.field, "acme  ")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert answers == ["acme"]


def test_a_secret_is_not_shown_while_it_is_typed(qtbot) -> None:
    dialog = TextQuestion("secretDialog", "Client secret", "…", "Connect", None, secret=True)
    qtbot.addWidget(dialog)
    assert dialog.field.echoMode() == QLineEdit.EchoMode.Password


def test_return_alone_deletes_nothing(qtbot) -> None:
    dialog = ConfirmDialog("deleteProfileDialog", "Delete profile", "Delete it?", "Delete", None)
    qtbot.addWidget(dialog)
    dialog.open()
    done: list[bool] = []
    dialog.accepted.connect(lambda: done.append(True))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert done == []


def test_the_text_on_show_can_be_copied(qtbot) -> None:
    dialog = TextDialog("Handshake", {"Request": "GET /", "Response": "HTTP 401"}, "handshakeDialog")
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.findChild(QPlainTextEdit, "handshakeDialogText").isReadOnly()
    dialog._tabs.setCurrentIndex(1)
    qtbot.mouseClick(find(dialog, QPushButton, "handshakeDialogCopyButton"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "HTTP 401"


def test_a_single_text_is_shown_without_tabs(qtbot) -> None:
    dialog = TextDialog("About", {"About": "version 1"}, "aboutDialog")
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.findChild(QPlainTextEdit, "aboutDialogText").isVisible()
    assert dialog.shown_text() == "version 1"
