"""What a profile says of TLS, proxies and headers: what is wrong with it, and the settings of an attempt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..client.config import SECRET_PLACEHOLDER, ProxyKind, ProxySettings, TlsSettings
from ..protocol.header_rules import handshake_header_problem, header_problem
from .problem import ProfileProblem
from .secrets import HEADER_SECRET, KEY_PASSPHRASE, PROXY_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .profile import Profile
    from .secrets import SecretStore

LEAST_MESSAGE_BYTES = 1024
MOST_MESSAGE_BYTES = 1 << 30
_OWN_PROXY = (ProxyKind.HTTP, ProxyKind.SOCKS5)


def problems(profile: Profile) -> Iterator[ProfileProblem]:
    """What keeps the profile from connecting."""
    for field, called in (("client_certificate", "the client certificate"), ("client_key", "the private key")):
        path = getattr(profile, field)
        if path and not is_file(path):
            yield ProfileProblem(field, f"There is no file {path} with {called}.")
    if profile.client_key and not profile.client_certificate:
        yield ProfileProblem("client_certificate", "There is a private key, but no certificate that it belongs to.")
    if any(character.isspace() or character in "/:@" for character in profile.server_name):
        yield ProfileProblem("server_name", "The server name is a host name alone, without scheme and port.")
    if profile.proxy_kind in _OWN_PROXY:
        yield from _proxy_problems(profile)
    for name, value in profile.headers.items():
        problem = header_problem(name, value) or handshake_header_problem(name)
        if problem:
            yield ProfileProblem("headers", problem)
    if profile.origin and header_problem("Origin", profile.origin):
        yield ProfileProblem("origin", header_problem("Origin", profile.origin))
    if not LEAST_MESSAGE_BYTES <= profile.max_message_bytes <= MOST_MESSAGE_BYTES:
        most = MOST_MESSAGE_BYTES >> 20
        sentence = f"The longest message is from {LEAST_MESSAGE_BYTES:,} bytes to {most:,} MiB."
        yield ProfileProblem("max_message_bytes", sentence)


def tls(profile: Profile, secrets: Mapping[str, str]) -> TlsSettings:
    """How TLS is spoken."""
    return TlsSettings(
        client_certificate=profile.client_certificate,
        client_key=profile.client_key,
        passphrase=secrets.get(KEY_PASSPHRASE, ""),
        server_name=profile.server_name,
        minimum_version=profile.minimum_tls,
    )


def proxy(profile: Profile, secrets: Mapping[str, str]) -> ProxySettings:
    """Which proxy is taken. The profile's :func:`problems` say whether its address can be used."""
    if profile.proxy_kind not in _OWN_PROXY:
        return ProxySettings(profile.proxy_kind)
    try:
        host, port = split_address(profile.proxy_address)
    except ValueError:
        host, port = "", 0
    return ProxySettings(profile.proxy_kind, host, port, profile.proxy_user, secrets.get(PROXY_PASSWORD, ""))


def secrets_of(profile: Profile) -> tuple[str, ...]:
    """Which secrets may be needed."""
    needed = {
        KEY_PASSPHRASE: bool(profile.client_certificate),
        PROXY_PASSWORD: profile.proxy_kind in _OWN_PROXY and bool(profile.proxy_user),
        HEADER_SECRET: any(SECRET_PLACEHOLDER in value for value in profile.headers.values()),
    }
    return tuple(field for field, wanted in needed.items() if wanted)


async def known_secrets(profile: Profile, store: SecretStore) -> dict[str, str]:
    """Those of :func:`secrets_of` that are kept; where one is missing, the attempt says so itself."""
    found = {field: await store.get(profile.id, field) for field in secrets_of(profile)}
    return {field: secret for field, secret in found.items() if secret}


def split_address(text: str) -> tuple[str, int]:
    """Host and port of ``host``, ``host:port`` or ``[::1]:port``; port 0 for none. Raises ValueError."""
    bare = text.strip()
    if bare.count(":") > 1 and not bare.startswith("["):
        bare = f"[{bare}]"  # an IPv6 address alone
    parts = urlsplit(f"//{bare}")
    if parts.path or parts.query or parts.fragment or not parts.hostname or any(map(str.isspace, bare)):
        raise ValueError("no address")
    return parts.hostname, parts.port or 0


def is_file(text: str) -> bool:
    """Whether ``text`` names a file; whatever it is."""
    try:
        return Path(text).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False


def _proxy_problems(profile: Profile) -> Iterator[ProfileProblem]:
    text = profile.proxy_address.strip()
    if not text:
        yield ProfileProblem("proxy_address", "The address of the proxy is missing.")
        return
    if "://" in text:
        yield ProfileProblem("proxy_address", "The address of the proxy is host and port alone, without a scheme.")
        return
    if "@" in text:
        return  # said already: it must not even be saved
    try:
        split_address(text)
    except ValueError:
        yield ProfileProblem("proxy_address", f"“{text[:60]}” is no address of a proxy: write host:port.")
