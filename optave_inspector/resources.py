"""Where the files that ship with the app are: the same call from a checkout, an installed wheel and a frozen app."""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path
from typing import Any


@functools.cache
def resource_root() -> Path:
    """The folder that holds ``schemas/``, ``templates/``, ``icons/``."""
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [package / "resources", package.parent / "resources"]
    if frozen is not None:
        places.insert(0, Path(frozen) / "resources")
    for place in places:
        if (place / "schemas").is_dir():
            return place
    raise FileNotFoundError(
        f"The app's own files are missing. Looked in: {', '.join(map(str, places))}. Install it again."
    )


def resource(name: str) -> Path:
    """The path of one shipped file, ``name`` relative to the resources with forward slashes.

    Raises FileNotFoundError, naming the file, when the installation is damaged.
    """
    path = resource_root().joinpath(*name.split("/"))
    if not path.exists():
        raise FileNotFoundError(f"The app's own file {name} is missing from {resource_root()}. Install it again.")
    return path


def read_json(name: str) -> Any:
    """One shipped JSON file, read."""
    return json.loads(resource(name).read_text(encoding="utf-8"))


def schemas() -> dict[str, dict[str, Any]]:
    """Our JSON Schemas by file name without ``.schema.json``, as :class:`protocol.contract.Contract` takes them."""
    folder = resource("schemas")
    return {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.schema.json"))
    }
