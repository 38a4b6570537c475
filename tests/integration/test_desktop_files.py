"""What a Linux desktop reads about the app, as it is laid out for a package: valid, whole, and at one with the app."""

from __future__ import annotations

import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from optave_inspector import __version__
from optave_inspector.capture.library import SUFFIX as CAPTURE_SUFFIX
from optave_inspector.capture.store import CaptureStore
from optave_inspector.repro.recipe import SUFFIX as RECIPE_SUFFIX
from optave_inspector.resources import resource

ROOT = Path(__file__).resolve().parents[2]
CAPTURE_TYPE = "application/vnd.optave-inspector.capture"
RECIPE_TYPE = "application/vnd.optave-inspector.recipe+toml"
SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
SECOND = 1_790_000_000

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux desktops only")


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a package installs it below its prefix."""
    folder = tmp_path_factory.mktemp("prefix") / "share"
    subprocess.run([sys.executable, ROOT / "packaging" / "linux_files.py", folder, str(SECOND)], check=True, timeout=60)
    return folder


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def run(*command: object) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def entry(share: Path) -> RawConfigParser:
    parser = RawConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(share / "applications" / "optave-inspector.desktop", encoding="utf-8")
    return parser


def test_the_desktop_entry_is_valid(share: Path) -> None:
    assert run(tool("desktop-file-validate"), share / "applications" / "optave-inspector.desktop") == ""


def test_the_metainfo_is_valid_and_of_this_version(share: Path) -> None:
    file = share / "metainfo" / "optave-inspector.metainfo.xml"
    told = run(tool("appstreamcli"), "validate", "--no-net", "--pedantic", "--no-color", file)
    assert "successful" in told
    release = ET.parse(file).find("releases/release")
    assert release is not None
    assert release.attrib == {"version": __version__, "date": "2026-09-21", "type": "development"}


def test_xml_is_well_formed(share: Path) -> None:
    run(tool("xmllint"), "--noout", *share.rglob("*.xml"), *share.rglob("*.svg"))


def test_entry_metainfo_and_types_name_the_same_things(share: Path) -> None:
    desktop = entry(share)["Desktop Entry"]
    metainfo = ET.parse(share / "metainfo" / "optave-inspector.metainfo.xml")
    types = ET.parse(share / "mime" / "packages" / "optave-inspector.xml").getroot()
    named = [each.get("type") for each in types]
    assert named == [CAPTURE_TYPE, RECIPE_TYPE]
    assert desktop["MimeType"].rstrip(";").split(";") == named
    assert [each.text for each in metainfo.iterfind("provides/mediatype")] == named
    assert metainfo.findtext("launchable") == "optave-inspector.desktop"
    assert metainfo.findtext("icon") == desktop["Icon"]
    assert desktop["Exec"] == "optave-inspector open --from-desktop %F"


def test_each_icon_is_there_in_every_size_and_shows_something(share: Path) -> None:
    from PySide6.QtGui import QImage

    for kind, name in (
        ("apps", "optave-inspector"),
        ("mimetypes", CAPTURE_TYPE.replace("/", "-")),
        ("mimetypes", RECIPE_TYPE.replace("/", "-")),
    ):
        for size in SIZES:
            file = share / "icons" / "hicolor" / f"{size}x{size}" / kind / f"{name}.png"
            image = QImage(str(file))
            assert (image.width(), image.height()) == (size, size), file
            assert image.pixelColor(0, 0).alpha() == 0, file
            assert image.pixelColor(size // 2, size // 4).alpha() > 0, file
        assert (share / "icons" / "hicolor" / "scalable" / kind / f"{name}.svg").is_file()
    own = share / "icons" / "hicolor" / "scalable" / "apps" / "optave-inspector.svg"
    assert own.read_bytes() == resource("icons/optave-inspector.svg").read_bytes()


@pytest.fixture
def types(share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data as a desktop sees it: the system's types and ours, in a database made anew."""
    packages = tmp_path / "data" / "mime" / "packages"
    packages.mkdir(parents=True)
    shutil.copy(share / "mime" / "packages" / "optave-inspector.xml", packages)
    system = Path("/usr/share/mime/packages/freedesktop.org.xml")
    if not system.exists():
        pytest.skip("the system's file types are not installed here")
    shutil.copy(system, packages)
    told = run(tool("update-mime-database"), "-V", packages.parent)
    assert "rror" not in told.replace("optave", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "nothing"))
    return packages.parent


KINDS = """
import sys
from PySide6.QtCore import QMimeDatabase
for name in sys.argv[1:]:
    print(QMimeDatabase().mimeTypeForFile(name).name())
"""


def test_files_are_known_by_name_and_captures_by_what_they_hold(types: Path, tmp_path: Path) -> None:
    """The magic numbers stand in a file of XML, which no code reads."""
    capture = tmp_path / f"a{CAPTURE_SUFFIX}"
    CaptureStore.create(capture).close()
    renamed = tmp_path / "renamed"
    shutil.copy(capture, renamed)
    recipe = tmp_path / f"b{RECIPE_SUFFIX}"
    recipe.write_text("title = 'x'\n", encoding="utf-8")
    other = tmp_path / "c.toml"
    other.write_text("title = 'x'\n", encoding="utf-8")
    told = run(sys.executable, "-c", KINDS, capture, renamed, recipe, other).split()
    assert told == [CAPTURE_TYPE, CAPTURE_TYPE, RECIPE_TYPE, "application/toml"]


def test_the_install_script_puts_all_in_place_and_takes_it_away_again(share: Path, tmp_path: Path) -> None:
    unpacked, prefix = tmp_path / "un packed", tmp_path / "pre fix"
    shutil.copytree(share, unpacked / "share")
    shutil.copy(ROOT / "packaging" / "linux" / "install.sh", unpacked)
    (unpacked / "_internal").mkdir()
    program = unpacked / "optave-inspector"
    program.write_text("#!/bin/sh\necho started with $#\n", encoding="utf-8")
    program.chmod(0o755)
    (prefix / "share" / "applications").mkdir(parents=True)
    other = prefix / "share" / "applications" / "other.desktop"
    other.write_text("of somebody else", encoding="utf-8")
    command = ["env", f"PREFIX={prefix}", "sh", unpacked / "install.sh"]
    for _again in range(2):
        run(*command)
        assert run(prefix / "bin" / "optave-inspector", "a", "b") == "started with 2\n"
        desktop = prefix / "share" / "applications" / "optave-inspector.desktop"
        assert f'Exec="{prefix}/bin/optave-inspector" open --from-desktop %F' in desktop.read_text(encoding="utf-8")
        assert f"\nTryExec={prefix}/bin/optave-inspector\n" in desktop.read_text(encoding="utf-8")
        run(tool("desktop-file-validate"), desktop)
    run(*command, "--remove")
    ours = [each for each in prefix.rglob("*optave*") if each.is_file() or each.is_symlink()]
    assert ours == []
    assert other.read_text(encoding="utf-8") == "of somebody else"


@pytest.mark.parametrize("argument", ["--frobnicate", ""])
def test_the_install_script_refuses_what_it_cannot_do(tmp_path: Path, argument: str) -> None:
    shutil.copy(ROOT / "packaging" / "linux" / "install.sh", tmp_path)
    command = ["sh", str(tmp_path / "install.sh"), *([argument] if argument else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PREFIX": str(tmp_path / "p")})
    assert done.returncode in (1, 2)
    assert ("usage:" if argument else "not the unpacked archive") in done.stderr
    assert not (tmp_path / "p").exists()
