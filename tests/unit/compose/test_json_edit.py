import contextlib
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.json_edit import CannotEditError, Edit, Number, read_values, remove, set_value
from optave_inspector.compose.json_walk import spots
from optave_inspector.compose.positions import read_positions
from optave_inspector.protocol.json_path import json_path
from optave_inspector.protocol.read_json import read_json

_KEYS = st.sampled_from(["a", "b", "request", "x y", "é😀", 'q"'])
_SCALARS = st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=5)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=12,
)
_SPACES = st.sampled_from(["", " ", "\n", "\n  ", "\t", "\r\n ", "  "])


@st.composite
def texts(draw):
    """A value and one of the many ways to write it."""
    value = draw(_VALUES)

    def space():
        return draw(_SPACES)

    def written(one):
        if isinstance(one, dict):
            pairs = [f"{space()}{json.dumps(key)}{space()}:{space()}{written(below)}" for key, below in one.items()]
            return f"{{{','.join(f'{pair}{space()}' for pair in pairs) or space()}}}"
        if isinstance(one, list):
            return f"[{','.join(f'{space()}{written(below)}{space()}' for below in one) or space()}]"
        return json.dumps(one, ensure_ascii=draw(st.booleans()))

    return value, f"{space()}{written(value)}{space()}"


def paths_of(value, here=()):
    yield here
    if isinstance(value, dict):
        for key, below in value.items():
            yield from paths_of(below, (*here, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths_of(below, (*here, index))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def with_value(value, path, new):
    changed = copy.deepcopy(value)
    if not path:
        return new
    owner = at(changed, path[:-1])
    if path[-1] == len(owner):
        owner.append(new)
    else:
        owner[path[-1]] = new
    return changed


def raw(text, path):
    span = read_positions(text).span(json_path(path))
    return text[span.start : span.end]


def related(one, other):
    shortest = min(len(one), len(other))
    return one[:shortest] == other[:shortest]


@given(texts(), _VALUES, st.data())
def test_setting_a_value_changes_that_value_and_no_other_character(pair, new, data):
    value, text = pair
    path = data.draw(st.sampled_from(list(paths_of(value))))
    span = read_positions(text).span(json_path(path))
    edit = set_value(text, path, new)
    assert (edit.start, edit.end) == (span.start, span.end)
    assert json.loads(edit.apply(text)) == with_value(value, path, new)


@given(texts(), _VALUES, st.data())
def test_adding_a_value_leaves_all_others_as_they_were_written(pair, new, data):
    value, text = pair
    holders = [path for path in paths_of(value) if isinstance(at(value, path), (dict, list))]
    if not holders:
        return
    holder = data.draw(st.sampled_from(holders))
    owner = at(value, holder)
    path = (*holder, "new" if isinstance(owner, dict) else len(owner))
    changed = set_value(text, path, new).apply(text)
    assert json.loads(changed) == with_value(value, path, new)
    for other in paths_of(value):
        if not related(other, path):
            assert raw(changed, other) == raw(text, other)


@given(texts(), st.data())
def test_removing_what_was_added_gives_the_former_value(pair, data):
    value, text = pair
    holders = [path for path in paths_of(value) if isinstance(at(value, path), dict)]
    if not holders:
        return
    path = (*data.draw(st.sampled_from(holders)), "new", "deep", 0)
    added = set_value(text, path, "x").apply(text)
    assert at(json.loads(added), path) == "x"
    gone = remove(added, path[:-2]).apply(added)
    assert json.loads(gone) == value


@given(texts(), st.data())
def test_removing_leaves_sound_json_without_that_value_alone(pair, data):
    value, text = pair
    paths = [path for path in paths_of(value) if path]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    expected = copy.deepcopy(value)
    del at(expected, path[:-1])[path[-1]]
    assert json.loads(remove(text, path).apply(text)) == expected


@given(st.text(), st.lists(st.one_of(_KEYS, st.integers(-2, 4)), max_size=3), _VALUES)
def test_no_text_and_no_path_makes_it_fail_but_in_words(text, path, new):
    valid = not read_json(text).problem
    for change in (lambda: set_value(text, path, new), lambda: remove(text, path)):
        with contextlib.suppress(CannotEditError):
            changed = change().apply(text)
            assert valid
            assert not read_json(changed).problem


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ('{\n  "a": 1\n}', ("b",), "x", '{\n  "a": 1,\n  "b": "x"\n}'),
        ('{"a":1}', ("b",), "x", '{"a":1,"b":"x"}'),
        ('{"a": 1}', ("b",), "x", '{"a": 1, "b": "x"}'),
        ('{ "a" : 1 }', ("b", "c"), True, '{ "a" : 1, "b" : {"c" : true} }'),
        ("{}", ("a", "b"), 1, '{\n  "a": {\n    "b": 1\n  }\n}'),
        ('{\n    "a": {}\n}', ("a", "b"), 1, '{\n    "a": {\n        "b": 1\n    }\n}'),
        ('{\n\t"a": [1, 2]\n}', ("a", 2), 3, '{\n\t"a": [1, 2, 3]\n}'),
        ('{"a": []}', ("a", 0), {"b": 1}, '{"a": [{"b": 1}]}'),
        ('{\r\n  "a": 1\r\n}', ("b",), [], '{\r\n  "a": 1,\r\n  "b": []\r\n}'),
        (
            '{\n  "a": [\n    {"x": 1}\n  ]\n}',
            ("a", 1),
            {"x": 2},
            '{\n  "a": [\n    {"x": 1},\n    {\n      "x": 2\n    }\n  ]\n}',
        ),
        ('{"a": 1, "a": 2}', ("a",), 3, '{"a": 1, "a": 3}'),
        ('{"a": 1.50}', ("a",), Number("2.50"), '{"a": 2.50}'),
        ('{"a": 1}', ("a",), "\u2029\ud800é", '{"a": "\\u2029\\ud800é"}'),
    ],
)
def test_what_is_added_is_laid_out_as_its_neighbours_are(text, path, value, expected):
    assert set_value(text, path, value).apply(text) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{\n  "a": 1,\n  "b": 2\n}', ("a",), '{\n  "b": 2\n}'),
        ('{\n  "a": 1,\n  "b": 2\n}', ("b",), '{\n  "a": 1\n}'),
        ('{\n  "a": 1\n}', ("a",), "{}"),
        ("[1, 2, 3]", (1,), "[1, 3]"),
        ('{"a": 1}', ("b", "c"), '{"a": 1}'),
        ('{"a": 1}', ("a", "c"), '{"a": 1}'),
    ],
)
def test_a_removed_member_takes_its_comma_along(text, path, expected):
    assert remove(text, path).apply(text) == expected


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ('{"a": }', ("a",), "no JSON"),
        ('{"a": null}', ("a", "b"), "$.a is not an object"),
        ('{"a": {}}', ("a", 0), "$.a is not an array"),
        ('{"a": [1]}', ("a", 3), "1 items"),
        ('{"a": 1}', ("b", 2), "no item 2"),
        ("[" * 5000 + "]" * 5000, (0, 0), "too deeply"),
    ],
)
def test_what_has_no_place_is_said_in_words(text, path, words):
    with pytest.raises(CannotEditError, match=words.replace("$", r"\$").replace(".", r"\.")):
        set_value(text, path, 1)


def test_numbers_are_read_as_they_are_written():
    assert read_values('{"a": [1.50, 1e3]}') == {"a": ["1.50", "1e3"]}
    assert isinstance(read_values("1.50"), Number)
    with pytest.raises(CannotEditError):
        read_values("{")


@given(texts(), st.lists(st.lists(st.one_of(_KEYS, st.integers(0, 3)), max_size=3), max_size=5), st.data())
def test_the_quick_way_finds_the_spots_that_the_whole_reading_finds(pair, others, data):
    value, text = pair
    paths = [tuple(path) for path in others] + data.draw(st.lists(st.sampled_from(list(paths_of(value))), max_size=5))
    found = dict(spots(text, paths))
    positions = read_positions(text)
    assert found == {path: positions.spot(json_path(path)) for path in paths}


def test_an_edit_says_where_it_is():
    assert set_value('{"a": "x"}', ("a",), "y") == Edit(6, 9, '"y"')
