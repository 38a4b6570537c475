"""Filters under a name: kept whole, never lost, shared by several windows."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.saved_filters import LONGEST_NAME, SavedFilter, SavedFilters
from optave_inspector.errors import InspectorError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "filters.json"


def test_at_first_there_are_none_and_no_file_is_made(file: Path) -> None:
    filters = SavedFilters(file)
    assert filters.all() == []
    assert not file.exists()
    assert filters.notice == ""


def test_what_was_saved_is_there_for_the_next_window_by_name(file: Path) -> None:
    SavedFilters(file).save("  slow\n answers ", "latency>2s")
    SavedFilters(file).save("Ends", 'kind:close "grüße 😀"')
    assert SavedFilters(file).all() == [
        SavedFilter("Ends", 'kind:close "grüße 😀"'),
        SavedFilter("slow answers", "latency>2s"),
    ]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_same_name_in_any_case_is_replaced(file: Path) -> None:
    filters = SavedFilters(file)
    filters.save("Ends", "kind:close")
    filters.save("ENDS", "kind:ending")
    assert filters.all() == [SavedFilter("ENDS", "kind:ending")]


def test_a_removed_filter_is_gone_and_an_unknown_one_is_no_error(file: Path) -> None:
    filters = SavedFilters(file)
    filters.save("a", "dir:in")
    filters.save("b", "dir:out")
    filters.remove("A")
    filters.remove("nothing")
    assert [one.name for one in filters.all()] == ["b"]


@pytest.mark.parametrize("name", ["", " \n ", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_cannot_be_shown_is_refused(file: Path, name: str) -> None:
    with pytest.raises(InspectorError):
        SavedFilters(file).save(name, "dir:in")
    assert not file.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 1, "filters": [3]}', b"\xff"])
def test_a_broken_file_is_set_aside_and_said(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    filters = SavedFilters(file)
    assert filters.all() == []
    aside = next(file.parent.glob("filters.*.set-aside.json"))
    assert aside.read_bytes() == content
    assert aside.name in filters.notice
    filters.save("a", "dir:in")
    assert len(SavedFilters(file).all()) == 1


def test_a_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    content = b'{"version": 2, "filters": {"new": "form"}}'
    file.write_bytes(content)
    with pytest.raises(InspectorError, match="newer version"):
        SavedFilters(file).all()
    with pytest.raises(InspectorError, match="newer version"):
        SavedFilters(file).save("a", "dir:in")
    assert file.read_bytes() == content


def test_a_file_that_cannot_be_read_is_no_reason_to_write_over_it(file: Path) -> None:
    file.mkdir()
    with pytest.raises(InspectorError, match="cannot be read"):
        SavedFilters(file).all()
    with pytest.raises(InspectorError):
        SavedFilters(file).save("a", "dir:in")


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match="no folder"):
        SavedFilters(tmp_path / "gone" / "filters.json").save("a", "dir:in")
