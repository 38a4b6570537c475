"""What Windows and macOS are told about the app: read by the real readers where there are some, and at one with it."""

from __future__ import annotations

import importlib.util
import io
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from optave_inspector import __version__
from optave_inspector.capture.library import SUFFIX as CAPTURE_SUFFIX
from optave_inspector.repro.recipe import SUFFIX as RECIPE_SUFFIX

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
CAPTURE_TYPE = "application/vnd.optave-inspector.capture"


def module(name: str):
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_windows_is_told_the_version_as_pyinstaller_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compat = pytest.importorskip("PyInstaller.compat")
    pytest.importorskip("pefile")
    monkeypatch.setattr(compat, "win32api", None, raising=False)  # there on Windows only, and not needed to read a text
    from PyInstaller.utils.win32 import versioninfo

    file = tmp_path / "version.txt"
    module("version_resource").write(file)
    raw = versioninfo.load_version_info_from_text_file(str(file)).toRaw()
    told = raw.decode("utf-16-le", "replace")
    assert re.search(rf"FileVersion\0+{re.escape(__version__)}\0", told)
    assert re.search(r"ProductName\0+Optave Inspector\0", told)


@pytest.mark.parametrize(
    ("version", "four"), [("0.1.0", (0, 1, 0, 0)), ("1.2", (1, 2, 0, 0)), ("2.0.1rc3", (2, 0, 1, 0))]
)
def test_windows_compares_four_numbers(version: str, four: tuple[int, ...]) -> None:
    assert module("version_resource").numbers(version) == four


@pytest.mark.parametrize(("suffix", "smallest", "largest"), [(".ico", 16, 256), (".icns", 32, 1024)])
def test_the_icon_files_hold_all_sizes(tmp_path: Path, suffix: str, smallest: int, largest: int) -> None:
    image = pytest.importorskip("PIL.Image")
    target = tmp_path / f"icon{suffix}"
    module("make_icons").write_icon_file(target)
    with image.open(io.BytesIO(target.read_bytes())) as icon:
        sizes = {size[0] * (size[2] if len(size) > 2 else 1) for size in icon.info["sizes"]}
    assert {smallest, 32, 64, 128, 256, largest} <= sizes


def test_macos_opens_captures_with_the_app_and_offers_it_for_recipes() -> None:
    info = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())
    (declared,) = info["UTExportedTypeDeclarations"]
    assert declared["UTTypeTagSpecification"]["public.filename-extension"] == [CAPTURE_SUFFIX.lstrip(".")]
    assert declared["UTTypeTagSpecification"]["public.mime-type"] == [CAPTURE_TYPE]
    captures, recipes = info["CFBundleDocumentTypes"]
    assert captures["LSItemContentTypes"] == [declared["UTTypeIdentifier"]]
    assert recipes["CFBundleTypeExtensions"] == [RECIPE_SUFFIX.rpartition(".")[2]]
    assert info["CFBundleIdentifier"] in declared["UTTypeIdentifier"]


def test_the_windows_installer_names_what_there_is() -> None:
    text = (PACKAGING / "windows" / "optave-inspector.iss").read_text(encoding="utf-8")
    assert f'Subkey: "Software\\Classes\\{CAPTURE_SUFFIX}"' in text
    assert CAPTURE_TYPE in text
    spec = (PACKAGING / "optave-inspector.spec").read_text(encoding="utf-8")
    programs = set(re.findall(r'program\("([^"]+)"', spec))
    assert set(re.findall(r"\{app\}\\([^\"]+?)\.exe", text)) <= programs
    for name in re.findall(r"^(?:LicenseFile)=(.+)$", text, re.MULTILINE):
        assert (PACKAGING / "windows" / name.replace("\\", "/")).resolve().is_file()


@pytest.mark.parametrize(
    "script", ["linux/bare_check.sh", "linux/build_appimage.sh", "linux/install.sh", "macos/build.sh"]
)
def test_the_shell_scripts_can_be_read(script: str) -> None:
    for shell in ("sh", "bash", "dash"):
        if shutil.which(shell):
            subprocess.run([shell, "-n", PACKAGING / script], check=True)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="would build there")
@pytest.mark.parametrize("command", [["sh", "macos/build.sh"], [sys.executable, "windows/build.py"]])
def test_a_script_for_another_system_refuses_to_begin(command: list[str]) -> None:
    program, script = command
    done = subprocess.run([program, PACKAGING / script], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "needs" in done.stderr
