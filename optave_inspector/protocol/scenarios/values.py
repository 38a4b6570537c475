"""What a scenario of the fault bench is made of: parameters, what the client has to do, the ending it must lead to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ..close_codes import Advice, explain

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = int | float | str
"""What a parameter may hold."""


class ScenarioError(ValueError):
    """An order that names no scenario, or parameters that it does not take; a sentence."""


class ScenarioKind(StrEnum):
    """Where a scenario strikes."""

    HANDSHAKE = "handshake"
    CLOSING = "closing"
    TCP = "tcp"
    FRAMES = "frames"
    ANSWERS = "answers"
    TIMING = "timing"


class Moment(StrEnum):
    """What a scenario waits for."""

    HANDSHAKE = "handshake"
    """Armed for the next handshakes."""
    CONNECTION = "connection"
    """Starts on the open connections; armed for the next one where none is open."""


class Need(StrEnum):
    """What the client must do for the scenario to show."""

    NOTHING = "nothing"
    CONNECT = "connect"
    REQUEST = "send a request"
    REQUESTS = "send several requests at once"
    CLOSE = "close the connection"
    KEEPALIVE = "have keepalive pings on"


class ParameterKind(StrEnum):
    """What a parameter holds."""

    INTEGER = "whole number"
    SECONDS = "seconds"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting of a scenario."""

    name: str
    kind: ParameterKind
    default: Value
    sentence: str
    minimum: float = 0
    maximum: float = 0
    """Bounds of a number; the most UTF-8 bytes of a text."""
    choices: tuple[str, ...] = ()

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        if self.kind is ParameterKind.CHOICE:
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        if self.kind is ParameterKind.TEXT:
            return f"at most {self.maximum:g} bytes"
        return f"{_number(self.minimum)} to {_number(self.maximum)}"

    def parse(self, text: str) -> Value:
        """The value that ``text`` writes. Raises ScenarioError."""
        try:
            match self.kind:
                case ParameterKind.INTEGER:
                    return self.check(int(text))
                case ParameterKind.SECONDS:
                    return self.check(float(text))
                case _:
                    return self.check(text)
        except ScenarioError:
            raise
        except ValueError:
            raise ScenarioError(f"{self.name} must be a number ({self.bounds}), not {text[:40]!r}.") from None

    def check(self, value: object) -> Value:
        """``value``, sound. Raises ScenarioError for another type or what is out of bounds."""
        match self.kind:
            case ParameterKind.CHOICE:
                if isinstance(value, str) and value in self.choices:
                    return value
                raise ScenarioError(f"{self.name} must be {self.bounds}.")
            case ParameterKind.TEXT:
                return self._text(value)
            case ParameterKind.INTEGER:
                if isinstance(value, int) and not isinstance(value, bool) and self.minimum <= value <= self.maximum:
                    return value
                raise ScenarioError(f"{self.name} must be a whole number from {self.bounds}.")
            case _:
                if isinstance(value, int | float) and not isinstance(value, bool) and self._within(value):
                    return value
                raise ScenarioError(f"{self.name} must be a number from {self.bounds}.")

    def _within(self, number: float) -> bool:
        return math.isfinite(number) and self.minimum <= number <= self.maximum

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise ScenarioError(f"{self.name} must be text.")
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            raise ScenarioError(f"{self.name} holds half a character, which UTF-8 cannot carry.") from None
        if size > self.maximum:
            raise ScenarioError(f"{self.name} takes {size} bytes in UTF-8; it may have {self.maximum:g}.")
        return value


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"


class Outcome(StrEnum):
    """How a scenario ends."""

    REFUSED = "not opened"
    """The handshake fails: there is no connection, and so no close code."""
    CLOSED = "closed"
    """The tenant sends a close frame, and the client confirms it."""
    ABNORMAL = "abnormal"
    """No close frame comes: 1006."""
    FAILED = "failed by the client"
    """The client fails the connection with a code of its own (RFC 6455 section 7.1.7); for a browser this is 1006."""
    OPEN = "stays open"


@dataclass(frozen=True, slots=True)
class Expected:
    """The ending that a scenario must lead to, as the client sees it."""

    outcome: Outcome
    failure: str = ""
    """What kept the connection from opening: ``refused``, ``redirect``, ``protocol``, ``timeout``, ``tls``."""
    status: int | None = None
    """HTTP status of the handshake's answer; None where none comes or it may be any."""
    code: int | None = None
    """The code that a browser reports: the received one, 1005 for an empty frame, 1006 where none came."""
    sent: int | None = None
    """The code of the close frame that the client sends, be it a confirmation; None for none."""
    first: str = ""
    """Who sends the first close frame: ``peer``, ``inspector`` or ``nobody``; empty while nothing ends."""
    clean: bool = False
    """Both close frames are exchanged."""
    tcp: str = ""
    """How TCP ends where that is the point: ``reset``, ``fin``, ``dropped`` (the client gives up waiting)."""
    selected: str = ""
    """Subprotocol in the answer to the handshake where it is not as it should be: ``none``, ``token``, ``other``."""
    marks: tuple[str, ...] = ()
    """Marks of entries in the log: ``orphan``, ``duplicate``, ``late``, ``guessed``, ``similar``, ``problem``; besides
    ``schema`` for an answer that breaks the response schema, and ``binary`` for a binary message."""
    request: str = ""
    """What becomes of the request: ``completed``, ``error``, ``unanswered``; empty where none is sent."""

    @property
    def advice(self) -> Advice | None:
        """What a client should do after a close; None where no close code tells."""
        return explain(self.code).advice if self.code is not None else None

    @property
    def sentence(self) -> str:
        """The ending in words."""
        match self.outcome:
            case Outcome.REFUSED:
                return self._refused()
            case Outcome.CLOSED:
                name = f"{self.code} {explain(self.code or 0).name}"
                return f"Closed by the tenant with {name}{', clean' if self.clean else ''}."
            case Outcome.ABNORMAL:
                how = {
                    "reset": "TCP is reset",
                    "fin": "the tenant ends TCP",
                    "dropped": "the client closes, waits in vain and drops TCP",
                }[self.tcp]
                return f"1006: {how}, and no close frame comes."
            case Outcome.FAILED:
                return f"The client fails the connection with {self.sent} {explain(self.sent or 0).name}."
            case Outcome.OPEN:
                return self._open()

    def _refused(self) -> str:
        match self.failure:
            case "timeout":
                return "Not opened: the upgrade is not answered in time."
            case "tls":
                return "Not opened: the TLS handshake fails."
            case "redirect":
                return f"Not opened: HTTP {self.status}, a redirect that is not followed."
            case "protocol" if self.status is None:
                return "Not opened: TCP ends without an answer to the upgrade."
            case "protocol":
                return "Not opened: the answer to the upgrade breaks RFC 6455."
            case _:
                return f"Not opened: HTTP {self.status}."

    def _open(self) -> str:
        words = {
            "none": "without a subprotocol",
            "token": "with the token as the subprotocol",
        }
        parts = [words[self.selected]] if self.selected else []
        parts += [f"marks: {', '.join(self.marks)}"] if self.marks else []
        parts += [f"the request: {self.request}"] if self.request else []
        return f"Stays open{'; ' if parts else ''}{'; '.join(parts)}."


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way in which the local tenant goes wrong on demand."""

    name: str
    kind: ScenarioKind
    title: str
    sentence: str
    """What the tenant does."""
    expected: Expected
    parameters: tuple[Parameter, ...] = ()
    moment: Moment = Moment.CONNECTION
    needs: Need = Need.NOTHING
    needs_tls: bool = False
    """Only for a tenant that serves TLS."""

    def values(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All parameters, those in ``given`` and the others' defaults. Raises ScenarioError."""
        known = {parameter.name for parameter in self.parameters}
        for name in given:
            if name not in known:
                takes = f"takes {', '.join(sorted(known))}" if known else "takes no parameters"
                raise ScenarioError(f"{self.name} has no parameter {name!r}: it {takes}.")
        return {
            parameter.name: parameter.check(given[parameter.name]) if parameter.name in given else parameter.default
            for parameter in self.parameters
        }

    def expects(self, values: Mapping[str, Value]) -> Expected:
        """The ending with these parameters: ``expected``, but for a code or status that a parameter names."""
        expected = self.expected
        if expected.outcome is Outcome.CLOSED and isinstance(code := values.get("code"), int):
            return replace(expected, code=code, sent=code)
        if expected.outcome is Outcome.REFUSED and isinstance(status := values.get("status"), int | str):
            return replace(expected, status=int(status))
        return expected
