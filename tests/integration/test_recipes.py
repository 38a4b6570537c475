"""Recipes run on real sessions against the local tenant, and leave nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import textwrap
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import EntryKind
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.repro.connecting import to_tenant
from optave_inspector.repro.reading import read_recipe
from optave_inspector.repro.results import RunResult, StepEvent, StepState
from optave_inspector.repro.running import Run, longest_s
from optave_inspector.repro.shipped import shipped, shipped_recipe
from optave_inspector.repro.tenants import Tenants
from tests.integration.sessions import session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from optave_inspector.repro.recipe import Recipe

QUICK = 'connection = { use = "local tenant", latency = "0 ms", stream_interval = "20 ms" }'


def recipe(steps: str, ending: str = 'expect = "open"', variables: str = "", connection: str = QUICK) -> Recipe:
    """A recipe of steps that are separated by blank lines."""
    told = [f"[[step]]\n{step}" for step in textwrap.dedent(steps).strip().split("\n\n")]
    start = f'version = 1\ntitle = "Test"\n{connection}\n[variables]\n{variables}\n'
    return read_recipe("\n".join([start, *told, "[ending]", textwrap.dedent(ending).strip()]))


@contextlib.asynccontextmanager
async def prepared(wanted: Recipe, **options: object) -> AsyncIterator[Run]:
    """A run of a recipe against a local tenant of its own."""
    async with Tenants() as tenants, session() as used:
        tenant = await tenants.lend(wanted.connection.tenant_settings)
        yield Run(wanted, used, to_tenant(wanted.connection, tenant.address, tenant), **options)  # type: ignore[arg-type]


def result_of(wanted: Recipe, **options: object) -> RunResult:
    async def main() -> RunResult:
        before = asyncio.all_tasks()
        async with prepared(wanted, **options) as run:
            result = await run.run()
            assert run.session.state is ConnectionState.CLOSED
        assert asyncio.all_tasks() == before
        return result

    return asyncio.run(main())


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_recipe_reproduces_what_it_says(name: str) -> None:
    result = result_of(shipped_recipe(name))
    assert result.reproduced, result.sentence
    assert all(event.state is StepState.PASSED for event in result.steps)


def test_a_step_that_fails_says_what_came_instead_and_ends_the_run() -> None:
    result = result_of(
        recipe("""
            connect = "fresh"

            send = "summarize"

            expect = "message"
            where = [{ path = "$.headers.action", is = "translate" }]
            within = "500 ms"

            close = 4000
        """)
    )
    assert not result.reproduced
    assert [event.state for event in result.steps] == [StepState.PASSED, StepState.PASSED, StepState.FAILED]
    assert 'One other message came in that time; of the last, "summarize" stands at $.headers.action' in result.sentence


def test_waiting_for_a_message_ends_when_the_connection_does() -> None:
    result = result_of(
        recipe("""
            connect = "fresh"

            tenant = "close"
            with = { code = 1011, reason = "broken" }

            expect = "message"
            within = "1 h"
        """)
    )
    assert "No message came before the connection ended. The attempt ended: 1011 (Internal error)" in result.sentence


def test_another_ending_than_expected_is_told_in_each_respect() -> None:
    result = result_of(
        recipe(
            """
            connect = "fresh"

            close = 1000
            """,
            'expect = "close"\ncode = 1008\nby = "tenant"',
        )
    )
    assert result.problems[:2] == [
        "The code is 1000 (Normal closure), not 1008 (Policy violation).",
        "The first close frame was sent by this client, not by the tenant.",
    ]


def test_a_refusal_that_nobody_expects_fails_the_step() -> None:
    result = result_of(recipe('connect = "none"\n\nwait = "1 ms"'))
    assert [event.state for event in result.steps] == [StepState.FAILED]
    assert "HTTP 401" in result.sentence


def test_a_refusal_can_be_expected_before_the_next_attempt() -> None:
    result = result_of(
        recipe(
            """
            connect = "none"

            expect = "refused"
            status = 401
            body = "missing_token"

            connect = "fresh"
            """
        )
    )
    assert result.reproduced, result.sentence


def test_each_message_is_what_one_expectation_waits_for() -> None:
    result = result_of(
        recipe(
            """
            connect = "fresh"

            repeat = 3
            [[step.step]]
            send = "summarize"
            headers = { correlationId = "{{uuid7}}" }
            [[step.step]]
            expect = "message"
            where = [{ path = "$.headers.action", is = "summarize" }]

            expect = "nothing"
            within = "50 ms"
            """
        )
    )
    assert result.reproduced, result.sentence
    answers = [event.entry for event in result.steps if event.number == 4]
    assert len(set(answers)) == 3
    assert [event.rounds for event in result.steps if event.number == 4] == ["1 of 3", "2 of 3", "3 of 3"]


def test_a_message_that_should_not_come_fails() -> None:
    result = result_of(
        recipe(
            """
            connect = "fresh"

            send = "summarize"

            expect = "nothing"
            where = [{ path = "$.headers.action", is = "summarize" }]
            within = "30 s"
            """,
            connection='connection = { use = "local tenant", latency = "300 ms" }',
        )
    )
    assert result.steps[-1].state is StepState.FAILED
    assert result.problems[0].endswith(" came.")


def test_variables_are_put_in_but_not_into_verbatim_text() -> None:
    async def main() -> list[bytes]:
        wanted = recipe(
            """
            connect = "fresh"

            send_text = '{"id": "{{id}}", "n": {{counter}}, "m": {{counter}}}'

            send_text = '{"id": "{{id}}"}'
            verbatim = true
            """,
            variables='id = "x-{{uuid7}}"',
        )
        async with prepared(wanted) as run:
            result = await run.run()
            assert result.reproduced, result.sentence
            store = run.session.store
            sent = [each for each in store.page(1, 100) if each.kind == EntryKind.TEXT and each.direction == 1]
            return [store.payload(each.number) for each in sent]

    first, second = asyncio.run(main())
    content = json.loads(first)
    assert len(content["id"]) == 38
    assert (content["n"], content["m"]) == (1, 2)
    assert second == b'{"id": "{{id}}"}'


def test_a_file_beside_the_recipe_is_sent_but_none_outside(tmp_path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "inside" / "way-out.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "inside" / "big.json").write_text('{"a": 1}')
    steps = 'connect = "fresh"\n\nsend_file = "{}"'
    folder = tmp_path / "inside"
    assert result_of(recipe(steps.format("big.json")), folder=folder).reproduced
    assert "leads out of the recipe's folder" in result_of(recipe(steps.format("way-out.json")), folder=folder).sentence
    assert "cannot be read" in result_of(recipe(steps.format("none.json")), folder=folder).sentence
    assert "nothing stands beside it" in result_of(recipe(steps.format("big.json"))).sentence


def test_a_token_from_the_environment_is_said_to_be_missing() -> None:
    wanted = recipe('connect = "environment"\nvariable = "MY_TOKEN"')
    assert "no environment variable MY_TOKEN" in result_of(wanted, environment={}).sentence
    assert "HTTP 401" in result_of(wanted, environment={"MY_TOKEN": "abc"}).sentence


def test_stopping_closes_what_is_open_and_tells_what_was_done() -> None:
    async def main() -> None:
        wanted = recipe('connect = "fresh"\n\nwait = "1 h"')
        async with prepared(wanted) as run:

            def stop_while_waiting(event: StepEvent) -> None:
                if event.number == 2:
                    asyncio.get_running_loop().call_soon(run.stop)

            run.changed.connect(stop_while_waiting)
            result = await run.run()
            assert result.cancelled
            assert not result.reproduced
            assert [event.state for event in result.steps] == [StepState.PASSED]
            assert run.session.state is ConnectionState.CLOSED

    asyncio.run(main())


def test_cancelling_leaves_nothing_behind() -> None:
    async def main() -> None:
        async with prepared(recipe('connect = "fresh"\n\nwait = "1 h"')) as run:
            before = asyncio.all_tasks()
            waiting = asyncio.Event()
            run.changed.connect(lambda event: waiting.set() if event.number == 2 else None)
            task = asyncio.get_running_loop().create_task(run.run())
            await waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert run.session.state is ConnectionState.CLOSED
            assert asyncio.all_tasks() == before

    asyncio.run(main())


def test_a_run_has_an_end_whatever_happens() -> None:
    wanted = recipe("""
        connect = "fresh"

        repeat = 10
        [[step.step]]
        wait = "2 s"
    """)
    assert 20 < longest_s(wanted) < 200


def test_a_session_that_is_connected_is_left_alone() -> None:
    async def main() -> None:
        async with prepared(recipe('connect = "fresh"')) as run:
            await run.session.connect(run.target.config, run.target.source)
            with pytest.raises(InspectorError, match="Disconnect before"):
                await run.run()
            assert run.session.state is ConnectionState.OPEN

    asyncio.run(main())


def test_a_new_value_that_is_expected_is_the_same_for_every_message_that_is_looked_at() -> None:
    result = result_of(
        recipe(
            """
            connect = "fresh"

            send = "translate"
            headers = { correlationId = "other" }

            send = "summarize"
            headers = { correlationId = "2" }

            expect = "message"
            where = [{ path = "$.headers.correlationId", is = "{{number}}" }]

            expect = "message"
            where = [{ path = "$.headers.correlationId", is = "{{counter}}" }]
            within = "300 ms"
            """,
            variables='number = "2"',
        )
    )
    assert result.steps[3].state is StepState.PASSED
    assert "not “1”" in result.problems[0] or "No message came" in result.problems[0]
