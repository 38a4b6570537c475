"""What a token says of itself and what is wrong with it, before the server says so (``protocol.md`` section 2).

Nothing here is verified: a signature can be checked by the server alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from .token import TokenReading, read_token, strip_bearer, subprotocol_problem

USUAL_LIFETIME_S = (5 * 60, 15 * 60)
"""What Optave's documentation recommends (section 2.3)."""
_SKEW_S = 5
_SOON_S = 30
_SHORT_TEXT = 200


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The server will refuse it, as far as one can tell."""
    WARNING = "warning"
    """It may be refused, or it gives something away."""
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class TokenFinding:
    """One thing that is wrong or odd, and what to do about it."""

    severity: Severity
    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, its value as text, and what it means."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class TokenCase:
    """A token and what is known around it. Times are Unix seconds by this machine's clock."""

    text: str = field(repr=False)
    """As it was pasted or came, white space and ``Bearer`` included."""
    now_s: float
    by_subprotocol: bool = True
    """Whether it travels in ``Sec-WebSocket-Protocol``."""
    host: str = ""
    """Of the tenant that it is for."""
    tenant: str = ""
    """Its tenant ID or the value of ``{{tenant}}``, where one is known."""
    client_secret: str = field(default="", repr=False)
    server_ahead_s: float | None = None
    """By how much the server's clock is ahead, by its ``Date``; None where it was not heard."""
    used: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """All that can be said of a token."""

    reading: TokenReading
    claims: tuple[Claim, ...]
    findings: tuple[TokenFinding, ...]
    """The gravest first."""
    left_s: float | None = None
    """How long it is valid still by the server's clock where that is known; negative when it is over."""


def examine(case: TokenCase) -> Examination:
    """Look at a token from all sides. Never raises, whatever the text is."""
    bare = strip_bearer(case.text)
    reading = read_token(bare)
    found = [finding for rule in _RULES for finding in rule(case, bare, reading)]
    order = list(Severity)
    left = None if reading.expires_unix_s is None else reading.expires_unix_s - _server_now(case)
    return Examination(
        reading, tuple(_claims(reading)), tuple(sorted(found, key=lambda each: order.index(each.severity))), left
    )


def _server_now(case: TokenCase) -> float:
    return case.now_s + (case.server_ahead_s or 0.0)


def _form(case: TokenCase, bare: str, _reading: TokenReading) -> Iterator[TokenFinding]:
    if not bare:
        yield TokenFinding(Severity.ERROR, "There is no token.", "Paste one, or choose another token source.")
        return
    if bare == case.client_secret:
        sentence = "This is the client secret, not a token."
        yield TokenFinding(
            Severity.ERROR, sentence, "Choose client credentials as token source; they get a token by it."
        )
        return
    if case.text.strip() != bare:
        sentence = (
            "“Bearer” stands before it. The SDK removes that in the query only; a subprotocol with it is refused."
        )
        yield TokenFinding(Severity.NOTE, sentence, "The inspector sends the token without it.")
    elif case.text != bare:
        yield TokenFinding(Severity.NOTE, "White space stands around it; the inspector sends it without.")
    unfit = subprotocol_problem(bare) if case.by_subprotocol else ""
    if unfit:
        yield TokenFinding(Severity.ERROR, unfit)
    elif any(character.isspace() for character in bare):
        yield TokenFinding(Severity.ERROR, "White space stands within the token.", "Copy it again, in one piece.")


def _kind(_case: TokenCase, bare: str, reading: TokenReading) -> Iterator[TokenFinding]:
    if not bare:
        return
    if reading.problem:
        yield TokenFinding(Severity.WARNING, reading.problem, "Optave's tokens are JWTs of three parts.")
        return
    algorithm = str(reading.header.get("alg", ""))
    if algorithm.lower() == "none":
        yield TokenFinding(Severity.ERROR, "It is not signed (alg none): no server should take it.")
    if "nonce" in reading.claims or "at_hash" in reading.claims:
        yield TokenFinding(Severity.WARNING, "It looks like an ID token of a login, not an access token.")
    if str(reading.claims.get("typ", "")).lower() == "refresh":
        yield TokenFinding(Severity.ERROR, "It is a refresh token, which opens nothing by itself.")


def _times(case: TokenCase, bare: str, reading: TokenReading) -> Iterator[TokenFinding]:
    if not bare or reading.problem:
        return
    now = _server_now(case)
    whose = "the server's clock" if case.server_ahead_s is not None else "this machine's clock"
    expires, issued = reading.expires_unix_s, reading.issued_unix_s
    if expires is None:
        yield TokenFinding(Severity.WARNING, "It does not say when it expires (no claim exp).")
    elif expires <= now:
        yield TokenFinding(
            Severity.ERROR,
            f"It expired {_span(now - expires)} ago by {whose}.",
            "Take a fresh one for this connection.",
        )
    elif expires - now < _SOON_S:
        yield TokenFinding(Severity.WARNING, f"It expires in {_span(expires - now)} by {whose}.")
    begins = reading.claims.get("nbf", issued)
    if isinstance(begins, int | float) and not isinstance(begins, bool) and begins > now + _SKEW_S:
        yield TokenFinding(
            Severity.ERROR if "nbf" in reading.claims else Severity.WARNING,
            f"It is from the future: it begins {_span(begins - now)} from now by {whose}.",
            "Set the clock of the machine that issued it, or of this one.",
        )
    if expires is not None and issued is not None and expires > issued:
        lifetime = expires - issued
        low, high = USUAL_LIFETIME_S
        if not low <= lifetime <= high:
            wanted = f"{low // 60} to {high // 60} minutes"
            yield TokenFinding(
                Severity.NOTE, f"It lives {_span(lifetime)}; Optave's documentation recommends {wanted}."
            )
    if case.server_ahead_s is not None and abs(case.server_ahead_s) > 60:
        where = "ahead of" if case.server_ahead_s > 0 else "behind"
        yield TokenFinding(
            Severity.WARNING,
            f"The server's clock is {_span(abs(case.server_ahead_s))} {where} this machine's.",
            "Tokens that look valid here may not be valid there.",
        )


def _whom(case: TokenCase, bare: str, reading: TokenReading) -> Iterator[TokenFinding]:
    if not bare or reading.problem:
        return
    audiences = reading.claims.get("aud")
    texts = [each for each in (audiences if isinstance(audiences, list) else [audiences]) if isinstance(each, str)]
    hosts = [text for text in texts if "." in text]
    if case.host and hosts and not any(_same_site(case.host, text) for text in hosts):
        yield TokenFinding(
            Severity.WARNING,
            f"It is made out to {_short(', '.join(texts))} (claim aud), and the connection goes to {case.host}.",
            "Check that profile and token belong to the same environment.",
        )
    for name in ("tenant", "tenant_id", "tenantId", "tid"):
        claimed = reading.claims.get(name)
        if case.tenant and isinstance(claimed, str) and claimed and claimed.casefold() != case.tenant.casefold():
            yield TokenFinding(
                Severity.WARNING,
                f"It is for the tenant {_short(claimed)} (claim {name}), and the profile says {case.tenant}.",
                "Check that profile and token belong together.",
            )


def _use(case: TokenCase, bare: str, _reading: TokenReading) -> Iterator[TokenFinding]:
    if bare and case.used:
        yield TokenFinding(
            Severity.ERROR, "It was sent already, and each token opens one WebSocket only.", "Take a fresh one."
        )


_Rule = Callable[[TokenCase, str, TokenReading], Iterator[TokenFinding]]
_RULES: tuple[_Rule, ...] = (_form, _kind, _use, _times, _whom)
_MEANINGS = {
    "iss": "Who issued it",
    "sub": "Whom it speaks for",
    "aud": "Whom it is made out to",
    "exp": "Valid until",
    "nbf": "Not valid before",
    "iat": "Issued at",
    "jti": "Its own ID, by which a second use is noticed",
    "scope": "What it allows",
    "client_id": "The client that asked for it",
    "azp": "The client that asked for it",
}
_TIMES = {"exp", "nbf", "iat", "auth_time"}


def _claims(reading: TokenReading) -> Iterator[Claim]:
    for name in ("alg", "kid", "typ"):
        if name in reading.header:
            yield Claim(f"header {name}", _short(_value(reading.header[name])))
    for name, value in reading.claims.items():
        text = _value(value)
        if name in _TIMES and isinstance(value, int | float) and not isinstance(value, bool):
            text = f"{text} = {_moment(value)}"
        yield Claim(_short(name), _short(text), _MEANINGS.get(name, ""))


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return repr(value) if not isinstance(value, bool) else str(value).lower()


def _moment(unix_s: float) -> str:
    try:
        return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return "no date"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT_TEXT else f"{line[: _SHORT_TEXT - 1]}…"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"


def _same_site(host: str, audience: str) -> bool:
    """Whether an audience that names a host or URL names ``host`` or a site around it."""
    named = audience.partition("://")[2] or audience
    named = named.split("/", 1)[0].split(":", 1)[0].lower()
    host = host.lower()
    site = ".".join(host.split(".")[-2:])
    return named in (host, site) or named.endswith(f".{site}")
