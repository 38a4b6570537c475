"""Reading tokens without trusting them, and fitting them into a handshake (``protocol.md`` sections 1 and 2)."""

import base64
import binascii
import math
import re
import string
from dataclasses import dataclass, field
from typing import Any

from .read_json import read_json

_TCHAR = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)
_JWT = re.compile(r"[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,2}", re.ASCII)
_BEARER = re.compile(r"bearer\s+", re.IGNORECASE | re.ASCII)
_NAMES = {
    " ": "A space",
    "\t": "A tab",
    "\n": "A line break",
    "\r": "A line break",
    '"': "A double quote",
    ",": "A comma",
}


@dataclass(frozen=True, slots=True)
class TokenReading:
    """What a token says of itself. Nothing of it is verified: no signature, no audience, no clock."""

    claims: dict[str, Any] = field(default_factory=dict, repr=False)
    """The payload of a JWT; empty when it cannot be read."""
    header: dict[str, Any] = field(default_factory=dict, repr=False)
    problem: str = ""
    """Why the claims cannot be read, as a sentence; empty when they were."""
    expires_unix_s: float | None = None
    """Claim ``exp`` (RFC 7519 section 4.1.4); None where it is missing or no number."""
    issued_unix_s: float | None = None
    """Claim ``iat``."""
    subject: str = ""
    """Claim ``sub``."""
    token_id: str = ""
    """Claim ``jti``."""


def read_token(text: str) -> TokenReading:
    """Read a JWT's header and claims (RFC 7519), with or without ``Bearer`` before it. Never raises."""
    token = strip_bearer(text)
    if not token:
        return TokenReading(problem="There is no token.")
    parts = token.split(".")
    if len(parts) == 5:
        header, problem = _part(parts[0], "header")
        return TokenReading(
            header=header,
            problem=problem or "The token is encrypted (JWE, RFC 7516): only its receiver can read the claims.",
        )
    if len(parts) != 3:
        return TokenReading(problem="The token is opaque: it is no JWT of three parts and shows no claims.")
    header, problem = _part(parts[0], "header")
    claims, claims_problem = _part(parts[1], "claims")
    return TokenReading(
        claims=claims,
        header=header,
        problem=problem or claims_problem,
        expires_unix_s=finite_number(claims.get("exp")),
        issued_unix_s=finite_number(claims.get("iat")),
        subject=_text(claims.get("sub")),
        token_id=_text(claims.get("jti")),
    )


def strip_bearer(text: str) -> str:
    """``text`` without white space around it and without a leading ``Bearer``, in any case."""
    stripped = text.strip()
    if stripped.lower() == "bearer":
        return ""
    match = _BEARER.match(stripped)
    return stripped[match.end() :] if match else stripped


def subprotocol_problem(token: str) -> str:
    """Why ``token`` cannot go into ``Sec-WebSocket-Protocol``, which carries RFC 9110 tokens only; "" when it can.

    A leading ``Bearer`` is part of the problem here: the SDK removes it for the query transport only.
    """
    if not token:
        return "The token is empty; paste one or choose another token source."
    for position, character in enumerate(token, start=1):
        if character not in _TCHAR:
            what = f"{_character(character)} at position {position} of the token cannot go into a subprotocol."
            return f"{what} {_way_out(token, character)}"
    return ""


def mask_tokens(text: str) -> str:
    """``text`` with dots in place of every JWT in it, for words of others that may quote one."""
    return _JWT.sub(lambda found: mask(found[0]), text)


def mask(token: str) -> str:
    """What is shown in place of a token: its length, none of its characters."""
    return f"•••• ({len(token)} characters)" if token else ""


def _character(character: str) -> str:
    name = _NAMES.get(character)
    if name is not None:
        return name
    shown = character if character.isprintable() and not character.isspace() else "A character"
    return f"{shown} (U+{ord(character):04X})"


def _way_out(token: str, character: str) -> str:
    if _BEARER.match(token.lstrip()):
        return "Remove the word Bearer and the space after it."
    if character.isspace():
        return "Remove the white space; it often comes along when copying."
    if character in "=/":
        return "Use the base64url form without padding, as JWTs have it, or connect by the query transport."
    return "Check that the token was copied whole and alone, or connect by the query transport."


def _part(text: str, name: str) -> tuple[dict[str, Any], str]:
    if _BASE64URL.fullmatch(text) is None:
        return {}, f"The token looks like a JWT, but its {name} part is no base64url text."
    bare = text.rstrip("=")
    try:
        decoded = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return {}, f"The token looks like a JWT, but its {name} part is cut or not base64url."
    reading = read_json(decoded)
    if not isinstance(reading.value, dict):
        return {}, f"The token looks like a JWT, but its {name} part is no JSON object."
    return reading.value, f"The {name} part of the token: {reading.problem}" if reading.problem else ""


def finite_number(value: object) -> float | None:
    """A JSON number as it is used for times; None for anything else, and for what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
