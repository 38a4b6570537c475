"""Where the leaves of a JSON text stand."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture import json_spans
from optave_inspector.capture.json_spans import Broken, Closed, Leaf, LeafKind, Opened, decoded, scan

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


def leaves_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in (key, *leaves_of(inner))]
    if isinstance(value, list):
        return [each for inner in value for each in leaves_of(inner)]
    return [value]


def read(text: str) -> tuple[list[Any], bool]:
    found = []
    for event in scan(text):
        if isinstance(event, Broken):
            return found, False
        if isinstance(event, Leaf):
            raw = text[event.start : event.end]
            is_text = event.kind in {LeafKind.KEY, LeafKind.STRING}
            try:
                found.append(decoded(raw)[0] if is_text else json.loads(raw))
            except ValueError:
                found.append(raw)
    return found, True


@settings(max_examples=300, deadline=None)
@given(VALUES, st.booleans(), st.sampled_from([None, 0, 2]))
def test_every_leaf_of_sound_json_is_found_where_it_stands(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert read(text) == (leaves_of(value), True)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='{}[]:,"\\ab1- \n', max_size=30))
def test_what_python_reads_is_sound_and_everything_else_ends(text: str) -> None:
    try:
        json.loads(text, strict=False)
    except ValueError:
        list(scan(text))
    else:
        assert read(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "}",
        '"',
        '{"a"}',
        '{"a":}',
        '{"a" 1}',
        '{"a":1 "b":2}',
        "[1 2]",
        "[1]]",
        "1 2",
        "{a:1}",
        "[nul]",
        "[01]",
        "[1}",
        '["a',
        '{"a":1,,"b":2}',
        '{"a":1,}',
        "[1,]",
        "tru",
        "[,1]",
        "\x00",
    ],
)
def test_what_is_not_json_is_said(text: str) -> None:
    assert not read(text)[1]


@settings(max_examples=500)
@given(st.text(alphabet='\\u"/bnd8c0Ff\U0001f600x', max_size=20))
def test_strings_are_decoded_as_json_says(raw: str) -> None:
    plain, places = decoded(raw)
    if places is not None:
        found = [places[index] for index in range(len(plain) + 1)]
        assert found == sorted(set(found))
        assert found[-1] == len(raw)
        assert "".join(decoded(raw[start:end])[0] for start, end in itertools.pairwise(found)) == plain
    try:
        expected = json.loads(f'"{raw}"')
    except ValueError:
        return
    assert plain == expected


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(["\\\\", "\\n", "\\u0041", "\\ud83d\\ude00", "x", "u", '\\"', "ü"]), max_size=40),
    st.integers(8, 20),
)
def test_a_long_string_is_never_cut_within_an_escape(pieces: list[str], size: int) -> None:
    raw = "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_spans, "_WINDOW", size)
        patch.setattr(json_spans, "_OVERLAP", 2)
        cut = list(json_spans.windows(raw))
    ends = {0, *itertools.accumulate(map(len, re.findall(r"\\u[0-9a-f]{4}|\\.|.", raw)))}
    through = 0
    for start, piece in cut:
        assert start <= through
        assert raw[start : start + len(piece)] == piece
        assert {start, start + len(piece)} <= ends
        through = start + len(piece)
    assert through == len(raw)


def test_paths_are_written_as_people_write_them() -> None:
    paths = [event.container.path() for event in scan('{"a":[1,{"b c":2}],"":3}') if isinstance(event, Leaf)]
    assert paths == ["$.a", "$.a[0]", "$.a[1]['b c']", "$.a[1]['b c']", "$['']", "$['']"]


def test_a_deep_path_is_shortened() -> None:
    leaf = next(event for event in scan("[" * 100 + "1" + "]" * 100) if isinstance(event, Leaf))
    assert leaf.container.path() == "$…" + "[0]" * 30


def test_containers_are_told_with_their_ends() -> None:
    events = [event for event in scan("[{}]") if isinstance(event, Opened)]
    assert [isinstance(event, Closed) for event in events] == [False, False, True, True]
