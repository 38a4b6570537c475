"""Recipes made of what a log holds run as they are, and end as it did."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import EntryKind
from optave_inspector.errors import InspectorError
from optave_inspector.profiles.secrets import SecretStore
from optave_inspector.repro.attempts import Attempts
from optave_inspector.repro.from_evidence import MadeRecipe, Origin, from_attempt, from_entries
from optave_inspector.repro.reading import read_recipe
from optave_inspector.repro.recipe import every_step
from optave_inspector.repro.shipped import shipped_recipe
from optave_inspector.repro.targets import Targets
from optave_inspector.repro.tenants import Tenants
from tests.integration.sessions import session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from optave_inspector.session import Session

LOCAL = Origin(local_tenant=True)
SENT = """\
version = 1
title = "Sends"
connection = { use = "local tenant", latency = "0 ms" }
[[step]]
connect = "fresh"
[[step]]
send_text = '{"action":"message", "odd":  "{{braces}} \\u0041", "access_token": "abcdefghijkl"}'
verbatim = true
[[step]]
send_frame = "binary"
hex = "00 ff"
[[step]]
send_frame = "ping"
data = "hello"
[[step]]
send = "summarize"
[[step]]
expect = "message"
where = [{ path = "$.headers.action", is = "summarize" }]
[[step]]
wait = "700 ms"
[[step]]
close = 4000
reason = "enough"
[ending]
expect = "close"
code = 4000
"""


@contextlib.asynccontextmanager
async def bench() -> AsyncIterator[tuple[Session, Attempts]]:
    async with Tenants() as tenants, session() as used:
        yield used, Attempts(used, Targets(tenants, tuple, SecretStore(), {}), None)


def words(made: MadeRecipe) -> list[str]:
    return [step.words for step in every_step(read_recipe(made.text).steps)]


@pytest.mark.parametrize(
    "name",
    [
        "close-1000-normal",
        "close-1001-going-away",
        "close-1006-dropped",
        "close-1008-token-used-twice",
        "close-1011-server-error",
        "close-1005-no-code",
        "refused-401-no-token",
        "refused-401-token-expired",
        "refused-503-unavailable",
        "invalid-utf8",
        "message-too-big",
        "upgrade-never-answered",
    ],
)
def test_a_recipe_made_of_an_attempt_ends_as_the_attempt_did(name: str) -> None:
    async def main() -> None:
        async with bench() as (used, attempts):
            first = await attempts.once(shipped_recipe(name))
            assert first.reproduced, first.sentence
            made = from_attempt(used.store, used.attempt, LOCAL)
            text = made.text
            if name in ("message-too-big", "upgrade-never-answered"):
                # Limits of the client are no part of what a log tells.
                limit = "max_message_bytes = 1_000_000" if name == "message-too-big" else 'open_within = "500 ms"'
                text = text.replace("[connection]\n", f"[connection]\n{limit}\n")
            again = await attempts.once(read_recipe(text))
            assert again.reproduced, f"{again.sentence}\n{text}"
            assert again.outcome.signature == first.outcome.signature

    asyncio.run(main())


def sent_in(used: Session, after: int) -> list[tuple[int, bytes]]:
    entries = used.store.page(after, used.store.count)
    kinds = (EntryKind.TEXT, EntryKind.BINARY, EntryKind.PING)
    return [
        (each.kind, used.store.payload(each.number)) for each in entries if each.direction == 1 and each.kind in kinds
    ]


def test_what_was_sent_goes_out_again_byte_for_byte_but_for_secrets() -> None:
    text = SENT.replace(', "access_token": "abcdefghijkl"', "")

    async def main() -> None:
        async with bench() as (used, attempts):
            assert (await attempts.once(read_recipe(text))).reproduced
            made = from_attempt(used.store, 1, LOCAL)
            count = used.store.count
            assert (await attempts.once(read_recipe(made.text))).reproduced, made.text
            assert sent_in(used, count + 1) == sent_in(used, 1)[: len(sent_in(used, count + 1))]
            assert any("{{braces}}" in payload.decode("latin-1") for _, payload in sent_in(used, count + 1))
            assert [each for each in words(made) if each.startswith("Wait")]
            assert words(made)[-1] == "Close with 4000, “enough”"

    asyncio.run(main())


def test_secrets_of_the_log_are_not_in_the_recipe() -> None:
    async def main() -> None:
        async with session() as used, Tenants() as tenants:
            tenant = await tenants.lend({})
            from optave_inspector.repro.connecting import to_tenant

            by = read_recipe(SENT.replace(', "access_token": "abcdefghijkl"', "")).connection
            target = to_tenant(by, tenant.address, tenant)
            await used.connect(target.config, target.source)
            await used.send_text('{"action":"message","access_token":"abcdefghijkl"}')
            await used.close(1000)
            await used.settled()
            made = from_attempt(used.store, 1, LOCAL)
            assert "abcdefghijkl" not in made.text
            assert "‹token-1›" in made.text
            assert "Secrets were replaced by placeholders." in made.sentence
            assert made.text.startswith("# Secrets were replaced")

    asyncio.run(main())


def test_an_exchange_becomes_its_request_and_the_answer_that_ended_it() -> None:
    # Alone: what is no envelope is answered by an error without an ID, which may be taken for the request's answer.
    text = SENT[: SENT.index("[[step]]\nsend_text")] + SENT[SENT.index('[[step]]\nsend = "summarize"') :]

    async def main() -> None:
        async with bench() as (used, attempts):
            assert (await attempts.once(read_recipe(text))).reproduced
            exchange = next(each for each in used.exchanges if each.answers and each.action == "summarize")
            made = from_entries(used.store, [exchange.request_entry, *exchange.answers], LOCAL)
            assert [each.split()[0] for each in words(made)] == ["Connect", "Send", "Expect"]
            assert read_recipe(made.text).ending.kind == "open"
            assert (await attempts.once(read_recipe(made.text))).reproduced, made.text

    asyncio.run(main())


def test_rows_of_several_attempts_are_refused_in_words() -> None:
    async def main() -> None:
        async with bench() as (used, attempts):
            await attempts.once(shipped_recipe("close-1008-token-used-twice"))
            with pytest.raises(InspectorError, match="several attempts"):
                from_entries(used.store, [1, used.store.count], LOCAL)
            with pytest.raises(InspectorError, match="Nothing is selected"):
                from_entries(used.store, [], LOCAL)

    asyncio.run(main())


def test_without_a_profile_the_url_is_taken_without_its_token() -> None:
    async def main() -> None:
        async with bench() as (used, attempts):
            await attempts.once(
                read_recipe(
                    SENT.replace(', "access_token": "abcdefghijkl"', "").replace(
                        'connection = { use = "local tenant", latency = "0 ms" }',
                        'connection = { use = "local tenant", transport = "query" }',
                    )
                )
            )
            made = from_attempt(used.store, 1, Origin())
            by = read_recipe(made.text).connection
            assert by.url.startswith("ws://127.0.0.1:")
            assert "Authorization" not in made.text
            assert by.settings["auth_transport"] == "query"
            assert (
                from_attempt(used.store, 1, Origin(profile="Acme", profile_url="ws://127.0.0.1:1")).text.count(
                    'profile = "Acme"'
                )
                == 1
            )

    asyncio.run(main())
