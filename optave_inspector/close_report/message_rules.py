"""Causes that lie with the last message that was sent: its size, its JSON, its kind, or what it asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capture.entry import EntryFlag, EntryKind
from ..protocol.limits import MAX_ENVELOPE_UNITS
from .cause import Cause, Fit
from .words import spoken_duration

if TYPE_CHECKING:
    from .case import Case
    from .cause import Rule

_SOON_NS = 5 * 10**9
_WHILE_NS = 30 * 10**9
_FRAME_BYTES = 32 * 1024
_ON_CONTENT = frozenset({1003, 1007, 1008, 1011})


def too_big_in_bytes(case: Case) -> Cause | None:
    """Within the limit as the SDK counts it, over it as a gateway may."""
    size, sent = case.sent_size, case.last_sent
    if size is None or sent is None or size.fits_bytes or not size.fits_units or not _blames_a_message(case, 1009):
        return None
    reasons = (
        f"The last message has {size.utf8_bytes:,} bytes in UTF-8, over {MAX_ENVELOPE_UNITS:,}.",
        f"In UTF-16 units, which the SDK counts, it has {size.units:,} and so passes there.",
    )
    return Cause("The message is too big in bytes, though not in units", _size_fit(case), reasons, sent.number)


def too_big(case: Case) -> Cause | None:
    """Over the limit by either measure."""
    size, sent = case.sent_size, case.last_sent
    if size is None or sent is None or size.fits_units or not _blames_a_message(case, 1009):
        return None
    reasons = (
        f"The last message has {size.units:,} UTF-16 units; the SDK would not send more than {MAX_ENVELOPE_UNITS:,}.",
    )
    return Cause("The message is too big", _size_fit(case), reasons, sent.number)


def frame_too_big(case: Case) -> Cause | None:
    """Some gateways limit the frame below the message."""
    sent = case.last_sent
    if sent is None or case.code != 1009 or not case.from_peer or not _FRAME_BYTES < sent.size <= MAX_ENVELOPE_UNITS:
        return None
    reasons = (
        f"The last message went in one frame of {sent.size:,} bytes.",
        f"Some gateways take no frame over {_FRAME_BYTES:,} bytes, though they take longer messages in several frames.",
    )
    return Cause("The frame is too big for a gateway", Fit.FAIR, reasons, sent.number)


def broken_json(case: Case) -> Cause | None:
    """What was sent just before is no sound JSON."""
    sent = case.last_sent
    if sent is None or not sent.flags & EntryFlag.PROBLEM or not _blames_a_message(case, *_ON_CONTENT):
        return None
    reasons = (f"{_when(case)} It has a problem: {sent.summary}",)
    fit = Fit.STRONG if case.code in _ON_CONTENT and _soon(case) else Fit.FAIR
    return Cause("The last message is not what the server expects: broken JSON", fit, reasons, sent.number)


def binary_sent(case: Case) -> Cause | None:
    """Optave's messages are text."""
    sent = case.last_sent
    if sent is None or sent.kind != EntryKind.BINARY or not _blames_a_message(case, *_ON_CONTENT):
        return None
    reasons = (f"{_when(case)} It was binary, and Optave documents JSON in text messages.",)
    return Cause("A binary message was sent", Fit.STRONG if case.code == 1003 else Fit.FAIR, reasons, sent.number)


def server_failed_on_request(case: Case) -> Cause | None:
    """An error of the server while it worked on a request."""
    if not case.from_peer or case.code != 1011 or not case.unanswered:
        return None
    newest = max(case.unanswered, key=lambda exchange: exchange.sent_ns)
    waited = max((case.end_ns or newest.sent_ns) - newest.sent_ns, 0)
    name = newest.action or "a request"
    reasons = (f"{name} was sent {spoken_duration(waited)} before the end and was not answered to the end.",)
    fit = Fit.STRONG if waited <= _WHILE_NS else Fit.FAIR
    return Cause("The server failed while it worked on a request", fit, reasons, newest.request_entry)


def policy_of_the_message(case: Case) -> Cause | None:
    """1008 right after a message, with no other sign."""
    sent = case.last_sent
    if sent is None or not case.from_peer or case.code != 1008 or not _soon(case):
        return None
    reasons = (f"{_when(case)} 1008 may be about a message as well as about the token.",)
    return Cause("The last message broke a rule of the server", Fit.FAIR, reasons, sent.number)


def _blames_a_message(case: Case, *codes: int) -> bool:
    """Whether the code is one of these, or the connection was lost right after the message."""
    return (case.from_peer and case.code in codes) or (_soon(case) and (case.frameless or case.from_peer))


def _size_fit(case: Case) -> Fit:
    return Fit.STRONG if case.code == 1009 else Fit.FAIR


def _soon(case: Case) -> bool:
    return case.after_sent_ns is not None and case.after_sent_ns <= _SOON_NS


def _when(case: Case) -> str:
    return f"The last message was sent {spoken_duration(case.after_sent_ns or 0)} before the end."


RULES: tuple[Rule, ...] = (
    too_big_in_bytes,
    too_big,
    frame_too_big,
    broken_json,
    binary_sent,
    server_failed_on_request,
    policy_of_the_message,
)
