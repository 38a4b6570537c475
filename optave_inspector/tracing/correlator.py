"""Which answer belongs to which request: live, and again from a capture, with the same result."""

from __future__ import annotations

from ..capture.entry import Entry, EntryFlag, EntryKind
from ..protocol.actions import parse_action
from ..protocol.codec import Peek, Shape
from .counts import Counts
from .deadlines import Deadlines
from .exchange import Exchange, ExchangeStatus
from .exchange_list import ExchangeList
from .indexes import CorrelationIds, Key, Queues

_ANSWERS = frozenset({Shape.RESPONSE, Shape.SUPERPOWER, Shape.ERROR})
"""Shapes that are answers to something, known or not."""
_MAYBE_ANSWERS = frozenset({Shape.GATEWAY, Shape.JSON})
"""Shapes that are answers only if they carry the correlation ID of a request."""
# Plain integers: an IntFlag's operators cost more than all the rest that is done to an entry.
_ORPHAN, _LATE = int(EntryFlag.ORPHAN), int(EntryFlag.LATE)
_DUPLICATE, _GUESSED = int(EntryFlag.DUPLICATE), int(EntryFlag.GUESSED)
_SIMILAR, _REUSED = int(EntryFlag.SIMILAR), int(EntryFlag.REUSED)
_MARKS = _ORPHAN | _LATE | _DUPLICATE | _GUESSED | _SIMILAR | _REUSED
_COMPLETED, _ERROR = ExchangeStatus.COMPLETED, ExchangeStatus.ERROR
_ENDS = {"completed": _COMPLETED, "error": _ERROR}
_NOT_SENT_KIND, _CANCELLED_KIND = int(EntryKind.NOT_SENT), int(EntryKind.CANCELLED)
_NONE_YET: list[int] = []
"""What all exchanges share until something comes: three lists each would be a third of a waiting one's memory, and
work for the garbage collector. Never changed, but replaced."""
_ENDED_BY = {
    ExchangeStatus.TIMED_OUT: "timed out",
    ExchangeStatus.CUT_OFF: "was cut off",
    ExchangeStatus.CANCELLED: "was cancelled",
}


class Correlator:
    """Builds exchanges from the messages of a session, and marks entries with what they are.

    Hand in all messages in the order in which they were seen, and call :meth:`expire` and :meth:`cut_off` only with
    times up to which all messages were handed in: then the result does not depend on how often they are called. Each
    call costs the same with a hundred open exchanges and with a hundred thousand. There is no clock: times are those
    of the entries.

    How an answer moves its exchange (``protocol.md`` sections 8.1 to 8.3): the state ``completed`` and an error, by its
    effective state, end it; ``started`` is an update; an unknown or missing state is an update as well, with a note on
    the exchange, because nothing says that it was the last. Each update starts the time limit anew.

    A request that was not sent is an exchange of its own, which ended as it began, and gets no answers. One that the
    user cancels ends there and then, and what still comes for it is late.

    An answer without a correlation ID is matched by action and order among the open exchanges of its attempt, and
    marked as a guess with its reason. One with an ID that no request had is an orphan, never a guess.
    """

    def __init__(self, timeout_ns: int) -> None:
        self.timeout_ns = timeout_ns
        """How long a request waits for its first or next answer; 0 for ever. A change counts from then on."""
        self.exchanges = ExchangeList()
        """All exchanges; number ``n`` stands at index ``n - 1``."""
        self.waiting = 0
        """How many exchanges have not ended."""
        self.counts = Counts()
        self._deadlines = Deadlines()
        self._is_open = self.exchanges.is_open
        self._ids = CorrelationIds(self.exchanges)
        self._queues = Queues(self._is_open)
        self._not_sent: dict[Key, int] = {}
        self._reasons: dict[int, str] = {}
        """Of orphans of which more is known than that nobody asked for them."""

    @property
    def next_deadline_ns(self) -> int | None:
        """When :meth:`expire` has something to do next; None while nothing waits."""
        return self._deadlines.next()

    def hand_in(self, entry: Entry, peek: Peek | None) -> set[int]:
        """Any entry, with what was read of it where it is a message. Returns the numbers of changed exchanges."""
        if peek is None:
            return self.cancelled(entry) if entry.kind == _CANCELLED_KIND else set()
        if entry.kind == _NOT_SENT_KIND:
            return self.not_sent(entry, peek)
        return self.sent(entry, peek) if entry.direction else self.received(entry, peek)

    def sent(self, entry: Entry, peek: Peek) -> set[int]:
        """An outgoing message; a request envelope starts an exchange. Returns the numbers of changed exchanges."""
        now_ns = entry.monotonic_ns
        changed = self.expire(now_ns) if self._deadlines.may_be_due(now_ns) else set()
        entry.flags = int(entry.flags) & ~_MARKS
        if peek.shape is not Shape.REQUEST:
            self.counts.other_sent += 1
            return changed
        exchange = self._begin(entry, peek)
        number = exchange.number
        self.counts.requests += 1
        self.waiting += 1
        if peek.correlation_id:
            before = self._ids.add(_key(peek), entry.attempt, number)
            if before:
                self.counts.reused += 1
                entry.flags |= _REUSED
                exchange.reused = before
                state = "still waited" if self._is_open(before) else "had ended"
                exchange.note = f"The correlation ID was used before, by exchange {before}, which {state}."
        else:
            exchange.note = "The request has no correlation ID, so an answer can only be guessed."
        self._queues.add(entry.attempt, peek.action, number)
        if self.timeout_ns > 0:
            self._deadlines.set(number, now_ns + self.timeout_ns)
        changed.add(number)
        return changed

    def not_sent(self, entry: Entry, peek: Peek) -> set[int]:
        """A text that could not be sent, by the entry that says so; ``state`` is that of the connection.

        Returns the numbers of changed exchanges.
        """
        changed = self.expire(entry.monotonic_ns)
        if peek.shape is not Shape.REQUEST:
            self.counts.other_not_sent += 1
            return changed
        exchange = self._begin(entry, peek)
        exchange.status = ExchangeStatus.NOT_SENT
        exchange.ended_ns = entry.monotonic_ns
        exchange.note = f"Never sent: the connection was {entry.state}." if entry.state else "Never sent."
        self.exchanges.ended(exchange.number)
        self.counts.not_sent += 1
        if peek.correlation_id:
            self._not_sent[_key(peek)] = exchange.number
        changed.add(exchange.number)
        return changed

    def cancelled(self, entry: Entry) -> set[int]:
        """The user's will not to wait any longer, by the entry that says so. Returns the numbers of changed exchanges.

        The entry names the exchange, and its correlation ID for a capture in which exchanges have other numbers.
        """
        now_ns = entry.monotonic_ns
        changed = self.expire(now_ns)
        exchange = self._named(entry)
        if exchange is None:
            entry.exchange, entry.latency_ns = 0, -1
            return changed
        entry.exchange = exchange.number
        entry.latency_ns = max(0, now_ns - exchange.sent_ns)
        self.counts.cancelled += 1
        self._end(exchange, ExchangeStatus.CANCELLED, now_ns)
        changed.add(exchange.number)
        return changed

    def received(self, entry: Entry, peek: Peek) -> set[int]:
        """An incoming message, which is marked with what it is. Returns the numbers of changed exchanges."""
        now_ns = entry.monotonic_ns
        changed = self.expire(now_ns) if self._deadlines.may_be_due(now_ns) else set()
        entry.flags = int(entry.flags) & ~_MARKS
        exchange, guess = self._find(entry, peek)
        if exchange is None:
            if peek.shape in _ANSWERS:
                self._orphan(entry, peek)
            else:
                self.counts.unrelated += 1
            entry.exchange, entry.latency_ns = 0, -1
            return changed
        entry.exchange = exchange.number
        entry.latency_ns = max(0, now_ns - exchange.sent_ns)
        changed.add(exchange.number)
        status = exchange.status
        if status in (_COMPLETED, _ERROR) or exchange.late_end_ns >= 0:
            self.counts.duplicates += 1
            entry.flags |= _DUPLICATE
            if exchange.duplicates:
                exchange.duplicates.append(entry.number)
            else:
                exchange.duplicates = [entry.number]
            return changed
        if exchange.answers:
            exchange.answers.append(entry.number)
            exchange.update_ns.append(now_ns)
        else:
            exchange.answers, exchange.update_ns = [entry.number], [now_ns]
        if guess:
            entry.flags |= _GUESSED
            self.counts.guessed += 1
            exchange.guessed = guess
        if status > _COMPLETED:
            self._late(exchange, entry, peek)
        else:
            self._in_time(exchange, entry, peek)
        return changed

    def cut_off(self, attempt: int, now_ns: int) -> set[int]:
        """The connection of ``attempt`` ended; what still waits there gets no answer. Returns the changed numbers."""
        changed = self.expire(now_ns)
        for number in self._queues.drop(attempt):
            self._end(self.exchanges.changeable(number), ExchangeStatus.CUT_OFF, now_ns)
            changed.add(number)
        return changed

    def expire(self, now_ns: int) -> set[int]:
        """Time out what has waited too long at ``now_ns``. Returns the changed numbers."""
        changed: set[int] = set()
        for number, deadline_ns in self._deadlines.due(now_ns):
            self._end(self.exchanges.changeable(number), ExchangeStatus.TIMED_OUT, deadline_ns)
            changed.add(number)
        return changed

    def reason(self, entry: Entry) -> str:
        """Why an incoming entry is marked as it is, as a sentence; empty for an answer in time matched by its ID."""
        exchange = self.exchanges[entry.exchange - 1] if 0 < entry.exchange <= len(self.exchanges) else None
        if entry.flags & _ORPHAN:
            if not entry.correlation_id:
                return "It carries no correlation ID, and no request was waiting that it could be the answer to."
            known = self._reasons.get(entry.number)
            if known:
                return known
            return f"No request with the correlation ID {entry.correlation_id} was sent in this session."
        if exchange is None:
            return ""
        if entry.flags & _DUPLICATE:
            return f"Exchange {exchange.number} had its final answer already."
        if entry.flags & _LATE:
            return f"Exchange {exchange.number} {_ENDED_BY.get(exchange.status, 'had ended')} before this answer came."
        return exchange.guessed if entry.flags & _GUESSED else ""

    def _begin(self, entry: Entry, peek: Peek) -> Exchange:
        exchange = Exchange(
            len(self.exchanges) + 1,
            entry.attempt,
            peek.action,
            peek.correlation_id,
            entry.number,
            entry.monotonic_ns,
            peek.trace_id,
            peek.thread_id,
            peek.session_id,
            peek.parent_id,
            peek.request_id,
            ExchangeStatus.WAITING,
            _NONE_YET,
            _NONE_YET,
            duplicates=_NONE_YET,
        )
        self.exchanges.append(exchange)
        entry.exchange = exchange.number
        return exchange

    def _named(self, entry: Entry) -> Exchange | None:
        """The open exchange that an entry names."""
        numbers = [entry.exchange] if 0 < entry.exchange <= len(self.exchanges) else []
        if entry.correlation_id:
            numbers.append(self._ids.find(entry.correlation_id, entry.attempt))
        for number in filter(self._is_open, filter(None, numbers)):
            exchange = self.exchanges.changeable(number)
            if exchange.correlation_id == entry.correlation_id:
                return exchange
        return None

    def _find(self, entry: Entry, peek: Peek) -> tuple[Exchange | None, str]:
        """The exchange of an incoming message, and the reason where it is a guess."""
        answers = peek.shape in _ANSWERS
        if not answers and peek.shape not in _MAYBE_ANSWERS:
            return None, ""
        number = self._ids.find(_key(peek), entry.attempt)
        if not number and peek.request_id:
            # The SDK takes the request ID as correlation ID when there is one (protocol.md section 4).
            number = self._ids.find(peek.request_id, entry.attempt)
        if number:
            return self.exchanges.changeable(number), ""
        if peek.correlation_id or not answers:
            return None, ""
        return self._guess(entry, peek)

    def _guess(self, entry: Entry, peek: Peek) -> tuple[Exchange | None, str]:
        action = peek.action or peek.action_type
        for name in _possible_actions(action):
            number = self._queues.oldest(entry.attempt, name)
            if number:
                exchange = self.exchanges.changeable(number)
                reason = f"no correlation ID; “{action}” was taken for the oldest open {exchange.action} request"
                return exchange, f"Guessed: {reason}."
            if parse_action(name) is not None:
                return None, ""
        number = self._queues.oldest(entry.attempt)
        if not number:
            return None, ""
        return self.exchanges.changeable(
            number
        ), "Guessed: no ID and no known action; taken for the oldest open request."

    def _orphan(self, entry: Entry, peek: Peek) -> None:
        self.counts.orphans += 1
        entry.flags |= _ORPHAN
        if not peek.correlation_id:
            return
        key = _key(peek)
        if (number := self._not_sent.get(key)) is not None:
            self.counts.to_not_sent += 1
            self._reasons[entry.number] = f"The request with this correlation ID, exchange {number}, was never sent."
        elif (same := self._ids.same_but_type(key)) is not None:
            self.counts.other_type += 1
            entry.flags |= _SIMILAR
            given = peek.correlation_type or "text"
            self._reasons[entry.number] = (
                f"Its correlation ID {same[1]} differs only in type: {_a(same[0])} was sent, {_a(given)} came back."
            )
        elif similar := self._ids.same_but_case(key):
            self.counts.other_case += 1
            entry.flags |= _SIMILAR
            self._reasons[entry.number] = f"Its correlation ID differs only in case from {similar}, which was sent."

    def _in_time(self, exchange: Exchange, entry: Entry, peek: Peek) -> None:
        self.counts.answers += 1
        status = _ENDS.get(peek.state)
        if status is not None:
            exchange.error_code = peek.error_code
            self._end(exchange, status, entry.monotonic_ns)
            return
        exchange.status = ExchangeStatus.STREAMING
        if peek.state != "started" and not exchange.note:
            given = f"the unknown state “{peek.state}”" if peek.state else "no state"
            exchange.note = f"Answer #{entry.number} has {given}, so nothing says that it was the last."
        if self.timeout_ns > 0:
            self._deadlines.set(exchange.number, entry.monotonic_ns + self.timeout_ns)

    def _late(self, exchange: Exchange, entry: Entry, peek: Peek) -> None:
        self.counts.late += 1
        entry.flags |= _LATE
        exchange.late += 1
        if peek.state in _ENDS:
            exchange.late_end_ns = entry.monotonic_ns
            exchange.error_code = peek.error_code

    def _end(self, exchange: Exchange, status: ExchangeStatus, now_ns: int) -> None:
        exchange.status = status
        exchange.ended_ns = now_ns
        self.waiting -= 1
        self._deadlines.remove(exchange.number)
        self.exchanges.ended(exchange.number)


def _key(peek: Peek) -> Key:
    return (peek.correlation_type, peek.correlation_id) if peek.correlation_type else peek.correlation_id


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "ao" else f"a {word}"


def _possible_actions(text: str) -> list[str]:
    """What an action type may stand for: ``adjust_suggestion`` for itself, then for ``adjust``."""
    parts = text.split("_", 8)[:8] if text else []
    return ["_".join(parts[:count]) for count in range(len(parts), 0, -1)]
