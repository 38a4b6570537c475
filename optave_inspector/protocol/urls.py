"""Working on finished URLs: adding to the query, masking secrets, telling loopback."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote_plus, urlsplit

from .read_json import without_surrogates

MASK = "••••"

_NAME = re.compile(r"(?<=[?&;#])([^=&;#?\s]+)=")
_VALUE_END = re.compile(r"[&#]|\Z")
_USER_INFORMATION = re.compile(r"(?<=://)[^/?#@\s]*@")
_SECRETS = frozenset(
    {
        "authorization",
        "token",
        "access_token",
        "id_token",
        "refresh_token",
        "client_secret",
        "client_assertion",
        "secret",
        "password",
        "ticket",
        "jwt",
        "code",
        "api_key",
        "apikey",
        "signature",
    }
)


def add_query(url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """``url`` with ``parameters`` appended to its query, in order; what is there stays as it is.

    Everything but RFC 3986's unreserved characters is percent-encoded as UTF-8 (a space as ``%20``), so that form
    decoding and plain percent-decoding read the same.
    """
    added = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in parameters)
    if not added:
        return url
    base, hash_sign, fragment = url.partition("#")
    if "?" not in base:
        base += "?"
    elif not base.endswith(("?", "&")):
        base += "&"
    return f"{base}{added}{hash_sign}{fragment}"


def mask_url(url: str) -> str:
    """``url`` for showing and storing: values of token and secret parameters and user information replaced by ``••••``.

    Takes any text, a broken URL as well.
    """
    shown, at = [], 0
    for name in _NAME.finditer(url):
        end = _VALUE_END.search(url, name.end())
        if name.start() >= at and end is not None and end.start() > name.end() and _is_secret(name[1]):
            shown += [url[at : name.end()], MASK]
            at = end.start()
    return _USER_INFORMATION.sub(f"{MASK}@", "".join([*shown, url[at:]]))


def is_loopback(url: str) -> bool:
    """Whether the host is this machine by its spelling: ``localhost``, a name below it, 127.0.0.0/8 or ``::1``."""
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
        address = ipaddress.ip_address(host)
    except ValueError:
        return _host(url) == "localhost" or _host(url).endswith(".localhost")
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _encoded(text: str) -> str:
    return quote(without_surrogates(text), safe="")


def _is_secret(name: str) -> bool:
    return unquote_plus(name).strip().lower() in _SECRETS
