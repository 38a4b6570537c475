"""Close codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import EXTERNAL_CLOSE_CODES

from optave_inspector.protocol.close_codes import DOCUMENTED, Advice, CloseCode, close_problem, explain

NEVER_ON_WIRE = {1005, 1006, 1015}


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (1000, Advice.NONE),
        (1001, Advice.NONE),
        (1006, Advice.RETRY),
        (1008, Advice.DO_NOT_RETRY),
        (1011, Advice.BACKOFF),
    ],
)
def test_the_documented_codes_carry_optaves_advice(code: int, advice: Advice) -> None:
    info = explain(code)
    assert code in DOCUMENTED
    assert info.advice is advice
    assert info.source == "Optave's documentation"


def test_nothing_else_is_called_documented() -> None:
    assert len(DOCUMENTED) == 5
    assert all("Optave" not in explain(code).source for code in range(70_000) if code not in DOCUMENTED)


@pytest.mark.parametrize("code", CloseCode)
def test_every_known_code_has_its_own_entry(code: CloseCode) -> None:
    info = explain(code)
    assert info.code == code
    assert info.name.replace(" ", "_").upper() == code.name
    assert info.meaning.endswith(".")
    assert info.advice_sentence.endswith(".")


def test_all_codes_of_the_rfc_are_known() -> None:
    assert {int(code) for code in CloseCode} >= set(range(1000, 1016))


def test_what_may_be_sent_is_what_the_websocket_library_takes() -> None:
    sendable = {code for code in range(-1, 0x10001) if explain(code).sendable}
    assert sendable == {*EXTERNAL_CLOSE_CODES, *range(3000, 5000)}


def test_three_codes_never_stand_on_the_wire() -> None:
    assert {code for code in range(0x10000) if not explain(code).on_wire} == NEVER_ON_WIRE


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (0, "Unused"),
        (999, "Unused"),
        (1004, "Reserved"),
        (1016, "Reserved for the protocol"),
        (2999, "Reserved for the protocol"),
        (3001, "Registered use"),
        (3999, "Registered use"),
        (4000, "Private use"),
        (4999, "Private use"),
        (5000, "Undefined"),
        (65_535, "Undefined"),
        (65_536, "Impossible"),
        (-1, "Impossible"),
        (10**100, "Impossible"),
    ],
)
def test_other_codes_are_explained_by_their_range(code: int, name: str) -> None:
    assert explain(code).name == name


@given(st.integers())
def test_any_integer_is_explained(code: int) -> None:
    info = explain(code)
    assert info.code == code
    assert not info.sendable or info.on_wire


@pytest.mark.parametrize("code", [-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_536])
def test_codes_that_may_not_be_sent_are_refused_with_the_ones_that_may(code: int) -> None:
    assert "1000 to 1003, 1007 to 1014 and 3000 to 4999" in close_problem(code, "")


def test_a_reason_has_room_for_123_bytes_of_utf8() -> None:
    assert close_problem(1000, "x" * 123) == close_problem(4999, "é" * 61) == ""
    assert "124 bytes" in close_problem(1000, "x" * 124)
    assert "124 bytes" in close_problem(1000, "é" * 62)


def test_a_reason_that_has_no_utf8_form_is_refused() -> None:
    assert "surrogate" in close_problem(1000, "\ud800")
