"""Two sets of exchanges side by side, such as a good and a bad session, and the first point where they part."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from .exchange import Exchange, ExchangeStatus
from .statistics import Statistics, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORDS = {
    ExchangeStatus.WAITING: "waits",
    ExchangeStatus.STREAMING: "streams",
    ExchangeStatus.COMPLETED: "completed",
    ExchangeStatus.ERROR: "error",
    ExchangeStatus.TIMED_OUT: "timed out",
    ExchangeStatus.CUT_OFF: "cut off",
    ExchangeStatus.CANCELLED: "cancelled",
    ExchangeStatus.NOT_SENT: "never sent",
}


@dataclass(frozen=True, slots=True)
class LatencyRule:
    """When two latencies differ: by more than both of these."""

    factor: float = 2.0
    """The longer one takes at least so many times the shorter one."""
    least_ns: int = 100 * 10**6
    """And is longer by at least so much."""

    def differ(self, one_ns: int, other_ns: int) -> bool:
        """Whether two latencies differ by this rule."""
        shorter, longer = sorted((one_ns, other_ns))
        return longer - shorter >= self.least_ns and longer >= self.factor * shorter

    def __str__(self) -> str:
        return f"at least {self.factor:g} times as long, and {self.least_ns / 1e6:g} ms longer"


@dataclass(frozen=True, slots=True)
class Parting:
    """The first step that is not alike on both sides."""

    step: int
    """From 1, counted in requests on each side."""
    left: int
    """Number of the exchange; 0 where the side has no such step."""
    right: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Summaries of both sides, the left one first, and where they part."""

    overall: tuple[Summary, Summary]
    by_action: dict[str, tuple[Summary, Summary]]
    """Of all actions of either side, in the order of first use; an empty summary where a side has none."""
    alike: int
    """How many steps from the first on have the same action and outcome."""
    parted: Parting | None
    """The first step with another action or outcome, or that only one side has; None where all are alike."""
    slower: Parting | None
    """The first step with another latency, by the rule; looked for up to where the sides part."""
    rule: LatencyRule


def compare(left: Iterable[Exchange], right: Iterable[Exchange], rule: LatencyRule | None = None) -> Comparison:
    """Compare two sets of exchanges step by step in the order of their requests: two captures, or two time ranges.

    Outcomes are alike when status and error code are. Latencies are the times to the end of exchanges that were
    answered on both sides, else those to the first answer.
    """
    rule = rule or LatencyRule()
    lefts, rights = Statistics(), Statistics()
    alike, parted, slower = 0, None, None
    for step, (one, other) in enumerate(zip_longest(_noted(left, lefts), _noted(right, rights)), 1):
        if parted is not None:
            continue  # The rest is only summed up.
        sentence = _difference(one, other)
        if sentence or one is None or other is None:
            parted = Parting(step, one.number if one else 0, other.number if other else 0, sentence)
            continue
        alike = step
        if slower is None and (sentence := _latencies(one, other, rule)):
            slower = Parting(step, one.number, other.number, sentence)
    actions = list(dict.fromkeys([*lefts.by_action, *rights.by_action]))
    return Comparison(
        (lefts.overall, rights.overall),
        {name: (lefts.by_action.get(name) or Summary(), rights.by_action.get(name) or Summary()) for name in actions},
        alike,
        parted,
        slower,
        rule,
    )


def within(exchanges: Iterable[Exchange], first_ns: int, last_ns: int) -> Iterator[Exchange]:
    """The exchanges whose request was sent in a range of time, both ends included."""
    return (exchange for exchange in exchanges if first_ns <= exchange.sent_ns <= last_ns)


def _noted(exchanges: Iterable[Exchange], statistics: Statistics) -> Iterator[Exchange]:
    for exchange in exchanges:
        statistics.update((exchange,))
        yield exchange


def _difference(one: Exchange | None, other: Exchange | None) -> str:
    if one is None or other is None:
        given, missing = ("right", "left") if one is None else ("left", "right")
        step = one or other
        more = f"{_action(step)} follows on the {given} side" if step is not None else ""
        return f"The {missing} side ends here; {more}."
    if one.action != other.action:
        return f"{_action(one)} on the left side, {_action(other)} on the right."
    if (one.status, one.error_code) != (other.status, other.error_code):
        return f"{_action(one)}: {_outcome(one)} on the left side, {_outcome(other)} on the right."
    return ""


def _latencies(one: Exchange, other: Exchange, rule: LatencyRule) -> str:
    what, times = "in all", (one.total_ns, other.total_ns)
    if not one.status.answered:
        what, times = "to the first answer", (one.first_ns, other.first_ns)
    if min(times) < 0 or not rule.differ(*times):
        return ""
    side = "left" if times[0] > times[1] else "right"
    left_ms, right_ms = (f"{time_ns / 1e6:,.0f} ms" for time_ns in times)
    return f"{_action(one)} is slower on the {side} side: {left_ms} and {right_ms} {what}."


def _action(exchange: Exchange) -> str:
    return exchange.action or "a request without an action"


def _outcome(exchange: Exchange) -> str:
    words = _WORDS[exchange.status]
    return f"{words} {exchange.error_code}" if exchange.error_code else words
