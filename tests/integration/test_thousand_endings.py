"""A thousand connections and endings over random scenarios: no task, no socket, no thread, no growth stays behind."""

from __future__ import annotations

import asyncio
import collections
import gc
import os
import random
import threading

import psutil
import pytest

from optave_inspector.client.connection import Connection
from optave_inspector.client.connector import TappedConnection
from optave_inspector.local_tenant.connection import TenantConnection
from optave_inspector.local_tenant.sockets import TenantSocket
from optave_inspector.protocol.scenarios import SCENARIOS, Scenario
from optave_inspector.session import Session
from tests.integration.scenario_runs import LIMIT_S, SMALL, Bench, bench, run
from tests.integration.sessions import session

CYCLES = int(os.environ.get("OPTAVE_INSPECTOR_CYCLES", "1000"))
SEED = int(os.environ.get("OPTAVE_INSPECTOR_SEED", "1964"))
A_SESSION = 25
"""Cycles of one session, which keeps what it saw: as long as it lives, it may grow."""
WAITS = {"upgrade-silence", "ignore-close", "no-pong", "late-answer", "silence", "stop-reading", "service-restart"}
"""They are about waiting: a thousand of them would be."""
QUICK = SMALL | {
    "flood": {"messages": 5},
    "oversized-message": {"bytes": 2_000},
    "try-again-later": {"busy": 0},
    "going-away-idle": {"after": 0.01},
    "going-away-connected": {"after": 0.01},
}
KINDS = (Session, Connection, TappedConnection, TenantConnection, TenantSocket)


def quick() -> list[Scenario]:
    return [
        scenario
        for scenario in SCENARIOS.values()
        if scenario.name not in WAITS and not scenario.needs_tls and scenario.expected.request != "unanswered"
    ]


async def cycles(place: Bench, chosen: list[Scenario]) -> None:
    for start in range(0, len(chosen), A_SESSION):
        async with session() as watched:
            for scenario in chosen[start : start + A_SESSION]:
                parameters = QUICK.get(scenario.name, {})
                await place.orders.scenario(scenario, **parameters)
                await run(place, watched, scenario, scenario.expects(scenario.values(parameters)))
    async with asyncio.timeout(LIMIT_S):
        while (await place.orders.give("status"))["connections"]:
            pass  # each asking gives the tenant its turn


def census() -> collections.Counter[str]:
    """What is alive of the kinds that a connection is made of."""
    gc.collect()
    return collections.Counter(type(each).__name__ for each in gc.get_objects() if issubclass(type(each), KINDS))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_thousand_endings_leave_nothing_behind() -> None:
    chooser = random.Random(SEED)
    scenarios = quick()
    assert len(scenarios) > 45
    chosen = scenarios + chooser.choices(scenarios, k=max(CYCLES - len(scenarios), 100))
    warm = max(len(chosen) * 2 // 5, len(scenarios))
    process = psutil.Process()

    async def main() -> None:
        async with bench() as place:
            # Each at least once, and until caches, pools and the allocator's arenas are as full as they get.
            await cycles(place, chosen[:warm])
            tasks, threads, files = len(asyncio.all_tasks()), threading.active_count(), process.num_fds()
            before, objects, memory = census(), len(gc.get_objects()), process.memory_info().rss
            await cycles(place, chosen[warm:])
            assert census() == before, f"seed {SEED}"
            assert len(asyncio.all_tasks()) <= tasks
            assert threading.active_count() <= threads
            assert process.num_fds() <= files
            grown = len(gc.get_objects()) - objects
            assert grown < 2_000, f"{grown} objects more"
            megabytes = (process.memory_info().rss - memory) / 2**20
            assert megabytes < 12, f"{megabytes:.1f} MB more"
            print(f"{len(chosen)} endings; since number {warm}: {grown} objects, {megabytes:.1f} MB more")

    asyncio.run(main())
