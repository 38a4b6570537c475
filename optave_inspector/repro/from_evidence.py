"""A recipe from what a log holds: an attempt with its ending, some of its entries, or an exchange.

It is made so that it runs as it is: what was sent goes out again as it was, secrets aside, in the same order with the
same waits; answers that came are waited for; and the ending that came is the one that is expected.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import msgspec

from ..capture.entry import EntryFlag, EntryKind
from ..capture.redaction import Redactor
from ..client.events import Closer, FailureKind
from ..close_report.reading import read_attempts
from ..errors import InspectorError
from ..protocol.close_codes import close_problem
from ..protocol.scenarios import SCENARIOS
from ..protocol.urls import add_query, is_loopback
from .durations import LONGEST_S, duration
from .keys import LOCAL_TENANT
from .orders import CALM, read_order
from .problems import RecipeError
from .reading import read_recipe
from .wording import code_words
from .writing import recipe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..capture.entry import Entry
    from ..capture.store import CaptureStore
    from ..close_report.facts import Attempt

MOST_MESSAGES = 200
"""Of a long attempt the last so many sent messages are taken, and what came with them."""
_LONGEST_TEXT = 2 * 2**20
_SHORTEST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_WITHIN_S = 10.0
_PAGE = 1_000
_OUT = 1
_BY = {Closer.PEER: "tenant", Closer.INSPECTOR: "client", Closer.NOBODY: "nobody"}
_ANSWERED = frozenset({"completed", "error"})


class Origin(msgspec.Struct, frozen=True):
    """Where the evidence comes from, as far as is known."""

    local_tenant: bool = False
    profile: str = ""
    """The name of the profile; without one, the URL of the handshake is taken."""
    profile_url: str = ""
    """Where that profile connects to: an attempt to loopback that it does not name was one to a local tenant."""

    def fits(self, url: str) -> Origin:
        """What counts for an attempt that went to ``url``."""
        if self.local_tenant or not url or not is_loopback(url) or not self.profile or is_loopback(self.profile_url):
            return self
        return Origin(local_tenant=True)


class MadeRecipe(msgspec.Struct, frozen=True):
    """A recipe that was made of evidence."""

    text: str
    notes: list[str]
    """What could not be taken over as it was, in sentences."""

    @property
    def sentence(self) -> str:
        """How it went."""
        return " ".join(["Made of the log.", *self.notes])


def from_attempt(store: CaptureStore, number: int, origin: Origin) -> MadeRecipe:
    """All of an attempt, up to its ending. Not for the window's thread. Raises InspectorError."""
    attempts = read_attempts(store)
    attempt = next((each for each in attempts if each.number == number), None)
    if attempt is None:
        raise InspectorError("This attempt is not in the log.")
    first, last = _span(store, attempts, attempt)
    return _Making(store, origin, attempt, whole=True).make(_between(store, first, last))


def from_entries(store: CaptureStore, numbers: Sequence[int], origin: Origin) -> MadeRecipe:
    """Some entries of one attempt; the ending is expected where it is among them. Raises as :func:`from_attempt`."""
    if not numbers:
        raise InspectorError("Nothing is selected that a recipe could be made of.")
    chosen = store.entries(sorted(numbers))
    of_attempt = {entry.attempt for entry in chosen}
    if len(of_attempt) > 1:
        raise InspectorError("The selected rows belong to several attempts.", "Select rows of one of them.")
    attempts = read_attempts(store)
    attempt = next((each for each in attempts if each.number in of_attempt), None)
    if attempt is None:
        raise InspectorError("The selected rows belong to no attempt.", "Select messages of a connection.")
    first, _last = _span(store, attempts, attempt)
    wanted = {entry.number for entry in chosen}
    ends = any(entry.kind in (EntryKind.ENDING, EntryKind.CLOSE) for entry in chosen) or attempt.upgrade is None
    before = _between(store, first, chosen[-1].number, lambda entry: _is_order(entry) or entry.number in wanted)
    return _Making(store, origin, attempt, whole=ends).make(before)


def _span(store: CaptureStore, attempts: Sequence[Attempt], attempt: Attempt) -> tuple[int, int]:
    """From the end of the attempt before, since orders for this one may stand there, to the end of this one."""
    earlier = [each for each in attempts if each.number < attempt.number]
    ends = [over.number for each in earlier if (over := each.ending_entry or each.failure_entry) is not None]
    over = attempt.ending_entry or attempt.failure_entry
    return max(ends, default=0) + 1, over.number if over is not None else store.count


def _is_order(entry: Entry) -> bool:
    return entry.kind == EntryKind.STATE and bool(entry.flags & EntryFlag.ON_PURPOSE)


def _between(store: CaptureStore, first: int, last: int, wanted=lambda _entry: True) -> list[Entry]:  # type: ignore[no-untyped-def]
    """Entries from one number to another; of very many the last ones that hold enough messages."""
    found: list[Entry] = []
    while first <= last:
        page = store.page(first, min(_PAGE, last + 1 - first))
        if not page:
            break
        first = page[-1].number + 1
        found += [entry for entry in page if wanted(entry) and _matters(entry)]
    return found


def _matters(entry: Entry) -> bool:
    """What may become a step: what was sent, the answers that end an exchange, orders, and the beginning."""
    if entry.kind in (EntryKind.TEXT, EntryKind.BINARY, EntryKind.PING):
        return entry.direction == _OUT or (entry.exchange > 0 and entry.state in _ANSWERED)
    return entry.kind in (EntryKind.CLOSE, EntryKind.HANDSHAKE, EntryKind.ENDING) or _is_order(entry)


class _Making:
    def __init__(self, store: CaptureStore, origin: Origin, attempt: Attempt, *, whole: bool) -> None:
        self._store = store
        self._origin = origin.fits(attempt.upgrade.url if attempt.upgrade is not None else "")
        self._attempt = attempt
        self._whole = whole
        self._redactor = Redactor()
        self._notes: list[str] = []
        self._steps: list[dict[str, Any]] = []
        self._connection: dict[str, Any] = {}
        self._orders: list[str] = []
        self._anchor_ns = 0
        self._connected = False
        self._closed_by_us = False

    def make(self, entries: Sequence[Entry]) -> MadeRecipe:
        self._connect_to()
        for entry in self._bounded(entries):
            self._step(entry)
        if not self._connected:
            self._connect(self._attempt.began.monotonic_ns)
        ending = self._ending()
        if self._redactor.different:
            self._notes.append("Secrets were replaced by placeholders.")
        cause = self._attempt.ending.cause if self._attempt.ending is not None else self._attempt.failure
        top = {"title": self._clean(self._title()), "description": self._clean(cause) or "Made of a log."}
        text = recipe_text(self._notes, top, self._connection, self._steps, ending)
        try:
            read_recipe(text)
        except RecipeError as error:
            raise InspectorError(f"No recipe can be made of this: {error.problems[0].sentence}") from None
        return MadeRecipe(text, self._notes)

    def _bounded(self, entries: Sequence[Entry]) -> Iterable[Entry]:
        sent = [entry.number for entry in entries if entry.direction == _OUT and entry.kind != EntryKind.CLOSE]
        if len(sent) <= MOST_MESSAGES:
            return entries
        self._notes.append(f"Of {len(sent):,} sent messages the last {MOST_MESSAGES} were taken.")
        first = sent[-MOST_MESSAGES]
        kept = (EntryKind.HANDSHAKE, EntryKind.STATE)
        return [entry for entry in entries if entry.number >= first or entry.kind in kept]

    # The connection

    def _connect_to(self) -> None:
        upgrade, into = self._attempt.upgrade, self._connection
        url = upgrade.url if upgrade is not None else ""
        query = parse_qsl(urlsplit(url).query)
        if self._origin.local_tenant:
            into["use"] = LOCAL_TENANT
            if upgrade is not None and upgrade.tls:
                into["tls"] = True
        elif self._origin.profile:
            into["profile"] = self._origin.profile
        elif url:
            rest = [(name, value) for name, value in query if name not in ("Authorization", "OptaveTraceChatSessionId")]
            into["url"] = add_query(urlunsplit(urlsplit(url)._replace(query="")), rest)
            self._notes.append("Fresh tokens need --url and --auth-url, or a profile in place of the URL.")
        else:
            raise InspectorError("It is not known what this attempt connected to.")
        if not self._origin.profile:
            if any(name == "Authorization" for name, _ in query):
                into["transport"] = "query"
            chat = next((value for name, value in query if name == "OptaveTraceChatSessionId"), "")
            if chat and "{{" not in chat:
                into["chat_session_id"] = self._clean(chat)
            if upgrade is not None and upgrade.ping_interval_s is not None and upgrade.ping_interval_s > 0:
                into["ping_every"] = duration(upgrade.ping_interval_s)

    def _connect(self, at_ns: int) -> None:
        self._connected = True
        upgrade = self._attempt.upgrade
        token = upgrade.token if upgrade is not None else None
        expired = token is not None and upgrade is not None and _expired(token.expires_unix_s, upgrade.entry)
        if upgrade is not None and token is None and not _carried_token(upgrade.url, upgrade.request):
            self._steps.append({"connect": "none"})
        elif token is not None and token.reused:
            self._steps += [{"connect": "fresh"}, {"close": 1000}, {"connect": "used"}]
        elif expired and "token-expired" not in self._orders:
            within = 5.0 if self._origin.local_tenant else 1200.0
            if self._origin.local_tenant:
                self._connection["token_lifetime"] = "1 s"  # noqa: S105 - a time
            self._steps.append({"connect": "expired", "within": duration(within)})
        else:
            self._steps.append({"connect": "fresh"})
        self._anchor_ns = at_ns

    # Steps

    def _step(self, entry: Entry) -> None:
        if entry.kind == EntryKind.STATE:
            self._order(entry)
        elif entry.kind == EntryKind.HANDSHAKE:
            self._connect(entry.monotonic_ns)
        elif entry.kind == EntryKind.ENDING:
            return
        else:
            if not self._connected:
                self._connect(entry.monotonic_ns)
            if entry.kind == EntryKind.CLOSE:
                self._close(entry)
            elif entry.direction == _OUT:
                self._sent(entry)
            else:
                self._answer(entry)

    def _order(self, entry: Entry) -> None:
        order = read_order(self._store.payload(entry.number).decode("utf-8", "replace"))
        if order is None:
            self._notes.append(f"Not taken over: “{entry.summary}”")
            return
        if not self._origin.local_tenant:
            return
        name, parameters = order
        if name == CALM:
            self._steps = [step for step in self._steps if "tenant" not in step]
            self._orders = []
            return
        connections = parameters.pop("next", None) if name in SCENARIOS else None
        self._wait(entry)
        self._orders.append(name)
        step: dict[str, Any] = {"tenant": name}
        if parameters:
            step["with"] = parameters
        if connections is not None:
            step["next"] = connections
        self._steps.append(step)

    def _sent(self, entry: Entry) -> None:
        if entry.flags & EntryFlag.TOOL_MADE:
            return
        if entry.flags & EntryFlag.ON_PURPOSE:
            self._notes.append(f"Not taken over: the frame made by hand in entry {entry.number}.")
            return
        payload = self._redactor.redact(entry, self._store.payload(entry.number)).payload
        if len(payload) > _LONGEST_TEXT:
            self._notes.append(f"Not taken over: entry {entry.number}, which has {len(payload):,} bytes.")
            return
        self._wait(entry)
        if entry.kind == EntryKind.TEXT:
            self._steps.append({"send_text": payload.decode("utf-8", "replace"), "verbatim": True})
        else:
            opcode = "ping" if entry.kind == EntryKind.PING else "binary"
            self._steps.append({"send_frame": opcode, **({"hex": payload.hex(" ")} if payload else {})})

    def _answer(self, entry: Entry) -> None:
        checks = [
            {"path": path, "is": value}
            for path, value in (
                ("$.headers.correlationId", entry.correlation_id),
                ("$.payload.state", entry.state),
            )
            if value and "{{" not in value and self._clean(value) == value
        ]
        if entry.exchange and entry.correlation_id and not entry.flags & EntryFlag.GUESSED:
            took_s = entry.latency_ns / 1e9 if entry.latency_ns > 0 else 0.0
            self._steps.append(
                {"expect": "message", "where": checks, "within": duration(max(_WITHIN_S, ceil(3 * took_s)))}
            )
            self._anchor_ns = entry.monotonic_ns

    def _close(self, entry: Entry) -> None:
        ending = self._attempt.ending
        ours = ending is not None and ending.by_user and ending.first is Closer.INSPECTOR
        if entry.direction != _OUT or not ours or self._closed_by_us or entry.flags & EntryFlag.TOOL_MADE:
            return
        reason = self._store.payload(entry.number)[2:].decode("utf-8", "replace")
        if entry.code != 1005 and close_problem(entry.code, reason):
            self._notes.append(f"Not taken over: the close frame in entry {entry.number}.")
            return
        self._wait(entry)
        self._closed_by_us = True
        step: dict[str, Any] = {"close": entry.code}
        if reason and "{{" not in reason and "\n" not in reason and reason.strip():
            step["reason"] = self._clean(reason)
        self._steps.append(step)

    def _wait(self, entry: Entry) -> None:
        if self._connected and self._anchor_ns:
            gap_s = (entry.monotonic_ns - self._anchor_ns) / 1e9
            if gap_s >= _SHORTEST_WAIT_S:
                rounded = round(gap_s, 1) if gap_s < 10 else float(round(gap_s))
                if rounded > _LONGEST_WAIT_S:
                    self._notes.append(f"A wait of {duration(rounded)} was cut to {duration(_LONGEST_WAIT_S)}.")
                self._steps.append({"wait": duration(min(rounded, _LONGEST_WAIT_S))})
        self._anchor_ns = max(self._anchor_ns, entry.monotonic_ns)

    # The ending

    def _ending(self) -> dict[str, Any]:
        attempt = self._attempt
        ending = attempt.ending
        if attempt.failure and ending is None:
            status = attempt.upgrade.status if attempt.upgrade is not None else None
            if status == 101:
                return {"expect": "refused", "failure": "protocol"}
            if status:
                return {"expect": "refused", "status": status}
            kind = attempt.failure_kind
            is_cause = kind is not None and kind is not FailureKind.CANCELLED
            return {"expect": "refused", **({"failure": f"{kind}"} if is_cause else {})}
        if ending is None or not self._whole:
            return {"expect": "open"}
        if ending.by_user and ending.first is not Closer.INSPECTOR and not self._closed_by_us:
            self._steps.append({"reset": True})
        found: dict[str, Any] = {"expect": "close", "code": ending.code}
        reason = ending.reason
        if reason.strip() and "{{" not in reason and "\n" not in reason and self._clean(reason) == reason:
            found["reason"] = reason
        found |= {"by": _BY[ending.first], "clean": ending.clean}
        if ending.failed and ending.sent is not None:
            found["sent"] = ending.sent.code
        left_s = (ending.monotonic_ns - self._anchor_ns) / 1e9 if self._anchor_ns else 0.0
        found["within"] = duration(min(max(_WITHIN_S, ceil(left_s * 1.2 + 5)), LONGEST_S))
        return found

    def _title(self) -> str:
        attempt = self._attempt
        when = datetime.fromtimestamp(attempt.began.wall_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")
        if attempt.ending is not None and self._whole:
            return f"{code_words(attempt.ending.code)}, as on {when}"
        if attempt.failure and attempt.ending is None:
            status = attempt.upgrade.status if attempt.upgrade is not None else None
            return f"{f'HTTP {status}' if status else 'Not opened'}, as on {when}"
        return f"Messages of {when}"

    def _clean(self, text: str) -> str:
        return " ".join(self._redactor.clean(text).split()) if text else ""


def _carried_token(url: str, request: object) -> bool:
    offered = request.get("sec-websocket-protocol", "") if isinstance(request, dict) else ""
    return "Authorization=" in url or "," in offered


def _expired(expires_unix_s: float | None, entry: Entry) -> bool:
    return expires_unix_s is not None and entry.wall_ns / 1e9 > expires_unix_s
