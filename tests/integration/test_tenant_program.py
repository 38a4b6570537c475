"""``optave-inspector tenant`` as a program: what it prints, how it ends, what it leaves."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE_S = 20
KEYS = ["websocket_url", "auth_url", "client_id", "client_secret", "tenant", "control_url", "control_key"]


@contextmanager
def program(*arguments, **options):
    """The program, killed at the end if it still runs."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("environment", {})}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "optave_inspector", *arguments]
    with subprocess.Popen(command, env=environment, **pipes | options) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def ready(process):
    """The address, once it is printed."""
    assert select.select([process.stdout], [], [], DEADLINE_S)[0]
    line = process.stdout.readline()
    assert line.endswith(b"\n"), process.stderr.read().decode()
    return json.loads(line)


def ended(process):
    """Exit status, the rest of standard output, and standard error."""
    process.wait(DEADLINE_S)
    return process.returncode, process.stdout.read().decode(), process.stderr.read().decode()


def token(address):
    query = f"client_id={address['client_id']}&client_secret={address['client_secret']}"
    request = urllib.request.Request(f"{address['auth_url']}?{query}", data=b"", method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=DEADLINE_S) as response:
        return json.load(response)["access_token"]


def opened(address):
    return connect(address["websocket_url"], subprotocols=["optave-v1", token(address)], proxy=None)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "example.org", "::"])
def test_a_host_that_others_could_reach_ends_with_2_in_words(host):
    with program("tenant", "--host", host) as process:
        status, out, error = ended(process)
    assert (status, out) == (2, "")
    assert "loopback" in error
    assert host in error
    assert "Traceback" not in error


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "x"], ["--token-lifetime", "0"], ["--nonsense"]])
def test_arguments_that_make_no_sense_end_with_2(arguments):
    with program("tenant", *arguments) as process:
        status, out, error = ended(process)
    assert (status, out) == (2, "")
    assert "Traceback" not in error


@pytest.mark.parametrize("option", ["--port", "--auth-port"])
def test_a_port_in_use_ends_with_1_in_one_sentence(option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with program("tenant", option, port) as process:
            status, out, error = ended(process)
    assert (status, out) == (1, "")
    assert f"Port {port} on 127.0.0.1 is in use by another program." in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("arguments", [[], ["--tls"]])
def test_a_signal_ends_it_with_0_after_one_line_and_leaves_no_file(number, arguments, tmp_path):
    with program("tenant", *arguments, environment={"TMPDIR": str(tmp_path)}) as process:
        address = ready(process)
        assert list(address) == KEYS + (["ca_file"] if arguments else [])
        assert list(tmp_path.rglob("*.pem")) == ([Path(address["ca_file"])] if arguments else [])
        process.send_signal(number)
        assert ended(process) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_open_connections_are_closed_with_1001_before_it_ends():
    with program("tenant") as process:
        address = ready(process)
        with opened(address) as one, opened(address) as other:
            process.terminate()
            for connection in (one, other):
                with pytest.raises(ConnectionClosed) as closed:
                    connection.recv(DEADLINE_S)
                assert closed.value.rcvd.code == 1001
        assert ended(process) == (0, "", "")


def test_it_ends_with_its_parent_when_told_to():
    with program("tenant", "--exit-with-parent") as process:
        ready(process)
        process.stdin.close()
        assert ended(process) == (0, "", "")


def test_it_outlives_its_standard_input_when_not_told_to():
    with program("tenant", stdin=subprocess.DEVNULL) as process:
        address = ready(process)
        with opened(address) as connection:
            connection.ping().wait(DEADLINE_S)
        process.terminate()
        assert ended(process)[0] == 0


def test_it_does_not_run_on_when_nobody_can_read_where_it_is():
    reading, writing = os.pipe()
    os.close(reading)
    with program("tenant", stdout=writing) as process:
        os.close(writing)
        process.wait(DEADLINE_S)
        assert b"Traceback" not in process.stderr.read()


def test_it_ends_when_the_process_that_started_it_is_killed():
    script = (
        "import asyncio\n"
        "from optave_inspector.tenant_process import TenantProcess\n"
        "async def main():\n"
        "    process = TenantProcess()\n"
        "    address = await process.start()\n"
        "    print(address.websocket_url, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    starter = [sys.executable, "-c", script]
    with subprocess.Popen(starter, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        try:
            assert select.select([process.stdout], [], [], DEADLINE_S)[0]
            port = int(process.stdout.readline().rstrip(b"/\n").rpartition(b":")[2])
            # A connection that is never upgraded ends when the tenant does.
            with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as watching:
                process.kill()
                assert watching.recv(1) == b""
        finally:
            process.kill()


def test_verbose_tells_what_was_odd_and_no_secret():
    with program("tenant", "--verbose", "--latency-ms", "0") as process:
        address = ready(process)
        secret = token(address)
        with connect(address["websocket_url"], subprotocols=["optave-v1", secret], proxy=None) as connection:
            connection.send("{")
            connection.recv(DEADLINE_S)
        process.terminate()
        _, _, error = ended(process)
    assert "INVALID_JSON" in error
    assert secret not in error
    assert address["client_secret"] not in error


def test_help_names_what_node_needs():
    with program("tenant", "--help", environment={"COLUMNS": "200"}) as process:
        status, out, _ = ended(process)
    assert status == 0
    assert "NODE_EXTRA_CA_CERTS" in out


def test_the_version_is_shown():
    with program("--version") as process:
        status, out, _ = ended(process)
    assert status == 0
    assert out.startswith("optave-inspector ")


def test_the_command_line_loads_no_library_that_it_does_not_need():
    heavy = ("PySide6", "aiohttp", "websockets", "keyring")
    script = f"import sys, optave_inspector.cli; print([name for name in {heavy} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, env=environment, timeout=DEADLINE_S
    )
    assert done.stdout.decode().strip() == "[]"


def test_a_scenario_is_armed_from_the_start_and_strikes_as_often_as_said():
    with program("tenant", "--scenario", "close-1011:reason=first\\, then more,times=2") as process:
        address = ready(process)
        for _ in range(2):
            with opened(address) as socket, pytest.raises(ConnectionClosed) as closed:
                socket.recv(DEADLINE_S)
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1011, "first, then more")
        with opened(address) as socket, pytest.raises(TimeoutError):
            socket.recv(0.05)


def test_the_table_of_scenarios_is_printed():
    with program("tenant", "--list-scenarios") as process:
        status, printed, said = ended(process)
    assert (status, said) == (0, "")
    assert "  close-1011\n" in printed
    assert "Leads to: Closed by the tenant with 1011 Internal error, clean." in printed
    assert "  tls-failure (needs --tls)\n" in printed


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--scenario", "close-1111"), 2, "Is close-1011 meant?"),
        (("--scenario", "slow-drip:bytes=0"), 2, "from 1 to"),
        (("--scenario", "tls-failure"), 1, "needs a tenant that serves TLS"),
    ],
)
def test_a_scenario_that_cannot_be_armed_is_told_in_words(arguments, status, says):
    with program("tenant", *arguments, environment={"COLUMNS": "200"}) as process:
        ended_with, printed, said = ended(process)
    assert (ended_with, printed) == (status, "")
    assert says in said
