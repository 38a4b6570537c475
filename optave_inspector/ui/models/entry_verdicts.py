"""Every verdict on an entry, with its findings and their places: what the Checks tab shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...capture.entry import Entry, EntryFlag, EntryKind
from ...protocol.actions import parse_action
from ...protocol.close_codes import explain
from ...protocol.codec import Shape
from ...protocol.limits import MAX_ENVELOPE_UNITS, Size, measure
from ...protocol.request_verdicts import check_request
from .detail_row import DetailRow, Piece, heading, steps_of, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ...protocol.contract import Contract
    from ...protocol.verdict import Finding, Verdict
    from ...tracing.exchange import Exchange
    from .entry_content import EntryContent

MOST_SHOWN = 300
"""Findings of one verdict that are listed."""
_ODD = (
    (EntryFlag.LATE, "Late", "It came after its request had timed out, when nobody waited for it any more."),
    (EntryFlag.DUPLICATE, "Duplicate", "The final answer of its exchange had come before."),
)


def verdict_rows(
    content: EntryContent, exchange: Exchange | None, contract: Contract, reason: str = ""
) -> list[DetailRow]:
    """All verdicts on an entry. Takes some milliseconds for a usual message, and longer for a large one.

    ``reason`` is the session's, for the marks that the entry has.
    """
    entry = content.entry
    rows = list(_json_rows(content))
    if entry.kind == EntryKind.TEXT and content.has_tree and content.shape is not None:
        rows += _message_rows(content, contract)
    elif entry.kind == EntryKind.TEXT and content.payload and content.shape is None:
        rows.append(told("muted", "Not checked", "The message is too large to be checked against the contract."))
    elif entry.kind == EntryKind.CLOSE:
        rows += _close_rows(content)
    rows += _exchange_rows(entry, exchange, reason)
    return rows


def _json_rows(content: EntryContent) -> Iterator[DetailRow]:
    entry, reading = content.entry, content.reading
    if entry.flags & EntryFlag.PROBLEM and entry.kind < EntryKind.HANDSHAKE and entry.kind != EntryKind.TEXT:
        yield told("error", "Frame", entry.summary)
    if entry.kind != EntryKind.TEXT:
        return
    if not content.payload:
        yield told("warning", "JSON", "The message has no content, which is no JSON.")
    elif reading is not None and not content.has_tree:
        yield told("error", "JSON", reading.problem)
    elif reading is not None and (reading.problem or reading.notes):
        yield told("warning", "JSON", "\n".join([*([reading.problem] if reading.problem else []), *reading.notes]))
    elif reading is not None:
        yield heading("JSON", "ok")


def _message_rows(content: EntryContent, contract: Contract) -> list[DetailRow]:
    value: Any = content.reading.value
    if content.shape is Shape.REQUEST:
        return _request_rows(content, value, contract)
    rows: list[DetailRow] = []
    if content.verdict is not None:
        rows += _verdict_rows(content.verdict)
    if content.shape is Shape.RESPONSE:
        payload = value.get("payload")
        is_error = isinstance(payload, dict) and payload.get("state") == "error"
        inner = contract.error(payload) if is_error else contract.superpower(payload)
        known = {finding.sentence for finding in content.verdict.findings} if content.verdict is not None else set()
        rows += _verdict_rows(inner, "$.payload", "its payload alone", known)
    if not rows:
        what = "A message of the gateway" if content.shape is Shape.GATEWAY else "JSON of no form that is known here"
        rows.append(told("muted", "No schema", f"{what}: the contract says nothing of it."))
    return rows


def _request_rows(content: EntryContent, value: Any, contract: Contract) -> list[DetailRow]:
    headers = value.get("headers")
    name = headers.get("action") if isinstance(headers, dict) else None
    action = parse_action(name) if isinstance(name, str) else None
    size = content.size if content.size is not None else measure(content.text or "")
    rows: list[DetailRow] = []
    if action is None:
        sentence = "headers.action names no known action, so only the contract can be asked."
        rows.append(DetailRow((Piece("✗ Action", "error"), Piece(f"\n{sentence}")), steps_of("$.headers")))
        rows += _verdict_rows(contract.payload(value.get("payload")), "$.payload", "the contract's schema")
        rows += _verdict_rows(contract.request_envelope(value), "$", "the contract's schema")
    else:
        verdicts = check_request(contract, action, content.text or "")
        rows += _verdict_rows(verdicts.sdk, "$.payload", "would it send it?")
        rows += _verdict_rows(verdicts.payload, "$.payload", "the contract's schema")
        rows += _verdict_rows(verdicts.envelope, "$", "the contract's schema")
        rows += _verdict_rows(verdicts.documentation, "$.payload", "what it asks for beyond that", look="warning")
    return [*rows, _size_row(size)]


def _size_row(size: Size) -> DetailRow:
    figures = f"{size.units:,} UTF-16 units, {size.utf8_bytes:,} bytes; the limit is {MAX_ENVELOPE_UNITS:,}."
    if not size.fits_units:
        return heading("Size", "error", f"the SDK would not send it: {figures}")
    if not size.fits_bytes:
        return heading("Size", "warning", f"within the limit in units, not in bytes: {figures}")
    return heading("Size", "ok", figures)


def _verdict_rows(
    verdict: Verdict, root: str = "$", what: str = "", known: Sequence[str] | set[str] = (), look: str = "error"
) -> list[DetailRow]:
    """A heading with the outcome and its findings; those in ``known`` were told before."""
    findings = [finding for finding in verdict.findings if finding.sentence not in known]
    by_quirk = bool(verdict.findings) and all(finding.quirk for finding in verdict.findings)
    mark = "ok" if verdict.valid else "warning" if by_quirk else look
    count = len(verdict.findings)
    outcome = "valid" if verdict.valid else f"{count:,} finding{'' if count == 1 else 's'}"
    if by_quirk:
        outcome += ", by a quirk of the rule"
    if len(findings) < count:
        outcome += ", told above" if not findings else ", some told above"
    rows = [heading(verdict.name, mark, f"{outcome}{f' · {what}' if what else ''}")]
    rows += [_finding_row(finding, root, look) for finding in findings[:MOST_SHOWN]]
    if len(findings) > MOST_SHOWN:
        rows.append(told("muted", f"… and {len(findings) - MOST_SHOWN:,} more", ""))
    rows += [_finding_row(note, root, "muted") for note in verdict.notes[:MOST_SHOWN]]
    return rows


def _finding_row(finding: Finding, root: str, look: str) -> DetailRow:
    path = root + finding.path[1:]
    mark = {"error": "✗", "warning": "⚠", "muted": "•"}["warning" if finding.quirk and look == "error" else look]
    pieces = [
        Piece(f"{mark} ", "warning" if mark == "⚠" else look),
        Piece(path, "link"),
        Piece(f"  {finding.rule}", "muted"),
        Piece(f"\n{finding.sentence}"),
    ]
    if finding.quirk:
        pieces.append(Piece(f"\n⚠ {finding.quirk}", "warning"))
    return DetailRow(tuple(pieces), steps_of(path), tip="Go to this place in the tree (Enter)")


def _close_rows(content: EntryContent) -> Iterator[DetailRow]:
    entry = content.entry
    info = explain(entry.code)
    if len(content.payload) == 1:
        yield told("error", "Close frame", "One byte cannot be a close code (RFC 6455 section 5.5.1).")
        return
    look = "ok" if info.on_wire or not content.payload else "error"
    yield heading(f"{info.code} {info.name}", look)
    if look == "error":
        yield told("error", "Not for the wire", "This code may not stand in a close frame (RFC 6455 section 7.4).")
    yield told("text", info.meaning, info.advice_sentence, more=[Piece(f"\n{info.source}", "muted")])
    try:
        content.payload[2:].decode()
    except UnicodeDecodeError as error:
        sentence = f"The reason is no UTF-8 from byte {error.start + 1} on (RFC 6455 section 5.5.1)."
        yield told("error", "Reason", sentence)


def _exchange_rows(entry: Entry, exchange: Exchange | None, reason: str) -> Iterator[DetailRow]:
    if exchange is None and not entry.flags & EntryFlag.ORPHAN:
        return
    if exchange is None:
        yield heading("Correlation", "warning", "orphan")
        why = reason or (
            f"No request of this session has the correlation ID {entry.correlation_id}."
            if entry.correlation_id
            else "It carries no correlation ID, and no request for its action was waiting."
        )
        yield DetailRow((Piece(why),))
        return
    odd = [(name, why) for flag, name, why in _ODD if entry.flags & flag]
    guessed = bool(entry.flags & EntryFlag.GUESSED)
    is_request = entry.number == exchange.request_entry
    look = "warning" if odd or guessed or exchange.note else "ok"
    yield heading("Correlation", look, f"exchange {exchange.number:,}")
    if is_request:
        yield DetailRow((Piece("This is the request of the exchange."),))
    else:
        why = exchange.guessed or "It carries no correlation ID."
        how = f"Matched by order: {why}" if guessed else "Its correlation ID is that of the request, "
        pieces = (
            Piece(how),
            Piece(" Request: " if guessed else ""),
            Piece(f"entry {exchange.request_entry:,}", "link"),
        )
        yield DetailRow(pieces, entry=exchange.request_entry, tip="Go to the request (Enter)")
    for name, why in odd:
        yield told("warning", name, reason or why)
    if exchange.note:
        yield told("warning", "Unusual", exchange.note)
