"""What secrets look like: the names that stand before them, and the shapes that they have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN, SECRET, PASSWORD, COOKIE, LOGIN = "token", "secret", "password", "cookie", "login"
MAIL, PHONE, NAME, VALUE = "mail", "phone", "name", "value"
HEADER, SUBPROTOCOLS = "header", "subprotocols"
"""Not kinds of secrets but of values that hold one: an Authorization header, a list of subprotocols."""

_NAMES = {
    **dict.fromkeys(("authorization", "proxyauthorization"), HEADER),
    "secwebsocketprotocol": SUBPROTOCOLS,
    **dict.fromkeys(("cookie", "setcookie"), COOKIE),
    **dict.fromkeys(("password", "passwd", "passphrase", "pwd"), PASSWORD),
    **dict.fromkeys(
        (
            "secret",
            "clientsecret",
            "apikey",
            "xapikey",
            "apisecret",
            "secretkey",
            "privatekey",
            "accesskey",
            "sharedkey",
        ),
        SECRET,
    ),
    **dict.fromkeys(("token", "jwt", "bearer", "clientassertion", "assertion", "credential", "credentials"), TOKEN),
}
_ENDS = {
    **dict.fromkeys(("accesstoken", "refreshtoken", "idtoken", "authtoken", "sessiontoken", "securitytoken"), TOKEN),
    **dict.fromkeys(("bearertoken", "csrftoken", "xsrftoken", "apitoken", "usertoken", "accessjwt"), TOKEN),
    **dict.fromkeys(("clientsecret", "apikey", "secretkey", "privatekey"), SECRET),
    "password": PASSWORD,
}
_PARAMETERS = frozenset({"ticket", "code", "sig", "signature"})
_PLAIN = {HEADER: TOKEN, SUBPROTOCOLS: TOKEN}
_LONGEST_NAME = 64


def kind_of_name(name: str) -> str:
    """The kind of what stands under a JSON key or behind a header's or parameter's name; "" for nothing secret."""
    if not 3 <= len(name) <= _LONGEST_NAME:
        return ""
    bare = name.lower().replace("-", "").replace("_", "").replace(" ", "").replace(".", "")
    if bare in _NAMES:
        return _NAMES[bare]
    return next((kind for end, kind in _ENDS.items() if bare.endswith(end)), "")


def kind_of_parameter(name: str) -> str:
    """The kind of a parameter's value in a URL, where some names mean more than elsewhere."""
    plain = unquote_plus(name).strip()
    return TOKEN if plain.lower() in _PARAMETERS else kind_of_name(plain)


class Pattern(NamedTuple):
    """A shape of secrets in text; the group ``secret`` or ``secret_`` is what is to go."""

    kind: str | Callable[[str], str]
    """Or how the group ``named`` tells it."""
    regex: re.Pattern[str]
    needles: tuple[str, ...] = ()
    """In small letters; the regex finds nothing where none of these is. Empty where there is no such sign."""

    def hits(self, text: str, small: str) -> Iterator[tuple[int, int, str]]:
        """Where secrets begin and end, and their kinds; ``small`` is the text in small letters."""
        if self.needles and not any(needle in small for needle in self.needles):
            return
        for match in self.regex.finditer(text):
            groups = match.groupdict()
            kind = self.kind if isinstance(self.kind, str) else self.kind(groups["named"])
            if kind:
                yield *match.span("secret" if groups["secret"] is not None else "secret_"), _PLAIN.get(kind, kind)


_LINK = r"(?:_|-|%5F|%2D|\.)?"
_SURE = (
    rf"client{_LINK}secret|client{_LINK}assertion|access{_LINK}token|refresh{_LINK}token|id{_LINK}token"
    rf"|(?:auth|session|security|bearer|csrf|xsrf|api){_LINK}token|x{_LINK}api{_LINK}key|api{_LINK}(?:key|secret)"
    rf"|secret{_LINK}key|private{_LINK}key|access{_LINK}key|password|passphrase|passwd"
)
_QUOTE = r"\\*[\"']"
_BEFORE = r"(?<![^\W_])"
_BARE = r"[^\s\"'&,;<>()\[\]{}\\‹]"
# A value in quotes may have spaces; one without ends where something else begins.
_AS_VALUE = rf"(?:(?:{_QUOTE})(?P<secret>[^\"'\\\r\n]{{1,8192}})|(?P<secret_>{_BARE}{{1,8192}}+))"
# To the end of the line, or of the JSON string that it stands in.
_AS_LINE = r"(?P<secret>(?:[^\r\n\"\\]|\\(?![\"\\])|\"(?!\s*(?:[,}\]:]|\Z))){1,8192})"

SECRETS = (
    # JWS (RFC 7515) and JWE (RFC 7516), whole or cut: base64url of a JSON object begins with eyJ, or with one of
    # the others where white space follows the brace.
    Pattern(
        TOKEN,
        re.compile(
            r"(?P<secret>e(?:(?<![\w-]e)|(?<=%[0-9A-Fa-f]{2}e))(?:yJ[\w-]{8,}+(?:\.{1,2}[\w-]++){1,4}|yJ[\w-]{17,}+"
            r"|(?:yA|wo|w0|wk)[\w-]{6,}+(?:\.{1,2}[\w-]++){2,4}))",
            re.ASCII,
        ),
    ),
    Pattern(
        TOKEN,
        re.compile(
            r"\bbearer(?:\s|\+|%20)+(?=[\w.~+/-]{0,100}[0-9._])(?P<secret>[\w.~+/-]{8,}+=*)", re.IGNORECASE | re.ASCII
        ),
        ("bearer",),
    ),
    Pattern(
        kind_of_name,
        re.compile(
            rf"{_BEFORE}(?P<named>(?:proxy-)?authorization|(?:set-)?cookie)(?:{_QUOTE})?\s*:\s*"
            rf"(?:b(?=[\"']))?(?:{_QUOTE})?(?:(?:bearer|basic|digest|token)(?:\s|\+|%20)+)?{_AS_LINE}",
            re.IGNORECASE,
        ),
        ("authorization", "cookie"),
    ),
    Pattern(
        TOKEN,
        re.compile(
            rf"sec-websocket-protocol(?:{_QUOTE})?\s*[:=]\s*(?:{_QUOTE})?optave-v1\s*,\s*(?P<secret>[^\s\"',;\\]+)",
            re.IGNORECASE,
        ),
        ("sec-websocket-protocol",),
    ),
    # Query, form, JSON, header line, and how dictionaries are printed.
    Pattern(
        kind_of_parameter,
        re.compile(
            rf"{_BEFORE}(?P<named>{_SURE})(?:{_QUOTE})?(?:%3D|\s*[=:])\s*(?:b(?=[\"']))?{_AS_VALUE}", re.IGNORECASE
        ),
        ("secret", "assertion", "token", "key", "passw", "passp"),
    ),
    Pattern(
        kind_of_parameter,
        re.compile(
            rf"{_BEFORE}(?P<named>token|secret|jwt|credentials?|pwd|authorization)(?:%3D|=)"
            rf"(?:bearer(?:\+|%20|\s))?{_AS_VALUE}",
            re.IGNORECASE,
        ),
        ("token=", "secret=", "jwt=", "credential", "pwd=", "authorization=", "%3d"),
    ),
    Pattern(
        kind_of_parameter,
        re.compile(r"[?&#;](?P<named>[^=&?#;\s\"'\\<>]{1,80}+)=(?P<secret>[^&#\s\"'\\<>]++)"),
        (
            "ticket=",
            "code=",
            "sig=",
            "signature=",
            "%",
            "token",
            "secret",
            "key",
            "passw",
            "jwt=",
            "credential",
            "pwd=",
        ),
    ),
    # User information in a URL (RFC 3986 section 3.2.1).
    Pattern(LOGIN, re.compile(r"(?<=://)(?P<secret>[^/?#@\s\"'\\‹]{1,1024}+)(?=@)"), ("://",)),
)

# Keys of JSON that no pattern has for itself.
_MORE_NEEDLES = {"eyj", "cookie", "websocket-protocol", "jwt", "pwd", "credential", "assertion", "bearer"}
# Logins and percent signs are looked for in a cheaper way.
_ALL_NEEDLES = _MORE_NEEDLES.union(*(pattern.needles for pattern in SECRETS)) - {"://", "%", "%3d"}
_FEWEST_NEEDLES = [
    needle.encode()
    for needle in sorted(_ALL_NEEDLES, key=len)
    if not any(other in needle for other in _ALL_NEEDLES - {needle})
]
NEEDLES = tuple(needle for needle in _FEWEST_NEEDLES if b"=" not in needle)
PARAMETER_NEEDLES = tuple(needle for needle in _FEWEST_NEEDLES if b"=" in needle)
"""In small letters. Without one of these, of the three below and of logins in URLs, there is no secret in a text."""
ODD_TOKEN = re.compile(rb"e(?:yA|wo|w0|wk)[\w-]{6,}\.")
ESCAPED = re.compile(rb"\\u00[2-7][0-9a-fA-F]")
PERCENT = re.compile(rb"%(?:[4-7][0-9a-fA-F]|3[dD])")
"""Letters, digits or signs in another spelling; names may hide in it."""

MAIL_ADDRESS = Pattern(
    MAIL,
    re.compile(r"(?<![\w.+-])(?P<secret>[\w.+'-]{1,128}+(?:@|%40)(?:[\w-]{1,63}+\.){1,8}[\w-]{2,63})"),
)
# A plus, two zeros, a zero or an area code in brackets begins it; seven to fifteen digits (ITU-T E.164) with the usual
# signs between them. Identifiers and times, which have digits and hyphens as well, are told by what stands around.
PHONE_NUMBER = Pattern(
    PHONE,
    re.compile(
        r"(?<![\w./+=-])(?<!\d:)(?![0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}(?![0-9]))(?P<secret>(?:\+\s?[1-9]|00[1-9]|\(?0[1-9]|\([2-9])(?:[\s./()-]{0,2}[0-9]){6,14}"
        r"|[2-9][0-9]{2}[-.\s][0-9]{3}[-.\s][0-9]{4})(?![\w:]|-\w|\.[0-9])"
    ),
)


def names_pattern(names: tuple[str, ...]) -> Pattern:
    """The given names as whole words, in any case."""
    longest_first = sorted({name.strip() for name in names} - {""}, key=len, reverse=True)
    words = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    return Pattern(NAME, re.compile(rf"(?<!\w)(?P<secret>{words or '(?!)'})(?!\w)", re.IGNORECASE))
