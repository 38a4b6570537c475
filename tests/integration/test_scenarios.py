"""Every scenario of the fault bench through the real client: code, who closed, kind of failure, marks, advice."""

from __future__ import annotations

import asyncio

import pytest

from optave_inspector.client.events import Closer, TcpEnd
from optave_inspector.local_tenant.scenarios import IMPLEMENTED
from optave_inspector.protocol.close_codes import DOCUMENTED, Advice, CloseCode, explain
from optave_inspector.protocol.scenarios import SCENARIOS, Outcome, Scenario, ScenarioKind
from tests.integration.scenario_runs import SMALL, bench, run
from tests.integration.sessions import session

WAYS = [
    (scenario, {parameter.name: choice})
    for scenario in SCENARIOS.values()
    for parameter in scenario.parameters
    for choice in parameter.choices[1:]
]
"""Every other way of those that have several."""
OVER_TLS = [
    *(scenario for scenario in SCENARIOS.values() if scenario.kind is ScenarioKind.TCP),
    *(SCENARIOS[name] for name in ("upgrade-silence", "upgrade-reset", "close-empty", "close-no-wait", "ignore-close")),
]


def test_the_table_and_the_tenant_name_the_same_scenarios() -> None:
    assert set(SCENARIOS) == IMPLEMENTED


def test_every_code_that_may_be_sent_has_a_scenario() -> None:
    sendable = {int(code) for code in CloseCode if explain(code).sendable}
    assert {int(name.removeprefix("close-")) for name in SCENARIOS if name.removeprefix("close-").isdigit()} == sendable


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_leads_to_the_ending_that_the_table_says(scenario: Scenario) -> None:
    asyncio.run(_leads_where_it_should(scenario, SMALL.get(scenario.name, {})))


@pytest.mark.parametrize(
    ("scenario", "way"), WAYS, ids=[f"{each.name}-{next(iter(way.values()))}" for each, way in WAYS]
)
def test_every_way_of_a_scenario_leads_there(scenario: Scenario, way: dict[str, object]) -> None:
    asyncio.run(_leads_where_it_should(scenario, way))


@pytest.mark.parametrize("scenario", OVER_TLS, ids=[scenario.name for scenario in OVER_TLS])
def test_ends_of_tcp_and_of_the_handshake_are_the_same_over_tls(scenario: Scenario) -> None:
    asyncio.run(_leads_where_it_should(scenario, SMALL.get(scenario.name, {}), tls=True))


async def _leads_where_it_should(scenario: Scenario, parameters: dict[str, object], *, tls: bool = False) -> None:
    expected = scenario.expects(scenario.values(parameters))
    async with bench(tls=tls or scenario.needs_tls) as place, session() as watched:
        said = await place.orders.scenario(scenario, **parameters)
        assert said["armed"] == 1
        await run(place, watched, scenario, expected)
        if expected.status is not None:
            assert watched.handshake is not None
            assert watched.handshake.status == expected.status
        if expected.outcome is Outcome.REFUSED:
            assert watched.failure is not None
            assert watched.failure.kind == expected.failure
            assert watched.ending is None
            return
        ending = watched.ending
        assert ending is not None
        if expected.selected:
            assert watched.handshake is not None
            selected = watched.handshake.selected_subprotocol
            assert selected == {"none": None, "token": watched.handshake.offered_subprotocols[1]}[expected.selected]
        if expected.outcome is Outcome.OPEN:
            return
        assert ending.code == expected.code
        assert (ending.sent.code if ending.sent is not None else None) == expected.sent
        assert ending.first == Closer(expected.first)
        assert ending.clean is expected.clean
        assert ending.failed is (expected.outcome is Outcome.FAILED)
        assert expected.advice is explain(ending.code).advice
        if expected.tcp:
            assert ending.tcp is TcpEnd(expected.tcp)
        # The tenant is as before.
        assert (await place.orders.give("status"))["bench"]["armed"] == []


def test_the_documented_codes_have_the_documented_advice() -> None:
    by_code = {scenario.expected.code: scenario.expected for scenario in SCENARIOS.values()}
    assert {code: by_code[code].advice for code in sorted(DOCUMENTED)} == {
        1000: Advice.NONE,
        1001: Advice.NONE,
        1006: Advice.RETRY,
        1008: Advice.DO_NOT_RETRY,
        1011: Advice.BACKOFF,
    }
