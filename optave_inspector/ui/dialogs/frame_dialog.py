"""One frame by hand: opcode, bits, mask, payload, and a preview of the very bytes that go out."""

from __future__ import annotations

import os

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ...client.made_frames import MAX_MADE_BYTES, MadeFrame
from ..theme import mono_font
from ..widgets.form import words
from ..widgets.hex_view import HexView
from ..widgets.look import set_look
from ..widgets.wheel_guard import WheelGuard

_TITLE = "Frame by hand"
_OPCODES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
_TEXT, _HEX = "Text, as UTF-8", "Hexadecimal bytes"
_MAX_LENGTH = (1 << 63) - 1


class FrameDialog(QDialog):
    """Stays beside the window while frames are tried: ``show()`` it."""

    sendAsked = Signal(object)
    """A :class:`MadeFrame`, with the masking key that the preview shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frameDialog")
        self.setWindowTitle(_TITLE)
        self.setAccessibleName(_TITLE)
        self._key = os.urandom(4)
        self._ready = False
        self._opcode = QComboBox()
        self._bits = {name: QCheckBox(name.upper()) for name in ("fin", "rsv1", "rsv2", "rsv3")}
        self._masked = QCheckBox("Masked")
        self._announced = QLineEdit()
        self._mode = QComboBox()
        self._payload = QPlainTextEdit()
        self._preview = HexView("framePreview")
        self._size = QLabel()
        self._breaks = words("frameBreaks", "warning")
        self._problem = words("frameProblem", "problem")
        self._buttons = QDialogButtonBox()
        self._build()
        self._opcode.currentIndexChanged.connect(self._check)
        self._mode.currentIndexChanged.connect(self._check)
        for box in (*self._bits.values(), self._masked):
            box.toggled.connect(self._check)
        self._announced.textChanged.connect(self._check)
        self._payload.textChanged.connect(self._check)
        self._check()

    @property
    def frame(self) -> MadeFrame | None:
        """What the fields say; None while something is wrong with them."""
        payload, announced = self._read_payload(), self._read_announced()
        if isinstance(payload, str) or isinstance(announced, str):
            return None
        return MadeFrame(
            self._opcode.currentIndex(),
            payload,
            **{name: box.isChecked() for name, box in self._bits.items()},
            masked=self._masked.isChecked(),
            announced=announced,
            key=self._key,
        )

    def set_ready(self, ready: bool) -> None:
        """Say whether there is a connection to send on."""
        self._ready = ready
        self._check()

    def _build(self) -> None:
        self._opcode.setObjectName("frameOpcodeCombo")
        self._opcode.setAccessibleName("Opcode")
        self._opcode.setToolTip("What kind of frame it is (RFC 6455 section 5.2)")
        self._opcode.addItems([f"0x{code:X}  {_OPCODES.get(code, 'reserved')}" for code in range(16)])
        self._opcode.setCurrentIndex(1)
        tips = {
            "fin": "The last fragment of its message, or the only one",
            "rsv1": "Reserved bit 1; with permessage-deflate it says that the message is compressed",
            "rsv2": "Reserved bit 2; no extension gives it a meaning",
            "rsv3": "Reserved bit 3; no extension gives it a meaning",
        }
        bits = QHBoxLayout()
        for name, box in self._bits.items():
            box.setObjectName(f"frame{name.capitalize()}Check")
            box.setAccessibleName(f"Bit {name.upper()}")
            box.setToolTip(tips[name])
            bits.addWidget(box)
        self._bits["fin"].setChecked(True)
        self._masked.setObjectName("frameMaskedCheck")
        self._masked.setAccessibleName("Masked")
        self._masked.setToolTip("Clients must mask their frames; the key is the one in the preview")
        self._masked.setChecked(True)
        bits.addWidget(self._masked)
        bits.addStretch(1)
        self._announced.setObjectName("frameAnnouncedEdit")
        self._announced.setAccessibleName("Announced length")
        self._announced.setPlaceholderText("As long as the payload is")
        self._announced.setToolTip("The length in the header, where it is to be another one")
        self._mode.setObjectName("framePayloadModeCombo")
        self._mode.setAccessibleName("How the payload is written")
        self._mode.setToolTip("Text goes out as UTF-8; hexadecimal can be any bytes")
        self._mode.addItems([_TEXT, _HEX])
        self._payload.setObjectName("framePayloadEdit")
        self._payload.setAccessibleName("Payload")
        self._payload.setTabChangesFocus(True)
        self._payload.setFont(mono_font())
        self._preview.setAccessibleName("The bytes that go out")
        self._size.setObjectName("frameSize")
        self._size.setProperty("role", "muted")
        for combo in (self._opcode, self._mode):
            WheelGuard(combo)
        send = self._buttons.addButton("&Send frame", QDialogButtonBox.ButtonRole.ActionRole)
        send.setObjectName("frameSendButton")
        send.setAccessibleName("Send this frame")
        send.setToolTip("Write these bytes, whatever they are")
        send.setProperty("kind", "primary")
        send.setShortcut("Ctrl+Return")
        send.clicked.connect(self._send_now)
        self._send = send
        close = self._buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("frameCloseButton")
        close.setAccessibleName("Close this dialog")
        self._buttons.rejected.connect(self.reject)
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        for row, (text, widget) in enumerate(
            (("&Opcode", self._opcode), ("Bits", None), ("&Length", self._announced), ("&Payload", self._mode))
        ):
            label = QLabel(text)
            label.setProperty("role", "muted")
            if widget is None:
                grid.addLayout(bits, row, 1)
            else:
                label.setBuddy(widget)
                grid.addWidget(widget, row, 1)
            grid.addWidget(label, row, 0)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(grid)
        layout.addWidget(self._payload, 2)
        layout.addWidget(self._size)
        layout.addWidget(self._preview, 2)
        layout.addWidget(self._breaks)
        layout.addWidget(self._problem)
        layout.addWidget(self._buttons)
        self.resize(640, 600)
        self._payload.setFocus()

    def _check(self) -> None:
        payload, announced = self._read_payload(), self._read_announced()
        problem = next((each for each in (payload, announced) if isinstance(each, str)), "")
        set_look(self._payload, "problem", isinstance(payload, str))
        set_look(self._announced, "problem", isinstance(announced, str))
        frame = self.frame
        if frame is not None:
            wire = frame.wire()
            self._preview.set_data(wire)
            size = len(frame.payload)
            self._size.setText(f"{len(wire):,} bytes go out: {len(wire) - size} of header, {size:,} of payload")
            breaks = frame.problem()
            self._breaks.setText(f"⚠ Breaks the protocol: {breaks}." if breaks else "")
        else:
            self._preview.set_data(b"")
            self._size.setText("")
            self._breaks.setText("")
        if not problem and not self._ready:
            problem = "There is no open connection to send it on."
        self._problem.setText(f"⚠ {problem}" if problem else "")
        self._send.setEnabled(not problem)

    def _read_payload(self) -> bytes | str:
        """The payload, or what is wrong with it."""
        text = self._payload.toPlainText()
        try:
            payload = text.encode() if self._mode.currentText() == _TEXT else bytes.fromhex(text)
        except UnicodeEncodeError:
            return "The text holds half a character, which UTF-8 cannot carry; write the bytes in hexadecimal."
        except ValueError:
            return "Hexadecimal bytes are pairs of 0-9 and a-f, with spaces between them or not."
        if len(payload) > MAX_MADE_BYTES:
            return f"The payload has {len(payload):,} bytes; {MAX_MADE_BYTES:,} is the most."
        return payload

    def _read_announced(self) -> int | str | None:
        """The announced length, None for the payload's own, or what is wrong with it."""
        text = self._announced.text().strip().replace(",", "")
        if not text:
            return None
        if not text.isdecimal() or int(text) > _MAX_LENGTH:
            return "The announced length is a whole number from 0 to 2⁶³ - 1."
        return int(text)

    def _send_now(self) -> None:
        frame = self.frame
        if frame is not None and self._ready:
            self.sendAsked.emit(frame)
            self._key = os.urandom(4)
            self._check()
