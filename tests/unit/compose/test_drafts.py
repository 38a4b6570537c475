"""Drafts on the disk: readable files that nobody's save undoes, whatever somebody put into them."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from optave_inspector.compose.draft_store import MOST_CLOSED, DraftStore
from optave_inspector.compose.drafts import Draft, decode_draft, encode_draft, new_id
from optave_inspector.compose.own_files import BrokenFile, NewerFile
from optave_inspector.errors import InspectorError

if TYPE_CHECKING:
    from pathlib import Path

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path / "drafts")


@given(TEXTS, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3), st.booleans(), st.floats(0, 1e12))
def test_a_draft_comes_back_character_for_character(text, name, headers, whole, place) -> None:
    draft = Draft(id="d", name=name, text=text, headers=headers, whole=whole, place=place)
    assert replace(decode_draft(encode_draft(draft), "d"), stamp="") == draft


@given(
    st.binary()
    | st.dictionaries(st.sampled_from(["version", *Draft.__struct_fields__]), JSON).map(json.dumps).map(str.encode)
)
def test_no_file_makes_reading_raise_anything_but_its_own_errors(data: bytes) -> None:
    with contextlib.suppress(BrokenFile, NewerFile):
        assert decode_draft(data, "d").id == "d"


def test_a_file_can_be_read_by_people_and_only_by_their_owner(store: DraftStore) -> None:
    store.save("p", Draft(id="d", text='{\n  "a": 1\n}'))
    path = store.root / "p" / "d.json"
    assert '"  \\"a\\": 1"' in path.read_text()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


def test_a_draft_that_was_changed_elsewhere_is_kept_beside_it(store: DraftStore) -> None:
    first = store.save("p", Draft(id="d", text="one"))
    theirs = store.save("p", replace(first, text="theirs"))
    mine = store.save("p", replace(first, text="mine"))
    assert mine.id != "d"
    assert mine.name == "interaction (also changed elsewhere)"
    texts = {draft.id: draft.text for draft in store.load("p")[0]}
    assert texts == {theirs.id: "theirs", mine.id: "mine"}
    assert store.save("p", replace(mine, text="mine again")).id == mine.id


def test_a_draft_whose_file_went_is_written_again(store: DraftStore) -> None:
    draft = store.save("p", Draft(id="d", text="one"))
    (store.root / "p" / "d.json").unlink()
    store.save("p", replace(draft, text="two"))
    assert [draft.text for draft in store.load("p")[0]] == ["two"]


def test_many_writers_of_one_draft_lose_nothing(store: DraftStore) -> None:
    first = store.save("p", Draft(id="d", text="first"))
    threads = [
        threading.Thread(target=lambda number=number: store.save("p", replace(first, text=f"{number}")))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(draft.text for draft in store.load("p")[0]) == [str(number) for number in range(8)]


def test_broken_files_are_set_aside_and_newer_ones_left_alone(store: DraftStore) -> None:
    store.save("p", Draft(id="good", text="x"))
    folder = store.root / "p"
    (folder / "broken.json").write_bytes(b"{")
    (folder / "newer.json").write_text('{"version": 99}')
    drafts, notices = store.load("p")
    assert [draft.id for draft in drafts] == ["good"]
    assert any("set aside as broken.json.broken-" in notice for notice in notices)
    assert any("left alone: it has version 99" in notice for notice in notices)
    assert (folder / "newer.json").exists()
    assert not (folder / "broken.json").exists()
    assert list(folder.glob("broken.json.broken-*"))


def test_only_the_newest_closed_drafts_stay(store: DraftStore) -> None:
    store.save("p", Draft(id="open", text="stays"))
    for number in range(MOST_CLOSED + 3):
        store.save("p", Draft(id=f"{number:03}", closed=1000.0 + number))
    store.tidy("p")
    left = {draft.id for draft in store.load("p")[0]}
    assert "open" in left
    assert len(left) == MOST_CLOSED + 1
    assert "000" not in left
    assert f"{MOST_CLOSED + 2:03}" in left


def test_drafts_of_profiles_that_are_gone_go_to_another_one(store: DraftStore) -> None:
    store.save("gone", Draft(id="a", text="a"))
    store.save("here", Draft(id="b", text="b"))
    assert store.adopt({"here"}, "here") == 1
    assert {draft.text for draft in store.load("here")[0]} == {"a", "b"}
    assert store.load("gone")[0] == []
    assert store.adopt({"here"}, "here") == 0


@pytest.mark.parametrize("profile_id", ["", ".hidden", "a/b", "a\0b", ".."])
def test_a_profile_id_never_leads_out_of_the_folder(store: DraftStore, profile_id: str) -> None:
    with pytest.raises(InspectorError, match="cannot be the ID"):
        store.save(profile_id, Draft(id=new_id()))


def test_text_that_no_file_can_hold_is_refused_in_words(store: DraftStore) -> None:
    with pytest.raises(InspectorError, match="cannot be saved: it holds a character"):
        store.save("p", Draft(id="d", text="\ud800"))


def test_a_file_that_takes_nothing_is_told(store: DraftStore) -> None:
    draft = store.save("p", Draft(id="d", text="kept"))
    path = store.root / "p" / "d.json"
    path.unlink()
    path.mkdir()
    with pytest.raises(InspectorError, match="What was saved before is untouched"):
        store.save("p", replace(draft, text="lost"))
    drafts, notices = store.load("p")
    assert drafts == []
    assert "left alone" in notices[0]


def test_a_root_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("")
    store = DraftStore(tmp_path / "drafts")
    with pytest.raises(InspectorError, match="cannot be saved"):
        store.save("p", Draft(id="d"))
