"""The wheel and the sdist hold all that the app needs, and an installed wheel works away from the checkout."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from optave_inspector import __version__

ROOT = Path(__file__).resolve().parents[2]


def wheel_check():
    spec = importlib.util.spec_from_file_location("wheel_check", ROOT / "packaging" / "wheel_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A wheel and an sdist, made with the build system that is installed, without the index."""
    return wheel_check().build(tmp_path_factory.mktemp("dist"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def shipped(*folders: str) -> set[str]:
    """The files below these folders that git knows; all files where this is no checkout."""
    listed = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    return {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}


def test_the_wheel_holds_the_package_and_every_resource(built: tuple[Path, Path]) -> None:
    held = names(built[0])
    assert shipped("optave_inspector") <= held
    assert {f"optave_inspector/{name}" for name in shipped("resources")} <= held
    manual = {name.removeprefix("docs/") for name in shipped("docs/manual")}
    assert manual
    assert {f"optave_inspector/resources/{name}" for name in manual} <= held
    assert "optave_inspector/py.typed" in held
    data = f"optave_inspector-{__version__}.data/data/share"
    assert f"{data}/applications/optave-inspector.desktop" in held
    assert f"{data}/mime/packages/optave-inspector.xml" in held
    assert not [name for name in held if name.startswith(("tests/", "packaging/", "resources/"))]


def test_the_metadata_tell_version_license_and_commands(built: tuple[Path, Path]) -> None:
    info = f"optave_inspector-{__version__}.dist-info"
    with zipfile.ZipFile(built[0]) as archive:
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
        commands = archive.read(f"{info}/entry_points.txt").decode()
        assert archive.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "optave-inspector = optave_inspector.cli:main" in commands


def test_the_sdist_builds_the_same_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    wheel, sdist = built
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = next(tmp_path.iterdir())
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=60)
    again = next((tmp_path / "dist").glob("*.whl"))
    assert again.name == wheel.name
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {each.filename: each.CRC for each in one.infolist()} == {
            each.filename: each.CRC for each in other.infolist()
        }


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_an_installed_wheel_holds_every_check_of_the_app(built: tuple[Path, Path], tmp_path: Path) -> None:
    check = wheel_check()
    command = check.install(built[0], tmp_path / "venv", offline=True)
    python = command.parent / "python"
    where = "import optave_inspector.resources as r; print(r.resource_root())"
    told = subprocess.run([python, "-I", "-c", where], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert Path(told.strip()).is_relative_to(tmp_path / "venv")
    check.self_test(command, tmp_path)
