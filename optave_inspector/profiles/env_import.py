"""A profile from environment variables or a ``.env`` file, in the spellings of Optave's README and of its documentation
(``protocol.md`` 2.3)."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..errors import InspectorError
from . import checks
from .defaults import unset
from .profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 1_000_000
PUBLIC_PREFIXES = ("VITE_", "REACT_APP_", "NEXT_PUBLIC_", "NUXT_PUBLIC_")
_SPELLINGS = ("OPTAVE__", "OPTAVE_")
_FIELDS = {"WEBSOCKET_URL": "url_template", "AUTHENTICATION_URL": "auth_url", "CLIENT_ID": "client_id"}
_SECRET = "CLIENT_SECRET"  # noqa: S105 - a variable's name


@dataclass(frozen=True, slots=True)
class EnvImport:
    """What was found. The profile is not saved yet and has no ID."""

    profile: Profile
    secret: str = field(repr=False)
    """The client secret; for the keyring, after the user was asked. Empty when there is none."""
    used: tuple[str, ...]
    """The variables that made the profile."""
    left_out: tuple[str, ...]
    """What was found and not taken, each a sentence that holds no value."""


def parse_env_file(data: bytes) -> dict[str, str]:
    """The variables of a ``.env`` file; nothing in it is expanded or run. Raises InspectorError."""
    from dotenv import dotenv_values

    if len(data) > MAX_BYTES:
        raise InspectorError(f"The file is larger than {MAX_BYTES:,} bytes.", "Is it a .env file?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InspectorError("The file is no text in UTF-8.", "Is it a .env file?") from None
    found = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: value for name, value in found.items() if value is not None}


def import_environment(variables: Mapping[str, str], name: str) -> EnvImport:
    """A profile called ``name`` from what ``variables`` say of Optave. Raises InspectorError when they say nothing."""
    values: dict[str, str] = {}
    used: list[str] = []
    left_out: list[str] = []
    known = {
        f"{prefix}{spelling}{what}": what
        for spelling in _SPELLINGS
        for prefix in ("", *PUBLIC_PREFIXES)
        for what in (*_FIELDS, _SECRET)
    }
    for variable, what in known.items():
        value = variables.get(variable, "").strip()
        if not value or value == values.get(what):
            continue
        if what in values:
            left_out.append(f"{variable} says otherwise than {_first(used, what)}, which was taken.")
            continue
        values[what] = value
        used.append(variable)
        if what == _SECRET and variable.startswith(PUBLIC_PREFIXES):
            left_out.append(f"{variable} is built into pages that every visitor can read: have this secret replaced.")
    left_out += [
        f"{variable} has no place in a profile."
        for variable in sorted(variables)
        if variable not in known and _is_optave(variable)
    ]
    if not used:
        spelled = " or ".join(f"{spelling}WEBSOCKET_URL" for spelling in _SPELLINGS)
        raise InspectorError("No variable of Optave was found.", f"Looked for {spelled} and the like.")
    taken = {_FIELDS[what]: value for what, value in values.items() if what in _FIELDS}
    profile = replace(Profile(id="", name=name), **taken)
    for problem in checks.saving(profile):
        if problem.field in _FIELDS.values():
            variable = next(each for each in used if _FIELDS.get(known[each]) == problem.field)
            left_out.append(f"{variable}: {problem.sentence}")
            used.remove(variable)
            profile = replace(profile, **{problem.field: getattr(Profile(id="", name=""), problem.field)})
    return EnvImport(unset(profile), values.get(_SECRET, ""), tuple(used), tuple(left_out))


def _first(used: list[str], what: str) -> str:
    return next(each for each in used if each.endswith(f"_{what}"))


def _is_optave(variable: str) -> bool:
    for prefix in PUBLIC_PREFIXES:
        variable = variable.removeprefix(prefix)
    return variable.startswith(_SPELLINGS) and not variable.startswith("OPTAVE_INSPECTOR_")
