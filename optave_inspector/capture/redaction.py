"""Taking secrets out of what leaves a capture, so that what stays is byte for byte as it was.

A secret becomes a placeholder such as ``‹token-1›``, numbered as they first appear. Equal secrets get equal
placeholders within one export, wherever and however encoded they stand; the key behind that is random and forgotten, so
that nothing links two exports or leads back to a secret.
"""

from __future__ import annotations

import hmac
import operator
import re
import secrets
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import msgspec

from ..protocol.codec import peek
from .entry import Entry, EntryKind
from .iteration import selection, stored
from .json_paths import JsonPaths
from .json_secrets import Hit, json_hits
from .progress import never, unheard
from .secret_patterns import (
    ESCAPED,
    MAIL_ADDRESS,
    NAME,
    NEEDLES,
    ODD_TOKEN,
    PARAMETER_NEEDLES,
    PASSWORD,
    PERCENT,
    PHONE_NUMBER,
    SECRET,
    SECRETS,
    TOKEN,
    Pattern,
    names_pattern,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .progress import Progress, Stop
    from .store import CaptureStore

_MASKED = re.compile(r"\s*(?:•{4}(?: \(\d+ characters\))?|‹[a-z]+-\d+›)\s*")
_FIELDS = ("action", "state", "correlation_id", "trace_id", "thread_id", "summary")
_fields = operator.attrgetter(*_FIELDS)
_SHORTEST_KNOWN = 6
_MOST_KNOWN = 500

Removals = Counter[tuple[str, str, str]]
"""How often something was taken out, by place, kind and placeholder."""


class RedactionRules(msgspec.Struct, frozen=True):
    """What is taken out. Secrets always are; the rest is the user's choice."""

    mail_addresses: bool = False
    phone_numbers: bool = False
    names: tuple[str, ...] = ()
    """Names of people, places, products; whole words in any case."""
    json_paths: tuple[str, ...] = ()
    """Members of JSON messages to take out whole, as ``$.payload.request.context.userId`` (see ``json_paths``)."""


class Removal(msgspec.Struct, frozen=True):
    """One thing that is taken out."""

    number: int
    """Of the entry."""
    place: str
    """``payload $.request.Authorization``, ``payload``, ``summary``, ``note``."""
    kind: str
    """token, secret, password, cookie, login, mail, phone, name, value."""
    placeholder: str
    count: int = 1
    """How often, at this place."""


class Redacted(msgspec.Struct, frozen=True):
    """An entry as it may leave."""

    entry: Entry
    payload: bytes
    note: str | None
    removals: list[Removal]


class Redactor:
    """Redacts the entries of one export, in order. Not thread-safe; make a new one for each export.

    ``known`` are secrets that the caller knows of and that are taken out wherever they stand, as are those that
    handshakes carried. Raises ``PathError`` for a rule that makes no sense.
    """

    def __init__(self, rules: RedactionRules | None = None, known: Iterable[str] = ()) -> None:
        rules = rules or RedactionRules()
        self._key = secrets.token_bytes(32)
        self._placeholders: dict[bytes, str] = {}
        self._numbers: Counter[str] = Counter()
        self._paths = JsonPaths(rules.json_paths) if rules.json_paths else None
        self._contents: list[Pattern] = []
        if rules.mail_addresses:
            self._contents.append(MAIL_ADDRESS)
        if rules.phone_numbers:
            self._contents.append(PHONE_NUMBER)
        if any(name.strip() for name in rules.names):
            self._contents.append(names_pattern(rules.names))
        self._known: dict[str, bytes] = {}
        self._patterns: list[Pattern] = []
        self._learn(known)

    @property
    def different(self) -> int:
        """How many different things were taken out so far."""
        return len(self._placeholders)

    def redact(self, entry: Entry, payload: bytes, note: str | None = None) -> Redacted:
        """An entry without what is to go: the very same objects where nothing is."""
        removals: Removals = Counter()
        clean = self._payload(entry.kind, payload, removals)
        changes: dict[str, str] = {}
        if clean is not payload:
            changes = _read_again(entry, clean)
        fields = _fields(entry)
        if changes or "…" in fields[-1] or self._suspicious("\n".join(fields).encode("utf-8", "surrogatepass")):
            for name, before in zip(_FIELDS, fields, strict=True):
                after = self._text(changes.get(name, before), name, removals)
                if after != before:
                    changes[name] = after
        if note:
            note = self._text(note, "note", removals)
        return Redacted(
            msgspec.structs.replace(entry, **changes) if changes else entry,
            clean,
            note,
            [Removal(entry.number, *what, count) for what, count in removals.items()],
        )

    def clean(self, text: str) -> str:
        """Any other text as it may leave, such as one that is copied or goes into a report."""
        return self._text(text, "text", Counter())

    def _payload(self, kind: int, payload: bytes, removals: Removals) -> bytes:
        is_json = payload[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"[", b'"'}
        if not (self._paths is not None and is_json) and not self._suspicious(payload):
            return payload
        # What is no UTF-8 travels as surrogates, so that every byte comes back as it was.
        text = payload.decode("utf-8", "surrogateescape")
        hits: list[Hit] = []
        sound = False
        if is_json:
            hits, sound = json_hits(text.removeprefix("\ufeff"), self._in_text, self._paths)
            if text[0] == "\ufeff":
                hits = [msgspec.structs.replace(hit, start=hit.start + 1, end=hit.end + 1) for hit in hits]
        if not sound:
            hits += self._text_hits(text, "payload")
        if kind == EntryKind.HANDSHAKE:
            self._learn(hit.secret for hit in hits if hit.kind in {TOKEN, SECRET, PASSWORD})
        clean = self._replaced(text, hits, removals)
        return payload if clean is text else clean.encode("utf-8", "surrogateescape")

    def _text(self, text: str, place: str, removals: Removals) -> str:
        if not text or not (text[-1] == "…" or self._suspicious(text.encode("utf-8", "surrogatepass"))):
            return text
        return self._replaced(text, [*self._text_hits(text, place), *self._cut_off(text, place)], removals)

    def _text_hits(self, text: str, place: str) -> list[Hit]:
        return [Hit(start, end, kind, text[start:end], place) for start, end, kind in self._in_text(text)]

    def _in_text(self, text: str) -> Iterator[tuple[int, int, str]]:
        small = text.lower()
        for pattern in self._patterns:
            yield from pattern.hits(text, small)

    def _cut_off(self, text: str, place: str) -> list[Hit]:
        """The beginning of a known secret at the end of a text that was shortened."""
        end = len(text) - 1
        if text[-1] != "…":
            return []
        return [
            Hit(end - size, end, TOKEN, secret, place)
            for secret in self._known
            if (size := next((n for n in range(len(secret) - 1, 3, -1) if text.endswith(secret[:n], 0, end)), 0))
        ]

    def _suspicious(self, payload: bytes) -> bool:
        """Whether a closer look is worth its time; false only where it would find nothing."""
        small = payload.lower()
        for needle in NEEDLES:  # a loop, as any() would take twice as long
            if needle in small:
                return True
        if b"=" in payload and any(needle in small for needle in PARAMETER_NEEDLES):
            return True
        if b"@" in payload and b"://" in payload:
            return True
        if b"\\u00" in payload and ESCAPED.search(payload):
            return True
        if (b"%" in payload and PERCENT.search(payload)) or ODD_TOKEN.search(payload):
            return True
        for known in self._known.values():
            if known in payload:
                return True
        if not self._contents:
            return False
        if b"\\" in payload:
            return True
        text = payload.decode("utf-8", "surrogateescape")
        return any(pattern.regex.search(text) for pattern in self._contents)

    def _replaced(self, text: str, hits: list[Hit], removals: Removals) -> str:
        parts = []
        at = 0
        for hit in _apart(hits, text):
            if _MASKED.fullmatch(hit.secret):
                continue
            name = self._placeholder(hit.kind, hit.secret)
            removals[hit.place, hit.kind, name] += 1
            parts += [text[at : hit.start], f'"{name}"' if hit.bare else name]
            at = hit.end
        return "".join([*parts, text[at:]]) if parts else text

    def _placeholder(self, kind: str, secret: str) -> str:
        plain = unquote(secret.strip(), errors="surrogateescape")
        if kind == NAME:
            plain = " ".join(plain.casefold().split())
        digest = hmac.digest(self._key, plain.encode("utf-8", "surrogatepass"), "sha256")
        if digest not in self._placeholders:
            self._numbers[kind] += 1
            self._placeholders[digest] = f"‹{kind}-{self._numbers[kind]}›"
        return self._placeholders[digest]

    def _learn(self, found: Iterable[str]) -> None:
        for secret in found:
            plain = secret.strip()
            if len(plain) >= _SHORTEST_KNOWN and not _MASKED.fullmatch(plain) and len(self._known) < _MOST_KNOWN:
                for form in (plain, quote(plain, safe="")):
                    self._known[form] = form.encode("utf-8", "surrogateescape")
        self._patterns = [*SECRETS, *self._contents]
        if self._known:
            words = "|".join(map(re.escape, sorted(self._known, key=len, reverse=True)))
            self._patterns.append(Pattern(TOKEN, re.compile(f"(?P<secret>{words})")))


def preview(
    store: CaptureStore,
    redactor: Redactor,
    numbers: Sequence[int] | None = None,
    progress: Progress = unheard,
    stop: Stop = never,
) -> Iterator[Removal]:
    """What an export of these entries, all for None, would take out, in their order; nothing is written.

    Take another redactor for the export itself: with the same rules it comes to the same placeholders. Raises
    StoreError and ``Stopped``.
    """
    notes = store.bookmarks
    for entry, payload in stored(store, selection(store, numbers), progress, stop):
        yield from redactor.redact(entry, payload, notes.get(entry.number)).removals


def _read_again(entry: Entry, payload: bytes) -> dict[str, str]:
    """The fields that were read from a payload that has changed: parts of what went may stand in them."""
    if entry.kind in {EntryKind.TEXT, EntryKind.BINARY, EntryKind.NOT_SENT}:
        seen = peek(payload, is_text=entry.kind != EntryKind.BINARY)
        fields = {name: getattr(seen, name) for name in _FIELDS}
        if entry.kind == EntryKind.NOT_SENT:
            fields["state"] = entry.state
        return {**fields, "summary": seen.summary or seen.problem}
    if entry.kind == EntryKind.STATE:
        return {"summary": " ".join(payload.decode("utf-8", "replace").split())[:200]}
    return {}


def _apart(hits: list[Hit], text: str) -> list[Hit]:
    """The hits in order, those that overlap joined."""
    joined: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        last = joined[-1] if joined else None
        if last is None or hit.start >= last.end:
            joined.append(hit)
        elif hit.end > last.end:
            joined[-1] = Hit(last.start, hit.end, last.kind, text[last.start : hit.end], last.place)
    return joined
