"""Parts that several scenarios share: endings and parameters."""

from __future__ import annotations

from .values import Expected, Outcome, Parameter, ParameterKind

TIMES = Parameter("times", ParameterKind.INTEGER, 1, "How many handshakes are treated so.", 1, 1_000_000)
REASON = Parameter("reason", ParameterKind.TEXT, "", "The reason in the close frame.", maximum=123)
REQUESTS = Parameter("requests", ParameterKind.INTEGER, 1, "How many requests are treated so.", 1, 1_000_000)


def closed(code: int) -> Expected:
    """The tenant closes in order."""
    return Expected(Outcome.CLOSED, code=code, sent=code, first="peer", clean=True)


def abnormal(tcp: str) -> Expected:
    """TCP ends without a close frame from either side."""
    return Expected(Outcome.ABNORMAL, code=1006, first="nobody", tcp=tcp)


def failed(code: int, *, first: str = "inspector") -> Expected:
    """The client fails the connection with ``code``; ``first`` is the peer where its close frame is what is wrong."""
    return Expected(Outcome.FAILED, code=1006, sent=code, first=first)


def refused(status: int, failure: str = "refused") -> Expected:
    """An HTTP response other than 101."""
    return Expected(Outcome.REFUSED, failure=failure, status=status)


def stays_open(*marks: str, request: str = "", selected: str = "") -> Expected:
    """Nothing ends."""
    return Expected(Outcome.OPEN, marks=marks, request=request, selected=selected)


def choice(name: str, sentence: str, *choices: str) -> Parameter:
    """One of a few words, the first by default."""
    return Parameter(name, ParameterKind.CHOICE, choices[0], sentence, choices=choices)


def count(name: str, default: int, sentence: str, minimum: int, maximum: int) -> Parameter:
    """A whole number."""
    return Parameter(name, ParameterKind.INTEGER, default, sentence, minimum, maximum)


def seconds(name: str, default: float, sentence: str, minimum: float = 0, maximum: float = 86_400) -> Parameter:
    """A time in seconds."""
    return Parameter(name, ParameterKind.SECONDS, default, sentence, minimum, maximum)
