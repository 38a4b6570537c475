"""What a profile says of TLS, proxies and headers: what is wrong with it, what reaches the connection, its secrets."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from optave_inspector.client.config import (
    AddressFamily,
    ProxyKind,
    ProxySettings,
    TlsSettings,
    TlsVersion,
)
from optave_inspector.profiles.network import known_secrets, split_address
from optave_inspector.profiles.profile import Profile, TokenSourceKind
from optave_inspector.profiles.profile_file import decode, encode, holds_secret
from optave_inspector.profiles.secrets import HEADER_SECRET, KEY_PASSPHRASE, PROXY_PASSWORD, SecretStore

ACME = Profile(
    id="acme", name="Acme", url_template="wss://acme.example", client_id="c", auth_url="https://auth.acme.example"
)


def _problems(**changes) -> dict[str, str]:
    return {each.field: each.sentence for each in replace(ACME, **changes).problems()}


def test_every_setting_of_the_way_reaches_the_connection_and_the_token_request(tmp_path: Path) -> None:
    certificate, key = tmp_path / "me.pem", tmp_path / "me.key"
    certificate.touch()
    key.touch()
    profile = replace(
        ACME,
        client_certificate=str(certificate),
        client_key=str(key),
        server_name="tenant.example",
        minimum_tls=TlsVersion.TLS_1_3,
        proxy_kind=ProxyKind.SOCKS5,
        proxy_address="proxy.acme.example:1081",
        proxy_user="anna",
        address_family=AddressFamily.IPV6,
        headers={"X-Key": "{{secret}}"},
        origin="https://app.acme.example",
        max_message_bytes=4096,
    )
    assert profile.network_secrets == (KEY_PASSPHRASE, PROXY_PASSWORD, HEADER_SECRET)
    known = {KEY_PASSPHRASE: "p", PROXY_PASSWORD: "w", HEADER_SECRET: "h"}
    config = profile.connection_config(known)
    assert config.tls == TlsSettings(str(certificate), str(key), "p", "tenant.example", TlsVersion.TLS_1_3)
    assert config.proxy == ProxySettings(ProxyKind.SOCKS5, "proxy.acme.example", 1081, "anna", "w")
    assert config.address_family is AddressFamily.IPV6
    assert (config.headers, config.header_secret) == ((("X-Key", "{{secret}}"),), "h")
    assert (config.origin, config.max_message_bytes) == ("https://app.acme.example", 4096)
    source = profile.token_source("s", secrets=known)
    assert (source.tls, source.proxy, source.address_family) == (config.tls, config.proxy, config.address_family)
    ticket = replace(profile, token_source_kind=TokenSourceKind.TICKET_ENDPOINT, ticket_url="https://t.example")
    assert ticket.token_source("", secrets=known).proxy == config.proxy
    again = decode(encode(profile), "acme")
    assert again.connection_config(known) == config


def test_a_profile_goes_by_the_systems_proxy_unless_told_otherwise() -> None:
    assert ACME.connection_config().proxy == ProxySettings(ProxyKind.SYSTEM)
    assert ACME.network_secrets == ()
    direct = replace(ACME, proxy_kind=ProxyKind.NONE, proxy_address="left.over:1", proxy_user="x")
    assert direct.connection_config().proxy == ProxySettings()
    assert direct.network_secrets == ()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"client_certificate": "/no/such/file"}, "client_certificate", "There is no file"),
        ({"client_key": "/no/such/file"}, "client_key", "There is no file"),
        ({"client_key": __file__}, "client_certificate", "no certificate that it belongs to"),
        ({"server_name": "https://x"}, "server_name", "host name alone"),
        ({"proxy_kind": ProxyKind.HTTP}, "proxy_address", "is missing"),
        ({"proxy_kind": ProxyKind.HTTP, "proxy_address": "http://p:1"}, "proxy_address", "without a scheme"),
        ({"proxy_kind": ProxyKind.HTTP, "proxy_address": "p:port"}, "proxy_address", "write host:port"),
        ({"proxy_kind": ProxyKind.HTTP, "proxy_address": "p:99999"}, "proxy_address", "write host:port"),
        ({"proxy_kind": ProxyKind.HTTP, "proxy_address": "p/x"}, "proxy_address", "write host:port"),
        ({"proxy_address": "anna:canary@p:1"}, "proxy_address", "fields of their own"),
        ({"headers": {"Host": "x"}}, "headers", "belongs to the handshake"),
        ({"headers": {"a b": "x"}}, "headers", "no name of a header"),
        ({"headers": {"Authorization": "Bearer x"}}, "headers", "holds a secret"),
        ({"origin": "a\nb"}, "origin", "line break"),
        ({"max_message_bytes": 0}, "max_message_bytes", "The longest message"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, field, words) -> None:
    found = _problems(**changes)
    assert words in found[field]
    assert "canary" not in str(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p.example", ("p.example", 0)),
        ("p.example:8080", ("p.example", 8080)),
        ("::1", ("::1", 0)),
        ("[::1]:80", ("::1", 80)),
        (" p:1 ", ("p", 1)),
    ],
)
def test_addresses_of_proxies(text, expected) -> None:
    assert split_address(text) == expected


async def _known(profile: Profile) -> dict[str, str]:
    store = SecretStore()
    await store.set("acme", PROXY_PASSWORD, "w", remember=False)
    await store.set("acme", HEADER_SECRET, "h", remember=False)
    return await known_secrets(profile, store)


def test_only_secrets_that_are_needed_are_asked_for() -> None:
    assert asyncio.run(_known(ACME)) == {}
    proxied = replace(ACME, proxy_kind=ProxyKind.HTTP, proxy_address="p", proxy_user="anna")
    assert asyncio.run(_known(proxied)) == {PROXY_PASSWORD: "w"}
    assert asyncio.run(_known(replace(ACME, headers={"X": "{{secret}}"}))) == {HEADER_SECRET: "h"}


def test_a_header_with_a_placeholder_is_no_secret_in_the_file() -> None:
    data = encode(replace(ACME, headers={"Authorization": "Key {{secret}}"}))
    assert not holds_secret(data)
    assert decode(data, "acme").headers == {"Authorization": "Key {{secret}}"}
