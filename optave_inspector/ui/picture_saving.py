"""Saving what a panel has drawn as a picture: PNG for tickets, SVG for print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from ..profiles.atomic_file import write_atomically
from .models.background import Background

if TYPE_CHECKING:
    from collections.abc import Callable

    from .bridge import SessionBridge

_SHARPNESS = 2
"""Pixels of a PNG for each pixel on the screen."""


def picture(kind: str, size: QSize, paint: Callable[[QPainter], None], background: QColor, title: str = "") -> bytes:
    """What ``paint`` draws on ``size`` pixels as ``png`` or ``svg``; ``title`` says in words what is to be seen."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if kind == "svg":
        from PySide6.QtSvg import QSvgGenerator

        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        # What is drawn in advance was drawn for the screen: another resolution would scale it once more.
        generator.setResolution(_screen_dpi())
        generator.setTitle(title)
        _paint(generator, QRect(0, 0, size.width(), size.height()), paint, background)
    else:
        image = QImage(size * _SHARPNESS, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(_SHARPNESS)
        image.setText("Title", title)
        _paint(image, QRect(0, 0, size.width(), size.height()), paint, background)
        image.save(buffer, "PNG")
    return bytes(buffer.data())


class PictureSaving:
    """Asks for a file and writes a picture into it, in a thread; the message bar tells how it went."""

    def __init__(self, bridge: SessionBridge, owner: QWidget, name: str) -> None:
        """``name``: what the file is called unless the user says otherwise, and the dialog for outside programs."""
        self._tell = bridge.warned.emit
        self._owner = owner
        self._name = name
        self._work = Background("save picture", owner)

    def ask(self, kind: str, draw: Callable[[], bytes]) -> None:
        """Ask where to; ``draw`` makes the picture once that is known."""
        dialog = QFileDialog(self._owner, "Save picture", "", f"{kind.upper()} (*.{kind})")
        dialog.setObjectName(f"{self._name}SaveDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(str(Path.home() / f"{self._name}.{kind}"))
        dialog.fileSelected.connect(lambda path: self.save(Path(path), draw()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path, data: bytes) -> None:
        """Write a picture to ``path``; what was there before is replaced at once or stays as it was."""

        def failed(error: Exception) -> None:
            reason = getattr(error, "strerror", None) or error
            self._tell("error", f"The picture could not be saved as {path}: {reason}.")

        self._work.start(
            lambda _job: write_atomically(path, data),
            lambda _none: self._tell("ok", f"The picture was saved as {path}."),
            failed,
        )


def _paint(device, rect: QRect, paint: Callable[[QPainter], None], background: QColor) -> None:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(rect, background)
    paint(painter)
    painter.end()


def _screen_dpi() -> int:
    # An image is drawn in the resolution of the screen, and says which that is.
    return QImage(1, 1, QImage.Format.Format_ARGB32).logicalDpiX()
