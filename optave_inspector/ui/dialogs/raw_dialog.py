"""Messages that are no JSON, binary ones, pings and pongs: as text, hexadecimal, Base64, or the bytes of a file."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...client.made_frames import MAX_MADE_BYTES
from ..theme import mono_font
from ..widgets.form import words
from ..widgets.look import set_look
from ..widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

_TITLE = "Raw message"
TEXT, BINARY, PING, PONG = "Text message", "Binary message", "Ping", "Pong"
_AS_TEXT, _AS_HEX, _AS_BASE64, _AS_FILE = "Text, as UTF-8", "Hexadecimal bytes", "Base64", "The bytes of a file"
_MOST_CONTROL = 125
"""Bytes that a control frame may hold (RFC 6455 section 5.5)."""


class RawDialog(QDialog):
    """Stays beside the window: ``show()`` it. What breaks the protocol is made in the dialog for frames by hand."""

    sendAsked = Signal(str, bytes)
    """One of ``TEXT``, ``BINARY``, ``PING`` and ``PONG``, and its payload."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composerRawDialog")
        self.setWindowTitle(_TITLE)
        self.setAccessibleName(_TITLE)
        self._obstacle = ""
        self._file = b""
        self._file_problem = "Choose a file."
        self._kind = _combo("composerRawKindCombo", "What is sent", (TEXT, BINARY, PING, PONG))
        self._mode = _combo("composerRawModeCombo", "How it is written", (_AS_TEXT, _AS_HEX, _AS_BASE64, _AS_FILE))
        self._payload = QPlainTextEdit()
        self._payload.setObjectName("composerRawEdit")
        self._payload.setAccessibleName("Payload")
        self._payload.setFont(mono_font())
        self._payload.setTabChangesFocus(True)
        self._choose = QPushButton("&Choose a file…")
        self._choose.setObjectName("composerRawFileButton")
        self._choose.setAccessibleName("Choose a file")
        self._choose.setToolTip("Its bytes of now are sent as they are")
        self._choose.setAutoDefault(False)
        self._size = words("composerRawSize")
        self._problem = words("composerRawProblem", "problem")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("composerRawCloseButton")
        close.setAccessibleName("Close this dialog")
        close.setAutoDefault(False)
        buttons.rejected.connect(self.close)
        self._send = buttons.addButton("&Send", QDialogButtonBox.ButtonRole.ActionRole)
        self._send.setObjectName("composerRawSendButton")
        self._send.setAccessibleName("Send it")
        self._send.setProperty("kind", "primary")
        self._send.setShortcut("Ctrl+Return")
        grid = QGridLayout()
        for row, (label, combo) in enumerate((("&Send a", self._kind), ("&Written as", self._mode))):
            WheelGuard(combo)
            name = QLabel(label)
            name.setProperty("role", "muted")
            name.setBuddy(combo)
            grid.addWidget(name, row, 0)
            grid.addWidget(combo, row, 1)
        grid.setColumnStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(grid)
        layout.addWidget(self._payload, 1)
        layout.addWidget(self._choose)
        layout.addWidget(self._size)
        layout.addWidget(self._problem)
        layout.addWidget(buttons)
        self.resize(560, 380)
        self._kind.currentIndexChanged.connect(self._check)
        self._mode.currentIndexChanged.connect(self._check)
        self._payload.textChanged.connect(self._check)
        self._choose.clicked.connect(lambda _checked=False: self._ask_file())
        self._send.clicked.connect(lambda _checked=False: self.send())
        self._check()

    def set_obstacle(self, sentence: str) -> None:
        """Why nothing can be sent at present; empty when it can."""
        self._obstacle = sentence
        self._check()

    def load(self, path: Path) -> None:
        """Take the bytes of a file."""
        try:
            with path.open("rb") as file:
                self._file = file.read(MAX_MADE_BYTES + 1)
            self._file_problem = ""
        except OSError as error:
            self._file, self._file_problem = b"", f"{path.name} cannot be read: {error.strerror or error}."
        self._choose.setText(path.name)
        self._mode.setCurrentText(_AS_FILE)
        self._check()

    def send(self) -> None:
        """Ask for it to be sent, unless something is wrong."""
        payload = self._read()
        if not self._wrong(payload) and isinstance(payload, bytes):
            self.sendAsked.emit(self._kind.currentText(), payload)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with what is to be typed."""
        super().showEvent(event)
        self._payload.setFocus()

    def _read(self) -> bytes | str:
        """The payload, or what is wrong with it."""
        text, mode = self._payload.toPlainText(), self._mode.currentText()
        try:
            if mode == _AS_FILE:
                return self._file_problem or self._file
            if mode == _AS_HEX:
                return bytes.fromhex(text)
            if mode == _AS_BASE64:
                return base64.b64decode("".join(text.split()), validate=True)
            return text.encode()
        except UnicodeEncodeError:
            return "The text holds half a character, which UTF-8 cannot carry."
        except binascii.Error as error:
            return f"This is no Base64: {error}."
        except ValueError:
            return "Hexadecimal bytes are pairs of 0-9 and a-f, with spaces between them or not."

    def _wrong(self, payload: bytes | str) -> str:
        if isinstance(payload, str):
            return payload
        kind = self._kind.currentText()
        if kind in (PING, PONG) and len(payload) > _MOST_CONTROL:
            return f"A {kind.lower()} holds at most {_MOST_CONTROL} bytes, and this has {len(payload):,}."
        if len(payload) > MAX_MADE_BYTES:
            return f"The payload has more than {MAX_MADE_BYTES:,} bytes."
        if kind == TEXT:
            try:
                payload.decode()
            except UnicodeDecodeError as error:
                return f"Byte {error.start:,} is no UTF-8, which a text message must be. Send it as a binary message."
        return self._obstacle

    def _check(self, _news: object = None) -> None:
        from_file = self._mode.currentText() == _AS_FILE
        self._payload.setEnabled(not from_file)
        self._choose.setVisible(from_file)
        payload = self._read()
        wrong = self._wrong(payload)
        set_look(self._payload, "problem", isinstance(payload, str) and not from_file)
        self._size.setText(f"{len(payload):,} bytes" if isinstance(payload, bytes) else "")
        self._problem.setText(f"⚠ {wrong}" if wrong else "")
        self._send.setEnabled(not wrong)
        self._send.setToolTip(wrong or "Send these bytes as they are (Ctrl+Enter)")

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, _TITLE)
        dialog.setObjectName("composerRawFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _combo(object_name: str, accessible_name: str, texts: tuple[str, ...]) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(object_name)
    combo.setAccessibleName(accessible_name)
    combo.addItems(texts)
    return combo
