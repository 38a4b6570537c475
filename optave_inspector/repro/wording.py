"""What a step does, and how an attempt ended, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol.close_codes import explain
from ..protocol.codec import peek
from ..protocol.scenarios import SCENARIOS
from .durations import duration
from .recipe import (
    By,
    Check,
    Close,
    Connect,
    Doing,
    EndingKind,
    ExpectedEnding,
    ExpectEnding,
    ExpectMessage,
    ExpectNothing,
    ExpectState,
    OrderTenant,
    Repeat,
    Reset,
    SendAction,
    SendFile,
    SendFrame,
    SendText,
    TokenKind,
    Wait,
)

if TYPE_CHECKING:
    import re

_TOKENS = {
    TokenKind.FRESH: "with a fresh token",
    TokenKind.USED: "with the token of the attempt before",
    TokenKind.EXPIRED: "with a token that has expired",
    TokenKind.NONE: "without a token",
    TokenKind.WRONG_SECRET: "by a secret that is wrong",
}
_BY = {By.TENANT: "by the tenant", By.CLIENT: "by this client", By.NOBODY: "by nobody"}


def words(doing: Doing) -> str:
    """What a step does."""
    match doing:
        case Connect():
            return f"Connect {_TOKENS.get(doing.token, f'with the token in {doing.variable}')}"
        case SendAction():
            what = "with a payload" if doing.payload is not None else f"template {doing.template or 'minimal'}"
            return f"Send {doing.action} ({what})"
        case SendText():
            action = peek(doing.text.encode("utf-8", "replace"), is_text=True).action
            what = f"of {action}, {len(doing.text):,} characters" if action else _shown(doing.text)
            return f"Send the text {what}"
        case SendFile():
            return f"Send the file {doing.name}{' as a binary message' if doing.binary else ''}"
        case SendFrame():
            purpose = ", on purpose" if doing.on_purpose else ""
            return f"Send a {doing.opcode} frame of {len(doing.data):,} bytes{purpose}"
        case ExpectMessage():
            return f"Expect a message{_demands(doing.checks, doing.text)} within {duration(doing.within_s)}"
        case ExpectNothing():
            return f"Expect no message{_demands(doing.checks, doing.text)} for {duration(doing.within_s)}"
        case ExpectState():
            return f"Expect the state {doing.state} within {duration(doing.within_s)}"
        case ExpectEnding():
            return f"Expect {expected(doing.ending)} within {duration(doing.ending.within_s)}"
        case Wait():
            return f"Wait {duration(doing.seconds)}"
        case Close():
            code = "without a code" if doing.code is None else f"with {doing.code}"
            return f"Close {code}{f', {_shown(doing.reason)}' if doing.reason else ''}"
        case Reset():
            return "Reset TCP"
        case OrderTenant():
            armed = f", for {doing.connections} connections to come" if doing.connections is not None else ""
            return f"Tenant: {_order(doing)}{_parameters(doing)}{armed}"
        case Repeat():
            return f"Repeat {doing.times} times"


def expected(ending: ExpectedEnding) -> str:
    """An ending that is expected, such as ``close 1008 (Policy violation) by the tenant``."""
    parts = []
    match ending.kind:
        case EndingKind.OPEN:
            return "the connection to be open"
        case EndingKind.REFUSED:
            parts.append("a connection that does not open")
            if ending.status is not None:
                parts.append(f"HTTP {ending.status}")
            if ending.failure:
                parts.append(f"cause {ending.failure}")
            if ending.body is not None:
                parts.append(f"body matching {ending.body.pattern}")
        case EndingKind.CLOSED:
            parts.append("an end" if ending.code is None else f"close {code_words(ending.code)}")
            if ending.by is not None:
                parts[0] += f" {_BY[ending.by]}"
            if ending.reason is not None:
                parts.append(f"reason “{ending.reason}”")
            if ending.clean is not None:
                parts.append("clean" if ending.clean else "not clean")
            if ending.sent is not None:
                parts.append(f"{ending.sent} sent by this client")
    return ", ".join(parts)


def code_words(code: int) -> str:
    """A close code with its name."""
    return f"{code} ({explain(code).name})"


def _demands(checks: tuple[Check, ...], text: re.Pattern[str] | None) -> str:
    parts = [check_words(check) for check in checks]
    if text is not None:
        parts.append(f"text matching {_shown(text.pattern)}")
    return f" with {' and '.join(parts)}" if parts else ""


def check_words(check: Check) -> str:
    """What a check demands."""
    if check.equals:
        return f"{check.path} = {_shown(str(check.value))}"
    if check.pattern is not None:
        return f"{check.path} matching {_shown(check.pattern.pattern)}"
    return f"{'something' if check.exists else 'nothing'} at {check.path}"


def _order(doing: OrderTenant) -> str:
    scenario = SCENARIOS.get(doing.name)
    return f"{doing.name}: {scenario.title}" if scenario is not None else doing.name


def _parameters(doing: OrderTenant) -> str:
    told = ", ".join(f"{name} {value}" for name, value in doing.parameters.items())
    return f" ({told})" if told else ""


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= 60 else f'{line[:59]}…'}”"
