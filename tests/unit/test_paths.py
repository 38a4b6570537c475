"""The user's folders: where they are, who may read them, and what is said when they cannot be made."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from optave_inspector import paths
from optave_inspector.errors import InspectorError

ALL: list[Callable[[], Path]] = [
    paths.config_dir,
    paths.data_dir,
    paths.state_dir,
    paths.log_dir,
    paths.captures_dir,
    paths.profiles_dir,
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "portable"
    monkeypatch.setenv(paths.HOME_VARIABLE, str(folder))
    return folder


def test_a_relative_home_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, "portable/here")
    with pytest.raises(InspectorError, match=r"OPTAVE_INSPECTOR_HOME is portable/here.*relative") as caught:
        paths.config_dir()
    assert "absolute" in caught.value.hint


def test_the_home_of_an_unknown_user_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, "~no-such-user-9/inspector")
    with pytest.raises(InspectorError, match="not known"):
        paths.state_dir()


@pytest.mark.parametrize("function", ALL)
def test_a_file_in_the_way_is_said_in_words(function: Callable[[], Path], home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file", encoding="utf-8")
    with pytest.raises(InspectorError, match="cannot be made") as caught:
        function()
    assert str(home) in str(caught.value)


def test_a_file_where_a_folder_is_wanted_is_said_in_words(home: Path) -> None:
    paths.config_dir().joinpath("profiles").write_text("a file", encoding="utf-8")
    with pytest.raises(InspectorError, match="is a file"):
        paths.profiles_dir()


@pytest.mark.parametrize("function", ALL)
def test_folders_belong_to_their_owner_alone_whatever_the_umask(function: Callable[[], Path], home: Path) -> None:
    before = os.umask(0)
    try:
        folder = function()
    finally:
        os.umask(before)
    assert folder.is_dir()
    while folder != home.parent:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
        folder = folder.parent


def test_all_folders_are_below_the_given_home_and_differ(home: Path) -> None:
    made = [function() for function in ALL]
    assert len(set(made)) == len(made)
    assert all(folder.is_relative_to(home) for folder in made)


def test_a_home_that_exists_keeps_its_rights(home: Path) -> None:
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    paths.data_dir()
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


def test_a_tilde_stands_for_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(paths.HOME_VARIABLE, "~/inspector")
    assert paths.config_dir() == tmp_path / "inspector" / "config"


@pytest.mark.skipif(os.name != "posix", reason="XDG variables count on POSIX systems only")
def test_without_a_given_home_the_usual_folders_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(paths.HOME_VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for function in ALL:
        assert function().is_relative_to(tmp_path)
        assert "optave-inspector" in function().parts


def test_an_empty_home_variable_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, "")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert paths.config_dir() == tmp_path / "config" / "optave-inspector"
