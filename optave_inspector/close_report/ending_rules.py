"""Causes that the way of the end itself points to: who closed, with which code, and how TCP ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client.events import Closer, TcpEnd
from .cause import Cause, Fit
from .words import counted

if TYPE_CHECKING:
    from .case import Case
    from .cause import Rule


def own_close(case: Case) -> Cause | None:
    """The user asked for it."""
    ending = case.ending
    if ending is None or not ending.by_user:
        return None
    if ending.sent is None:
        return Cause("You dropped TCP", Fit.STRONG, ("This side cut TCP by order, without a close frame.",))
    code = "without a code" if ending.sent.code == 1005 else f"with {ending.sent.code}"
    reasons = [f"The first close frame was yours, {code}."]
    if ending.received is None:
        reasons.append("The server never answered it with one of its own, as RFC 6455 section 5.5.1 asks.")
    return Cause("You closed the connection", Fit.STRONG, tuple(reasons), _close_entry(case))


def rules_broken_on_purpose(case: Case) -> Cause | None:
    """The user let this side break the rules."""
    ending = case.ending
    if ending is None or not ending.on_purpose or ending.by_user:
        return None
    reasons = (
        f"On this connection you had let the inspector {', '.join(ending.on_purpose)}.",
        "A server may well end a connection for that; without it this one might have lived on.",
    )
    return Cause("What you did on purpose", Fit.STRONG, reasons, _close_entry(case))


def peer_broke_protocol(case: Case) -> Cause | None:
    """This side failed the connection because of what came."""
    ending = case.ending
    if ending is None or not ending.failed or not (ending.fault or _sent(case) in (1002, 1007)):
        return None
    what = f": {ending.fault}" if ending.fault else ""
    reasons = (
        f"What came broke the WebSocket protocol{what}.",
        f"The inspector failed the connection with {_sent(case)}, as every client must; a browser reports 1006.",
    )
    offender = case.attempt.offender
    return Cause("The server broke the protocol", Fit.STRONG, reasons, offender.number if offender else 0)


def too_large_for_us(case: Case) -> Cause | None:
    """A message came that is larger than this side takes."""
    ending = case.ending
    if ending is None or not ending.failed or _sent(case) != 1009:
        return None
    reasons = (f"{ending.gave_up or 'A message was larger than the inspector takes'}.",)
    offender = case.attempt.offender
    return Cause("A message was too large for the inspector", Fit.STRONG, reasons, offender.number if offender else 0)


def keepalive_failed(case: Case) -> Cause | None:
    """Nothing came after a keepalive ping."""
    ending = case.ending
    if ending is None or not ending.failed or _sent(case) != 1011:
        return None
    reasons = (
        f"{ending.gave_up or 'The server said nothing after a keepalive ping'}.",
        "The server may hang, or the way to it may be cut without either side being told.",
    )
    return Cause("The server no longer answered", Fit.STRONG, reasons, _close_entry(case))


def service_restart(case: Case) -> Cause | None:
    """The server says that it restarts or leaves."""
    if not case.from_peer or case.code not in (1001, 1012):
        return None
    if case.code == 1012:
        reasons = ("The code says so: 1012 stands for a restart.",)
        return Cause("The service restarted", Fit.STRONG, reasons, _close_entry(case))
    reasons = ("1001 is what servers send when they go down, restart or move connections to another one.",)
    return Cause("The server went down or was replaced", Fit.FAIR, reasons, _close_entry(case))


def overload(case: Case) -> Cause | None:
    """The server says that it has too much to do."""
    if not case.from_peer or case.code != 1013:
        return None
    return Cause("The service was overloaded", Fit.STRONG, ("1013 stands for that.",), _close_entry(case))


def gateway(case: Case) -> Cause | None:
    """A gateway says that the server behind it failed."""
    if not case.from_peer or case.code != 1014:
        return None
    reasons = ("1014 comes from a gateway that got no valid answer from the server behind it.",)
    return Cause("The server behind a gateway failed", Fit.STRONG, reasons, _close_entry(case))


def network_lost(case: Case) -> Cause | None:
    """TCP's own time-out: nobody answers any more."""
    ending = case.ending
    if ending is None or ending.tcp is not TcpEnd.TIMED_OUT:
        return None
    reasons = ("TCP sent again and again and got no answer: the network or the server's machine is gone.",)
    return Cause("The network was lost", Fit.STRONG, reasons, _ending_entry(case))


def cut_by_reset(case: Case) -> Cause | None:
    """A reset in place of a close."""
    ending = case.ending
    if not case.frameless or ending is None or ending.tcp is not TcpEnd.RESET:
        return None
    reasons = (
        "TCP was reset without a close frame.",
        "A server process that crashes does so, and so do load balancers and firewalls that forget a connection.",
    )
    return Cause(
        "The server crashed, or something on the way cut the connection", Fit.FAIR, reasons, _ending_entry(case)
    )


def ended_without_a_close(case: Case) -> Cause | None:
    """An orderly end of TCP, but none of WebSocket."""
    ending = case.ending
    if not case.frameless or ending is None or ending.tcp is not TcpEnd.FIN:
        return None
    reasons = (
        "TCP ended in order (FIN), but no close frame came before.",
        "A proxy that gives up does so, and a server process that is stopped without closing its connections.",
    )
    return Cause("A proxy, or a server that stopped, ended TCP", Fit.FAIR, reasons, _ending_entry(case))


def tls_broken(case: Case) -> Cause | None:
    """TLS could not go on."""
    ending = case.ending
    if ending is None or ending.tcp is not TcpEnd.TLS:
        return None
    reasons = (f"TLS failed in the middle of the connection ({ending.tcp_detail}).",)
    return Cause("Something on the way altered or cut the encrypted stream", Fit.FAIR, reasons, _ending_entry(case))


def no_code(case: Case) -> Cause | None:
    """A close frame without a code: the server keeps its reason to itself."""
    ending = case.ending
    if ending is None or ending.first is not Closer.PEER or case.code != 1005:
        return None
    reasons = ("The close frame was empty, as of a server program that calls close() without a code.",)
    return Cause("The server closed without saying why", Fit.FAIR, reasons, _close_entry(case))


def laundered(case: Case) -> Cause | None:
    """ "Normal" although work was under way: somebody between may have put another code."""
    if not case.from_peer or case.code != 1000 or not case.unanswered:
        return None
    waiting = counted(len(case.unanswered), "request")
    reasons = (
        f"1000 says that all was done, yet {waiting} waited for an answer.",
        "Some proxies put 1000 in place of another code, and clients then do not connect again.",
    )
    return Cause("Another code was turned into 1000 on the way", Fit.WEAK, reasons, _close_entry(case))


def _sent(case: Case) -> int | None:
    return case.ending.sent.code if case.ending is not None and case.ending.sent is not None else None


def _close_entry(case: Case) -> int:
    closes = case.attempt.first_closes.values()
    return min((entry.number for entry in closes), default=_ending_entry(case))


def _ending_entry(case: Case) -> int:
    return case.attempt.ending_entry.number if case.attempt.ending_entry is not None else 0


RULES: tuple[Rule, ...] = (
    own_close,
    rules_broken_on_purpose,
    peer_broke_protocol,
    too_large_for_us,
    keepalive_failed,
    service_restart,
    overload,
    gateway,
    network_lost,
    tls_broken,
    cut_by_reset,
    ended_without_a_close,
    no_code,
    laundered,
)
