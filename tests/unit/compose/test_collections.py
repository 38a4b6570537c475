"""Named requests on the disk: readable, changed in steps that no window undoes, whatever a file holds."""

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

from optave_inspector.compose.collection import (
    Collection,
    Request,
    clean_folder,
    decode_collection,
    draft_of,
    encode_collection,
    matches,
    move_folder,
    put,
    request_of,
    with_folder,
    without,
    without_folder,
)
from optave_inspector.compose.collection_store import CollectionStore
from optave_inspector.compose.drafts import Draft
from optave_inspector.compose.own_files import BrokenFile, NewerFile
from optave_inspector.errors import InspectorError

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
REQUESTS = st.builds(
    Request, id=st.uuids().map(str), name=TEXTS, description=TEXTS, folder=TEXTS, template=st.booleans(),
    action=TEXTS, whole=st.booleans(), text=TEXTS, headers=st.dictionaries(TEXTS, TEXTS, max_size=2),
)  # fmt: skip
ONE = Request(id="r", name="Refund", folder="a/b", text="{}", description="A ticket back")


@pytest.fixture
def store(tmp_path: Path) -> CollectionStore:
    return CollectionStore(tmp_path / "requests")


@pytest.fixture
def filled(store: CollectionStore) -> Collection:
    return store.change(store.new("Mine").id, lambda one: put(one, ONE))


@given(TEXTS, st.lists(REQUESTS, max_size=3, unique_by=lambda one: one.id))
def test_a_collection_comes_back_character_for_character(name, requests) -> None:
    collection = Collection(id="c", name=name, folders=("x",), requests=tuple(requests))
    assert decode_collection(encode_collection(collection)) == collection


KEYS = st.sampled_from(["version", "id", "name", "folders", "requests", "description"])
LIKE_REQUESTS = st.lists(st.dictionaries(st.sampled_from(["id", "name", "text", "headers"]), JSON), max_size=3)


@given(
    st.binary()
    | st.dictionaries(KEYS, JSON | LIKE_REQUESTS).map(lambda given: json.dumps({"version": 1, **given}).encode())
)
def test_no_file_makes_reading_raise_anything_but_its_own_errors(data: bytes) -> None:
    with contextlib.suppress(BrokenFile, NewerFile):
        assert decode_collection(data).id is not None


def test_a_file_is_named_after_its_collection_and_for_its_owner_alone(store: CollectionStore) -> None:
    store.new("Häuser & Höfe / 2")
    (path,) = store.folder.glob("*.json")
    assert path.name.startswith("Häuser-Höfe-2.")
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    assert store.load()[0][0].name == "Häuser & Höfe / 2"


def test_two_windows_change_one_collection_and_neither_undoes_the_other(store: CollectionStore) -> None:
    collection_id = store.new("Mine").id
    threads = [
        threading.Thread(
            target=lambda number=number: CollectionStore(store.folder).change(
                collection_id, lambda one: put(one, Request(id=str(number), name=f"r{number}"))
            )
        )
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.id for one in store.load()[0][0].requests} == set(map(str, range(8)))


def test_a_request_that_was_changed_elsewhere_is_not_overwritten(store: CollectionStore, filled: Collection) -> None:
    theirs = replace(ONE, text="theirs")
    store.change(filled.id, lambda one: put(one, theirs, ONE.stamp))
    with pytest.raises(InspectorError, match="was changed elsewhere"):
        store.change(filled.id, lambda one: put(one, replace(ONE, text="mine"), ONE.stamp))
    assert store.request(filled.id, "r") == theirs
    store.change(filled.id, lambda one: put(one, replace(ONE, text="mine"), theirs.stamp))
    assert store.request(filled.id, "r").text == "mine"


def test_a_request_is_moved_to_another_collection(store: CollectionStore, filled: Collection) -> None:
    other = store.new("Other")
    store.move(["r"], filled.id, other.id, "x")
    found = {one.name: one for one in store.load()[0]}
    assert not found["Mine"].requests
    assert found["Other"].request("r") == replace(ONE, folder="x")
    store.move(["r"], other.id, other.id, "")
    assert store.request(other.id, "r").folder == ""


def test_an_exported_collection_is_imported_as_a_new_one(
    store: CollectionStore, filled: Collection, tmp_path: Path
) -> None:
    store.export(filled.id, tmp_path / "out.json")
    made = store.take_in(tmp_path / "out.json")
    assert made.name == "Mine 2"
    assert made.id != filled.id
    (request,) = made.requests
    assert replace(request, id="r") == ONE
    assert len(store.load()[0]) == 2


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version": 99}', b'{"version": 1, "requests": 5}', b"\xff"])
def test_what_is_no_collection_is_refused_with_the_reason(store: CollectionStore, tmp_path: Path, content) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InspectorError, match="is no collection of requests"):
        store.take_in(tmp_path / "x.json")
    with pytest.raises(InspectorError, match="There is no file"):
        store.take_in(tmp_path / "y.json")


def test_broken_files_are_set_aside_and_newer_ones_left_alone(store: CollectionStore, filled: Collection) -> None:
    (store.folder / "broken.json").write_text("{")
    (store.folder / "newer.json").write_text('{"version": 99}')
    found, notices = store.load()
    assert found == [filled]
    assert len(notices) == 2
    assert list(store.folder.glob("broken.json.broken-*"))
    assert (store.folder / "newer.json").exists()


def test_what_is_gone_is_told(store: CollectionStore, filled: Collection) -> None:
    store.delete(filled.id)
    for work in (lambda: store.delete(filled.id), lambda: store.change(filled.id, lambda one: one)):
        with pytest.raises(InspectorError, match="no longer there"):
            work()
    other = store.new("Other")
    with pytest.raises(InspectorError, match="no longer there"):
        store.request(other.id, "r")


def test_folders_are_made_moved_and_deleted_with_what_is_in_them() -> None:
    collection = with_folder(put(Collection(id="c", name="C"), ONE), " x / y ")
    assert collection.all_folders() == ["a", "a/b", "x", "x/y"]
    moved = move_folder(collection, "a", "x/a")
    assert moved.requests[0].folder == "x/a/b"
    assert move_folder(collection, "a/b", "x").requests[0].folder == "x"
    assert not without_folder(moved, "x").requests
    assert without_folder(moved, "x").all_folders() == []
    for wrong in ("a/b", "", " / "):
        with pytest.raises(InspectorError):
            move_folder(collection, "a", wrong)
    with pytest.raises(InspectorError, match="needs a name"):
        with_folder(collection, "//")
    assert move_folder(put(collection, replace(ONE, id="s", folder="ab")), "a", "z").request("s").folder == "ab"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_request_needs_a_name_of_some_length(name: str) -> None:
    with pytest.raises(InspectorError, match="name"):
        put(Collection(id="c", name="C"), replace(ONE, name=name))


@pytest.mark.parametrize(
    ("words", "found"),
    [("", True), ("refund", True), ("BACK ticket", True), ("a/b", True), ("nothing", False), ("refund nothing", False)],
)
def test_every_word_is_searched_for_in_all_of_it(words: str, found: bool) -> None:
    assert matches(ONE, words) is found


def test_a_draft_becomes_a_request_and_back() -> None:
    draft = Draft(id="d", action="adjust", text="x", headers={"traceId": "t"}, more={"verbatim": True, "request": {}})
    request = request_of(draft, "Name", folder="f")
    again = draft_of(request, "c")
    assert (again.action, again.text, again.headers, again.name) == ("adjust", "x", {"traceId": "t"}, "Name")
    assert again.more == {
        "verbatim": True, "request": {"collection": "c", "id": request.id, "stamp": request.stamp},
    }  # fmt: skip
    assert clean_folder("//a// b/") == "a/b"
    assert without(Collection(id="c", name="C", requests=(request,)), [request.id, "gone"]).requests == ()
