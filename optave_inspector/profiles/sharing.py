"""Profiles as a file for somebody else: without secrets, and taken in with care."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ..errors import InspectorError
from . import checks
from .defaults import BUILT_IN
from .profile import Profile, ProfileError
from .profile_file import VERSION, BrokenFile, NewerFile, decode, encode, holds_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = "optave-inspector-profiles"
SUFFIX = ".optave-profile.json"
MAX_BYTES = 10_000_000
MAX_PROFILES = 1_000
_TAKEN = frozenset(
    (
        *("name", "url_template", "fields", "auth_transport", "token_source_kind", "auth_url", "client_id"),
        *("credentials_in", "ticket_url", "ticket_method", "ticket_headers", "token_field", "token_command"),
        *("chat_session_id", "tenant_id", "open_timeout_s", "close_timeout_s", "request_timeout_s"),
        *("token_timeout_s", "ping_interval_s", "compression", "retry", "retry_attempts", "retry_longest_wait_s"),
        *("colour", "production", "headers", "origin", "minimum_tls", "address_family"),
        "max_message_bytes",
    )
)
"""Everything else decides whom this machine trusts or what it reads: that is for its user to say."""
_BARE = Profile(id="", name="")
_CALLED = {
    "allow_plaintext": "Unencrypted connections to other hosts",
    "ca_file": "The CA file",
    "client_certificate": "The client certificate",
    "client_key": "The client certificate's key",
    "server_name": "The name to expect in the server's certificate",
    "proxy_kind": "The proxy",
    "proxy_address": "The address of the proxy",
    "proxy_user": "The user of the proxy",
    "token_variable": "The environment variable with the token",
}
_IMPORTED = "Imported profile"


@dataclass(frozen=True, slots=True)
class Shared:
    """One profile out of a file, not saved yet and without an ID."""

    profile: Profile
    left_out: tuple[str, ...]
    """What the file says and the profile does not, in words, without any value."""


def encode_shared(profiles: Iterable[Profile]) -> bytes:
    """The file with ``profiles``: own values only, no secrets. Raises ProfileError for one that cannot be saved."""
    contents = []
    for profile in profiles:
        problems = checks.saving(profile)
        if problems:
            raise ProfileError(problems[0])
        content = msgspec.json.decode(encode(replace(profile, unknown={})))
        del content["version"]
        contents.append(content)
    whole = {"format": FORMAT, "version": VERSION, "profiles": contents}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def decode_shared(data: bytes) -> tuple[tuple[Shared, ...], tuple[str, ...]]:
    """The profiles of a file, and in words those that cannot be read. A file of the profiles' own folder will do, too.

    Raises InspectorError for a file that holds none.
    """
    version, contents = _contents(data)
    found: list[Shared] = []
    refused: list[str] = []
    for number, content in enumerate(contents, 1):
        try:
            found.append(_taken(content, version))
        except (BrokenFile, NewerFile) as error:
            refused.append(f"Profile {number} of the file cannot be read: {error}.")
    if not found:
        raise InspectorError(refused[0] if refused else "The file holds no profile.")
    return tuple(found), tuple(refused)


def _contents(data: bytes) -> tuple[int, list[Any]]:
    if len(data) > MAX_BYTES:
        raise InspectorError(f"The file is larger than {MAX_BYTES:,} bytes.", "Is it a file with profiles?")
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InspectorError("The file is no JSON.", f"Profiles are exported as {SUFFIX}.") from None
    version = whole.get("version") if isinstance(whole, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InspectorError("The file holds no profiles.", f"Profiles are exported as {SUFFIX}.")
    if version > VERSION:
        raise InspectorError(f"The file cannot be read: {NewerFile(version)}.", "Use a newer release.")
    if whole.get("format") != FORMAT:
        return version, [whole]
    contents = whole.get("profiles")
    if not isinstance(contents, list):
        raise InspectorError("The file holds no list of profiles.")
    if len(contents) > MAX_PROFILES:
        raise InspectorError(f"The file holds more than {MAX_PROFILES:,} profiles.")
    return version, contents


def _taken(content: object, version: int) -> Shared:
    if not isinstance(content, dict):
        raise BrokenFile("it is no JSON object")
    try:
        data = msgspec.json.encode({**content, "version": version})
    except (ValueError, RecursionError) as error:
        raise BrokenFile(f"it cannot be read: {error}") from error
    read = decode(data, "imported")
    profile = replace(read, id="", stamp="", unknown={})
    left_out = []
    if holds_secret(data):
        left_out.append("A secret that was written into the file. Enter it yourself.")
    if read.unknown:
        left_out.append(f"What this release does not know: {', '.join(sorted(map(repr, read.unknown)))}.")
    for field in Profile.__struct_fields__:
        if field in _TAKEN or field in ("id", "inherited", "unknown", "stamp"):
            continue
        if getattr(profile, field) != getattr(_BARE, field):
            left_out.append(f"{_CALLED.get(field, field)}: set it yourself, if you trust it.")
        profile = _without(profile, field)
    for problem in checks.saving(profile):
        left_out.append(problem.sentence)
        field, _, placeholder = problem.field.partition(".")
        if field == "name":
            profile = replace(profile, name=_IMPORTED)
        elif field == "fields":
            profile = replace(profile, fields={k: v for k, v in profile.fields.items() if k != placeholder})
        else:
            profile = _without(profile, field)
    if profile.token_command:
        left_out.append("Nothing was run: the token command waits for your leave when you connect.")
    return Shared(profile, tuple(left_out))


def _without(profile: Profile, field: str) -> Profile:
    """``profile`` with the app's own value in ``field``, to be inherited where that can be."""
    value = getattr(_BARE, field)
    inherited = profile.inherited | ({field: value} if field in BUILT_IN else {})
    return replace(profile, **{field: value, "inherited": inherited})
