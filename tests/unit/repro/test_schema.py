"""The JSON Schema of recipes says what their reader says, as far as a schema can."""

from __future__ import annotations

import tomllib

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.repro.problems import RecipeError
from optave_inspector.repro.reading import read_recipe
from optave_inspector.repro.schema import schema, schema_text
from optave_inspector.repro.shipped import shipped
from optave_inspector.resources import resource

VALIDATOR = jsonschema_rs.validator_for(schema())


def test_the_schema_that_ships_is_the_one_that_is_made() -> None:
    kept = resource("recipes/recipe.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "python -m optave_inspector.repro.schema > resources/recipes/recipe.schema.json"


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_recipe_fits(name: str) -> None:
    VALIDATOR.validate(tomllib.loads(shipped()[name].read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('connect = "fresh"', 'conect = "fresh"'),
        ('connect = "fresh"', 'connect = "fresch"'),
        ('connect = "fresh"', 'connect = "fresh"\nwitin = "1 s"'),
        ("close = 1000", "close = 70000"),
        ("close = 1000", 'wait = "2 sec"'),
        ("code = 1008", 'code = "1008"'),
        ("version = 1", "version = 2"),
        ("version = 1", ""),
        ("[ending]", "[end]"),
    ],
)
def test_what_the_reader_refuses_in_form_the_schema_refuses(old: str, new: str) -> None:
    text = shipped()["close-1008-token-used-twice"].read_text(encoding="utf-8")
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises(RecipeError):
        read_recipe(broken)
    assert not VALIDATOR.is_valid(tomllib.loads(broken))


@given(st.sampled_from(list(shipped())), st.data())
@settings(max_examples=200, deadline=None)
def test_what_the_reader_takes_fits_the_schema(name: str, data: st.DataObject) -> None:
    lines = shipped()[name].read_text(encoding="utf-8").splitlines()
    first = data.draw(st.integers(0, len(lines) - 1))
    changed = "\n".join([*lines[:first], *lines[first + data.draw(st.integers(1, 3)) :]])
    try:
        read_recipe(changed)
    except RecipeError:
        return
    assert VALIDATOR.is_valid(tomllib.loads(changed))
