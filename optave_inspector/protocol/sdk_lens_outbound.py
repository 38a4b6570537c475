"""What the SDK does when it is called to make a given request (``protocol.md`` sections 3.6, 4, 5, 6 and 9)."""

from collections.abc import Collection
from typing import Any

from . import csp_validators, sdk_defaults, sdk_request_faults
from .actions import RULES, Action, Requirement
from .contract import Contract
from .contract_sentences import described
from .javascript import UNDEFINED, JavaScriptTypeError, get, stringify, truthy
from .limits import Size, measure
from .read_json import read_json
from .sdk_build import REQUEST_TIMEOUT_S, SDK_RELEASE, SdkBuild
from .sdk_check import FIELDS_MISSING, SCHEMA_MISMATCH, TOO_LARGE, TYPE_ERROR, sdk_check
from .sdk_lens_errors import emit_error
from .sdk_lens_report import LensReport, PromiseOutcome, PromiseState, ReportBuilder, StepKind, listed, outcome
from .states import ConnectionState

MAX_LENS_CHARACTERS = 8 << 20
"""Longer texts are not looked through."""

_PENDING, _ENVELOPE, _MERGING, _TOP_LEVEL = "protocol.md 3.6", "protocol.md 4", "protocol.md 5.3", "protocol.md 5.4"
_ACTIONS, _VALIDATORS, _LIMITS = "protocol.md 6", "protocol.md 7", "protocol.md 9"


def lens_outbound(
    envelope_text: str,
    *,
    build: SdkBuild,
    contract: Contract,
    strict: bool | None = None,
    pending_ids: Collection[str] | None = None,
    state: ConnectionState = ConnectionState.OPEN,
) -> LensReport:
    """What the SDK does when it is called with the payload of this request envelope. Never raises.

    The steps are those of the plain method, such as ``adjust(payload)``, which reports by events; the promise is that
    of its ``…Async`` twin, which makes the same checks and rejects instead. ``pending_ids`` are the correlation IDs
    for which such calls are waiting already. ``strict`` is the application's ``strictValidation``; None leaves it to
    the build.
    """
    outbound = _Outbound(build, contract, strict, pending_ids or ())
    return outbound.builder.report(outbound.take(envelope_text, state))


class _Outbound:
    def __init__(
        self,
        build: SdkBuild,
        contract: Contract,
        strict: bool | None,  # noqa: FBT001 - three-valued, as given by the caller
        pending_ids: Collection[str],
    ) -> None:
        self.builder = ReportBuilder(build, strict)
        self._contract = contract
        self._strict_by_build = strict is None
        self._pending_ids = pending_ids

    def take(self, text: str, state: ConnectionState) -> PromiseOutcome:
        if len(text) > MAX_LENS_CHARACTERS:
            sentence = f"The request has {len(text):,} characters, too many to be looked through here."
            return self._no_call("not looked through", sentence, PromiseState.UNKNOWN)
        reading = read_json(text)
        if reading.problem:
            return self._no_call("no JSON", f"The SDK sends only JSON of its own making. {reading.problem}")
        payload = get(reading.value, "payload")
        if payload is UNDEFINED:
            return self._no_call("no envelope", "There is no payload to call a method with.")
        if not state.can_send:
            return self._not_open(state)
        written = get(reading.value, "headers", "action")
        action = _METHODS.get(written) if isinstance(written, str) else None
        if action is None:
            return self._no_method(written)
        name = action.sdk_name
        sentence = "headers.action names the method, and the payload of this message is what it is called with."
        self._step(StepKind.READ, f"{name}(payload)", f"{sentence} {RULES[action].purpose}", _ENVELOPE)
        if action is Action.CUSTOMER_INTERACTION:
            self.builder.fault(5, "The method customerInteraction writes its own spelling into headers.action.")
        return self._refuse(action, payload) or self._validate_and_send(action, reading.value, payload)

    def _no_call(self, name: str, sentence: str, state: PromiseState = PromiseState.NONE) -> PromiseOutcome:
        self._step(StepKind.READ, name, sentence, _ENVELOPE)
        return outcome(state, sentence, _ENVELOPE)

    def _not_open(self, state: ConnectionState) -> PromiseOutcome:
        self._emit("WEBSOCKET_NOT_IN_OPEN_STATE", "WebSocket connection failed: WebSocket not ready for sending")
        sentence = (
            f"In state {state.name} an …Async call sends nothing and says nothing: it ends in REQUEST_TIMEOUT after"
            f" {REQUEST_TIMEOUT_S} s unless set otherwise. With a timeout of 0 it rejects with"
            " WEBSOCKET_NOT_IN_OPEN_STATE at once."
        )
        return outcome(PromiseState.WAITS, sentence, _PENDING)

    def _no_method(self, written: Any) -> PromiseOutcome:
        if not isinstance(written, str) or not written:
            what = "missing" if written is UNDEFINED else described(written)
            return self._no_call("no method", f"headers.action is {what}, and names no method of the SDK.")
        if written == Action.CUSTOMER_INTERACTION:
            self.builder.fault(5, "The legal spelling customerinteraction is no action to the SDK.")
        sentence = "None of the SDK's methods sends this action; send() with its name is refused."
        self._step(StepKind.READ, f'send("message", {described(written)})', sentence, _ENVELOPE)
        self._emit("INVALID_ACTION", f"Unsupported action '{written}'.", "VALIDATION")
        return outcome(PromiseState.NONE, "No …Async method has this action.", _ENVELOPE)

    def _refuse(self, action: Action, payload: Any) -> PromiseOutcome | None:
        """The checks that are always on, in the SDK's order."""
        failures = sdk_check(action, payload).findings
        by_rule = {finding.rule: finding for finding in reversed(failures)}
        if (finding := by_rule.get(SCHEMA_MISMATCH)) is not None:
            self._step(StepKind.CHECK, "keys", finding.sentence, _TOP_LEVEL)
            sdk_request_faults.misplaced_keys(self.builder, action, payload)
            return self._refused(
                SCHEMA_MISMATCH, f"Validation failed: Field 'root object.{_alien(payload)}' is not allowed"
            )
        sdk_request_faults.leaking_fields(self.builder, payload)
        if (finding := by_rule.get(TYPE_ERROR)) is not None:
            return self._thrown(finding.sentence, _MERGING)
        merged = sdk_defaults.merged_payload(payload)
        sentence = "The payload is merged over the SDK's defaults: objects merge, arrays and all else replace them."
        self._step(StepKind.READ, "merge", sentence, _MERGING)
        if FIELDS_MISSING not in by_rule:
            self._step(StepKind.CHECK, "required fields", f"All that {action.sdk_name} needs is there.", _ACTIONS)
            return None
        missing = [_missing(action, requirement) for requirement in RULES[action].sdk if _lacks(merged, requirement)]
        sentences = listed(finding.sentence.rstrip(".") for finding in failures if finding.rule == FIELDS_MISSING)
        self._step(StepKind.CHECK, "required fields", f"{sentences}.", _ACTIONS)
        message = f"Missing required fields for action '{action.sdk_name}': {', '.join(missing)}"
        return self._refused(FIELDS_MISSING, message)

    def _validate_and_send(self, action: Action, frame: Any, payload: Any) -> PromiseOutcome:
        merged = sdk_defaults.merged_payload(payload)
        told = self._validate(merged)
        if told is not None:
            return told
        tenant_id = get(frame, "headers", "tenantId")
        text = stringify(sdk_defaults.envelope(action, merged, tenant_id if truthy(tenant_id) else UNDEFINED))
        size = measure(text)
        if not size.fits_units:
            return self._too_large(size)
        return self._sent(action, frame, payload, size)

    def _validate(self, merged: Any) -> PromiseOutcome | None:
        by_schema = [finding.sentence.rstrip(".") for finding in self._contract.payload(merged).findings]
        if get(merged, "session", "channel", "medium") == "":
            self.builder.fault(25, 'session.channel.medium is "", which is none of chat, voice and email.')
        if not self.builder.strict:
            sentence = "strictValidation is off: wrong types and enum values go out unseen."
            self._step(StepKind.CHECK, "Payload", sentence, _VALIDATORS)
            if by_schema and self._strict_by_build:
                self.builder.fault(4, f"{self.builder.build.value} would send this in Node: {listed(by_schema, 1)}.")
            return None
        problems = by_schema
        if self.builder.build.csp_safe:
            try:
                problems = [f"{path} {problem}" for path, problem in csp_validators.payload_problems(merged)]
            except JavaScriptTypeError as error:
                return self._thrown(f"The validator itself throws: {error}", _VALIDATORS)
        validator = self.builder.build.validator
        if not problems:
            self._step(
                StepKind.CHECK, "Payload", f"strictValidation is on, and {validator} finds nothing.", _VALIDATORS
            )
            return None
        sentence = f"strictValidation is on, and {validator} finds: {listed(problems)}."
        self._step(StepKind.CHECK, "Payload", sentence, _VALIDATORS)
        return self._refused(SCHEMA_MISMATCH, "Schema validation failed: …")

    def _too_large(self, size: Size) -> PromiseOutcome:
        kilobytes = -(-size.units // 1024)
        sentence = (
            f"The SDK's envelope has {size.units:,} UTF-16 code units, defaults included; it sends at most 131,072."
        )
        self._step(StepKind.CHECK, "size", sentence, _LIMITS)
        self.builder.fault(19, "The …Async call is rejected, and its entry stays until its timer ends.")
        message = f"Payload too large: {kilobytes}KB exceeds maximum 128KB ({kilobytes - 128}KB over limit)"
        return self._refused(TOO_LARGE, message)

    def _sent(self, action: Action, frame: Any, payload: Any, size: Size) -> PromiseOutcome:
        own = measure(stringify(frame))
        sentence = (
            "The SDK sends its own envelope, with new IDs and times where none are given, sdkVersion"
            f" {SDK_RELEASE} and its blank defaults: {size.units:,} UTF-16 code units, where this message has"
            f" {own.units:,} without white space."
        )
        self._step(StepKind.SEND, "socket.send", sentence, _ENVELOPE, f"{size.utf8_bytes:,} bytes of JSON")
        sdk_request_faults.sent_request(self.builder, self._contract, action, frame, payload, size)
        return self._waiting(sdk_defaults.correlation_id(payload))

    def _waiting(self, made: Any) -> PromiseOutcome:
        given = made if isinstance(made, str) else "" if made is UNDEFINED else described(made)
        if self.builder.build.runs_in_node:
            self.builder.fault(17, "On Node before 22 the …Async call rejects with a ReferenceError and sends nothing.")
        if isinstance(made, str) and made in self._pending_ids:
            self.builder.fault(18, f"A call with correlation ID {given} is pending already; this one takes its place.")
        where = "the correlation ID given" if given else "a new UUIDv7"
        sentence = (
            f"The …Async call waits under {where} for the first message that echoes it, and rejects with"
            f" REQUEST_TIMEOUT after {REQUEST_TIMEOUT_S} s unless set otherwise."
        )
        return outcome(PromiseState.WAITS, sentence, _PENDING, correlation_id=given)

    def _refused(self, code: str, message: str) -> PromiseOutcome:
        self._emit(code, message, "VALIDATION")
        value = f"the plain object {{category: VALIDATION, code: {code}, message, details}}"
        sentence = f"The …Async call makes the same check and rejects with {code}; it emits nothing."
        return outcome(PromiseState.REJECTS, sentence, _ACTIONS, value=value)

    def _thrown(self, reason: str, source: str) -> PromiseOutcome:
        self._step(
            StepKind.THROW, TYPE_ERROR, f"{reason} The exception reaches the caller; no event is emitted.", source
        )
        return outcome(
            PromiseState.REJECTS, "The …Async call rejects with the same exception.", source, value=TYPE_ERROR
        )

    def _emit(self, code: str, message: str, category: str = "WEBSOCKET") -> None:
        emit_error(self.builder, "an OptaveError", code, message, category=category, extra={"suggestions": []})

    def _step(self, kind: StepKind, name: str, sentence: str, source: str, carries: str = "") -> None:
        self.builder.step(kind, name, sentence, source, carries)


_METHODS: dict[str, Action] = {action.sdk_name: action for action in Action}


def _alien(payload: Any) -> str:
    """The first key that may not stand beside session, request and headers; texts and arrays have indexes for keys."""
    keys = payload if isinstance(payload, dict) else ("0",)
    return next(key for key in keys if key not in ("session", "request", "headers"))


def _lacks(merged: Any, requirement: Requirement) -> bool:
    value = get(merged, *requirement.path.split("."))
    return not (isinstance(value, list) and value) if requirement.non_empty_array else not truthy(value)


def _missing(action: Action, requirement: Requirement) -> str:
    """The SDK's own words, which an application may look for."""
    if requirement.non_empty_array:
        return f"{requirement.path} is required for {action.sdk_name} and must be a non-empty array"
    always = requirement.path == "request.connections.threadId"
    return f"{requirement.path} is required" + ("" if always else f" for {action.sdk_name}")
