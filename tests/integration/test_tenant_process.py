"""The local tenant as a process of its own."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import signal
import socket
import sys

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from optave_inspector import tenant_process
from optave_inspector.errors import InspectorError
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.tenant_process import TenantProcess

DEADLINE_S = 30
QUICK = TenantSettings(latency_ms=0, stream_interval_ms=20)


def on_a_loop(test):
    """Run the test's coroutine, with a time limit; what its loop reports as lost fails it."""

    @functools.wraps(test)
    def run(*arguments, **named):
        lost = []

        async def within():
            asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context))
            async with asyncio.timeout(DEADLINE_S):
                await test(*arguments, **named)

        asyncio.run(within())
        assert not lost, lost

    return run


async def opened(address):
    query = {"client_id": address.client_id, "client_secret": address.client_secret}
    async with aiohttp.ClientSession() as session, session.post(address.auth_url, params=query) as response:
        token = (await response.json())["access_token"]
    return await connect(address.websocket_url, subprotocols=["optave-v1", token], proxy=None)


async def ending(connection):
    with pytest.raises(ConnectionClosed) as closed:
        await connection.recv()
    return closed.value


def starts_instead(monkeypatch, script):
    """A Python script in the tenant's place."""
    monkeypatch.setattr(tenant_process, "_command", lambda *_, **__: [sys.executable, "-c", script])


@on_a_loop
async def test_a_port_in_use_is_said_in_words():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = TenantProcess(TenantSettings(port=taken.getsockname()[1]))
        with pytest.raises(InspectorError, match="is in use by another program"):
            await process.start()
    assert process.pid is None


@on_a_loop
async def test_a_program_that_cannot_be_started_is_said_in_words(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(InspectorError, match="cannot be started"):
        await TenantProcess().start()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("import sys; sys.exit(3)", "ended at once.*3"),
        ("import sys; sys.exit('no luck')", "ended at once.*no luck"),
        ("print('hello', flush=True); import time; time.sleep(60)", "no address"),
        ("import time; time.sleep(60)", "within 1 seconds"),
    ],
)
@on_a_loop
async def test_a_program_that_does_not_say_where_it_is_is_ended(monkeypatch, script, sentence):
    starts_instead(monkeypatch, script)
    process = TenantProcess()
    with pytest.raises(InspectorError, match=sentence):
        await process.start(timeout_s=1)
    assert process.pid is None
    assert await process.wait_ended() is not None


@on_a_loop
async def test_a_program_that_does_not_obey_is_killed(monkeypatch, caplog):
    script = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        'print(\'{"websocket_url":"","auth_url":"","client_id":"","client_secret":"","tenant":"","control_url":"",'
        '"control_key":""}\', flush=True)\n'
        "time.sleep(60)\n"
    )
    starts_instead(monkeypatch, script)
    monkeypatch.setattr(tenant_process, "_STOP_TIMEOUT_S", 0.2)
    process = TenantProcess()
    await process.start()
    await process.stop()
    assert await process.wait_ended() == -signal.SIGKILL
    assert "killed" in caplog.text


@on_a_loop
async def test_it_cannot_be_used_before_it_is_started():
    process = TenantProcess()
    await process.stop()
    assert process.pid is None
    with pytest.raises(RuntimeError, match="not been started"):
        _ = process.address
    with pytest.raises(RuntimeError, match="not been started"):
        await process.wait_ended()


@on_a_loop
async def test_orders_that_are_refused_or_reach_nobody_raise_in_words():
    async with TenantProcess(QUICK) as process:
        with pytest.raises(InspectorError, match=r"refuses the order close.*No connection is open"):
            await process.fault("close")
        with pytest.raises(InspectorError, match="Known faults are"):
            await process.fault("explode")
    with pytest.raises(InspectorError, match="does not take orders"):
        await process.status()


@pytest.mark.parametrize("tls", [False, True])
@on_a_loop
async def test_it_starts_takes_orders_and_ends(tls):
    async with TenantProcess(TenantSettings(latency_ms=0, tls=tls)) as process:
        assert process.pid is not None
        status = await process.status()
        assert status["connections"] == []
        assert (await process.fault("silent", on=True)) == {"silent": True}
        assert (await process.status())["silent"] is True
        assert process.address.websocket_url.startswith("wss" if tls else "ws:")
    assert process.pid is None
    assert await process.wait_ended() == 0
    await process.stop()


@on_a_loop
async def test_its_faults_reach_the_client():
    async with TenantProcess(QUICK) as process:
        connection = await opened(process.address)
        await process.fault("close", code=4321, reason="off with you")
        closed = await ending(connection)
        assert (closed.rcvd.code, closed.rcvd.reason) == (4321, "off with you")
        connection = await opened(process.address)
        await process.fault("drop")
        assert (await ending(connection)).rcvd is None


@on_a_loop
async def test_a_killed_tenant_is_seen_as_1006_and_as_its_own_end():
    async with TenantProcess(QUICK) as process:
        connection = await opened(process.address)
        os.kill(process.pid, signal.SIGKILL)
        assert (await ending(connection)).rcvd is None
        assert await process.wait_ended() == -signal.SIGKILL


@on_a_loop
async def test_stopping_closes_open_connections_with_1001():
    process = TenantProcess(QUICK)
    connection = await opened(await process.start())
    await process.stop()
    assert (await ending(connection)).rcvd.code == 1001


@on_a_loop
async def test_what_it_writes_to_standard_error_reaches_the_log_at_its_level(caplog):
    caplog.set_level(logging.DEBUG, logger="optave_inspector.tenant_process")
    async with TenantProcess(QUICK, verbose=True) as process:
        connection = await opened(process.address)
        await connection.send(json.dumps({"action": "nothing"}))
        await connection.recv()
        await connection.close()
    (record,) = [record for record in caplog.records if "INVALID_ENVELOPE" in record.message]
    assert record.levelno == logging.DEBUG
    assert record.name == "optave_inspector.tenant_process"


@on_a_loop
async def test_a_flood_of_text_without_an_end_of_line_does_not_hold_it_up(monkeypatch, caplog):
    script = "import sys; sys.stderr.write('ERROR x' + 'y' * 300_000 + '\\nWARNING last'); sys.exit(1)"
    starts_instead(monkeypatch, script)
    with pytest.raises(InspectorError, match="last"):
        await TenantProcess().start()
    levels = [record.levelno for record in caplog.records if record.name == tenant_process.__name__]
    assert (levels[0], levels[-1]) == (logging.ERROR, logging.WARNING)


def test_all_settings_reach_the_command_line(monkeypatch):
    settings = TenantSettings(
        host="127.0.0.2",
        port=1,
        auth_port=2,
        tls=True,
        token_lifetime_s=3,
        stream_interval_ms=4,
        latency_ms=5,
        strict=True,
    )
    command = tenant_process._command(settings, verbose=True)
    assert command[:3] == [sys.executable, "-m", "optave_inspector"]
    assert " ".join(command[3:]) == (
        "tenant --exit-with-parent --host 127.0.0.2 --port 1 --auth-port 2 --token-lifetime 3 --stream-interval-ms 4 "
        "--latency-ms 5 --tls --strict --verbose"
    )
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert tenant_process._command(settings, verbose=False)[:2] == [sys.executable, "tenant"]
