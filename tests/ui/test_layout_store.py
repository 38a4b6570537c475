"""The window's layout on disk."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from optave_inspector.ui.layout_store import Layout, LayoutStore, SessionLayout
from optave_inspector.ui.theme import ThemeChoice

if TYPE_CHECKING:
    from pathlib import Path

KEPT = Layout(
    geometry=b"\x00geometry",
    theme=ThemeChoice.DARK,
    sessions=(SessionLayout(b"docks\xff", "abc", {"framesPanel": {"filter": "x"}}), SessionLayout(profile="def")),
    current=1,
)


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    store = LayoutStore(tmp_path / "layout.json")
    assert store.save(KEPT) == ""
    assert LayoutStore(tmp_path / "layout.json").load() == KEPT


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    LayoutStore(path).save(KEPT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_file_the_layout_is_as_proposed(tmp_path: Path) -> None:
    store = LayoutStore(tmp_path / "layout.json")
    assert store.load() == Layout()
    assert store.problem == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version": 1, "geometry": "!!"}',
        b'{"version": 1, "theme": "pink"}',
        b'{"version": 2, "sessions": [{"docks": "!!"}]}',
        b'{"version": 2, "sessions": {}}',
        b'{"geometry": ""}',
    ],
)
def test_a_broken_file_is_set_aside_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "layout.json"
    path.write_bytes(content)
    store = LayoutStore(path)
    assert store.load() == Layout()
    (aside,) = tmp_path.iterdir()
    assert aside.read_bytes() == content
    assert aside.name in store.problem


def test_a_file_of_a_newer_version_is_set_aside_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    path.write_text(json.dumps({"version": 3, "future": True}))
    store = LayoutStore(path)
    assert store.load() == Layout()
    assert "version 3" in store.problem
    (aside,) = tmp_path.iterdir()
    assert "future" in aside.read_text()


def test_a_file_from_before_sessions_had_tabs_becomes_one_session(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    before = {"version": 1, "geometry": "AGdlbw==", "theme": "dark", "profile": "abc", "panels": {"composerPanel": {}}}
    path.write_text(json.dumps(before))
    store = LayoutStore(path)
    kept = store.load()
    assert store.problem == ""
    assert (kept.geometry, kept.theme) == (b"\x00geo", ThemeChoice.DARK)
    assert kept.sessions == (SessionLayout(b"", "abc", {"composerPanel": {}}),)


def test_a_file_without_sessions_still_gives_one(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    path.write_text('{"version": 2, "sessions": []}')
    assert LayoutStore(path).load().sessions == (SessionLayout(),)


def test_a_folder_that_is_gone_is_told_in_words(tmp_path: Path) -> None:
    problem = LayoutStore(tmp_path / "gone" / "layout.json").save(KEPT)
    assert problem == "The window's layout cannot be saved: No such file or directory."


def test_a_layout_that_is_a_folder_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "layout.json").mkdir()
    store = LayoutStore(tmp_path / "layout.json")
    assert store.load() == Layout()
    assert "cannot be read" in store.problem
