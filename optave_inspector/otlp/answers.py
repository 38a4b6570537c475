"""What became of a request to a collector, in words: what it answered, or why no answer came, and what to do."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from ..client.tls_words import tls_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Clean = Callable[[str], str]

_LONGEST_QUOTE = 200
_GRPC_PORT = 4317
_BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one request ended."""

    sentence: str = ""
    """What went wrong; empty where nothing did."""
    hint: str = ""
    rejected: int = 0
    """Spans that a collector did not take although it took the request."""
    delivered: bool = True
    """The collector took the request."""
    hopeless: bool = False
    """The next request will end the same way: the endpoint, the key or the way there is wrong."""

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()


def answer_verdict(endpoint: str, status: int, content_type: str, body: bytes, clean: Clean) -> Verdict:
    """What an HTTP answer means (OTLP specification, OTLP/HTTP response).

    ``clean`` takes out of the collector's own words what must not be shown: it may repeat what it was sent.
    """
    place = shown_endpoint(endpoint)
    kind = content_type.partition(";")[0].strip().lower()
    if 200 <= status < 300:
        if kind in {"text/html", "application/xhtml+xml"}:
            return _hopeless(f"{place} answered with a web page: it is no collector.", "Check the port and the path.")
        return _partial(kind, body, clean)
    if 300 <= status < 400:
        return _hopeless(
            f"{place} answered {status}, a redirect, which is not followed: headers would go along.",
            "Give the URL that it leads to.",
        )
    said = _quote(_said(kind, body), clean)
    quote = f" It says: “{said}”." if said else ""
    words = f"{place} answered {status} {_phrase(status)}.{quote}"
    if status in {401, 403}:
        return _hopeless(words, "Give the collector's key as a header, as Authorization=Bearer… .")
    if status in {404, 405}:
        return _hopeless(words, "Check the path: OTLP over HTTP is usually at /v1/traces, on port 4318.")
    if status in _BUSY:
        return Verdict(words, "It was tried again until the time limit; try later.", delivered=False)
    if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        return _hopeless(words, "It may not take protobuf, or not gzip: try OTEL_EXPORTER_OTLP_COMPRESSION=none.")
    return Verdict(words, "The collector's own log may say more.", delivered=False)


def failure_verdict(endpoint: str, error: BaseException, timeout_s: float) -> Verdict:
    """What it means that no answer came."""
    import requests
    from urllib3 import exceptions as urllib3

    place, parts = shown_endpoint(endpoint), urlsplit(endpoint)
    causes = list(_causes(error))
    if any(isinstance(each, (requests.exceptions.ProxyError, urllib3.ProxyError)) for each in causes):
        return _hopeless(
            f"The proxy on the way to {place} did not let the request through.",
            "Check HTTPS_PROXY and HTTP_PROXY, or add the host to NO_PROXY.",
        )
    tls = next((each for each in causes if isinstance(each, ssl.SSLError)), None)
    if tls is not None:
        return _hopeless(*tls_words(tls, parts.hostname or "", "http"))
    if any(isinstance(each, requests.exceptions.InvalidSchema) for each in causes):
        return _hopeless("The proxy is of a kind that is not known here.", "Take an HTTP proxy, or add to NO_PROXY.")
    if any(isinstance(each, urllib3.NameResolutionError) for each in causes):
        return _hopeless(f"The host {parts.hostname} is not known.", "Check the endpoint for typing mistakes.")
    if any(isinstance(each, (requests.exceptions.Timeout, TimeoutError)) for each in causes):
        return Verdict(
            f"{place} did not answer within {timeout_s:g} s.",
            "Check that it is the collector's HTTP port.",
            delivered=False,
            hopeless=True,
        )
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return _hopeless(f"Nobody listens at {place}.", f"Start the collector, or check the port.{_port(parts.port)}")
    if any(isinstance(each, urllib3.ProtocolError) for each in causes):
        return _hopeless(
            f"{place} broke the connection off, or does not speak HTTP.", f"Check the port.{_port(parts.port)}"
        )
    told = next((each.strerror for each in causes if isinstance(each, OSError) and each.strerror), "")
    detail = f": {told}" if told else ""
    return _hopeless(f"{place} cannot be reached{detail}.", f"Check the endpoint.{_port(parts.port)}")


def shown_endpoint(endpoint: str) -> str:
    """An endpoint for people: host and port."""
    parts = urlsplit(endpoint)
    return parts.netloc.rpartition("@")[2] or "The collector"


def _port(port: int | None) -> str:
    return " 4317 is usually OTLP over gRPC; over HTTP it is 4318." if port == _GRPC_PORT else ""


def _hopeless(sentence: str, hint: str) -> Verdict:
    return Verdict(sentence, hint, delivered=False, hopeless=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that stands behind it; the libraries keep the reason in different places."""
    seen: set[int] = set()
    left = [error]
    while left:
        each = left.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        left += [each.__cause__, each.__context__, getattr(each, "reason", None)]
        left += [argument for argument in each.args if isinstance(argument, BaseException)]
        left = [one for one in left if isinstance(one, BaseException)]


def _partial(kind: str, body: bytes, clean: Clean) -> Verdict:
    rejected, said = 0, ""
    if kind == "application/json":
        rejected, said = _partial_json(body)
    elif body:
        from google.protobuf.message import DecodeError
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

        try:
            partial = ExportTraceServiceResponse.FromString(body).partial_success
        except DecodeError:
            return Verdict()
        rejected, said = partial.rejected_spans, partial.error_message
    if rejected <= 0:
        return Verdict()
    quote = _quote(said, clean)
    because = f": “{quote}”" if quote else ""
    return Verdict(f"The collector did not take {rejected:,} of the spans{because}.", rejected=rejected)


class _Partial(msgspec.Struct, rename="camel"):
    rejected_spans: int | str = 0
    error_message: str = ""


class _Response(msgspec.Struct, rename="camel"):
    partial_success: _Partial = msgspec.field(default_factory=_Partial)


def _partial_json(body: bytes) -> tuple[int, str]:
    try:
        partial = msgspec.json.decode(body, type=_Response).partial_success
        # Protobuf's JSON mapping writes 64-bit numbers as text.
        return int(partial.rejected_spans), partial.error_message
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return 0, ""


def _said(kind: str, body: bytes) -> str:
    """The message of a refusal: a ``google.rpc.Status``, JSON with a message, or short text."""
    if kind == "application/x-protobuf":
        from google.protobuf.message import DecodeError
        from google.rpc.status_pb2 import Status

        try:
            return str(Status.FromString(body).message)
        except DecodeError:
            return ""
    if kind == "application/json":
        try:
            read = msgspec.json.decode(body)
        except (msgspec.MsgspecError, RecursionError):
            return ""
        message = read.get("message") or read.get("error") if isinstance(read, dict) else None
        return message if isinstance(message, str) else ""
    return body.decode("utf-8", "replace") if kind == "text/plain" else ""


def _quote(text: str, clean: Clean) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in clean(text)).split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(a status that HTTP does not define)"
