"""The scenarios of the fault bench, as plain values: what the local tenant can be told to do, and what must come of it.

The local tenant implements them by name (``local_tenant/scenarios/``); the window, the command line and recipes list
them from :data:`SCENARIOS`.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from .answers import ANSWERS
from .closing import CLOSING
from .frames import FRAMES
from .handshake import HANDSHAKE
from .parts import TIMES
from .tcp import TCP
from .timing import TIMING
from .values import (
    Expected,
    Moment,
    Need,
    Outcome,
    Parameter,
    ParameterKind,
    Scenario,
    ScenarioError,
    ScenarioKind,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "SCENARIOS",
    "Expected",
    "Moment",
    "Need",
    "Outcome",
    "Parameter",
    "ParameterKind",
    "Scenario",
    "ScenarioError",
    "ScenarioKind",
    "Value",
    "find_scenario",
    "parse_order",
    "parse_scenario",
    "table",
]

SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario for scenario in (*HANDSHAKE, *CLOSING, *TCP, *FRAMES, *ANSWERS, *TIMING)
}
"""All scenarios by name, in the order in which they are listed."""


def find_scenario(name: str) -> Scenario:
    """The scenario of that name. Raises ScenarioError, which proposes a name that is like it."""
    found = SCENARIOS.get(name)
    if found is not None:
        return found
    like = difflib.get_close_matches(name, SCENARIOS, n=1)
    raise ScenarioError(f"There is no scenario {name[:60]!r}.{f' Is {like[0]} meant?' if like else ''}")


def parse_order(text: str) -> tuple[Scenario, dict[str, Value], int]:
    """Like :func:`parse_scenario`, and how many times it is to strike: ``times``, which here every scenario takes."""
    scenario, values = _parse(text, extra=(TIMES,))
    times = int(values[TIMES.name])
    if TIMES not in scenario.parameters:
        del values[TIMES.name]
    return scenario, values, times


def parse_scenario(text: str) -> tuple[Scenario, dict[str, Value]]:
    """Read ``name`` or ``name:key=value,key=value``; the parameters are complete. Raises ScenarioError.

    A comma in a value is written ``\\,``.
    """
    return _parse(text)


def table() -> str:
    """All scenarios as text for a terminal."""
    lines: list[str] = []
    for kind in ScenarioKind:
        lines += [kind.value.upper(), ""]
        for scenario in SCENARIOS.values():
            if scenario.kind is not kind:
                continue
            tls = " (needs --tls)" if scenario.needs_tls else ""
            lines += [f"  {scenario.name}{tls}", f"      {scenario.sentence}"]
            if scenario.needs not in (Need.NOTHING, Need.CONNECT):
                lines.append(f"      To see it: {scenario.needs}.")
            lines.append(f"      Leads to: {scenario.expected.sentence}")
            lines += [
                f"      {parameter.name}={parameter.default}  {parameter.sentence} ({parameter.bounds})"
                for parameter in scenario.parameters
            ]
        lines.append("")
    return "\n".join(lines)


def _parse(text: str, extra: tuple[Parameter, ...] = ()) -> tuple[Scenario, dict[str, Value]]:
    name, _, rest = text.partition(":")
    scenario = find_scenario(name.strip())
    own = {parameter.name for parameter in scenario.parameters}
    more = tuple(parameter for parameter in extra if parameter.name not in own)
    known = {parameter.name: parameter for parameter in (*scenario.parameters, *more)}
    given: dict[str, Value] = {}
    for part in rest.replace("\\,", "\0").split(",") if rest.strip() else ():
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals:
            raise ScenarioError(f"{part.strip()!r} is no parameter: write name=value.")
        if key in given:
            raise ScenarioError(f"{key} is given twice.")
        given[key] = known[key].parse(value.replace("\0", ",")) if key in known else value
    added = {parameter.name: given.pop(parameter.name, parameter.default) for parameter in more}
    return scenario, scenario.values(given) | added
