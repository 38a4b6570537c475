"""Some exchanges of a session, read only when they are looked at."""

from __future__ import annotations

from typing import Any

import pytest

from optave_inspector.tracing import exchange_list
from optave_inspector.tracing.chosen import Chosen, all_of, numbers_with
from optave_inspector.tracing.exchange import ExchangeStatus


@pytest.fixture
def exchanges(talk: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Forty of them, every third cut off, most of them packed."""
    monkeypatch.setattr(exchange_list, "_AS_OBJECTS", 3)
    for number in range(1, 41):
        talk.send(f"id-{number}")
        if number % 3:
            talk.receive(f"id-{number}")
    talk.end_connection()
    return talk.correlator.exchanges


def test_it_reads_what_was_chosen_and_nothing_else(exchanges: Any) -> None:
    some = Chosen(exchanges, [3, 7, 40])
    assert [one.number for one in some] == [3, 7, 40]
    assert (len(some), some[-1].number, [one.number for one in some[1:]]) == (3, 40, [7, 40])
    with pytest.raises(IndexError):
        some[3]


def test_all_are_those_that_there_were(exchanges: Any, talk: Any) -> None:
    before = all_of(exchanges)
    talk.send("later")
    assert (len(before), len(exchanges)) == (40, 41)


@pytest.mark.parametrize("status", list(ExchangeStatus))
def test_those_that_ended_so_are_found_in_any_sequence(exchanges: Any, talk: Any, status: ExchangeStatus) -> None:
    before = all_of(exchanges)
    talk.send("a")
    talk.end_connection()
    wanted = [one.number for one in exchanges if one.status is status]
    assert list(numbers_with(exchanges, status)) == wanted
    assert list(numbers_with(list(exchanges), status)) == wanted
    assert list(numbers_with(before, status)) == [number for number in wanted if number <= 40]
    assert list(numbers_with(Chosen(exchanges, wanted), status)) == wanted
