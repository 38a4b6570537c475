"""Recipes are read whole or refused with the place of everything that is wrong, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.errors import InspectorError
from optave_inspector.repro.problems import RecipeError
from optave_inspector.repro.reading import load_recipe, problems_of, read_recipe
from optave_inspector.repro.recipe import (
    Check,
    Connect,
    EndingKind,
    ExpectEnding,
    ExpectMessage,
    OrderTenant,
    Repeat,
    SendText,
    TokenKind,
    every_step,
)

SOUND = """\
version = 1
title = "Used twice"
connection = "local tenant"

[variables]
id = "{{uuid7}}"

[[step]]
connect = "fresh"

[[step]]
repeat = 3

[[step.step]]
send = "summarize"
headers = { correlationId = "{{id}}" }

[[step.step]]
expect = "message"
where = [
  { path = "$.headers.correlationId", is = "{{id}}" },
  { path = "$.headers.action", matches = "^sum" },
]
within = "500 ms"

[[step]]
send_text = '{"a": "{{counter}}"}'

[[step]]
close = 1000

[[step]]
expect = "close"
code = 1000

[[step]]
connect = "used"

[ending]
expect = "close"
code = 1008
by = "tenant"
"""


def changed(old: str, new: str) -> str:
    assert old in SOUND
    return SOUND.replace(old, new, 1)


def only_problem(text: str) -> tuple[int, int, str]:
    problems = problems_of(text)
    assert len(problems) == 1, problems
    problem = problems[0]
    return problem.place.line, problem.place.column, f"{problem.sentence} {problem.hint}"


def test_a_sound_recipe_is_read_whole() -> None:
    recipe = read_recipe(SOUND, "used-twice")
    assert (recipe.title, recipe.name, recipe.variables) == ("Used twice", "used-twice", {"id": "{{uuid7}}"})
    assert recipe.connection.local_tenant
    steps = every_step(recipe.steps)
    assert [step.number for step in steps] == list(range(1, 9))
    assert steps[0].doing == Connect(TokenKind.FRESH)
    assert isinstance(steps[1].doing, Repeat)
    assert (steps[1].doing.times, len(steps[1].doing.steps)) == (3, 2)
    expect = steps[3].doing
    assert isinstance(expect, ExpectMessage)
    assert expect.within_s == 0.5
    assert expect.checks[0] == Check("$.headers.correlationId", "{{id}}", equals=True)
    assert steps[4].doing == SendText('{"a": "{{counter}}"}')
    assert isinstance(steps[6].doing, ExpectEnding)
    assert (recipe.ending.kind, recipe.ending.code, recipe.ending.by) == (EndingKind.CLOSED, 1008, "tenant")
    assert steps[4].place.line == 26


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ("version = 1", "version = 2", 1, 11, "version 2"),
        ('title = "Used twice"', "title = 5", 2, 9, "line of text"),
        ('title = "Used twice"', 'title = "a\\nb"', 2, 9, "more than one line"),
        ('connection = "local tenant"\n', "", 1, 1, "needs a connection"),
        ('within = "500 ms"', 'witin = "500 ms"', 24, 1, "Did you mean within?"),
        ('within = "500 ms"', 'within = "5 sec"', 24, 10, "“5 sec” is no time"),
        ('"^sum"', '"(a+)+b"', 22, 43, "could take forever"),
        ('"^sum"', '"a(b"', 22, 44, "regular expression is wrong"),
        ('"$.headers.action"', '"$.headers..action"', 22, 22, "path cannot be read"),
        ('"summarize"', '"summarise"', 15, 8, "Did you mean summarize?"),
        ('is = "{{id}}"', 'is = "x {{idd}}"', 21, 47, "Did you mean id?"),
        ("close = 1000", "close = 1006", 30, 9, "may not be sent"),
        ("close = 1000", "close = true", 30, 9, "close code from 0 to 65535"),
        ('connect = "used"', 'conect = "used"', 37, 1, "Did you mean connect?"),
        ('connect = "used"', 'connect = "used"\nwait = "1 s"', 38, 1, "not both"),
        ('connect = "used"', 'connect = "environment"', 36, 1, "needs variable"),
        ('connect = "used"', 'send_file = "../x.json"', 37, 13, "recipe's folder"),
        ('connect = "used"', 'send_file = "C:/x.json"', 37, 13, "recipe's folder"),
        ('connect = "used"', 'send_frame = "text"\nhex = "c328"', 38, 7, "UTF-8"),
        ('expect = "close"\ncode = 1008\nby = "tenant"', "code = 1008", 39, 1, "needs expect"),
        ('by = "tenant"', "status = 401", 42, 1, "does not go with"),
        ("repeat = 3", "repeat = 0", 12, 10, "from 1 to 1000"),
    ],
)
def test_a_problem_is_told_at_its_place(old: str, new: str, line: int, column: int, words: str) -> None:
    found = only_problem(changed(old, new))
    assert found[:2] == (line, column)
    assert words in found[2]


@pytest.mark.parametrize(
    "connection",
    [
        '[connection]\nurl = "wss://a.example/?Authorization=abcdefgh"\n',
        '[connection]\nurl = "wss://a.example/"\nclient_secret = "x"\n',
        '[connection]\nurl = "wss://user:hunter22@a.example/"\n',
    ],
)
def test_a_secret_in_the_file_is_refused_without_being_repeated(connection: str) -> None:
    text = changed('connection = "local tenant"\n', "").replace("[variables]", f"{connection}\n[variables]")
    with pytest.raises(RecipeError) as refused:
        read_recipe(text)
    assert "keyring or environment" in refused.value.every
    assert "abcdefgh" not in refused.value.every
    assert "hunter22" not in refused.value.every


def test_all_problems_are_told_in_the_order_of_the_text() -> None:
    text = (
        changed("repeat = 3", "repeat = 0").replace("close = 1000", "close = 1006").replace("code = 1008", 'code = "x"')
    )
    assert [problem.place.line for problem in problems_of(text)] == [12, 30, 41]


def test_orders_for_a_tenant_that_is_not_the_local_one_are_refused() -> None:
    text = changed('connection = "local tenant"', 'connection = "Acme staging"')
    text = text.replace("[[step]]\nclose = 1000", '[[step]]\ntenant = "drop"', 1)
    assert "Only the local tenant takes orders" in only_problem(text)[2]


def test_verbatim_text_keeps_its_braces() -> None:
    text = changed("""send_text = '{"a": "{{counter}}"}'""", "send_text = '{{name}}'\nverbatim = true")
    assert SendText("{{name}}", verbatim=True) in [step.doing for step in every_step(read_recipe(text).steps)]


def test_a_used_token_needs_an_attempt_before_it() -> None:
    text = changed('connect = "fresh"', 'connect = "used"')
    assert "no attempt before" in only_problem(text)[2]


def test_parameters_of_an_order_are_kept_as_they_are() -> None:
    text = changed("close = 1000", 'tenant = "error"\nwith = { next = 2, code = "X", on = true }')
    assert OrderTenant("error", {"next": 2, "code": "X", "on": True}) in [
        step.doing for step in every_step(read_recipe(text).steps)
    ]


@pytest.mark.parametrize(
    "text", ["", "a =", "[", 'a = "', "a=" + "[" * 3000, "a=1" + "0" * 5000, "\ud800", "version = 1"]
)
def test_what_is_no_recipe_is_refused_with_a_place(text: str) -> None:
    with pytest.raises(RecipeError, match=r"^Line \d+, column \d+: "):
        read_recipe(text)


def test_a_file_that_cannot_be_read_is_said_in_words(tmp_path) -> None:
    with pytest.raises(InspectorError, match="cannot be read"):
        load_recipe(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = 'caf\xe9'")
    with pytest.raises(InspectorError, match="no UTF-8 text, from byte 13 on"):
        load_recipe(tmp_path / "latin.toml")


_KEYS = """connect send expect where path is matches within wait close reset tenant with repeat step ending version
title connection variables [[step]] [ending] [[step.step]] = == . , { } [ ] " \'\'\' ' "fresh" "used" "close" "message"
1 1000 1008 1006 true "2 s" "{{id}}" "{{" "(a+)+" # \\ \ufeff \x00 0x1F 1979-05-27 07:32:00 nan -inf 1e9 a.b"""
_WORDS = st.sampled_from([*_KEYS.split(), "\n", "\t", '"""'])


@given(st.lists(_WORDS, max_size=60).map(" ".join) | st.text(max_size=300))
@settings(max_examples=400, deadline=None)
def test_no_text_makes_reading_raise_anything_but_its_own_error(text: str) -> None:
    for problem in problems_of(text):
        assert problem.sentence
        assert 0 <= problem.place.start <= problem.place.end <= len(text)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_damage_to_a_sound_recipe_raises_anything_but_its_own_error(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SOUND)))
    end = data.draw(st.integers(start, min(len(SOUND), start + 30)))
    text = SOUND[:start] + data.draw(_WORDS | st.text(max_size=5)) + SOUND[end:]
    for problem in problems_of(text):
        assert problem.place.line >= 1
        assert problem.place.column >= 1


_VALUES = st.recursive(
    st.text(max_size=8) | st.integers() | st.booleans() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_value_in_any_place_raises_anything_but_its_own_error(data: st.DataObject) -> None:
    import tomlkit

    lines = SOUND.splitlines()
    numbers = [number for number, line in enumerate(lines) if " = " in line and not line.startswith(" ")]
    number = data.draw(st.sampled_from(numbers))
    key = lines[number].split(" = ")[0]
    lines[number] = tomlkit.dumps({key: data.draw(_VALUES)}).replace("\n", " ").strip() or "# nothing"
    for problem in problems_of("\n".join(lines)):
        assert problem.sentence
