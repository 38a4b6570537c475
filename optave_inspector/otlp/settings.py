"""Where spans go: endpoint, headers, trust, time limit; what the environment adds; and what is wrong with them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..client.trust import TrustError, trust
from ..errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PATH = "/v1/traces"
TIMEOUT_S = 30.0
_LONGEST_TIMEOUT_S = 3600.0
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_RESERVED = frozenset(
    {"content-type", "content-encoding", "content-length", "transfer-encoding", "host", "connection", "user-agent"}
)
_ENDPOINT = "Give a URL such as http://localhost:4318 or https://collector.example."


class CollectorError(InspectorError):
    """The settings of a collector make no sense."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Where to send spans, checked. Make it with :func:`collector`."""

    endpoint: str
    """Whole URL, path included."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Values may be secrets: they are never shown, logged or stored in a file of ours."""
    ca_file: str = ""
    timeout_s: float = TIMEOUT_S
    """For one batch, all further tries included."""


def collector(
    endpoint: str = "",
    headers: Mapping[str, str] | None = None,
    ca_file: str = "",
    timeout_s: float = TIMEOUT_S,
    environment: Mapping[str, str] | None = None,
) -> Collector:
    """What was given, and where nothing was, what the environment says. Raises CollectorError, never with a value."""
    environment = os.environ if environment is None else environment
    where = effective_endpoint(endpoint, environment)
    check_endpoint(where)
    parts = [part for part in _variable("HEADERS", environment).split(",") if part.strip()]
    if not all("=" in part and _NAME.fullmatch(part.partition("=")[0].strip()) for part in parts):
        raise CollectorError(
            "The environment names a header for collectors that is not NAME=VALUE.",
            "Mend OTEL_EXPORTER_OTLP_HEADERS: parts are separated by commas, commas in values written as %2C.",
        )
    given = {**_headers_of(environment), **{name.lower(): value for name, value in (headers or {}).items()}}
    for name, value in given.items():
        _check_header(name, value)
    if not 0 < timeout_s <= _LONGEST_TIMEOUT_S:
        raise CollectorError(f"A time limit of {timeout_s:g} s makes no sense.", "Give between 0.1 and 3600 seconds.")
    certificate = ca_file or _variable("CERTIFICATE", environment)
    if certificate:
        try:
            trust(certificate)
        except TrustError as error:
            raise CollectorError(error.sentence, error.hint) from error
    return Collector(where, given, certificate, timeout_s)


def effective_endpoint(endpoint: str, environment: Mapping[str, str] | None = None) -> str:
    """The URL that spans go to: ``/v1/traces`` is added to a base URL; empty where neither side names one."""
    environment = os.environ if environment is None else environment
    endpoint = endpoint.strip()
    if not endpoint:
        exact = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "").strip()
        if exact:
            return exact
        endpoint = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()
    if not endpoint or endpoint.rstrip("/").endswith(PATH):
        return endpoint
    return endpoint.rstrip("/") + PATH


def check_endpoint(endpoint: str) -> None:
    """Raise CollectorError for what is no place to send spans to."""
    if not endpoint:
        raise CollectorError("No endpoint is given.", _ENDPOINT)
    if any(letter.isspace() or not letter.isprintable() for letter in endpoint):
        raise CollectorError("The endpoint has spaces or control characters in it.", _ENDPOINT)
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError as error:
        raise CollectorError("The endpoint is no URL.", _ENDPOINT) from error
    if parts.username is not None or parts.password is not None:
        raise CollectorError("The endpoint holds a user name or a password.", "Give them as a header instead.")
    if parts.scheme.lower() not in {"http", "https"}:
        raise CollectorError("The endpoint does not begin with http:// or https://.", _ENDPOINT)
    if not parts.hostname or port == 0:
        raise CollectorError("The endpoint names no host.", _ENDPOINT)
    if parts.query or parts.fragment:
        raise CollectorError("The endpoint has a query or a fragment.", "Leave it out; keys are given as headers.")


def parse_headers(lines: Iterable[str]) -> dict[str, str]:
    """Headers of ``NAME=VALUE``. Raises CollectorError, which names the header but never its value."""
    headers: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, equals, value = line.partition("=")
        name = name.strip()
        if not equals:
            raise CollectorError(f"Header {number} is not NAME=VALUE.", "Write it as Authorization=Bearer….")
        if not _NAME.fullmatch(name):
            raise CollectorError(f"The name of header {number} is none that HTTP allows.", "Write NAME=VALUE.")
        _check_header(name, value.strip())
        headers[name.lower()] = value.strip()
    return headers


def environment_headers(environment: Mapping[str, str] | None = None) -> list[str]:
    """The names of the headers that the environment adds."""
    return sorted(_headers_of(os.environ if environment is None else environment))


def compression(environment: Mapping[str, str] | None = None) -> str:
    """``gzip``, which every collector must take, unless the environment says ``none`` or ``deflate``."""
    asked = _variable("COMPRESSION", os.environ if environment is None else environment).lower()
    return asked if asked in {"none", "deflate"} else "gzip"


def _headers_of(environment: Mapping[str, str]) -> dict[str, str]:
    from opentelemetry.util.re import parse_env_headers

    text = _variable("HEADERS", environment)
    return dict(parse_env_headers(text, liberal=True)) if text else {}


def _variable(name: str, environment: Mapping[str, str]) -> str:
    exact = environment.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}", "").strip()
    return exact or environment.get(f"OTEL_EXPORTER_OTLP_{name}", "").strip()


def _check_header(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise CollectorError(f"“{name[:40]}” is no name that HTTP allows for a header.", "Use letters, digits and -.")
    if name.lower() in _RESERVED:
        raise CollectorError(f"The header {name} is made by the sender itself.", "Leave it out.")
    if not value.isprintable() or not value.isascii():
        raise CollectorError(f"The value of the header {name} has characters that HTTP does not allow.")
