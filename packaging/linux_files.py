"""Lays out what a Linux desktop reads about the app: ``share/`` as a package installs it below its prefix."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

import make_icons
from version_resource import app_version

ROOT = Path(__file__).resolve().parent.parent


def lay_out(share: Path, seconds: int) -> Path:
    """Make ``share`` anew: desktop entry, AppStream metainfo, MIME types, icons. ``seconds`` is the release's date."""
    shutil.rmtree(share, ignore_errors=True)
    here = ROOT / "packaging" / "linux"
    for folder in ("applications", "metainfo", "mime/packages", "icons"):
        (share / folder).mkdir(parents=True)
    shutil.copyfile(here / "optave-inspector.desktop", share / "applications" / "optave-inspector.desktop")
    shutil.copyfile(here / "optave-inspector.xml", share / "mime" / "packages" / "optave-inspector.xml")
    date = dt.datetime.fromtimestamp(seconds, dt.UTC).date().isoformat()
    text = (here / "optave-inspector.metainfo.xml.in").read_text(encoding="utf-8")
    text = text.replace("@VERSION@", app_version()).replace("@DATE@", date)
    (share / "metainfo" / "optave-inspector.metainfo.xml").write_text(text, encoding="utf-8")
    make_icons.write_hicolor(share / "icons" / "hicolor")
    return share


if __name__ == "__main__":
    lay_out(Path(sys.argv[1]), int(sys.argv[2]))
