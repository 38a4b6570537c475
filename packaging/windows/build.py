r"""On Windows: freezes the app, proves it, and makes the installer with Inno Setup 6 and a ZIP of the folder.

    py -3.12 packaging\windows\build.py

Python 3.11 to 3.13 and git are needed. Where Inno Setup is not installed, the ZIP is made all the same and the exit
status is 3.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

from version_resource import app_version, numbers  # noqa: E402 - beside this folder, which no package is


def main() -> int:
    """Exit status 0: all is made and proved."""
    if sys.platform != "win32":
        print("This script needs Windows.", file=sys.stderr)
        return 2
    python = ROOT / ".venv" / "Scripts" / "python.exe"
    if not python.exists():
        venv.create(ROOT / ".venv", with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--constraint", str(ROOT / "constraints.txt"), "--editable", ".[packaging]"])
    run([str(python), str(ROOT / "packaging" / "frozen.py")])
    version = app_version()
    archive = ROOT / "dist" / f"optave-inspector-{version}-windows-x64"
    print(f"Made {shutil.make_archive(str(archive), 'zip', ROOT / 'dist', 'optave-inspector')}")
    compiler = inno_setup()
    if compiler is None:
        print("Inno Setup 6 is not installed: no installer was made.", file=sys.stderr)
        return 3
    four = ".".join(map(str, numbers(version)))
    script = ROOT / "packaging" / "windows" / "optave-inspector.iss"
    run([compiler, "/Qp", f"/DVersion={version}", f"/DFourNumbers={four}", str(script)])
    prove_installer(ROOT / "dist" / f"optave-inspector-{version}-windows-x64-setup.exe")
    return 0


def run(command: list[str]) -> None:
    """Run a step in the checkout. Raises CalledProcessError."""
    subprocess.run(command, check=True, cwd=ROOT)


def inno_setup() -> str | None:
    """Inno Setup's compiler, on PATH or where its own installer puts it."""
    found = shutil.which("iscc")
    if found is not None:
        return found
    places = [
        Path(os.environ.get(name, "")) / "Inno Setup 6" / "ISCC.exe" for name in ("ProgramFiles(x86)", "ProgramFiles")
    ]
    return next((str(place) for place in places if place.exists()), None)


def prove_installer(setup: Path) -> None:
    """Install into a folder of its own, run the self-test there, and take it away again."""
    target = ROOT / "build" / "installed"
    run([str(setup), "/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART", "/CURRENTUSER", f"/DIR={target}"])
    run([str(target / "optave-inspector.exe"), "self-test"])
    run([str(target / "unins000.exe"), "/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART"])
    print(f"Made {setup}")


if __name__ == "__main__":
    sys.exit(main())
