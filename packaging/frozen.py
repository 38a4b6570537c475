"""Makes the frozen app with PyInstaller and proves it: ``make package``, on Linux, Windows and macOS.

The folder is ``dist/optave-inspector`` (on macOS also ``dist/Optave Inspector.app``). After building, it asks the
dynamic loader for libraries that are missing, prints sizes, and runs the app's self-test with nothing of this
environment.
``--twice`` builds a second time and lists what differs; ``--start-time`` compares the start with the unfrozen app's.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import linux_files
import make_icons
import version_resource
from start_time import compare_starts
from version_resource import app_version

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
NAME = "optave-inspector"
MACOS, WINDOWS = sys.platform == "darwin", sys.platform == "win32"
LINUX = sys.platform.startswith("linux")
OLDEST = 315_532_800
"""The first second of 1980, before which archives know no time."""


def main() -> int:
    """Exit status 0: built, and every check holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twice", action="store_true", help="build a second time and list what differs")
    parser.add_argument(
        "--start-time", action="store_true", help="compare the time to the window with the unfrozen app's"
    )
    asked = parser.parse_args()
    made = ROOT / "build" / "packaging"
    if not LINUX:
        make_icons.write_icon_file(made / f"{NAME}.{'ico' if WINDOWS else 'icns'}")
    version_resource.write(made / "version_resource.txt")
    begin = time.monotonic()
    folder = build(DIST)
    print(f"Built {folder.relative_to(ROOT)} in {time.monotonic() - begin:.0f} s.")
    print_sizes(folder)
    held = loads(folder) and self_test(program(folder))
    if LINUX:
        print(f"Packed {pack(folder).relative_to(ROOT)}.")
    if asked.twice:
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as other:
            held = same(folder, build(Path(other))) and held
    if asked.start_time:
        held = compare_starts([sys.executable, "-m", "optave_inspector"], [str(program(folder))]) and held
    return 0 if held else 1


def build(dist: Path) -> Path:
    """Run PyInstaller; the folder that it made below ``dist``."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(source_date())}
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", str(dist)]
    command += ["--workpath", str(ROOT / "build" / "pyinstaller"), str(ROOT / "packaging" / f"{NAME}.spec")]
    subprocess.run(command, check=True, env=environment, cwd=ROOT)
    folder = dist / NAME
    if LINUX:
        strip(folder)
    return folder


def source_date() -> int:
    """SOURCE_DATE_EPOCH, or the time of the newest commit."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not told:
        asked = ["git", "log", "-1", "--format=%ct"]
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return max(int(told or 0), OLDEST)


def strip(folder: Path) -> None:
    """Take the debugging symbols out that Python and some wheels keep; Qt's and numpy's libraries have next to none."""
    inside = folder / "_internal"
    files = [
        file
        for file in sorted(inside.rglob("*.so*"))
        if not file.is_symlink() and file.relative_to(inside).parts[0] not in ("PySide6", "numpy.libs")
    ]
    if shutil.which("strip") and files:
        subprocess.run(["strip", "--strip-unneeded", *map(str, files)], check=True)


def program(folder: Path) -> Path:
    """The program for the command line."""
    if MACOS:
        return folder.parent / "Optave Inspector.app" / "Contents" / "MacOS" / NAME
    return folder / (f"{NAME}.exe" if WINDOWS else NAME)


def print_sizes(folder: Path) -> None:
    """The whole, and the ten largest parts."""
    sizes: dict[str, int] = {}
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            parts = file.relative_to(folder).parts
            part = "/".join(parts[:2])
            sizes[part] = sizes.get(part, 0) + file.stat().st_size
    print(f"{sum(sizes.values()) / 1e6:8.1f} MB in all, of these:")
    for part, size in sorted(sizes.items(), key=lambda item: -item[1])[:10]:
        print(f"{size / 1e6:8.1f} MB {part}")


def loads(folder: Path) -> bool:
    """Whether the dynamic loader finds what each library in the folder asks for; True where it can't be asked."""
    if not LINUX or shutil.which("ldd") is None:
        return True
    # As the app's own start sets it.
    environment = {**os.environ, "LD_LIBRARY_PATH": str(folder / "_internal")}
    missing: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.so*")):
        told = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False, env=environment).stdout
        for line in told.splitlines():
            if "=> not found" in line:
                missing.setdefault(line.split()[0], []).append(file.name)
    for name, files in missing.items():
        print(f"FAIL {name} is missing, asked for by {', '.join(files)}")
    return not missing


def self_test(command: Path) -> bool:
    """Whether the app's own checks hold, with nothing of this environment but what every program gets."""
    kept = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "TMP", "WINDIR", "TMPDIR")
    with tempfile.TemporaryDirectory() as home:
        environment = {name: os.environ[name] for name in kept if name in os.environ} | {
            "HOME": home,
            "USERPROFILE": home,
        }
        for arguments in (["--version"], ["--help"], ["self-test"]):
            shown = None if arguments == ["self-test"] else subprocess.DEVNULL
            done = subprocess.run(
                [command, *arguments], env=environment, cwd=home, check=False, timeout=300, stdout=shown
            )
            if done.returncode != 0:
                print(f"FAIL {command.name} {' '.join(arguments)} ended with {done.returncode}")
                return False
    return True


def pack(folder: Path) -> Path:
    """The folder and the files for the desktop as one archive: the same bytes for the same files."""
    version, seconds = app_version(), source_date()
    share = linux_files.lay_out(ROOT / "build" / "packaging" / "share", seconds)
    target = DIST / f"{NAME}-{version}-linux-{os.uname().machine}.tar.gz"
    top = f"{NAME}-{version}"

    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.mtime, info.uid, info.gid, info.uname, info.gname = seconds, 0, 0, "", ""
        info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
        return info

    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", 6, file, mtime=seconds) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for root, name in ((folder, ""), (share, "share"), (ROOT / "packaging/linux/install.sh", "install.sh")):
            for each in sorted(root.rglob("*")) if root.is_dir() else [root]:
                if each.is_symlink() or not each.is_dir():
                    inside = Path(top) / name / each.relative_to(root)
                    archive.add(each, str(inside), recursive=False, filter=plain)
    return target


def digests(folder: Path) -> dict[str, str]:
    """What each file holds, by its name."""
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_symlink():
            found[name] = f"a link to {file.readlink()}"
        elif file.is_file():
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def same(first: Path, second: Path) -> bool:
    """Whether two folders hold the same bytes; what differs is printed."""
    one, other = digests(first), digests(second)
    differing = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    for name in differing:
        print(f"FAIL {name} differs between two builds")
    if not differing:
        print(f"ok   two builds are the same, {len(one)} files")
    return not differing


if __name__ == "__main__":
    sys.exit(main())
