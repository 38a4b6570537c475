"""Builds wheel and sdist and proves that each leads to a working app: ``make package-check``.

Both are installed by pip into fresh virtual environments, with what they need from the package index, and by pipx and
uv where those are installed; everywhere the app's self-test runs. ``--offline`` takes the needed packages from the
running environment instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"


def main() -> int:
    """Exit status 0: each installation works."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offline", action="store_true", help="nothing from the index: borrow what is installed here")
    offline = parser.parse_args().offline
    with tempfile.TemporaryDirectory(prefix="optave-inspector-wheel-") as text:
        folder = Path(text)
        wheel, sdist = build(folder / "dist")
        for package in (wheel, sdist):
            print(f"Built {package.name}, {package.stat().st_size / 1e3:.0f} kB.")
        for package in (wheel, sdist):
            print(f"{package.name} by pip:", flush=True)
            self_test(install(package, folder / f"venv-{package.suffix[1:]}", offline=offline), folder)
        if not offline:
            other_installers(wheel, folder)
    return 0


def build(dist: Path) -> tuple[Path, Path]:
    """Build both with the build system that is installed here; wheel and sdist."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(dist)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return next(dist.glob("*.whl")), next(dist.glob("*.tar.gz"))


def install(package: Path, folder: Path, *, offline: bool) -> Path:
    """Install into a fresh virtual environment; its ``optave-inspector``."""
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if offline:
        # What is installed here is found there as well, but the editable app is not: that takes a .pth file, which is
        # not read in a folder that is named by one.
        site = next(folder.rglob("site-packages"))
        (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        pip += ["--no-deps", "--no-index", "--no-build-isolation"]
    else:
        pip += ["--constraint", str(CONSTRAINTS)]
    subprocess.run([*pip, str(package)], check=True)
    return scripts / "optave-inspector"


def self_test(command: Path, home: Path) -> None:
    """Run the app's own checks away from the checkout. Raises CalledProcessError when one does not hold."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OPTAVE_", "VIRTUAL_ENV"))
    }
    subprocess.run([command, "self-test"], check=True, cwd=home, env=kept, timeout=300)


def other_installers(wheel: Path, folder: Path) -> None:
    """By pipx and uv, each with folders of its own."""
    environment = {
        **os.environ,
        "PIPX_HOME": str(folder / "pipx"),
        "PIPX_BIN_DIR": str(folder / "pipx-bin"),
        "UV_TOOL_DIR": str(folder / "uv"),
        "UV_TOOL_BIN_DIR": str(folder / "uv-bin"),
        "UV_CACHE_DIR": str(folder / "uv-cache"),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    for name, command in (
        ("pipx", ["pipx", "install", "--quiet", "--python", sys.executable, str(wheel)]),
        (
            "uv",
            [
                "uv",
                "tool",
                "install",
                "--quiet",
                "--python",
                sys.executable,
                "--constraints",
                str(CONSTRAINTS),
                str(wheel),
            ],
        ),
    ):
        if shutil.which(name) is None:
            print(f"{name} is not installed here: not tried.")
            continue
        print(f"{wheel.name} by {name}:", flush=True)
        subprocess.run(command, check=True, env=environment)
        self_test(folder / f"{name}-bin" / "optave-inspector", folder)


if __name__ == "__main__":
    sys.exit(main())
