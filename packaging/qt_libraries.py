"""Finds the shared libraries that Qt lacks on this Linux, and installs their Debian packages when root.

Otherwise it prints the one command that does, and exits with 1. ``--screen`` also looks after the X11 platform when
DISPLAY is set. On other systems there is nothing to do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def missing_libraries(files: list[Path]) -> set[str]:
    """The sonames that the dynamic loader can't find for any of ``files``."""
    missing = set()
    for file in files:
        told = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False).stdout
        missing |= {line.split()[0] for line in told.splitlines() if "not found" in line and "=>" in line}
    return missing


def main() -> int:
    """Exit code 0: Qt can start."""
    spec = find_spec("PySide6")
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None or spec is None or spec.origin is None:
        return 0
    qt = Path(spec.origin).parent / "Qt"
    files = [
        qt / "lib" / "libQt6Widgets.so.6",
        qt / "lib" / "libQt6Svg.so.6",
        qt / "plugins/platforms/libqoffscreen.so",
    ]
    if "--screen" in sys.argv and os.environ.get("DISPLAY"):
        files.append(qt / "plugins/platforms/libqxcb.so")
    missing = missing_libraries([file for file in files if file.exists()])
    if not missing:
        return 0
    packages = sorted({PACKAGES[name] for name in missing if name in PACKAGES})
    unknown = sorted(name for name in missing if name not in PACKAGES)
    print(f"Qt lacks shared libraries here: {', '.join(sorted(missing))}.")
    if unknown:
        print(f"No Debian package is known for {', '.join(unknown)}; look for it with your system's package search.")
    if not packages:
        return 1
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"Run this once, then try again:\n\n    sudo {' '.join(install)}\n")
        return 1
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)} ...", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run([*install, "-qq"], check=True, env=environment, stdout=subprocess.DEVNULL)
    left = missing_libraries([file for file in files if file.exists()])
    if left:
        print(f"Still missing: {', '.join(sorted(left))}.")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
