import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.positions import Problem, Span, parse_path, read_positions

_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def path_of(steps):
    """The path in its quoted form, which any key survives."""
    return "$" + "".join(f"[{json.dumps(step)}]" if isinstance(step, str) else f"[{step}]" for step in steps)


def places(value, steps=()):
    yield steps, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*steps, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*steps, index))


@given(_JSON_VALUES, st.sampled_from([None, 2]), st.booleans())
def test_every_value_is_found_where_it_is_written(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    positions = read_positions(text)
    assert positions.problem is None
    for steps, inner in places(value):
        span = positions.span(path_of(steps))
        assert span is not None
        assert json.loads(text[span.start : span.end]) == inner


@given(st.text(alphabet="{}[]\",:\\ \n\tu0123456789.eE+-truefalsnN/'\ufeffé😀\x00"))
def test_a_problem_is_reported_exactly_where_a_strict_parser_refuses(text):
    def refuse(word):
        raise ValueError(word)

    try:
        json.loads(text, parse_constant=refuse)
        valid = True
    except ValueError:
        valid = False
    problem = read_positions(text).problem
    assert (problem is None) == valid
    if problem is not None:
        assert 0 <= problem.offset <= len(text)
        assert problem.sentence.endswith(".") or "single ones: " in problem.sentence
        assert problem.line == text.count("\n", 0, problem.offset) + 1


@given(_JSON_VALUES, st.data())
def test_a_text_that_is_cut_off_never_raises_and_keeps_what_was_read(value, data):
    text = json.dumps({"first": 1, "then": value})
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    positions = read_positions(cut)
    assert positions.problem is not None
    if len(cut) > len('{"first": 1,'):
        assert positions.spot("$.first") == Span(1, 8)


@pytest.mark.parametrize(
    ("text", "offset", "part"),
    [
        ("", 0, "empty"),
        ("  \n", 3, "empty"),
        ("\ufeff{}", 0, "byte order mark"),
        ('{"a": 1,}', 7, "comma is too many"),
        ("[1, ]", 2, "comma is too many"),
        ("[,]", 1, "missing before this comma"),
        ('{"a" 1}', 5, "colon is missing"),
        ('{"a": }', 6, 'The key "a" has no value'),
        ('{"a": 1 "b": 2}', 8, "comma is missing"),
        ('{"a": 1\n"b": 2}', 8, 'missing before "b".'),
        ('[1 "b', 3, 'missing before ".'),
        ("[1 2]", 3, "comma is missing before 2"),
        ("[1: 2]", 2, "no keys"),
        ('{"a": 1: 2}', 7, "colon is too many"),
        ("{a: 1}", 1, "double quotes"),
        ("{'a': 1}", 1, "not in single ones"),
        ("['a']", 1, "not in single ones"),
        ('{"a": [1, 2}', 11, "] should"),
        ('{"a": 1]', 7, "} should"),
        ("[}", 1, "] should"),
        ('["a\nb"]', 1, "not closed on its line"),
        ('["a\tb"]', 3, "U+0009"),
        ('["abc', 1, "not closed"),
        (r'["a\qb"]', 3, r"\q is no escape"),
        (r'["a\u12"]', 3, "four hexadecimal digits"),
        ("[NaN]", 1, "no NaN"),
        ("[-Infinity]", 1, "no Infinity"),
        ("[undefined]", 1, "no undefined"),
        ("[None]", 1, "null, not None"),
        ("[True]", 1, "lower case"),
        ("[01]", 1, "no number"),
        ("[+1]", 1, "no number"),
        ("[.5]", 1, "no number"),
        ("[1.]", 1, "no number"),
        ("[12px]", 1, "no number"),
        ("[yes]", 1, "A value is expected"),
        ("// note\n{}", 0, "no comments"),
        ('{"a": 1 // note\n}', 8, "no comments"),
        ("]", 0, "not ] alone"),
        (":", 0, "not : alone"),
        ("{} {}", 3, "nothing may follow"),
        ('{\n  "a": {', 10, "begins in line 2"),
        ("[", 1, "array that begins in line 1"),
    ],
)
def test_what_is_wrong_is_said_in_words_at_its_place(text, offset, part):
    problem = read_positions(text).problem
    assert problem is not None
    assert problem.offset == offset
    assert part in problem.sentence


def test_line_and_column_count_from_one_in_characters():
    assert read_positions('{\n  "é😀": tru\n}').problem == Problem(
        10, 2, 9, "A value is expected here: tru is none (text stands in double quotes)."
    )


def shown(text, path):
    spot = read_positions(text).spot(path)
    return None if spot is None else (spot.start, text[spot.start : spot.end])


def test_a_member_is_shown_by_its_key_an_item_by_its_value_or_its_bracket():
    text = '{"a": [10, {"b": 3}], "c": {}}'
    assert shown(text, "$") == (0, "{")
    assert shown(text, "$.a") == (1, '"a"')
    assert shown(text, "$.a[0]") == (7, "10")
    assert shown(text, "$.a[1]") == (11, "{")
    assert shown(text, "$.a[1].b") == (12, '"b"')
    assert shown(text, "$.c") == (22, '"c"')
    assert shown("[ {}, 1]", "$[0]") == (2, "{}")


def test_an_absent_path_is_shown_at_its_nearest_parent():
    text = '{"request": {"scope": {}}}'
    assert shown(text, "$.request.scope.conversations[0].messages") == (13, '"scope"')
    assert shown(text, "$.session") == (0, "{")
    assert shown(text, "no path") is None
    assert shown("", "$.a") is None
    assert read_positions(text).span("$.nothing") is None
    assert read_positions(text).span("nothing") is None


def test_of_duplicate_keys_the_last_counts():
    assert shown('{"a": 1, "a": 2}', "$.a") == (9, '"a"')
    span = read_positions('{"a": 1, "a": 2}').span("$.a")
    assert span is not None
    assert span.start == 14


def test_an_unclosed_value_has_a_place_but_no_span():
    positions = read_positions('{"a": {"b": 1')
    assert shown('{"a": {"b": 1', "$.a") == (1, '"a"')
    assert shown("[1", "$") == (0, "[")
    assert positions.span("$.a") is None
    assert positions.span("$.a.b") is not None


def test_depth_is_no_limit():
    depth = 100_000
    assert read_positions("[" * depth + "]" * depth).problem is None
    assert read_positions("[" * depth).problem is not None


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$", ()),
        ("$.a.b[3]", ("a", "b", 3)),
        ("$['it''s']", None),
        (r"$['it\'s'].x", ("it's", "x")),
        (r'$["a\"b"][0]', ('a"b', 0)),
        (r'$["\ud83d\ude00"]', ("😀",)),
        ("$.a[99999999999999999999]", ("a", -1)),
        ("$..a", None),
        ("$.", None),
        ("", None),
    ],
)
def test_paths_are_read_in_all_their_forms(path, steps):
    assert parse_path(path) == steps


@given(st.lists(st.text() | st.integers(0, 10**6)))
def test_a_quoted_path_gives_back_its_steps(steps):
    assert parse_path(path_of(steps)) == tuple(steps)
