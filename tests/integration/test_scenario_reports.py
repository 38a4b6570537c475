"""Every scenario of the fault bench through the real client: what its report says, live and from the capture."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.events import Closer
from optave_inspector.close_report.gathering import gather
from optave_inspector.close_report.report import report_of
from optave_inspector.close_report.writing import as_markdown, as_text
from optave_inspector.protocol.close_codes import explain
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.refusals import refusal
from optave_inspector.protocol.scenarios import SCENARIOS, Outcome, Scenario
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from tests.integration.scenario_runs import SMALL, bench, run

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.close_report.report import Report
    from optave_inspector.protocol.scenarios import Expected

_BROKE, _TOO_LARGE = "The server broke the protocol", "too large for the inspector"
CAUSES = {
    "refuse-401": "did not accept the token",
    "refuse-403": "may not connect here",
    "refuse-404": "no WebSocket at this path",
    "refuse-429": "Too many attempts",
    "refuse-500": "something unexpected",
    "refuse-503": "overloaded",
    "proxy-page": "A proxy, a login page or another web server",
    "redirect": "points elsewhere",
    "wrong-subprotocol": "wrong subprotocol",
    "token-expired": "The token had expired",
    "wrong-accept": "not for this request",
    "upgrade-silence": "hangs",
    "tls-failure": "authority of its own",
    "token-used": "did not accept the token",
    "close-empty": "without saying why",
    "close-no-wait": "went down",
    "error-after-messages": "failed while it worked on a request",
    "service-restart": "restarted",
    "try-again-later": "overloaded",
    "tcp-reset": "crashed, or something on the way cut",
    "tcp-end": "ended TCP",
    "tcp-half-close": "ended TCP",
    "no-pong": "no longer answered",
    "oversized-frame": _TOO_LARGE,
    **{
        name: _BROKE
        for name, scenario in SCENARIOS.items()
        if scenario.expected.outcome is Outcome.FAILED and scenario.expected.sent in (1002, 1007)
    },
}
"""What a report must name, where the bench's doing leaves a mark that a client can see."""


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_report_of_a_scenario_is_what_the_table_says(scenario: Scenario, tmp_path: Path) -> None:
    live = asyncio.run(_reported(scenario, tmp_path / "one.optave-capture"))
    store = CaptureStore.open(tmp_path / "one.optave-capture", read_only=True)
    try:
        exchanges = CaptureReplay(store, Contract(schemas())).rebuild().exchanges
        assert report_of(gather(store, exchanges).cases[-1]) == live
    finally:
        store.close()


@pytest.mark.parametrize(
    ("way", "title"),
    [
        ("expired", "The server's certificate has expired"),
        ("wrong-host", "The URL leads to another server"),
        ("unknown-authority", "A test server, or a company's proxy, has an authority of its own"),
        ("alert", "Something on the way cuts TLS, or the server refuses it"),
    ],
)
def test_what_of_tls_failed_is_known_from_the_capture_too(way: str, title: str, tmp_path: Path) -> None:
    path = tmp_path / "one.optave-capture"
    live = asyncio.run(_reported(SCENARIOS["tls-failure"], path, way=way))
    store = CaptureStore.open(path, read_only=True)
    try:
        stored = report_of(gather(store, ()).cases[-1])
    finally:
        store.close()
    assert stored == live
    assert (stored.headline, stored.causes[0].title) == ("TLS failed", title)
    assert stored.advice.endswith("the same attempt would end the same way.")


async def _reported(scenario: Scenario, path: Path, **more: str) -> Report:
    parameters = {**SMALL.get(scenario.name, {}), **more}
    expected = scenario.expects(scenario.values(parameters))
    watched = Session(CaptureStore.create(path), Contract(schemas()))
    try:
        async with bench(tls=scenario.needs_tls) as place:
            await place.orders.scenario(scenario, **parameters)
            await run(place, watched, scenario, expected)
            await watched.settled()
            case = gather(watched.store, watched.exchanges).cases[-1]
            report = report_of(case)
            _check(report, expected)
            if scenario.name in CAUSES and not more:
                titles = [cause.title for cause in report.causes]
                assert any(CAUSES[scenario.name] in title for title in titles), titles
            for text in (as_text(report), as_markdown(report)):
                assert "eyJ" not in text
            return report
    finally:
        await watched.aclose()
        watched.store.close()


def _check(report: Report, expected: Expected) -> None:
    if expected.outcome is Outcome.REFUSED:
        assert not report.headline[:1].isdigit()
        assert "no close" in report.notice
        if expected.status is not None and expected.status != 101:
            assert report.headline.startswith(f"HTTP {expected.status}")
            assert report.advice == refusal(expected.status).hint
        return
    if expected.outcome is Outcome.OPEN:
        assert "You" in report.causes[0].title
        return
    assert report.headline.startswith(f"{expected.code} ")
    closers = {
        Closer.PEER: "closed by the tenant",
        Closer.NOBODY: "closed by nobody",
        Closer.INSPECTOR: "failed by the inspector"
        if expected.outcome is Outcome.FAILED
        else "closed by the inspector",
    }
    closer = closers[Closer(expected.first)]
    assert (closer.replace("tenant", "server") if expected.code == 1014 else closer) in report.facts
    assert ("clean" in report.facts) is expected.clean
    assert report.advice in (explain(expected.code or 1006).advice_sentence, "You ended it yourself; nothing to do.")
    if expected.code in (1005, 1006):
        assert "never is on the wire" in report.notice
