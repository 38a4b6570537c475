"""Everything in a TOML text knows where it stands."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.repro.toml_places import TomlText

TEXT = '''\
# a comment with = and [
top = { use = "x", a.b = 'y' }  # after
"odd key" = """a
"" \\" b""""
[[step]]
x = [ 1, # one
  { path = "$.a", is = 3 }, 1979-05-27 07:32:00 ]
[[step]]
[[step.step]]
y = \'\'\'it's\'\'\'
[[step.step]]
[ ending . "sub" ]
z = 1
'''


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("top", "use"), '"x"'),
        (("top", "a", "b"), "'y'"),
        (("odd key",), '"""a\n"" \\" b""""'),
        (("step", 0), "[[step]]"),
        (("step", 0, "x", 1, "is"), "3"),
        (("step", 0, "x", 2), "1979-05-27 07:32:00"),
        (("step", 1, "step", 0, "y"), "'''it's'''"),
        (("step", 1, "step", 1), "[[step.step]]"),
        (("ending", "sub", "z"), "1"),
    ],
)
def test_values_are_found(path, value) -> None:
    toml = TomlText(TEXT)
    place = toml.of_value(path)
    assert toml.text[place.start : place.end] == value


def test_lines_and_columns_count_from_one() -> None:
    place = TomlText(TEXT).of_key(("step", 0, "x", 1, "path"))
    assert (place.line, place.column) == (7, 5)


def test_line_ends_of_windows_change_no_place() -> None:
    place = TomlText(TEXT.replace("\n", "\r\n")).of_key(("step", 0, "x", 1, "path"))
    assert (place.line, place.column) == (7, 5)


def test_a_block_goes_to_the_next_header_that_is_not_below_it() -> None:
    toml = TomlText(TEXT)
    start, end = toml.block(("step", 1)) or (0, 0)
    assert toml.text[start:end].startswith("[[step]]\n[[step.step]]")
    assert toml.text[end:].startswith("[ ending")


_KEYS = st.text(st.characters(codec="utf-8"), max_size=6)
_VALUES = st.recursive(
    st.text(max_size=12) | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
@settings(max_examples=200, deadline=None)
def test_what_stands_at_each_place_reads_as_the_value(value) -> None:
    import tomlkit

    text = tomlkit.dumps(value)
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # the writer's fault, not ours
    toml = TomlText(text)
    for path, leaf in leaves(read):
        start, end = toml.spans[path]
        again = tomllib.loads(f"k = {toml.text[start:end]}")["k"]
        assert again == leaf or again != again
