"""A scenario of the fault bench, run through a session against a local tenant, up to what must come of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.client.config import ClientCredentials, ConnectionConfig
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.compose.generate import fresh
from optave_inspector.compose.templates import templates
from optave_inspector.local_tenant.settings import TenantAddress, TenantSettings
from optave_inspector.local_tenant.tenant import LocalTenant
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.envelope import build_request
from optave_inspector.protocol.read_json import read_json
from optave_inspector.protocol.scenarios import Expected, Need, Outcome, Scenario
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from optave_inspector.session import Session

LIMIT_S = 15 * float(os.environ.get("OPTAVE_INSPECTOR_TEST_TIME_SCALE", "1"))
SMALL: dict[str, dict[str, Any]] = {
    "late-answer": {"delay": 0.3},
    "going-away-idle": {"after": 0.05},
    "going-away-connected": {"after": 0.05},
    "service-restart": {"away": 0.05},
    "try-again-later": {"busy": 0.05},
    "slow-drip": {"bytes": 64, "interval": 0.001},
    "flood": {"messages": 200},
    "oversized-message": {"bytes": 200_000},
}
"""Parameters that keep a run short."""
FLAGS = {
    "orphan": EntryFlag.ORPHAN,
    "duplicate": EntryFlag.DUPLICATE,
    "late": EntryFlag.LATE,
    "guessed": EntryFlag.GUESSED,
    "problem": EntryFlag.PROBLEM,
    "similar": EntryFlag.SIMILAR,
}
STATUSES = {
    "completed": ExchangeStatus.COMPLETED,
    "error": ExchangeStatus.ERROR,
    "unanswered": ExchangeStatus.TIMED_OUT,
}


class Orders:
    """Gives a tenant orders as any other program would."""

    def __init__(self, address: TenantAddress, http: aiohttp.ClientSession) -> None:
        self._address, self._http = address, http

    async def give(self, order: str, body: Any = None, *, expect: int = 200) -> dict[str, Any]:
        method = "GET" if order == "status" else "POST"
        url, headers = f"{self._address.control_url}/{order}", {"X-Control-Key": self._address.control_key}
        ssl = _trust(self._address)
        async with self._http.request(method, url, json=body, headers=headers, ssl=ssl) as response:
            said: dict[str, Any] = await response.json()
        assert response.status == expect, said
        return said

    async def scenario(self, scenario: Scenario | str, expect: int = 200, **parameters: Any) -> dict[str, Any]:
        name = scenario if isinstance(scenario, str) else scenario.name
        return await self.give("scenario", {"name": name, "parameters": parameters}, expect=expect)


@dataclass
class Bench:
    """A tenant and the way to it."""

    address: TenantAddress
    orders: Orders

    def config(self, expected: Expected, needs: Need) -> ConnectionConfig:
        """Short where something is waited for in vain, long where an answer must come."""
        in_vain = expected.request == "unanswered"
        return ConnectionConfig(
            self.address.websocket_url,
            open_timeout_s=0.3 if expected.failure == "timeout" else LIMIT_S,
            close_timeout_s=0.2 if expected.tcp == "dropped" else LIMIT_S,
            request_timeout_s=0.15 if in_vain else LIMIT_S,
            ping_interval_s=0.05 if needs is Need.KEEPALIVE else None,
            ping_timeout_s=0.1,
            ca_file=self.address.ca_file,
        )

    @property
    def source(self) -> ClientCredentials:
        """A fresh token for each attempt."""
        address = self.address
        return ClientCredentials(address.auth_url, address.client_id, address.client_secret, ca_file=address.ca_file)


@contextlib.asynccontextmanager
async def bench(*, tls: bool = False) -> AsyncIterator[Bench]:
    """A tenant of this process that answers at once."""
    async with (
        LocalTenant(TenantSettings(latency_ms=0, stream_interval_ms=20, tls=tls)) as address,
        aiohttp.ClientSession() as http,
    ):
        yield Bench(address, Orders(address, http))


async def until(watched: Session, condition: Callable[[], Any], what: str = "") -> None:
    """Wait until ``condition()`` holds; it is asked whenever the session tells of something."""
    changed = asyncio.Event()
    signals = (watched.entries_added, watched.exchanges_changed, watched.ended, watched.state_changed)

    def told(*_: Any) -> None:
        changed.set()

    for signal in signals:
        signal.connect(told)
    try:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                changed.clear()
                await changed.wait()
    except TimeoutError:
        raise AssertionError(f"waited in vain: {what}") from None
    finally:
        for signal in signals:
            signal.disconnect(told)


def request() -> str:
    """A sound request under a new ID."""
    return build_request(Action.INTERACTION, templates(Action.INTERACTION)[0].text, fresh(time.time_ns(), os.urandom))


async def run(place: Bench, watched: Session, scenario: Scenario, expected: Expected) -> None:
    """Connect, do what the scenario needs, and wait for what must come of it; the connection has ended afterwards.

    The scenario must be armed. What came can be read from the session.
    """
    try:
        await watched.connect(place.config(expected, scenario.needs), place.source)
    except ConnectFailed:
        assert expected.outcome is Outcome.REFUSED
        return
    assert expected.outcome is not Outcome.REFUSED, "it opened"
    begun = len(watched.exchanges)
    if scenario.needs in (Need.REQUEST, Need.REQUESTS):
        for _ in range(2 if scenario.needs is Need.REQUESTS else 1):
            await watched.send_text(request())
    if scenario.needs is Need.CLOSE:
        await watched.close(1000)
    if expected.outcome is Outcome.OPEN:
        await until(watched, lambda: came(watched, expected, begun), f"{scenario.name}: {expected.sentence}")
        assert watched.state is ConnectionState.OPEN
        if scenario.name in ("silence", "stop-reading"):
            watched.abort()
        else:
            await watched.close(1000)
    await until(watched, lambda: watched.state is ConnectionState.CLOSED, f"{scenario.name}: the end")


def came(watched: Session, expected: Expected, begun: int = 0) -> bool:
    """Whether all that is expected of an open connection has come."""
    exchanges = watched.exchanges[begun:]
    if expected.request and not (
        exchanges and all(exchange.status is STATUSES[expected.request] for exchange in exchanges)
    ):
        return False
    return all(_marked(watched, mark) for mark in expected.marks)


def _marked(watched: Session, mark: str) -> bool:
    entries = [entry for entry in watched.store.page(1, watched.store.count) if entry.direction == 0]
    entries = [entry for entry in entries if entry.attempt == watched.attempt]
    if mark == "binary":
        return any(entry.kind == EntryKind.BINARY for entry in entries)
    if mark == "schema":
        texts = [watched.store.payload(entry.number) for entry in entries if entry.kind == EntryKind.TEXT]
        return any(not watched.contract.response_envelope(read_json(text).value).valid for text in texts)
    return any(entry.flags & FLAGS[mark] for entry in entries)


def _trust(address: TenantAddress) -> Any:
    import ssl

    return ssl.create_default_context(cafile=address.ca_file) if address.ca_file else True
