"""Values are put in once, at their places, and nothing else of a text changes."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.variables import (
    MOST_RANDOM,
    MissingValue,
    Preview,
    Values,
    is_generated,
    name_problem,
    resolve,
    uses,
)
from optave_inspector.protocol.ids import is_uuid7

NS = 1_772_442_724_318_000_000


def counting(count: int) -> bytes:
    return bytes(next(NUMBERS) % 256 for _ in range(count))


NUMBERS = itertools.count()


def preview() -> Preview:
    return Preview(counting, lambda: NS)


def fixed(**values: str):
    def value(name: str) -> str:
        if name not in values:
            raise MissingValue(f"There is no variable {name}.")
        return values[name]

    return value


def test_a_missing_value_is_said_with_its_place_and_the_name_that_was_meant() -> None:
    made = preview().resolve('{"a": "{{custmer}}"}', {"customer": "x"}, {})
    (absent,) = made.absent
    assert (absent.start, absent.end) == (7, 18)
    assert made.problem == "There is no variable custmer. Did you mean customer?"
    assert made.text == '{"a": "{{custmer}}"}'


def test_a_value_is_not_looked_into() -> None:
    made = resolve("{{a}} {{b}}", fixed(a="{{b}}", b="{{a}} {{!a}}"))
    assert made.text == "{{b}} {{a}} {{!a}}"


def test_braces_can_be_sent() -> None:
    made = resolve("{{!a}} {{!!a}} {{}} {{ }} {{a b}} {{{}}} {{a}}", fixed(a="1"))
    assert made.text == "{{a}} {{!a}} {{}} {{ }} {{a b}} {{{}}} 1"
    assert not made.absent


def test_within_a_string_a_value_is_escaped_and_outside_it_stands_as_it_is() -> None:
    text = r'{"q\"{{v}}": "{{v}}", "n": {{n}}, "o": {{o}}}'
    made = resolve(text, fixed(v='say "hi"\n\\ \ud800', n="17", o='{"p": [1]}'))
    read = json.loads(made.text)
    assert read == {'q"say "hi"\n\\ \ud800': 'say "hi"\n\\ \ud800', "n": 17, "o": {"p": [1]}}
    made.text.encode()  # a lone surrogate is escaped, as it can not be sent


def test_text_that_is_no_json_takes_values_as_they_are() -> None:
    assert resolve('say "{{v}}"', fixed(v='"'), as_json=False).text == 'say """'


def test_a_place_of_the_result_leads_back_to_the_text() -> None:
    text = "ab{{x}}cd{{y}}ef{{!z"
    made = resolve(text, fixed(x="LONGER THAN IT", y=""))
    for letter in "abcdefz":
        assert text[made.source(made.text.index(letter))] == letter
    assert made.source(made.text.index("LONGER")) == 2
    assert made.source(len(made.text)) == len(text)
    part = made.part_at(3)
    assert part is not None
    assert (part.name, part.value) == ("x", "LONGER THAN IT")
    assert made.part_at(1) is None
    assert made.part_at(7) is None


def test_generated_values_stay_while_they_are_looked_at_and_are_new_after_sending() -> None:
    values = preview()
    text = "{{uuid7}} {{uuid7}} {{counter}} {{random:8}}"
    first = values.resolve(text, {}, {}).text
    one, two, count, random = first.split()
    assert is_uuid7(one)
    assert is_uuid7(two)
    assert one != two
    assert count == "1"
    assert len(random.encode()) == 8
    assert values.resolve(text, {}, {}).text == first
    assert values.resolve("{{uuid7}}", {}, {}, scope="headers").text not in first
    values.renew()
    after = values.resolve(text, {}, {}).text.split()
    assert not {one, two, count} & set(after)
    assert after[2] == "2"


def test_the_time_is_that_of_the_last_look() -> None:
    times = iter([NS, NS + 1_000_000])
    values = Preview(counting, lambda: next(times))
    assert values.resolve("{{now_ms}}", {}, {}).text != values.resolve("{{now_ms}}", {}, {}).text


def test_a_declared_variable_has_one_value_and_may_use_those_before_it() -> None:
    variables = {"id": "{{uuid7}}", "both": "{{id}}-{{id}}", "braces": "{{!id}}"}
    made = preview().resolve("{{id}} {{both}} {{braces}}", variables, {})
    identity, both, braces = made.text.split()
    assert both == f"{identity}-{identity}"
    assert braces == "{{id}}"


def test_a_variable_that_has_no_value_is_a_problem_where_it_is_used_only() -> None:
    variables = {"bad": "{{good}}", "good": "1"}
    assert preview().resolve("{{good}}", variables, {}).problem == ""
    assert (
        preview().resolve("{{bad}}", variables, {}).problem.startswith("The variable bad: There is no variable good.")
    )


def test_sources_give_what_stands_after_their_name_and_declared_names_win() -> None:
    sources = {"answer": lambda path: f"<{path}>", "profile": lambda field: field.upper()}
    made = preview().resolve("{{answer:$.a.b[0]}} {{profile.tenant}} {{profile.x}}", {"profile.x": "mine"}, sources)
    assert made.text == "<$.a.b[0]> TENANT mine"


@pytest.mark.parametrize("name", ["random:", "random:x", f"random:{MOST_RANDOM + 1}", "random:-1", "random:99999999"])
def test_random_text_is_bounded(name: str) -> None:
    assert not is_generated(name)
    assert "number of bytes" in preview().resolve(f"{{{{{name}}}}}", {}, {}).problem


def test_names_with_braces_or_spaces_are_refused() -> None:
    assert [bool(name_problem(name)) for name in ("a", "a.b:c", "", "a b", "{", "!a", "x" * 101)] == [
        False,
        False,
        True,
        True,
        True,
        True,
        True,
    ]


def test_a_recipes_values_are_made_once_and_unknown_names_stay() -> None:
    values = Values({"id": "{{uuid7}}", "quote": '"'}, random=counting, clock_ns=lambda: NS)
    assert values.put_into("{{id}}") == values.put_into("{{ id }}")
    assert values.put_into("{{nobody}} {{counter}} {{counter}} {{!id}}") == "{{nobody}} 1 2 {{id}}"
    assert json.loads(values.put_into('["{{quote}}"]', as_json=True)) == ['"']


@given(st.text(alphabet='ab{}!"\\ \n', max_size=60), st.booleans())
def test_nothing_but_the_places_changes(text: str, as_json: bool) -> None:
    made = resolve(text, fixed(a="1", b="{{a}}"), as_json=as_json)
    rebuilt, at, taken = "", 0, 0
    for part in made.parts:
        rebuilt += made.text[at : part.at] + text[part.start : part.end]
        assert made.text[at : part.at] == text[taken : part.start]
        at, taken = part.until, part.end
    assert rebuilt + made.text[at:] == text
    assert len(list(uses(text))) == sum(bool(part.name) for part in made.parts) + len(made.absent)
