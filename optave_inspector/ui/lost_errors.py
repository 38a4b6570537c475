"""Errors that nobody catches: into the log, and to the user in words, wherever they come from."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from types import TracebackType

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS = "This plugin does not support "
"""Qt says so of the offscreen platform, where it does not matter."""


class LostErrors:
    """Installs the hooks of Python and Qt while it is entered; the event loop's goes to :meth:`on_loop_error`."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] | None = None
        """Shows a sentence to the user; called on the loop's thread."""
        self.keep: Callable[[BaseException], object] | None = None
        """Keeps a report of the error; called on any thread."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable
        self._qt_before = qInstallMessageHandler(self._on_qt)
        return self

    def __exit__(self, *_: object) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(self._qt_before)

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """For ``loop.set_exception_handler``."""
        self._loop = loop
        error = context.get("exception")
        message = str(context.get("message", "An error on the event loop"))
        _log.error("%s", message, exc_info=error)
        self._say(error, message)

    def _on_exception(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        _log.critical("an error that nothing caught", exc_info=(kind, error, traceback))
        self._say(error, "")

    def _on_thread(self, arguments: threading.ExceptHookArgs) -> None:
        name = arguments.thread.name if arguments.thread is not None else "?"
        if arguments.exc_value is None:
            _log.critical("thread %s failed with %s", name, arguments.exc_type)
            return
        _log.critical("thread %s failed", name, exc_info=arguments.exc_value)
        self._say(arguments.exc_value, f"thread {name}")

    def _on_unraisable(self, unraisable: Any) -> None:
        _log.error("%s: %r", unraisable.err_msg or "ignored error", unraisable.object, exc_info=unraisable.exc_value)
        self._say(unraisable.exc_value, "")

    def _on_qt(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if message.startswith(_HARMLESS):
            return
        level = _LEVELS.get(kind, logging.WARNING)
        _log.log(level, "Qt (%s): %s", context.category or "default", message)
        if level >= logging.ERROR:
            self._say(None, f"Qt: {message}")

    def _say(self, error: BaseException | None, where: str) -> None:
        what = f"{type(error).__name__}: {error}".rstrip(": ") if error is not None else where
        if error is not None and self.keep is not None:
            self.keep(error)
        sentence = f"The inspector itself failed ({what}). Its log has the details."
        if threading.current_thread() is threading.main_thread():
            self._tell(sentence)
        elif self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, sentence)

    def _tell(self, sentence: str) -> None:
        if self.tell is not None:
            self.tell(sentence)
