"""Shrinking a recipe by real runs against the local tenant."""

from __future__ import annotations

import asyncio

import pytest

from optave_inspector.errors import InspectorError
from optave_inspector.profiles.secrets import SecretStore
from optave_inspector.repro.attempts import Attempts
from optave_inspector.repro.problems import RecipeError
from optave_inspector.repro.reading import read_recipe
from optave_inspector.repro.recipe import every_step
from optave_inspector.repro.shrinking import Shrunk, shrink
from optave_inspector.repro.targets import Targets
from optave_inspector.repro.tenants import Tenants
from tests.integration.sessions import session

LONG = """\
version = 1
title = "Used twice, with more than it takes"
connection = { use = "local tenant", latency = "0 ms" }

# the first attempt
[[step]]
connect = "fresh"

[[step]]
send = "summarize"

[[step]]
expect = "message"

[[step]]
repeat = 2

[[step.step]]
send = "interaction"

[[step]]
close = 1000

[[step]]
wait = "1 ms"

[[step]]
connect = "used"

[[step]]
expect = "close"
code = 1008

[ending]
expect = "close"
code = {code}
"""


def shrunk(text: str, **limits: int) -> Shrunk:
    async def main() -> Shrunk:
        async with Tenants() as tenants, session() as used:
            attempts = Attempts(used, Targets(tenants, tuple, SecretStore(), {}), None)
            return await shrink(text, "long", attempts.once, **limits)

    return asyncio.run(main())


def steps_of(text: str) -> list[str]:
    return [step.words for step in every_step(read_recipe(text).steps)]


def test_only_the_steps_that_lead_to_the_ending_are_left_and_the_rest_of_the_text_is_as_it_was() -> None:
    done = shrunk(LONG.replace("{code}", "1008"))
    assert steps_of(done.text) == [
        "Connect with a fresh token",
        "Close with 1000",
        "Connect with the token of the attempt before",
    ]
    assert (done.before, done.after, done.complete) == (9, 3, True)
    assert "# the first attempt\n[[step]]\nconnect" in done.text
    assert done.text.startswith("# 3 of 9 steps")


def test_an_ending_that_nobody_expected_is_kept_as_well() -> None:
    done = shrunk(LONG.replace("{code}", "1011"))
    assert steps_of(done.text)[-1] == "Connect with the token of the attempt before"
    assert done.after == 3


def test_tries_are_bounded_and_what_was_found_until_then_is_kept() -> None:
    done = shrunk(LONG.replace("{code}", "1008"), most_tries=4)
    assert not done.complete
    assert done.tries == 4
    assert "Tries or time ran out" in done.sentence
    assert len(steps_of(done.text)) == done.after


def test_a_recipe_that_ends_in_nothing_cannot_be_shrunk() -> None:
    first = '[[step]]\nsend = "adjust"\n\n# the first attempt'
    with pytest.raises(InspectorError, match="no ending that could be kept"):
        shrunk(LONG.replace("{code}", "1008").replace("# the first attempt", first))


def test_a_broken_recipe_is_refused_with_its_problems() -> None:
    with pytest.raises(RecipeError, match="code must be a close code"):
        shrunk(LONG.replace("{code}", "true"))
