"""The history of what was sent: found again, settled, bounded, and safe with several windows."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optave_inspector.compose import history as module
from optave_inspector.compose.history import Outcome, Sent, SentHistory
from optave_inspector.errors import InspectorError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def history(tmp_path: Path) -> SentHistory:
    return SentHistory(tmp_path / "sent.sqlite")


def sent(text: str | None = "{}", profile: str = "p", **more) -> Sent:
    return Sent(profile=profile, at_ns=1, text=text, **more)


def test_what_was_sent_comes_back_newest_first_with_its_outcome(history: SentHistory, tmp_path: Path) -> None:
    first, second = history.add([sent("one", action="adjust", correlation_id="c", size=3, masked=1), sent("two")])
    history.settle([Outcome(first, "error", 5_000_000, "RATE_LIMITED")])
    again = SentHistory(tmp_path / "sent.sqlite")
    found, count = again.find("p")
    assert count == 2
    assert [one.id for one in found] == [second, first]
    assert again.get(first) == sent(
        "one", id=first, action="adjust", correlation_id="c", size=3, masked=1,
        status="error", latency_ns=5_000_000, error_code="RATE_LIMITED",
    )  # fmt: skip
    assert again.find("somebody else") == ([], 0)


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("", ["50%", "a_b", "hello World"]),
        ("world hello", ["hello World"]),
        ("%", ["50%"]),
        ("_", ["a_b"]),
        ("adjust", ["a_b"]),
        ("\\", []),
    ],
)
def test_it_is_searched_by_words_as_they_are(history: SentHistory, words: str, texts: list[str]) -> None:
    history.add([sent("hello World"), sent("a_b", action="adjust"), sent("50%")])
    assert [one.text for one in history.find("p", words)[0]] == texts


def test_there_are_bounds_by_number_and_by_size_for_each_profile(history: SentHistory, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_REQUESTS", 3)
    monkeypatch.setattr(module, "MOST_CHARACTERS", 10)
    history.add([sent("other", profile="q")])
    history.add([sent(str(number)) for number in range(5)])
    assert [one.text for one in history.find("p")[0]] == ["4", "3", "2"]
    history.add([sent("123456789")])
    assert [one.text for one in history.find("p")[0]] == ["123456789", "4"]
    assert history.find("q")[1] == 1


def test_a_text_that_is_too_long_is_listed_without_it(history: SentHistory) -> None:
    (number,) = history.add([sent("x" * (module.LONGEST_TEXT + 1), size=7)])
    assert history.get(number).text is None
    assert history.get(number).size == 7


def test_what_is_removed_is_gone_from_the_file_as_well(history: SentHistory, tmp_path: Path) -> None:
    ids = history.add([sent("secret words here"), sent("stays")])
    history.remove(ids[:1])
    assert b"secret words here" not in (tmp_path / "sent.sqlite").read_bytes()
    with pytest.raises(InspectorError, match="no longer in the history"):
        history.get(ids[0])
    history.clear("p")
    assert history.find("p") == ([], 0)


def test_many_windows_write_at_once(history: SentHistory, tmp_path: Path) -> None:
    def write(number: int) -> None:
        mine = SentHistory(tmp_path / "sent.sqlite")
        for _ in range(5):
            mine.add([sent(str(number))])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert history.find("p")[1] == 30


def test_only_its_owner_may_read_the_file(history: SentHistory, tmp_path: Path) -> None:
    history.add([sent()])
    if os.name == "posix":
        assert (tmp_path / "sent.sqlite").stat().st_mode & 0o077 == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.binary(min_size=1, max_size=400))
def test_a_file_that_is_no_history_is_set_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sent.sqlite"
    path.write_bytes(content)
    history = SentHistory(path)
    history.add([sent("kept")])
    assert history.find("p")[0][0].text == "kept"
    # A file of a byte or so is an empty one to SQLite.
    assert len(history.notices) == (len(content) > 1)
    assert all("set aside as sent.sqlite.broken-" in notice for notice in history.notices)
    for each in tmp_path.iterdir():
        each.unlink()


def test_a_history_of_a_newer_release_is_left_alone(history: SentHistory, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    history.add([sent()])
    with closing(sqlite3.connect(tmp_path / "sent.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (tmp_path / "sent.sqlite").read_bytes()
    with pytest.raises(InspectorError, match="newer release"):
        history.add([sent()])
    assert (tmp_path / "sent.sqlite").read_bytes() == before


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "sent.sqlite").mkdir()
    with pytest.raises(InspectorError, match="cannot be used"):
        SentHistory(tmp_path / "sent.sqlite").find("p")
