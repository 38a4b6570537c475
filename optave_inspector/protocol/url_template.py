"""URL templates such as ``wss://ws-{{tenant}}.oco.optave.{{tld}}``: what is to be filled in, and whether it may be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from .urls import add_query, is_loopback, mask_url

__all__ = [
    "DEFAULT_AUTH_TEMPLATE",
    "DEFAULT_TEMPLATE",
    "HTTP_SCHEMES",
    "WEBSOCKET_SCHEMES",
    "UrlTemplate",
    "UrlTemplateError",
    "add_query",
    "is_loopback",
    "mask_url",
]

DEFAULT_TEMPLATE = "wss://ws-{{tenant}}.oco.optave.{{tld}}"
"""The WebSocket URL of Optave's documentation (``protocol.md`` section 1.1)."""
DEFAULT_AUTH_TEMPLATE = "https://{{tenant}}.oco.optave.{{tld}}/auth/oauth2/token"
"""The authentication URL of Optave's documentation (``protocol.md`` section 1.2)."""
WEBSOCKET_SCHEMES = ("wss", "ws")
HTTP_SCHEMES = ("https", "http")

_FIELD = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}|\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}", re.ASCII)
_UNSAFE_IN_URL = re.compile(r"[^!#-;=?-\[\]_a-z~]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNSAFE_IN_VALUE = re.compile(r"[^A-Za-z0-9._~-]")
_UNSAFE_IN_HOST = re.compile(r"[^A-Za-z0-9._-]")
_NAMES = {
    "/": "a slash",
    " ": "a space",
    "\t": "a tab",
    "\n": "a line break",
    "\r": "a line break",
    "\\": "a backslash",
}


class UrlTemplateError(ValueError):
    """The template or a value cannot make a URL; the text is a whole sentence."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
        """The field whose value is at fault; "" when it is the template."""


class _Place(StrEnum):
    LABEL = "part of a host label"
    HOST = "host"
    PORT = "port"
    ELSEWHERE = "path or query"


_HOST_PLACES = (_Place.LABEL, _Place.HOST)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    place: _Place


@dataclass(frozen=True, slots=True)
class UrlTemplate:
    """A parsed template. Make it with :meth:`parse`; a URL without fields is a template too."""

    text: str
    fields: tuple[str, ...]
    """The names to be filled in, each once, in order."""
    _parts: tuple[str | _Field, ...]

    @classmethod
    def parse(cls, text: str, schemes: tuple[str, ...] = WEBSOCKET_SCHEMES) -> "UrlTemplate":
        """Read a template with ``{{name}}`` or ``{name}`` fields; white space around it is dropped.

        Raises UrlTemplateError for braces that do not pair, a scheme that is not among ``schemes``, a missing host,
        user information, a fragment (RFC 6455 section 3) and characters that a URL cannot hold.
        """
        stripped = text.strip()
        if not stripped:
            raise UrlTemplateError(f"The URL is empty. It begins with {schemes[0]}://.")
        literals = _FIELD.split(stripped)[::3]
        names = [first or second for first, second in _FIELD.findall(stripped)]
        _check_literals(literals)
        _check_skeleton("1".join(literals), schemes, in_scheme="://" not in literals[0] and bool(names))
        parts: list[str | _Field] = [literals[0]]
        for index, name in enumerate(names):
            before = "1".join(literals[: index + 1])
            after = "1".join(literals[index + 1 :])
            parts += [_Field(name, _place(before, after)), literals[index + 1]]
        return cls(stripped, tuple(dict.fromkeys(names)), tuple(parts))

    def expand(self, values: Mapping[str, str]) -> str:
        """The URL with every field filled in; other values are left alone.

        Raises UrlTemplateError, naming the field, for a missing value and for one that would change the URL's
        structure: letters, digits, ``-``, ``_``, ``.`` and ``~`` are allowed; in the host no ``~``, and a dot only
        where the field is a whole label.
        """
        filled = [part if isinstance(part, str) else _checked(part, values.get(part.name, "")) for part in self._parts]
        url = "".join(filled)
        fields = [part for part in self._parts if isinstance(part, _Field)]
        port = next((field.name for field in fields if field.place is _Place.PORT), "")
        in_host = {field.name: values[field.name].lower() for field in fields if field.place in _HOST_PLACES}
        _check_host(_split(url, port).hostname or "", in_host)
        scheme, separator, rest = url.partition("://")
        return f"{scheme.lower()}{separator}{rest}"


def _check_host(host: str, values: Mapping[str, str]) -> None:
    if ":" in host:
        return
    for label in host.removesuffix(".").split("."):
        problem = _label_problem(label)
        if problem:
            guilty = [name for name, value in values.items() if value in label or label in value]
            _refuse_host(f"The host {host[:300]} cannot be: the part {label[:80]!r} {problem}.", guilty)
    if len(host) > 253:
        _refuse_host("The host is longer than 253 characters.", list(values))


def _label_problem(label: str) -> str:
    if not label:
        return "is empty"
    if len(label) > 63:
        return "is longer than 63 characters"
    return "begins or ends with a hyphen" if "-" in (label[0], label[-1]) else ""


def _refuse_host(sentence: str, fields: list[str]) -> NoReturn:
    where = " and ".join(fields) if fields else "the URL"
    raise UrlTemplateError(f"{sentence} Look at {where}.", fields[0] if fields else "")


def _check_literals(literals: list[str]) -> None:
    for literal in literals:
        if "{" in literal or "}" in literal:
            raise UrlTemplateError("The braces do not pair or hold no name: write a field as {{tenant}} or {tenant}.")
        unsafe = _UNSAFE_IN_URL.search(literal)
        if unsafe is not None:
            raise UrlTemplateError(
                f"The URL must not have {_shown(unsafe[0])}; write it percent-encoded or leave it out."
            )
        if _BAD_PERCENT.search(literal):
            raise UrlTemplateError("A percent sign in the URL must be followed by two hexadecimal digits.")


def _check_skeleton(url: str, schemes: tuple[str, ...], *, in_scheme: bool) -> None:
    wanted = " or ".join(f"{scheme}://" for scheme in schemes)
    if in_scheme:
        raise UrlTemplateError(f"The URL must begin with {wanted}, written out, not with a field.")
    scheme, separator, rest = url.partition("://")
    if not separator or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme, re.ASCII):
        raise UrlTemplateError(f"The URL must begin with {wanted}.")
    if scheme.lower() not in schemes:
        raise UrlTemplateError(f"The URL begins with {scheme}://, but must begin with {wanted}.")
    if "#" in rest:
        raise UrlTemplateError("The URL must not have a fragment (the part after #); RFC 6455 section 3 forbids it.")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise UrlTemplateError("The URL must not have a user name or password before the host; use a token instead.")
    parts = _split(url)
    if not parts.hostname:
        raise UrlTemplateError("The URL has no host.")
    if "[" not in authority and "%" in authority:
        raise UrlTemplateError("The host must not have a percent sign.")


def _split(url: str, port_field: str = "") -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UrlTemplateError("The URL's host is no name and no IP address.") from None
    try:
        sound = parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise UrlTemplateError("The URL's port must be a number from 1 to 65535.", port_field)
    return parts


def _place(before: str, after: str) -> _Place:
    authority = before.partition("://")[2]
    if re.search(r"[/?]", authority):
        return _Place.ELSEWHERE
    if ":" in authority:
        return _Place.PORT
    opens = not authority or authority.endswith(".")
    closes = not after or after[0] in "./:?"
    return _Place.HOST if opens and closes else _Place.LABEL


def _checked(field: _Field, value: str) -> str:
    name = field.name
    if not value:
        raise UrlTemplateError(f"{name} is missing.", name)
    unsafe = (_UNSAFE_IN_VALUE if field.place is _Place.ELSEWHERE else _UNSAFE_IN_HOST).search(value)
    if unsafe is not None:
        hint = " Write an international name in its xn-- form." if ord(unsafe[0]) > 0x7F else ""
        raise UrlTemplateError(f"{name} must not have {_shown(unsafe[0])}: it would change the URL.{hint}", name)
    if field.place is _Place.PORT:
        if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:
            raise UrlTemplateError(f"{name} is a port and must be a number from 1 to 65535.", name)
    elif field.place is _Place.LABEL and "." in value:
        raise UrlTemplateError(f"{name} is a part of one name in the host and must not have a dot.", name)
    elif value.startswith(".") or value.endswith(".") or ".." in value:
        raise UrlTemplateError(f"{name} must not begin or end with a dot or have two in a row.", name)
    return value


def _shown(character: str) -> str:
    name = _NAMES.get(character)
    if name:
        return name
    if character.isprintable() and not character.isspace():
        return f"the character {character}"
    return f"the character U+{ord(character):04X}"
