"""What can be wrong with a profile, in words and by field."""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..client.config import SECRET_PLACEHOLDER
from ..protocol.header_rules import header_problem
from ..protocol.token import read_token
from ..protocol.url_template import (
    HTTP_SCHEMES,
    WEBSOCKET_SCHEMES,
    UrlTemplate,
    UrlTemplateError,
    is_loopback,
    mask_url,
)
from . import network
from .problem import ProfileProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .profile import Profile

MAX_NAME = 100
MAX_SECONDS = 86_400
MAX_RETRIES = 1_000
_SINGLE_LINE_ONLY = {"Cc", "Zl", "Zp"}
_URLS = ("url_template", "auth_url", "ticket_url")
_TEXTS = (
    *("name", "url_template", "auth_url", "ticket_url", "client_id", "chat_session_id", "tenant_id", "ca_file"),
    *("token_field", "token_command", "token_variable"),
    *("client_certificate", "client_key", "server_name", "proxy_address", "proxy_user", "origin"),
)
_HEADERS = ("ticket_headers", "headers")
TICKET_METHODS = ("POST", "GET")
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "x-api-key"}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ONE_PER_FIELD = "1"
_TIME_LIMITS = {
    "open_timeout_s": "The time limit for connecting",
    "close_timeout_s": "The time limit for closing",
    "request_timeout_s": "The time limit for answers",
    "token_timeout_s": "The time limit for the token",
    "ping_interval_s": "The time between pings",
    "retry_longest_wait_s": "The longest wait before a retry",
}


def problems(profile: Profile) -> list[ProfileProblem]:
    """Everything, each problem once."""
    return list(dict.fromkeys([*saving(profile), *connection(profile)[1], *token(profile)[1]]))


def saving(profile: Profile) -> list[ProfileProblem]:
    """What keeps a profile from being saved: its name, or something secret or unwritable in it."""
    found = list(_name(profile.name))
    for field, called in _TIME_LIMITS.items():
        if not math.isfinite(getattr(profile, field) or 0):
            found += _seconds(field, called, math.inf)
    for field, text in _texts(profile):
        if any(unicodedata.category(character) == "Cs" for character in text):
            found.append(ProfileProblem(field, f"{_called(field)} holds half a character, which no file can hold."))
        elif _holds_secret(field, text):
            found.append(
                ProfileProblem(
                    field,
                    f"{_called(field)} holds a token or a password, which profiles do not keep. Take it out and enter "
                    "it as the token or the client secret.",
                )
            )
    for field in _HEADERS:
        for name, value in getattr(profile, field).items():
            if _secret_header(name, value):
                sentence = (
                    f"The header {name} holds a secret, which profiles do not keep. "
                    f"Write {SECRET_PLACEHOLDER} in its place and enter the secret below."
                )
                found.append(ProfileProblem(field, sentence))
    if "@" in profile.proxy_address:
        sentence = "User and password of the proxy have fields of their own."
        found.append(ProfileProblem("proxy_address", sentence))
    return found


def connection(profile: Profile) -> tuple[str, list[ProfileProblem]]:
    """The expanded URL, and what keeps the profile from connecting, tokens aside."""
    url, found = _url("url_template", profile.url_template, profile.fields, WEBSOCKET_SCHEMES)
    found += _plaintext(profile, "url_template", url)
    for field in ("open_timeout_s", "close_timeout_s", "request_timeout_s", "ping_interval_s", "retry_longest_wait_s"):
        found += _seconds(field, _TIME_LIMITS[field], getattr(profile, field))
    if not 1 <= profile.retry_attempts <= MAX_RETRIES:
        found.append(ProfileProblem("retry_attempts", f"Retries in a row are from 1 to {MAX_RETRIES:,}."))
    if profile.ca_file and not network.is_file(profile.ca_file):
        found.append(ProfileProblem("ca_file", f"There is no file {profile.ca_file} with certificate authorities."))
    found += network.problems(profile)
    return url, found


def token(profile: Profile) -> tuple[str, list[ProfileProblem]]:
    """The expanded URL that is asked for a token, and what keeps the profile from getting one."""
    if not profile.sends_token:
        return "", []
    url, found = "", list[ProfileProblem]()
    field = profile.token_url_field
    if field:
        url, found = _url(field, getattr(profile, field), profile.fields, HTTP_SCHEMES)
        if field == "auth_url" or profile.secret_field:
            found += _plaintext(profile, field, url)
    if field == "auth_url" and not profile.client_id:
        found.append(ProfileProblem("client_id", "The client ID is missing."))
    if field == "ticket_url":
        found += _ticket(profile)
    kind = profile.token_source_kind.value
    if kind == "command":
        found += _command(profile.token_command)
    if kind == "environment" and _VARIABLE.fullmatch(profile.token_variable) is None:
        given = f"“{profile.token_variable}” is no name of an environment variable."
        sentence = given if profile.token_variable else "The name of the environment variable is missing."
        found.append(ProfileProblem("token_variable", sentence))
    if kind not in ("pasted", "environment"):
        found += _seconds("token_timeout_s", _TIME_LIMITS["token_timeout_s"], profile.token_timeout_s)
    return url, found


def _ticket(profile: Profile) -> Iterator[ProfileProblem]:
    if profile.ticket_method not in TICKET_METHODS:
        yield ProfileProblem("ticket_method", f"The method must be {' or '.join(TICKET_METHODS)}.")
    for name, value in profile.ticket_headers.items():
        problem = header_problem(name, value)
        if problem:
            yield ProfileProblem("ticket_headers", problem)


def _command(text: str) -> Iterator[ProfileProblem]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        yield ProfileProblem("token_command", f"The command cannot be read: {error}.")
        return
    if not words:
        yield ProfileProblem("token_command", "The command is missing.")


def _url(
    field: str, text: str, values: Mapping[str, str], schemes: tuple[str, ...]
) -> tuple[str, list[ProfileProblem]]:
    try:
        template = UrlTemplate.parse(text, schemes)
    except UrlTemplateError as error:
        return "", [ProfileProblem(field, f"{_called(field)}: {error}")]
    found: list[ProfileProblem] = []
    tried = dict(values)
    while True:
        try:
            url = template.expand(tried)
            return ("" if found else url), found
        except UrlTemplateError as error:
            # With a value that is fine everywhere in its place, the next try finds the next problem.
            if error.field not in template.fields or tried.get(error.field) == _ONE_PER_FIELD:
                return "", [*found, ProfileProblem(field, f"{_called(field)}: {error}")]
            found.append(ProfileProblem(f"fields.{error.field}", str(error)))
            tried[error.field] = _ONE_PER_FIELD


def _plaintext(profile: Profile, field: str, url: str) -> Iterator[ProfileProblem]:
    if profile.allow_plaintext or not url.startswith(("ws://", "http://")) or is_loopback(url):
        return
    scheme, host = url.partition("://")[0], urlsplit(url).hostname
    yield ProfileProblem(
        field,
        f"{scheme}:// to {host} is not encrypted: everybody in between can read the token. "
        f"Use {'wss' if scheme == 'ws' else 'https'}://, or allow it for this profile.",
    )


def _seconds(field: str, called: str, value: float | None) -> Iterator[ProfileProblem]:
    if value is not None and not (math.isfinite(value) and 0 < value <= MAX_SECONDS):
        yield ProfileProblem(field, f"{called} must be more than 0 and at most {MAX_SECONDS:,} seconds.")


def _name(name: str) -> Iterator[ProfileProblem]:
    if not name.strip():
        yield ProfileProblem("name", "The name is empty.")
    elif len(name) > MAX_NAME:
        yield ProfileProblem("name", f"The name is longer than {MAX_NAME} characters.")
    elif any(unicodedata.category(character) in _SINGLE_LINE_ONLY for character in name):
        yield ProfileProblem("name", "The name must be one line without control characters.")


def _texts(profile: Profile) -> Iterator[tuple[str, str]]:
    for field in _TEXTS:
        yield field, getattr(profile, field)
    for field in _HEADERS:
        for name, value in getattr(profile, field).items():
            yield field, name
            yield field, value
    for name, value in profile.fields.items():
        yield f"fields.{name}", value
        yield f"fields.{name}", name


def _secret_header(name: str, value: str) -> bool:
    """Headers that carry nothing but secrets keep them elsewhere."""
    return name.strip().lower() in _SECRET_HEADERS and bool(value.strip()) and SECRET_PLACEHOLDER not in value


def _holds_secret(field: str, text: str) -> bool:
    if field in _URLS and mask_url(text) != text:
        return True
    words = text.replace("=", " ").replace("&", " ").replace("/", " ").split()
    return any(word.count(".") >= 2 and read_token(word).header for word in words)


def _called(field: str) -> str:
    names = {
        "url_template": "The URL",
        "auth_url": "The authentication URL",
        "ticket_url": "The ticket URL",
        "ticket_headers": "A header of the ticket endpoint",
        "token_field": "The field with the token",
        "token_command": "The command",
        "token_variable": "The environment variable",
        "client_id": "The client ID",
        "chat_session_id": "The chat session ID",
        "tenant_id": "The tenant ID",
        "ca_file": "The path of the certificate authorities",
        "client_certificate": "The path of the client certificate",
        "client_key": "The path of the private key",
        "server_name": "The server name",
        "proxy_address": "The address of the proxy",
        "proxy_user": "The user of the proxy",
        "headers": "A header of the upgrade request",
        "origin": "The origin",
        "name": "The name",
    }
    return names.get(field) or field.removeprefix("fields.")
