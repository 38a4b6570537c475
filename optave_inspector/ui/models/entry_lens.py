"""What Optave's JavaScript SDK would have done at an entry, as rows of words: what the SDK tab shows."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from ...capture.entry import Entry, EntryFlag, EntryKind
from ...protocol.sdk_build import REQUEST_TIMEOUT_S
from ...protocol.sdk_lens import (
    SDK_RELEASE,
    LensReport,
    PromiseState,
    SdkBuild,
    StepKind,
    lens_close,
    lens_inbound,
    lens_outbound,
)
from .detail_row import DetailRow, Piece, heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...protocol.contract import Contract
    from ...protocol.sdk_lens import FaultBite, LensStep
    from ...tracing.exchange import Exchange
    from .entry_content import EntryContent

_MESSAGES = (EntryKind.TEXT, EntryKind.BINARY)
_PROMISES = {
    PromiseState.RESOLVES: "ok",
    PromiseState.REJECTS: "error",
    PromiseState.WAITS: "warning",
    PromiseState.NONE: "muted",
    PromiseState.UNKNOWN: "muted",
}
_STEPS = {
    StepKind.READ: "muted",
    StepKind.CHECK: "warning",
    StepKind.EVENT: "link",
    StepKind.PROMISE: "ok",
    StepKind.SEND: "ok",
    StepKind.THROW: "error",
}


def no_lens(entry: Entry) -> tuple[str, str]:
    """Why there is nothing to say of an entry, as a sentence and a hint; empty where there is something."""
    if entry.kind in (EntryKind.PING, EntryKind.PONG):
        return "The SDK never sees pings and pongs.", "The socket below it answers them."
    if entry.kind == EntryKind.CLOSE and entry.direction and entry.flags & EntryFlag.TOOL_MADE:
        return "The socket answers a close frame by itself.", "Look at the close frame that came, or at the ending."
    if entry.kind == EntryKind.BINARY and entry.direction:
        return "The SDK sends text alone.", "None of its methods makes a binary message."
    if entry.kind in (*_MESSAGES, EntryKind.CLOSE, EntryKind.ENDING):
        return "", ""
    if entry.kind in (EntryKind.RAW, EntryKind.CONTINUATION):
        return "The SDK never sees what is no whole message.", "Its socket fails the connection instead."
    return "There is nothing here for the SDK to see.", "Select a message, a close frame or an ending."


def pending_ids(exchanges: Sequence[Exchange], entry: Entry) -> frozenset[str]:
    """The correlation IDs for which ``…Async`` calls would be waiting just before ``entry``.

    The first answer settles a call, and its timer ends it; an answer without the ID settles none.
    """
    oldest_ns = entry.monotonic_ns - REQUEST_TIMEOUT_S * 10**9
    found: set[str] = set()
    for at in range(bisect_left(exchanges, entry.number, key=lambda one: one.request_entry) - 1, -1, -1):
        exchange = exchanges[at]
        if exchange.attempt != entry.attempt or exchange.sent_ns < oldest_ns:
            break
        answered = not exchange.guessed and any(answer < entry.number for answer in exchange.answers[:1])
        if exchange.correlation_id and not answered:
            found.add(exchange.correlation_id)
    return frozenset(found)


def lens_report(
    content: EntryContent,
    pending: frozenset[str],
    former: Callable[[], Sequence[Entry]],
    contract: Contract,
    build: SdkBuild,
    strict: bool | None,
) -> LensReport:
    """The report on an entry that :func:`no_lens` has nothing against.

    ``former`` gives some entries before it, among which a close frame of our own is looked for.
    """
    entry = content.entry
    if entry.kind == EntryKind.ENDING:
        return _at_ending(content, len(pending), build)
    if entry.kind == EntryKind.CLOSE:
        own = bool(entry.direction) or any(_is_own_close(one, entry) for one in former())
        reason = content.payload[2:].decode("utf-8", "replace")
        return lens_close(entry.code or 1005, reason, by_own_close=own, pending=len(pending), build=build)
    if entry.direction:
        return lens_outbound(content.text or "", build=build, contract=contract, strict=strict, pending_ids=pending)
    is_text = entry.kind == EntryKind.TEXT
    return lens_inbound(
        content.payload, is_text=is_text, pending_ids=pending, build=build, contract=contract, strict=strict
    )


def lens_rows(report: LensReport, *, strict_matters: bool) -> list[DetailRow]:
    """A report: the promise, the faults that bite, and all that happens in order."""
    strict = f"strict validation {'on' if report.strict else 'off'}" if strict_matters else ""
    after = " · ".join(part for part in (f"release {SDK_RELEASE}", strict) if part)
    promise = report.promise
    rows = [
        heading(report.build.value, after=after),
        heading("Promise", _PROMISES[promise.state], promise.state.value),
        DetailRow(_promise_pieces(report)),
    ]
    count = len(report.faults)
    if count:
        rows.append(heading("Known faults", "warning", "one bites here" if count == 1 else f"{count} bite here"))
        rows += [_fault_row(bite) for bite in report.faults]
    else:
        rows.append(heading("Known faults", "ok", "none bites here"))
    rows.append(heading("What happens, in order"))
    rows += [_step_row(number, step) for number, step in enumerate(report.steps, 1)]
    return rows


def _promise_pieces(report: LensReport) -> tuple[Piece, ...]:
    promise = report.promise
    pieces = [Piece(promise.sentence)]
    if promise.value:
        pieces += [Piece("\nwith ", "muted"), Piece(promise.value, "code")]
    if promise.correlation_id:
        pieces += [Piece("\nfor ", "muted"), Piece(promise.correlation_id, "code")]
    return (*pieces, Piece(f"\n{promise.source}", "muted"))


def _fault_row(bite: FaultBite) -> DetailRow:
    fault = bite.fault
    pieces = (
        Piece(f"⚠ {fault.title}", "warning"),
        Piece(f"\n{bite.why}"),
        Piece(f"\nWhat to do: {fault.remedy}"),
        Piece(f"\n{fault.source} · {fault.evidence.value}", "muted"),
    )
    return DetailRow(pieces, tip=fault.what)


def _step_row(number: int, step: LensStep) -> DetailRow:
    pieces = [
        Piece(f"{number}. {step.kind.value} ", "muted"),
        Piece(step.name, "link" if step.kind is StepKind.EVENT else _STEPS[step.kind]),
    ]
    if step.carries:
        pieces += [Piece("\nwith ", "muted"), Piece(step.carries, "code")]
    return DetailRow((*pieces, Piece(f"\n{step.sentence}"), Piece(f"\n{step.source}", "muted")))


def _at_ending(content: EntryContent, pending: int, build: SdkBuild) -> LensReport:
    value = content.reading.value if content.reading is not None else None
    told = value if isinstance(value, dict) else {}
    received = told.get("received")
    reason = received[1] if isinstance(received, list) and len(received) == 2 else ""
    own = told.get("firstCloseFrame") == "the inspector"
    return lens_close(content.entry.code, f"{reason}", by_own_close=own, pending=pending, build=build)


def _is_own_close(one: Entry, entry: Entry) -> bool:
    sent = one.kind == EntryKind.CLOSE and one.direction == 1 and not one.flags & EntryFlag.TOOL_MADE
    return sent and one.attempt == entry.attempt
