"""The app's own log: a rotating file and the newest records in memory, with tokens and secrets masked in both."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections import deque
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, TextIO

import msgspec

if TYPE_CHECKING:
    import io
    from pathlib import Path

LEVEL_VARIABLE = "OPTAVE_INSPECTOR_LOG"
FILE_NAME = "optave-inspector.log"
MASK = "••••"

_log = logging.getLogger(__name__)
_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s: %(message)s"
_THIRD_PARTY = ("aiohttp", "asyncio", "keyring", "qasync", "websockets")

_SURE = r"client_secret|client_assertion|access_token|refresh_token|id_token|authorization|password|passphrase"
_LIKELY = r"token|secret|ticket|jwt|api_?key|signature"
_QUOTE = r"\\*[\"']"
_SCHEME = r"(?:(?:bearer|basic)(?:\s|\+|%20)+)?"
_SECRETS = (
    # A JSON object in base64url begins with "ey" or "ew"; two more parts make a JWS (RFC 7515), four a JWE (RFC 7516).
    re.compile(r"(?<![\w-])()e[wy][\w-]{6,}\.[\w-]*(?:\.[\w-]*){1,3}", re.ASCII),
    # Query, form, JSON, header line, and how Python shows dictionaries, tuples and fields.
    re.compile(
        rf"((?:(?:{_SURE})(?:%3D|\s*[=:])|(?<![\w-])(?:{_LIKELY})(?:%3D|=)|(?:{_SURE}|{_LIKELY}){_QUOTE}\s*[=:,])"
        rf"\s*(?:b(?=[\"']))?(?:{_QUOTE})?{_SCHEME})(?!\s)[^\s\"'&,;<>()\[\]{{}}\\]+",
        re.IGNORECASE,
    ),
    re.compile(r"(\bbearer(?:\s|\+|%20)+)[\w.~+/=-]{8,}", re.IGNORECASE | re.ASCII),
    # The token is the second of the subprotocols that are offered.
    re.compile(
        rf"(sec-websocket-protocol(?:{_QUOTE})?\s*[:=,]\s*(?:b(?=[\"']))?(?:{_QUOTE})?optave-v1\s*,\s*)[^\s\"',;()]+",
        re.IGNORECASE,
    ),
    # User information in a URL (RFC 3986 section 3.2.1).
    re.compile(r"(://)[^/?#@\s\"']+(?=@)"),
)


def redact(text: str) -> str:
    """``text`` with JWTs, bearer tokens and the values of known secret fields masked. Use it before text is kept."""
    for pattern in _SECRETS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text


class LogLine(msgspec.Struct, frozen=True):
    """One record as the log window shows it: masked, formatted, detached from what it was made of."""

    number: int
    """From 1, without gaps, over the life of the log."""
    wall_ns: int
    """Unix time."""
    level: int
    """As in :mod:`logging`: 10 debug, 20 information, 30 warning, 40 error, 50 critical."""
    logger: str
    text: str
    """Message, traceback included; cut at ``RecentRecords.MAX_TEXT`` characters, and then says so."""


class RedactingFilter(logging.Filter):
    """Masks secrets in a record's message, exception and stack; lets every record pass.

    It changes the record itself, so that whatever handles it afterwards sees the masked text too.
    """

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask ``record`` in place."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - whatever an argument's own __str__ raises must not end in the caller
            message = f"{record.msg} (its arguments cannot be shown)"
        record.msg = redact(message)
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        record.exc_text = redact(record.exc_text) if record.exc_text else None
        record.exc_info = None
        record.stack_info = redact(record.stack_info) if record.stack_info else None
        return True


class RecentRecords(logging.Handler):
    """Keeps the newest records for a log window. Any thread may log, any thread may ask."""

    MAX_TEXT = 20_000

    def __init__(self, capacity: int = 2000) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=capacity)
        self._count = 0
        self.setFormatter(logging.Formatter("%(message)s"))

    @property
    def count(self) -> int:
        """How many records there were, those no longer kept included."""
        return self._count

    def after(self, number: int = 0) -> list[LogLine]:
        """The kept lines with a higher number, oldest first."""
        self.acquire()
        try:
            return [line for line in self._lines if line.number > number]
        finally:
            self.release()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep ``record``; called by :mod:`logging` with the handler's lock held."""
        text = self.format(record)
        if len(text) > self.MAX_TEXT:
            text = f"{text[: self.MAX_TEXT]}\n… {len(text) - self.MAX_TEXT} more characters"
        self._count += 1
        self._lines.append(LogLine(self._count, int(record.created * 1e9), record.levelno, record.name, text))


class _OwnerOnlyFile(RotatingFileHandler):
    """A rotating log file that its owner alone may read, and that gives up in words when the disk is full."""

    def __init__(self, path: Path, max_bytes: int, backups: int) -> None:
        self.problem = ""
        super().__init__(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8", errors="backslashreplace")

    def _open(self) -> io.TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if os.name == "posix":
            os.fchmod(descriptor, 0o600)
        return open(descriptor, "a", encoding=self.encoding, errors=self.errors)  # noqa: PTH123 - a descriptor

    def emit(self, record: logging.LogRecord) -> None:
        self.problem = ""
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name
        # logging would print to a terminal that a desktop app does not have.
        self.problem = f"The log file {self.baseFilename} cannot be written: {sys.exc_info()[1]}."


class AppLog:
    """The running log. Get it from :func:`start_logging`; :meth:`stop` it when the app ends."""

    def __init__(self, path: Path, recent: RecentRecords, handlers: list[logging.Handler], problem: str) -> None:
        self.path = path
        self.recent = recent
        self._handlers = handlers
        self._problem = problem

    @property
    def problem(self) -> str:
        """Why nothing is written to the file; empty while all is well. The recent records are kept nevertheless."""
        return self._problem or next((each.problem for each in self._handlers if isinstance(each, _OwnerOnlyFile)), "")

    def stop(self) -> None:
        """Take the handlers off and close the file. Further calls do nothing."""
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
        self._handlers = []


def start_logging(
    folder: Path, *, stream: TextIO | None = None, max_bytes: int = 2_000_000, backups: int = 3
) -> AppLog:
    """Send all records to a file in ``folder`` and to memory, and to ``stream`` where one is given.

    The app's own loggers follow ``OPTAVE_INSPECTOR_LOG`` (a level's name or number, INFO without it); other libraries
    speak from WARNING on. Each file holds at most ``max_bytes``, and ``backups`` older ones
    are kept.
    A folder that cannot be written is told by :attr:`AppLog.problem`, not raised: the app works without its log file.
    """
    level, complaint = _level(os.environ.get(LEVEL_VARIABLE, ""))
    recent = RecentRecords()
    handlers: list[logging.Handler] = [recent]
    path = folder / FILE_NAME
    problem = ""
    try:
        handlers.append(_OwnerOnlyFile(path, max_bytes, backups))
    except OSError as error:
        problem = f"The log file {path} cannot be written: {error.strerror or error}."
    if stream is not None:
        handlers.append(logging.StreamHandler(stream))

    root = logging.getLogger()
    for handler in handlers:
        handler.addFilter(RedactingFilter())
        if handler is not recent:
            handler.setFormatter(logging.Formatter(_FORMAT, datefmt="%Y-%m-%d %H:%M:%S"))
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("optave_inspector").setLevel(level)
    for name in _THIRD_PARTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for sentence in filter(None, (complaint, problem)):
        _log.warning(sentence)
    return AppLog(path, recent, handlers, problem)


def recent_records() -> RecentRecords | None:
    """The newest records of the running log; None where none is running."""
    return next((each for each in logging.getLogger().handlers if isinstance(each, RecentRecords)), None)


def _level(text: str) -> tuple[int, str]:
    known = logging.getLevelNamesMapping()
    wanted = text.strip().upper()
    if not wanted:
        return logging.INFO, ""
    if wanted in known:
        return known[wanted], ""
    if wanted.isascii() and wanted.isdigit():
        return int(wanted), ""
    return logging.INFO, f"{LEVEL_VARIABLE} is {text}, which is no level. Use DEBUG, INFO, WARNING or ERROR."
