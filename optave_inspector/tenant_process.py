"""The local tenant as a process of its own, as the app and the tests start it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import ssl
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any, Self

import aiohttp
import msgspec

from .errors import InspectorError
from .local_tenant.settings import TenantAddress, TenantSettings
from .tasks import Tasks

_log = logging.getLogger(__name__)
_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 5.0
_ORDER_TIMEOUT_S = 10.0
_MAX_LOG_LINE = 64 * 1024


class TenantProcess:
    """Starts ``optave-inspector tenant``, orders its faults, and ends it. ``start`` once, ``stop`` once.

    The process also ends by itself when this one dies, since its standard input ends then. What it writes to standard
    error goes to this module's log.
    """

    def __init__(self, options: TenantSettings | None = None, *, verbose: bool = False) -> None:
        self._options = options or TenantSettings()
        self._verbose = verbose
        self._process: asyncio.subprocess.Process | None = None
        self._address: TenantAddress | None = None
        self._level = logging.WARNING
        self._last_lines: deque[str] = deque(maxlen=5)
        self._tasks = Tasks("tenant process")
        self._errors: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def address(self) -> TenantAddress:
        """Where the tenant is. Only after ``start``."""
        if self._address is None:
            raise RuntimeError("the local tenant has not been started")
        return self._address

    @property
    def pid(self) -> int | None:
        """Process ID; None before ``start`` and after the end."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self, timeout_s: float = _START_TIMEOUT_S) -> TenantAddress:
        """Start the process and wait until it says where it is. Raises InspectorError when it does not in time."""
        try:
            process = await asyncio.create_subprocess_exec(
                *_command(self._options, verbose=self._verbose),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=_environment(),
                # Ctrl-C in a terminal is for this process, which then ends the tenant.
                start_new_session=True,
                # On Windows, and only there: no console window comes up for it.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise InspectorError(f"The local tenant cannot be started: {error.strerror or error}.") from error
        self._process = process
        try:
            self._address = await self._read_address(process, timeout_s)
        except BaseException:
            await self.stop()
            raise
        return self._address

    async def stop(self) -> None:
        """End the process by SIGTERM, by SIGKILL if it does not obey, and wait for its end."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(_STOP_TIMEOUT_S):
                    await process.wait()
            except TimeoutError:
                _log.warning("The local tenant did not end when told to and is killed.")
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.stdin is not None:
            process.stdin.close()
        if self._errors is not None:
            await asyncio.wait([self._errors], timeout=_STOP_TIMEOUT_S)
        await self._tasks.cancel()

    async def wait_ended(self) -> int:
        """Wait until the process has ended, for whatever reason; its exit status, negative for a signal."""
        if self._process is None:
            raise RuntimeError("the local tenant has not been started")
        return await self._process.wait()

    async def fault(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Order a fault: ``close``, ``drop``, ``silent``, ``orphan``, ``error`` or ``ping``; what the tenant says.

        The parameters are those of :mod:`optave_inspector.local_tenant.control`. Raises InspectorError when the tenant
        refuses the order or cannot be reached.
        """
        return await self._order("POST", name, parameters)

    async def scenario(
        self, name: str, *, connection: str | None = None, next_: int | None = None, **parameters: Any
    ) -> dict[str, Any]:
        """Start or arm a scenario of :mod:`optave_inspector.protocol.scenarios`; what the tenant says.

        One of a handshake is armed for the next. Others start on the open connections, or the one called
        ``connection``; they are armed where none is open, or for the ``next_`` connections to come. Raises
        InspectorError when the tenant refuses or cannot be reached.
        """
        order: dict[str, Any] = {"name": name, "parameters": parameters}
        if connection is not None:
            order["connection"] = connection
        if next_ is not None:
            order["next"] = next_
        return await self._order("POST", "scenario", order)

    async def calm(self) -> dict[str, Any]:
        """Take all faults and scenarios back."""
        return await self._order("POST", "calm", {})

    async def status(self) -> dict[str, Any]:
        """The tenant's open connections and counts. Raises InspectorError when it cannot be reached."""
        return await self._order("GET", "status", None)

    async def _read_address(self, process: asyncio.subprocess.Process, timeout_s: float) -> TenantAddress:
        assert process.stdout is not None
        assert process.stderr is not None
        self._errors = self._tasks.start(self._pass_on(process.stderr), "standard error")
        try:
            async with asyncio.timeout(timeout_s):
                line = await process.stdout.readline()
                if not line:
                    await process.wait()
                    await self._errors
        except TimeoutError as error:
            raise InspectorError(f"The local tenant did not say within {timeout_s:g} seconds where it is.") from error
        if not line:
            said = " ".join(self._last_lines)
            raise InspectorError("The local tenant ended at once.", said or f"Its exit status is {process.returncode}.")
        try:
            return msgspec.json.decode(line, type=TenantAddress)
        except msgspec.DecodeError as error:
            raise InspectorError("The local tenant said something that is no address.", f"{error}.") from error

    async def _pass_on(self, stream: asyncio.StreamReader) -> None:
        pending = b""
        while chunk := await stream.read(_MAX_LOG_LINE):
            *lines, pending = (pending + chunk).split(b"\n")
            if len(pending) > _MAX_LOG_LINE:
                lines, pending = [*lines, pending], b""
            for line in lines:
                self._log_line(line.decode(errors="replace").rstrip())
        if pending:
            self._log_line(pending.decode(errors="replace").rstrip())

    def _log_line(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        level = logging.getLevelNamesMapping().get(word)
        if level is not None:
            self._level, line = level, rest
        if line:
            self._last_lines.append(line)
            _log.log(self._level, "%s", line)

    async def _order(self, method: str, name: str, parameters: dict[str, Any] | None) -> dict[str, Any]:
        address = self.address
        trust = ssl.create_default_context(cafile=address.ca_file) if address.ca_file else True
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ORDER_TIMEOUT_S)) as session,
                session.request(
                    method,
                    f"{address.control_url}/{name}",
                    json=parameters,
                    headers={"X-Control-Key": address.control_key},
                    ssl=trust,
                ) as response,
            ):
                said: dict[str, Any] = await response.json()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise InspectorError(
                "The local tenant does not take orders.", f"{type(error).__name__}: {error}"
            ) from error
        if response.status != 200:
            raise InspectorError(f"The local tenant refuses the order {name}.", str(said.get("error_description", "")))
        return said


def _own_program() -> list[str]:
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "optave_inspector"]
    program = Path(sys.executable)
    if sys.platform == "win32":
        # The window's own program has no standard output there; the one for the command line lies beside it.
        program = program.with_name("optave-inspector.exe")
    return [str(program)]


def _command(options: TenantSettings, *, verbose: bool) -> list[str]:
    command = [*_own_program(), "tenant", "--exit-with-parent", "--host", options.host]
    for name, value in (
        ("--port", options.port),
        ("--auth-port", options.auth_port),
        ("--token-lifetime", options.token_lifetime_s),
        ("--stream-interval-ms", options.stream_interval_ms),
        ("--latency-ms", options.latency_ms),
    ):
        command += [name, str(value)]
    switches = (("--tls", options.tls), ("--strict", options.strict), ("--verbose", verbose))
    command += [name for name, on in switches if on]
    for scenario in options.scenarios:
        command += ["--scenario", scenario]
    return command


def _environment() -> dict[str, str]:
    # The same package in the process as here, also from a checkout that is not installed.
    package = str(Path(__file__).resolve().parent.parent)
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{others}" if others else package}
