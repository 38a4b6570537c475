"""Starting and stopping a tenant."""

import asyncio
import socket
import ssl
import stat
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from optave_inspector.local_tenant.settings import TenantError


def ports(address):
    return [int(url.split("/")[2].rsplit(":", 1)[1]) for url in (address.websocket_url, address.auth_url)]


@pytest.mark.parametrize("name", ["port", "auth_port"])
async def test_a_port_in_use_is_named_and_nothing_stays_open(client, name):
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
        other.close()
        port = taken.getsockname()[1]
        wanted = {"port": free, "auth_port": free} | {name: port}
        with pytest.raises(TenantError, match=f"Port {port} on 127.0.0.1 is in use") as refused:
            await client.tenant(**wanted).start()
    assert refused.value.hint
    with socket.create_server(("127.0.0.1", free)):
        pass


@pytest.mark.parametrize("port", [-1, 70_000])
async def test_a_number_that_is_no_port_is_refused(client, port):
    with pytest.raises(TenantError, match="no port"):
        await client.tenant(port=port).start()


async def test_a_host_that_others_could_reach_is_refused(client):
    with pytest.raises(TenantError, match="loopback"):
        await client.tenant(host="0.0.0.0").start()


async def test_a_failed_start_with_tls_leaves_no_file(client, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(TenantError):
        await client.tenant(tls=True, port=taken.getsockname()[1]).start()
    assert list(tmp_path.iterdir()) == []


async def test_given_ports_are_taken(client):
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        wanted = [one.getsockname()[1], other.getsockname()[1]]
    async with client.tenant(port=wanted[0], auth_port=wanted[1]) as address:
        assert ports(address) == wanted


@pytest.mark.parametrize(("host", "shown"), [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("::1", "[::1]")])
async def test_the_addresses_name_the_host_and_work(client, host, shown):
    async with client.tenant(host=host) as address:
        for url in (address.websocket_url, address.auth_url, address.control_url):
            assert url.split("/")[2].rsplit(":", 1)[0] == shown
        assert address.auth_url.endswith("/auth/oauth2/token")
        assert address.websocket_url.startswith("ws://")
        assert address.ca_file == ""
        async with await client.open(address) as connection:
            await client.ask(connection, client.envelope())


async def test_stopping_closes_open_connections_with_1001(client):
    tenant = client.tenant(latency_ms=60_000)
    address = await tenant.start()
    connections = [await client.open(address) for _ in range(3)]
    for connection in connections:
        await connection.send("{}" if connection is connections[0] else '{"action":')
    stopping = asyncio.gather(tenant.stop())
    for connection in connections:
        closed = None
        while closed is None:
            try:
                await connection.recv()
            except ConnectionClosed as ended:
                closed = ended
        assert (closed.rcvd.code, closed.rcvd.reason) == (1001, "the tenant stops")
    await stopping
    for port in ports(address):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.parametrize("tls", [False, True])
async def test_stopping_does_not_wait_for_those_who_say_nothing(client, tls):
    tenant = client.tenant(tls=tls)
    address = await tenant.start()
    idle = [await asyncio.open_connection("127.0.0.1", port) for port in ports(address)]
    async with asyncio.timeout(5):
        await tenant.stop()
    for _, writer in idle:
        writer.close()
        await writer.wait_closed()


async def test_stopping_does_not_wait_for_those_who_connect_meanwhile(client):
    tenant = client.tenant()
    address = await tenant.start()
    # Made without the loop: it waits in the port's queue when stopping begins.
    with socket.create_connection(("127.0.0.1", ports(address)[0])):
        async with asyncio.timeout(5):
            await tenant.stop()


async def test_stopping_twice_or_before_the_start_does_nothing(client):
    tenant = client.tenant()
    await tenant.stop()
    await tenant.start()
    await tenant.stop()
    await tenant.stop()


async def test_tls_serves_both_ports_by_an_authority_whose_file_only_the_owner_can_reach(client):
    tenant = client.tenant(tls=True, host="127.0.0.3")
    address = await tenant.start()
    ca_file = Path(address.ca_file)
    assert stat.S_IMODE(ca_file.parent.stat().st_mode) == 0o700
    trust = ssl.create_default_context(cafile=ca_file)
    names = ("127.0.0.1", "::1", "localhost", "127.0.0.3")
    for port in ports(address):
        for name in names:
            _, writer = await asyncio.open_connection("127.0.0.3", port, ssl=trust, server_hostname=name)
            writer.close()
            await writer.wait_closed()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection(
                "127.0.0.3", port, ssl=ssl.create_default_context(), server_hostname="localhost"
            )
    assert address.websocket_url.startswith("wss://")
    assert address.auth_url.startswith("https://")
    assert address.control_url.startswith("https://")
    await tenant.stop()
    assert not ca_file.parent.exists()
