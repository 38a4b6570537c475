"""What the SDK does with a message from the tenant (``protocol.md`` section 8.4), step by step."""

from collections.abc import Collection
from typing import Any

from . import csp_validators
from .contract import Contract
from .contract_sentences import described
from .envelope import ERROR_SCHEMA_REF, MESSAGE_SCHEMA_REF
from .javascript import UNDEFINED, JavaScriptTypeError, first_truthy, get, to_text, truthy
from .read_json import TOO_DEEP, read_json
from .sdk_build import REQUEST_TIMEOUT_S, SdkBuild
from .sdk_lens_errors import CODES_SOURCE, EVENTS_SOURCE, emit_error, to_code
from .sdk_lens_report import (
    LensReport,
    PromiseOutcome,
    PromiseState,
    ReportBuilder,
    StepKind,
    listed,
    outcome,
    pending_calls,
    shown,
)

MAX_LENS_BYTES = 8 << 20
"""Larger messages are not looked through."""

ROUTING = "protocol.md 8.4"
_PENDING = "protocol.md 3.6"
_STREAMING = "protocol.md 8.3"


def lens_inbound(
    payload: bytes,
    *,
    is_text: bool,
    pending_ids: Collection[str] | None,
    build: SdkBuild,
    contract: Contract,
    strict: bool | None = None,
) -> LensReport:
    """What the SDK does with a whole message that came in. Never raises.

    ``pending_ids`` are the correlation IDs for which ``…Async`` calls would be waiting just before it: those of sent
    requests without any answer so far. None where that is not known. ``strict`` is the application's
    ``strictValidation``; None leaves it to the build.
    """
    inbound = _Inbound(build, contract, pending_ids, strict)
    return inbound.builder.report(inbound.take(payload, is_text=is_text))


class _Inbound:
    def __init__(
        self,
        build: SdkBuild,
        contract: Contract,
        pending_ids: Collection[str] | None,
        strict: bool | None,  # noqa: FBT001 - three-valued, as given by the caller
    ) -> None:
        self.builder = ReportBuilder(build, strict)
        self._contract = contract
        self._pending_ids = pending_ids
        self._strict_by_build = strict is None

    def take(self, payload: bytes, *, is_text: bool) -> PromiseOutcome:
        if not is_text:
            return self._take_binary(payload)
        try:
            payload.decode()
        except UnicodeDecodeError as error:
            return self._take_broken_text(error.start)
        if len(payload) > MAX_LENS_BYTES:
            return self._cannot_tell(f"The message has {len(payload):,} bytes, too many to be looked through here.")
        reading = read_json(payload)
        if reading.problem == TOO_DEEP:
            return self._cannot_tell("The message is nested too deeply to be read here; JSON.parse does read it.")
        if reading.problem:
            return self._take_broken_json(reading.problem)
        return self._route(reading.value)

    def _take_binary(self, payload: bytes) -> PromiseOutcome:
        node = self.builder.build.runs_in_node
        data = f"the {'Buffer' if node else 'Blob'} of {len(payload):,} bytes, unparsed"
        self._step(StepKind.READ, "no JSON.parse", "Only text is parsed; binary data is passed on as it is.")
        return self._answer(UNDEFINED, data)

    def _take_broken_text(self, position: int) -> PromiseOutcome:
        sentence = f"The text is no UTF-8 from byte {position:,} on, so the socket fails the connection."
        self._step(StepKind.READ, "connection fails", sentence, "RFC 6455 section 8.1")
        told = self._all_rejected()
        sentence = "A socket error is emitted once only, and never as superpower.error."
        self._step(StepKind.EVENT, "error", sentence, EVENTS_SOURCE, "{category: WEBSOCKET, code: CONNECTION_ERROR}")
        sentence = "The failed connection ends without a close frame from the tenant."
        self._step(StepKind.EVENT, "close", sentence, EVENTS_SOURCE, "CloseEvent {code: 1006}")
        return told

    def _all_rejected(self) -> PromiseOutcome:
        if self._pending_ids is not None and not self._pending_ids:
            return outcome(PromiseState.NONE, "No …Async call is pending.", _PENDING)
        value = "the plain object {category: WEBSOCKET, code: CONNECTION_ERROR, details, correlationId}"
        sentence = "A socket error rejects all …Async calls that are pending."
        return self.builder.promise_step(outcome(PromiseState.REJECTS, sentence, _PENDING, value=value))

    def _take_broken_json(self, problem: str) -> PromiseOutcome:
        self._step(StepKind.READ, "JSON.parse fails", problem)
        emit_error(
            self.builder,
            "a plain object",
            "INVALID_JSON",
            "Invalid JSON received from server",
            category="WEBSOCKET",
        )
        return self._unsettled("What cannot be parsed has no correlation ID")

    def _cannot_tell(self, sentence: str) -> PromiseOutcome:
        self._step(StepKind.READ, "not looked through", sentence)
        return outcome(PromiseState.UNKNOWN, sentence, ROUTING)

    def _route(self, parsed: Any) -> PromiseOutcome:
        is_envelope = truthy(get(parsed, "headers")) and truthy(get(parsed, "payload"))
        self._classify(parsed, is_envelope=is_envelope)
        if self.builder.strict and is_envelope:
            self._check_strictly(parsed)
        if _error_mark(parsed):
            return self._error(parsed)
        if is_envelope:
            self._overlooked_error(parsed)
        return self._answer(parsed, _parsed_kind(parsed))

    def _classify(self, parsed: Any, *, is_envelope: bool) -> None:
        mark = _error_mark(parsed)
        form = "an envelope, having headers and payload" if is_envelope else "a message without an envelope"
        verdict = f"It is an error, because {mark}." if mark else "Nothing at its top level makes it an error."
        self._step(StepKind.READ, "JSON.parse, classify", f"It is taken for {form}. {verdict}")

    def _check_strictly(self, parsed: Any) -> None:
        build = self.builder.build
        if build.csp_safe:
            problems = [f"{path} {problem}" for path, problem in csp_validators.envelope_problems(parsed)]
        else:
            findings = self._contract.request_envelope(parsed).findings
            problems = [finding.sentence.rstrip(".") for finding in findings]
        sentence = f"strictValidation is on, and {build.validator} holds every envelope to the request's form"
        if not problems:
            self._step(StepKind.CHECK, "MessageEnvelope", f"{sentence}; this one passes.")
            return
        self._step(StepKind.CHECK, "MessageEnvelope", f"{sentence}: {listed(problems)}. Handling goes on afterwards.")
        if get(parsed, "headers", "schemaRef") != MESSAGE_SCHEMA_REF:
            self.builder.fault(3, f"This answer is held to the request's form: {listed(problems, 1)}.")
            if self._strict_by_build:
                self.builder.fault(4, f"{build.value} has strictValidation on without being asked.")
        emit_error(
            self.builder,
            "an OptaveError",
            "INBOUND_ENVELOPE_SCHEMA_MISMATCH",
            "Inbound envelope validation failed: …",
            category="VALIDATION",
            extra={"suggestions": []},
        )

    def _overlooked_error(self, parsed: Any) -> None:
        inner = get(parsed, "payload")
        mark = _error_mark(inner, "payload.")
        if not mark and get(parsed, "headers", "schemaRef") == ERROR_SCHEMA_REF:
            mark = f"headers.schemaRef is {ERROR_SCHEMA_REF}"
        if not mark:
            return
        self.builder.fault(1, f"This is an error, because {mark}; at the top level nothing says so.")
        findings = self._contract.response_envelope(parsed).findings
        if any(finding.rule == "oneOf" for finding in findings):
            self.builder.fault(2, "Its payload is a sound error answer and fits both forms, of which one only may fit.")

    def _error(self, parsed: Any) -> PromiseOutcome:
        code = first_truthy(get(parsed, "error", "code"), "REMOTE_ERROR")
        message = first_truthy(get(parsed, "error", "message"), get(parsed, "message"), "Remote error")
        wanted = first_truthy(get(parsed, "headers", "correlationId"), get(parsed, "correlationId"), None)
        value = f"the plain object {{category: ORCHESTRATOR, code: {shown(to_code(code), 60)}, message, details}}"
        told = self._settle(wanted, PromiseState.REJECTS, value, "an error")
        if isinstance(text := get(parsed, "error"), str):
            sentence = (
                f"The text {described(text)} in error reaches details alone; the message is taken from elsewhere."
            )
            self._step(StepKind.READ, "error is a text", sentence, CODES_SOURCE)
        if isinstance(message, (dict, list)):
            what = "an array" if isinstance(message, list) else "an object"
            self.builder.fault(
                15, f"The error's message is {what}, not a text, and correlationId is {described(wanted)}."
            )
        emit_error(
            self.builder,
            "a plain object",
            code,
            message,
            category="ORCHESTRATOR",
            extra={"correlationId": wanted if truthy(wanted) else None},
        )
        return told

    def _answer(self, parsed: Any, kind: str) -> PromiseOutcome:
        wanted = first_truthy(get(parsed, "headers", "correlationId"), get(parsed, "correlationId"))
        told = self._settle(wanted, PromiseState.RESOLVES, kind, _answer_text(parsed))
        if not truthy(wanted) and (get(parsed, "action") == "superpower" or truthy(get(parsed, "actionType"))):
            self.builder.fault(16, "This superpower has neither headers.correlationId nor correlationId.")
        self._event("message", kind, "Every message that is no error is emitted as message.")
        if isinstance(parsed, dict):
            stops = self.builder.build.breaks_at_listener_errors
            rest = (
                "and the later events of this message never come."
                if stops
                else "but the other listeners are still called."
            )
            self.builder.fault(10, f"A message handler that calls JSON.parse on this object throws, {rest}")
        self._event("superpower.response", kind, "The newer name of the same event.")
        self._event("response", kind, "The third name of the same event.")
        self._named_events(parsed, kind)
        return told

    def _named_events(self, parsed: Any, kind: str) -> None:
        action, schema_ref = get(parsed, "action"), get(parsed, "headers", "schemaRef")
        if truthy(action) and (text := self._name(action, "action")) is not None:
            self._event(
                f"message.{text}".lower(), kind, "Named after the top-level action, never after headers.action."
            )
        elif truthy(action):
            return
        if not (truthy(get(parsed, "payload")) and truthy(schema_ref)):
            return
        if (text := self._name(schema_ref, "headers.schemaRef")) is not None:
            again = " It is the name of another event, whose listeners get the message too." if text in _NAMES else ""
            self._event(text, kind, f"An envelope is emitted under its headers.schemaRef as well.{again}")

    def _name(self, value: Any, where: str) -> str | None:
        try:
            return to_text(value)
        except JavaScriptTypeError:
            sentence = f"{where} is an object whose own toString hides JavaScript's; making an event name of it throws."
            self._step(StepKind.THROW, "TypeError", sentence, EVENTS_SOURCE)
            return None

    def _settle(self, wanted: Any, state: PromiseState, value: str, what: str) -> PromiseOutcome:
        if not truthy(wanted):
            return self._unsettled(f"{what[0].upper()}{what[1:]} without headers.correlationId or correlationId")
        if not isinstance(wanted, str):
            return self._unsettled(f"The correlation ID is {described(wanted)}, which equals no text")
        if self._pending_ids is None:
            sentence = f"If an …Async call with this correlation ID is pending, its promise {state.value}: {what}."
            return outcome(PromiseState.UNKNOWN, sentence, ROUTING, correlation_id=wanted, value=value)
        if wanted not in self._pending_ids:
            sentence = (
                "No …Async call waits for this correlation ID: an earlier message settled it, it timed out, or the"
                " request was sent without a promise. The message reaches events alone."
            )
            return outcome(PromiseState.NONE, sentence, _STREAMING, correlation_id=wanted)
        sentence = f"The pending …Async call with this correlation ID {state.value}: {what}."
        sentence += " Its handlers run after the events of this message."
        source = ROUTING
        if state is PromiseState.RESOLVES and "started" in what:
            sentence += " The first message settles it, even in state started; later ones reach events alone."
            source = _STREAMING
        told = outcome(state, sentence, source, correlation_id=wanted, value=value)
        return self.builder.promise_step(told)

    def _unsettled(self, reason: str) -> PromiseOutcome:
        sentence = f"{reason}: no promise is settled."
        if self._pending_ids is None:
            return outcome(PromiseState.NONE, sentence, ROUTING)
        if not self._pending_ids:
            return outcome(PromiseState.NONE, f"{sentence} None is pending either.", ROUTING)
        sentence += (
            f" {pending_calls(len(self._pending_ids), 'goes', 'go')} on waiting until a message with the right"
            f" correlation ID comes, or until REQUEST_TIMEOUT, {REQUEST_TIMEOUT_S} s after the call unless set"
            " otherwise."
        )
        return outcome(PromiseState.WAITS, sentence, _PENDING)

    def _event(self, name: str, kind: str, sentence: str) -> None:
        self._step(StepKind.EVENT, name, sentence, EVENTS_SOURCE, kind)

    def _step(self, kind: StepKind, name: str, sentence: str, source: str = ROUTING, carries: str = "") -> None:
        self.builder.step(kind, name, sentence, source, carries)


_NAMES = frozenset({"message", "superpower.response", "response", "error", "superpower.error", "open", "close"})


def _error_mark(value: Any, place: str = "") -> str:
    """What marks ``value`` as an error by the SDK's rule; "" for nothing."""
    if get(value, "state") == "error":
        return f"{place}state is error"
    if get(value, "actionType") == "error":
        return f"{place}actionType is error"
    error = get(value, "error")
    return f"{place}error is {described(error)}" if truthy(error) else ""


def _answer_text(parsed: Any) -> str:
    state = first_truthy(get(parsed, "payload", "state"), get(parsed, "state"))
    if state == "error":
        return "an answer in state error, which is not noticed"
    return f"an answer in state {shown(state, 40)}" if isinstance(state, str) else "an answer"


def _parsed_kind(parsed: Any) -> str:
    return "the parsed object" if isinstance(parsed, dict) else f"the parsed value, {described(parsed)}"
