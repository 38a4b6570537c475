"""Copying a secret so that it does not stay: marked for clipboard histories, and gone after a while."""

from __future__ import annotations

import functools

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

STAYS_MS = 30_000
_MARKS = {
    # KDE's Klipper, and with it most Linux clipboard managers
    "x-kde-passwordManagerHint": b"secret",
    # Windows' clipboard history and its cloud
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\0\0\0\0",
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': b"\0\0\0\0",
    # nspasteboard.org's convention on macOS
    "application/x-nspasteboard-concealed-type": b"1",
}


class SensitiveClipboard(QObject):
    """Puts secrets on the clipboard, and takes each off again unless something else was copied meanwhile."""

    def __init__(self, parent: QObject | None = None, stays_ms: int = STAYS_MS) -> None:
        super().__init__(parent)
        self._secret = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(stays_ms)
        self._timer.timeout.connect(self.clear)

    def copy(self, secret: str) -> None:
        """Copy ``secret``."""
        data = QMimeData()
        data.setText(secret)
        for kind, mark in _MARKS.items():
            data.setData(kind, mark)
        self._secret = secret
        self._clipboard().setMimeData(data)
        self._timer.start()

    def clear(self) -> None:
        """Empty the clipboard if the secret is still there."""
        self._timer.stop()
        secret, self._secret = self._secret, ""
        if secret and self._clipboard().text() == secret:
            self._clipboard().clear()

    @staticmethod
    def _clipboard() -> QClipboard:
        return QGuiApplication.clipboard()


@functools.cache
def sensitive_clipboard() -> SensitiveClipboard:
    """The one of this application; what it holds goes with the application."""
    application = QGuiApplication.instance()
    clipboard = SensitiveClipboard(application)
    if application is not None:
        application.aboutToQuit.connect(clipboard.clear)
    return clipboard
