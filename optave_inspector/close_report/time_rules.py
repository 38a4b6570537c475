"""Causes that a clock points to: idle for a round time, connected for a round time. Proxies end connections so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cause import Cause, Fit
from .words import spoken_duration

if TYPE_CHECKING:
    from .case import Case
    from .cause import Rule

_IDLE_LIMITS = {
    30: "thirty seconds",
    60: "a minute, which is the usual default of reverse proxies and load balancers",
    100: "a hundred seconds, after which some content delivery networks give up",
    120: "two minutes",
    240: "four minutes, after which some cloud load balancers drop what is silent",
    300: "five minutes",
    350: "350 seconds, after which some cloud load balancers forget what is silent",
    600: "ten minutes, the longest that cloud API gateways keep a silent WebSocket",
    900: "a quarter of an hour",
    1800: "half an hour",
    3600: "an hour, a usual time-out of load balancers and firewalls",
}
_AGE_LIMITS = {
    600: "ten minutes",
    900: "a quarter of an hour",
    1800: "half an hour",
    3600: "an hour",
    7200: "two hours, the longest that cloud API gateways keep a WebSocket",
    14400: "four hours",
    86400: "a day",
}
_KNOWN_BY_GATEWAYS = frozenset({600, 7200})
_SHARE = 0.004
_LEAST_S = 1.5
_BEFORE_S = 0.5
_MEANT = frozenset({1007, 1008, 1009, 1003, 1002, 3000, 3003})
"""Codes that name another reason."""


def idle_for_a_round_time(case: Case) -> Cause | None:
    """Nothing went for so long that somebody's idle time-out ran out."""
    round_s = _round(case.idle_ns, _IDLE_LIMITS)
    if case.idle_ns is None or not round_s or not _open_question(case):
        return None
    reasons = [
        f"No frame had passed for {spoken_duration(case.idle_ns)}: {_IDLE_LIMITS[round_s]}.",
        "Keepalive pings at a shorter interval would show it: with them the connection would live on.",
    ]
    if case.frameless:
        reasons.insert(1, "No close frame came, as where something on the way forgets the connection.")
    fit = Fit.STRONG if round_s in _KNOWN_BY_GATEWAYS or case.frameless else Fit.FAIR
    return Cause(f"An idle time-out of {_short(round_s)}, of the server or a proxy", fit, tuple(reasons))


def connected_for_a_round_time(case: Case) -> Cause | None:
    """The connection was as old as somebody lets it become."""
    round_s = _round(case.connected_ns, _AGE_LIMITS)
    if case.connected_ns is None or not round_s or not _open_question(case):
        return None
    if _round(case.idle_ns, _IDLE_LIMITS) == round_s:
        return None  # never used: then it is the silence that was too long
    reasons = (f"The connection was open for {spoken_duration(case.connected_ns)}: {_AGE_LIMITS[round_s]}.",)
    fit = Fit.STRONG if round_s in _KNOWN_BY_GATEWAYS else Fit.FAIR
    return Cause(f"Connections may live for {_short(round_s)} at most", fit, reasons)


def silent_for_long(case: Case) -> Cause | None:
    """Long silence, cut without a word, though at no round time."""
    if not case.frameless or case.idle_ns is None or case.idle_ns < 55 * 10**9 or _round(case.idle_ns, _IDLE_LIMITS):
        return None
    reasons = (
        f"No frame had passed for {spoken_duration(case.idle_ns)}, and the connection was cut without a close frame.",
        "Proxies and firewalls forget connections that are silent.",
    )
    return Cause("An idle time-out on the way", Fit.WEAK, reasons)


def _open_question(case: Case) -> bool:
    ending = case.ending
    return ending is not None and not ending.by_user and not ending.failed and case.code not in _MEANT


def _round(nanoseconds: int | None, limits: dict[int, str]) -> int:
    """The limit that a span meets: no earlier than half a second before it, and little later."""
    if nanoseconds is None:
        return 0
    seconds = nanoseconds / 1e9
    return next((limit for limit in limits if -_BEFORE_S <= seconds - limit <= max(_LEAST_S, limit * _SHARE)), 0)


def _short(seconds: int) -> str:
    if seconds % 3600 == 0:
        hours = seconds // 3600
        return "an hour" if hours == 1 else f"{hours} hours"
    if seconds % 60 == 0:
        minutes = seconds // 60
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"{seconds} seconds"


RULES: tuple[Rule, ...] = (idle_for_a_round_time, connected_for_a_round_time, silent_for_long)
