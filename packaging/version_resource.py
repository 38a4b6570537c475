"""The version that Windows shows in a program's properties, as PyInstaller reads it, made of the app's one version."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def app_version() -> str:
    """The version in ``optave_inspector/__init__.py``, read without importing the app."""
    text = (ROOT / "optave_inspector" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("optave_inspector/__init__.py says no version.")
    return found[1]


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows compares; what stands behind them (as rc1) is left out."""
    parts = [int(part) for part in re.findall(r"\d+", re.match(r"[\d.]*", version)[0])]
    return tuple([*parts, 0, 0, 0, 0][:4])  # type: ignore[return-value]


def text(version: str) -> str:
    """The resource."""
    told = {
        "CompanyName": "Optave Inspector contributors",
        "FileDescription": "Optave Inspector",
        "FileVersion": version,
        "InternalName": "optave-inspector",
        "LegalCopyright": "Apache-2.0",
        "OriginalFilename": "optave-inspector.exe",
        "ProductName": "Optave Inspector",
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in told.items())
    four = numbers(version)
    return (
        "VSVersionInfo(\n"
        f"    ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3F, flags=0x0,\n"
        "        OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)),\n"
        "    kids=[\n"
        f"        StringFileInfo([StringTable('040904B0', [{strings}])]),\n"
        "        VarFileInfo([VarStruct('Translation', [0x0409, 1200])]),\n"
        "    ],\n"
        ")\n"
    )


def write(target: Path) -> None:
    """Write the resource of this version."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(app_version()), encoding="utf-8")


if __name__ == "__main__":
    print(app_version())
