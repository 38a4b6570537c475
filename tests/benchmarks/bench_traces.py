"""What exchanges cost: time per message with few and with many open ones, and memory once they have ended.

Ratios compare within one run, their two sides measured in turns. Memory is counted by Python's own allocator, so that
it does not depend on what else the process holds.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

from optave_inspector.capture.entry import Entry
from optave_inspector.client.events import Direction, Frame
from optave_inspector.protocol.codec import Peek, Shape
from optave_inspector.recorder import Recorder
from optave_inspector.tracing.correlator import Correlator
from optave_inspector.tracing.exchange_list import ExchangeList
from optave_inspector.tracing.grouping import GroupBy, Grouping
from optave_inspector.tracing.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable

_SECOND = 10**9
_FEW, _MANY = 100, 100_000
_ENDED = 50_000
"""Exchanges of which the memory is counted."""
_ACTIONS = ("adjust", "elevate", "interaction", "summarize", "translate")


def run(rounds: int = 5) -> list[dict[str, Any]]:
    """Measure all; each result has name, value, unit, target (None where there is none) and holds."""
    results = []
    for what, measure in (("new request and answer", _new_ones), ("update of one that waits", _old_ones)):
        few, many = [], []
        for _ in range(rounds):
            few.append(measure(_FEW))
            many.append(measure(_MANY))
        for place, part in enumerate(("per frame", "correlator alone")):
            least = [min(times[place] for times in side) for side in (few, many)]
            target = None if place else 1.5
            results += [
                _result(f"traces: {what}, {part}, {_FEW} open", least[0], "µs", None),
                _result(f"traces: {what}, {part}, {_MANY:,} open", least[1], "µs", None),
                _result(f"traces: {what}, {part}, {_MANY:,} open to {_FEW}", least[1] / least[0], "ratio", target),
            ]
    exchanges = _conversation(_ENDED).exchanges
    as_objects = _bytes_of(lambda: [exchanges[index] for index in range(_ENDED)])
    packed = _bytes_of(lambda: _packed(exchanges))
    results += [
        _result("traces: an ended exchange as an object", as_objects, "bytes", None),
        _result("traces: an ended exchange packed", packed, "bytes", None),
        _result("traces: packed to object", packed / as_objects, "ratio", 0.34),
        _result("traces: correlator per ended exchange", _bytes_of(lambda: _conversation(_ENDED)), "bytes", 435),
        _result("traces: statistics per ended exchange", _bytes_of(lambda: Statistics(exchanges)), "bytes", None),
        _result("traces: groups per exchange", _bytes_of(lambda: Grouping(GroupBy.THREAD, exchanges)), "bytes", None),
    ]
    started = time.perf_counter()
    for _exchange in exchanges:
        pass
    results.append(_result("traces: reading one back", (time.perf_counter() - started) / _ENDED * 1e6, "µs", None))
    return results


def _new_ones(open_exchanges: int, pairs: int = 10_000) -> tuple[float, float]:
    """A request and its answer at a time, among so many that wait."""
    frames = []
    for number in range(pairs):
        frames += [_frame(Direction.OUT, number, "new"), _frame(Direction.IN, number, "new", "completed")]
    return _per_frame(_waiting(open_exchanges), frames)


def _old_ones(open_exchanges: int, messages: int = 20_000) -> tuple[float, float]:
    """Updates to those that wait, all over them."""
    step = max(1, open_exchanges // 997)
    places = (number * step % open_exchanges for number in range(messages))
    return _per_frame(_waiting(open_exchanges), [_frame(Direction.IN, number, "open", "started") for number in places])


def _per_frame(correlator: Correlator, frames: list[Frame]) -> tuple[float, float]:
    """Microseconds from a frame to its place in an exchange, as a session goes, and of the correlator's part in it."""
    recorder, part_ns = Recorder(), 0
    recorder.attempt = 1
    started_ns = time.perf_counter_ns()
    for first in range(0, len(frames), 500):
        recorded = [recorder.frame(frame) for frame in frames[first : first + 500]]
        before_ns = time.perf_counter_ns()
        for each in recorded:
            if each is not None:
                correlator.hand_in(each[0], each[2])
        part_ns += time.perf_counter_ns() - before_ns
    return (time.perf_counter_ns() - started_ns) / len(frames) / 1e3, part_ns / len(frames) / 1e3


def _waiting(count: int) -> Correlator:
    correlator = Correlator(30 * _SECOND)
    for number in range(count):
        correlator.sent(*_request(number, "open"))
    return correlator


def _conversation(count: int) -> Correlator:
    """A correlator that has seen so many exchanges, each answered at once."""
    correlator = Correlator(30 * _SECOND)
    for number in range(count):
        correlator.sent(*_request(number, "id"))
        correlator.received(*_answer(number, "id"))
    return correlator


def _packed(exchanges: ExchangeList) -> ExchangeList:
    packed = ExchangeList()
    for exchange in exchanges:
        packed.append(exchange)
        packed.ended(exchange.number)
    return packed


def _bytes_of(make: Callable[[], object]) -> float:
    gc.collect()
    tracemalloc.start()
    kept = make()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return size / _ENDED


def _request(number: int, kind: str) -> tuple[Entry, Peek]:
    # Texts as a decoder makes them: each its own object.
    return _entry(2 * number, 1), Peek(
        Shape.REQUEST,
        action=_ACTIONS[number % len(_ACTIONS)],
        correlation_id=_uuid(number, kind),
        trace_id=_uuid(number, "trace"),
        thread_id=_uuid(number // 20, "thread"),
        session_id=_uuid(number // 100, "session"),
        request_id=_uuid(number, kind),
    )


def _answer(number: int, kind: str, state: str = "completed") -> tuple[Entry, Peek]:
    return _entry(2 * number + 1, 0), Peek(Shape.RESPONSE, state=state, correlation_id=_uuid(number, kind))


def _frame(direction: Direction, number: int, kind: str, state: str = "") -> Frame:
    headers = {"correlationId": _uuid(number, kind), "action": "adjust", "traceId": _uuid(number, "trace")}
    text = f"Message {number}. " * 30
    payload: dict[str, object] = {
        "session": {"sessionId": _uuid(number // 100, "session")},
        "request": {"connections": {"threadId": _uuid(number // 20, "thread")}, "attributes": {"content": text}},
    }
    if state:
        results = [{"response": [{"content": text}]}]
        payload = {"action": "superpower", "actionType": "adjust", "state": state, "message": {"results": results}}
    data = json.dumps({"action": "message", "headers": headers, "payload": payload}).encode()
    time_ns = 10**15 + number * 10_000
    return Frame(direction, 1, data, len(data), time_ns, time_ns)


def _uuid(number: int, kind: str) -> str:
    return f"0190b3aa-0000-7000-8{sum(kind.encode()) % 4096:03x}-{number:012x}"


def _entry(number: int, direction: int) -> Entry:
    time_ns = 10**15 + number * 10_000
    return Entry(number + 1, 1, direction, 1, time_ns, time_ns, 1, 1)


def _result(name: str, value: float, unit: str, target: float | None) -> dict[str, Any]:
    holds = target is None or value <= target
    value = round(value) if value >= 1_000 else float(f"{value:.3g}")
    return {"name": name, "value": value, "unit": unit, "target": target, "holds": holds}
