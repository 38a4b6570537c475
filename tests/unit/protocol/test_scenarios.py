"""The table of scenarios as values: parameters with bounds, orders as text, endings in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.scenarios import (
    SCENARIOS,
    Outcome,
    ParameterKind,
    ScenarioError,
    find_scenario,
    parse_order,
    parse_scenario,
    table,
)


def test_every_scenario_says_what_it_does_and_where_it_ends() -> None:
    for scenario in SCENARIOS.values():
        assert scenario.sentence.endswith("."), scenario.name
        assert scenario.expected.sentence.endswith("."), scenario.name
        assert scenario.values({}) == {parameter.name: parameter.default for parameter in scenario.parameters}
        for parameter in scenario.parameters:
            assert parameter.check(parameter.default) == parameter.default, (scenario.name, parameter.name)
            assert parameter.sentence.endswith("."), (scenario.name, parameter.name)


def test_a_name_without_parameters_takes_the_defaults() -> None:
    scenario, values = parse_scenario("going-away-idle")
    assert scenario.name == "going-away-idle"
    assert values == {"after": 600, "reason": ""}


def test_parameters_are_read_by_their_kind() -> None:
    _, values = parse_scenario("close-code:code=4123,reason=first\\, then second")
    assert values == {"code": 4123, "reason": "first, then second"}
    assert parse_scenario("slow-drip:interval=0.5,bytes=3")[1] == {"bytes": 3, "interval": 0.5}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("close-1111", "no scenario 'close-1111'. Is close-1011 meant"),
        ("tcp-reset:hard=1", "takes no parameters"),
        ("close-code:kode=4000", "no parameter 'kode': it takes code, reason"),
        ("close-code:code=2999", "from 3,000 to 4,999"),
        ("close-code:code=many", "must be a number"),
        ("close-code:code", "write name=value"),
        ("close-code:code=4000,code=4001", "given twice"),
        ("close-1000:reason=" + "ä" * 62, "takes 124 bytes"),
        ("tls-failure:way=none", "must be unknown-authority, expired,"),
        ("going-away-idle:after=nan", "must be a number from"),
        ("", "no scenario ''"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        parse_scenario(text)


@pytest.mark.parametrize("value", [True, "1", None, 1.5, [], 10**9])
def test_a_whole_number_takes_nothing_else(value: object) -> None:
    with pytest.raises(ScenarioError):
        find_scenario("close-code").values({"code": value})


def test_half_a_character_in_a_text_is_refused() -> None:
    with pytest.raises(ScenarioError, match="half a character"):
        find_scenario("close-1000").values({"reason": "\ud800"})


def test_an_order_says_how_many_times_whatever_the_scenario() -> None:
    scenario, values, times = parse_order("close-1013:times=3,reason=full")
    assert (scenario.name, values, times) == ("close-1013", {"reason": "full"}, 3)
    assert parse_order("refuse-401:times=2")[1:] == ({"body": "json", "times": 2}, 2)
    assert parse_order("tcp-reset")[1:] == ({}, 1)
    with pytest.raises(ScenarioError, match="no parameter 'times'"):
        parse_scenario("tcp-reset:times=3")


def test_the_printed_table_names_every_scenario_with_its_ending() -> None:
    printed = table()
    for scenario in SCENARIOS.values():
        assert f"\n  {scenario.name}" in printed
        assert f"Leads to: {scenario.expected.sentence}" in printed


def test_a_code_or_a_status_by_parameter_is_what_is_expected() -> None:
    code = find_scenario("close-code")
    assert code.expects(code.values({"code": 4711})).code == 4711
    redirect = find_scenario("redirect")
    assert redirect.expects(redirect.values({"status": "307"})).status == 307
    assert redirect.expected.outcome is Outcome.REFUSED


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_its_own_error(text: str) -> None:
    for name in ("", "close-code:", "slow-drip:interval="):
        try:
            scenario, values = parse_scenario(name + text)
        except ScenarioError:
            continue
        assert set(values) == {parameter.name for parameter in scenario.parameters}


def test_texts_have_room_for_something() -> None:
    texts = [p for s in SCENARIOS.values() for p in s.parameters if p.kind is ParameterKind.TEXT]
    assert texts
    assert all(parameter.maximum > 0 for parameter in texts)
