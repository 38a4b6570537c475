"""The recipes that ship with the app."""

from __future__ import annotations

import functools
import tomllib
from typing import TYPE_CHECKING

from ..compose.variables import nearest
from ..errors import InspectorError
from ..resources import resource
from .reading import load_recipe
from .recipe import SUFFIX

if TYPE_CHECKING:
    from pathlib import Path

    from .recipe import Recipe


def shipped() -> dict[str, Path]:
    """Their files by name, in order. Raises FileNotFoundError for a damaged installation."""
    return {path.name.removesuffix(SUFFIX): path for path in sorted(resource("recipes").glob(f"*{SUFFIX}"))}


@functools.cache
def titles() -> dict[str, str]:
    """What each of them shows, by name: quicker than reading them."""
    return {name: tomllib.loads(path.read_text(encoding="utf-8"))["title"] for name, path in shipped().items()}


@functools.cache
def shipped_recipe(name: str) -> Recipe:
    """One of them, read. Raises InspectorError for a name that none has."""
    known = shipped()
    if name not in known:
        meant = nearest(name, known)
        raise InspectorError(
            f"There is no recipe {name}, neither as a file nor shipped with the app.",
            f"Did you mean {meant}?" if meant else "optave-inspector run --list shows those that ship with the app.",
        )
    return load_recipe(known[name])
