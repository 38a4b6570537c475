"""What is to be said of an entry at a glance: short marks, each with the findings behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...capture.entry import Entry, EntryFlag, EntryKind
from ...protocol.limits import MAX_ENVELOPE_UNITS
from ...tracing.exchange import Exchange, ExchangeStatus
from .formats import duration_text

if TYPE_CHECKING:
    from ...protocol.verdict import Finding, Verdict
    from .entry_content import EntryContent

_MOST_FINDINGS = 12
_STATUS = {
    ExchangeStatus.WAITING: "waiting",
    ExchangeStatus.STREAMING: "streaming",
    ExchangeStatus.COMPLETED: "completed",
    ExchangeStatus.ERROR: "error",
    ExchangeStatus.TIMED_OUT: "timed out",
    ExchangeStatus.CUT_OFF: "cut off",
    ExchangeStatus.CANCELLED: "cancelled",
    ExchangeStatus.NOT_SENT: "never sent",
}
_ODD_ANSWERS = (
    (EntryFlag.ORPHAN, "⚠ orphan", "An answer to no known request."),
    (EntryFlag.LATE, "⚠ late", "It came after its request had timed out."),
    (EntryFlag.DUPLICATE, "⚠ duplicate", "It came after its exchange had ended."),
)


class Check(NamedTuple):
    """One mark. ``look`` is a chip of the style sheet: ok, warning, error or neutral."""

    name: str
    look: str
    text: str
    details: str


def checks_of(content: EntryContent, exchange: Exchange | None) -> list[Check]:
    """All marks of an entry, the gravest kind of statement first: is it readable, does it belong, is it large."""
    entry = content.entry
    found = [
        *_json_checks(content),
        *_schema_checks(content),
        *_exchange_checks(entry, exchange),
        *_size_checks(content),
    ]
    if entry.flags & EntryFlag.TOOL_MADE:
        found.append(Check("auto", "neutral", "auto", "Made by the inspector itself, not asked for by the user."))
    if entry.flags & EntryFlag.ON_PURPOSE:
        found.append(
            Check("on-purpose", "warning", "on purpose", "Made by hand: it may break the protocol on purpose.")
        )
    if entry.flags & EntryFlag.GENERATED:
        why = "Some of it nobody typed: the tree marks what was generated or put in."
        found.append(Check("generated", "neutral", "generated", why))
    if entry.flags & EntryFlag.COMPRESSED:
        saved = f"{entry.size:,} bytes came as {entry.wire_size:,} on the wire."
        found.append(Check("compressed", "neutral", "compressed", saved))
    if entry.frames > 1:
        found.append(Check("fragments", "neutral", f"{entry.frames:,} frames", "The message came in fragments."))
    return found


def exchange_line(exchange: Exchange, entry: Entry) -> str:
    """``exchange 12 · completed in 2.41 s · answer 3 of 4``."""
    status = _STATUS[exchange.status]
    spent = f" {'in' if exchange.status <= ExchangeStatus.ERROR else 'after'} {duration_text(exchange.total_ns)}"
    parts = [f"exchange {exchange.number:,}", status + (spent if exchange.total_ns >= 0 else "")]
    if entry.number == exchange.request_entry:
        parts.append("its request")
    elif entry.number in exchange.answers:
        parts.append(f"answer {exchange.answers.index(entry.number) + 1:,} of {len(exchange.answers):,}")
    return " · ".join(parts)


def _json_checks(content: EntryContent) -> list[Check]:
    entry, reading = content.entry, content.reading
    if entry.kind == EntryKind.TEXT and reading is not None and not content.has_tree:
        return [Check("json", "error", "✗ broken JSON", reading.problem)]
    if entry.kind == EntryKind.TEXT and not content.payload:
        return [Check("json", "warning", "⚠ empty", "The message has no content, which is no JSON.")]
    if entry.flags & EntryFlag.PROBLEM and entry.kind < EntryKind.HANDSHAKE:
        return [Check("problem", "error", "✗ problem", entry.summary)]
    if reading is not None and reading.notes and entry.kind == EntryKind.TEXT:
        return [Check("json", "warning", "⚠ JSON", "\n".join(reading.notes))]
    return []


def _schema_checks(content: EntryContent) -> list[Check]:
    verdict = content.verdict
    if verdict is None:
        if content.entry.kind == EntryKind.TEXT and content.payload and content.shape is None:
            return [
                Check("schema", "neutral", "schema unchecked", "The message is too large to be checked in passing.")
            ]
        return []
    if verdict.valid:
        notes = _findings(verdict.notes)
        if notes:
            return [Check("schema", "warning", f"⚠ schema: {_counted(len(verdict.notes), 'quirk')}", notes)]
        return [Check("schema", "ok", "✓ schema", f"Valid by: {verdict.name}.")]
    count = _counted(len(verdict.findings), "finding")
    if all(finding.quirk for finding in verdict.findings):
        return [Check("schema", "warning", f"⚠ schema: {count}, by a quirk", _tooltip(verdict))]
    return [Check("schema", "error", f"✗ schema: {count}", _tooltip(verdict))]


def _exchange_checks(entry: Entry, exchange: Exchange | None) -> list[Check]:
    odd = [Check("exchange", "warning", text, why) for flag, text, why in _ODD_ANSWERS if entry.flags & flag]
    if odd or exchange is None:
        return odd
    if entry.flags & EntryFlag.GUESSED:
        why = exchange.guessed or "It carries no correlation ID."
        return [Check("exchange", "warning", "≈ correlated by order", why)]
    what = "The request of" if entry.number == exchange.request_entry else "Its correlation ID is that of"
    return [Check("exchange", "ok", "✓ correlated", f"{what} exchange {exchange.number:,}.")]


def _size_checks(content: EntryContent) -> list[Check]:
    size = content.size
    if content.entry.kind != EntryKind.TEXT or content.entry.direction != 1 or size is None or size.fits_bytes:
        return []
    figures = f"{size.units:,} UTF-16 units, {size.utf8_bytes:,} bytes; the limit is {MAX_ENVELOPE_UNITS:,}."
    if size.fits_units:
        return [Check("size", "warning", "⚠ size in bytes", f"Within the limit in units, not in bytes: {figures}")]
    return [Check("size", "error", "✗ too large", f"The SDK would not send it: {figures}")]


def _tooltip(verdict: Verdict) -> str:
    return f"{verdict.name}:\n{_findings(verdict.findings)}"


def _findings(findings: tuple[Finding, ...]) -> str:
    lines = [
        f"• {finding.path}: {finding.sentence}{f' {finding.quirk}' if finding.quirk else ''}"
        for finding in findings[:_MOST_FINDINGS]
    ]
    if len(findings) > _MOST_FINDINGS:
        lines.append(f"… and {len(findings) - _MOST_FINDINGS:,} more")
    return "\n".join(lines)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
