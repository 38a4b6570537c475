"""Where a tenant may listen."""

import pytest

from optave_inspector.local_tenant.settings import TenantAddress, TenantError, bind_host, url_host


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "192.168.1.1",
        "8.8.8.8",
        "example.org",
        "",
        "::ffff:127.0.0.1",
        "::1%lo",
        "127.1",
        "128.0.0.1",
    ],
)
def test_a_host_that_others_could_reach_is_refused_by_name(host):
    with pytest.raises(TenantError, match="loopback") as refused:
        bind_host(host)
    assert repr(host) in refused.value.sentence


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.8.9.10", "127.8.9.10"),
        ("localhost", "127.0.0.1"),
        (" LOCALHOST ", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
    ],
)
def test_loopback_is_taken(host, address):
    assert bind_host(host) == address


def test_ipv6_stands_in_brackets_in_a_url():
    assert (url_host("::1"), url_host("127.0.0.1")) == ("[::1]", "127.0.0.1")


def test_an_address_shows_no_secret_when_logged():
    address = TenantAddress("ws://h/", "http://h/t", "id", "hush", "local", "http://h/control", "key-hush")
    assert "hush" not in repr(address)
    assert "ws://h/" in repr(address)
