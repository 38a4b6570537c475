"""The JSON Schema of recipes, made of the same account by which they are read.

``python -m optave_inspector.repro.schema`` prints what is kept as ``resources/recipes/recipe.schema.json``; editors
that know JSON Schema for TOML complete and check recipes by it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from . import keys
from .keys import Key, Kind
from .recipe import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCALAR = {"type": ["string", "number", "boolean"]}
_BY_KIND: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.LINE: {"type": "string", "pattern": r"^[^\n]*\S[^\n]*$"},
    Kind.CODE: {"type": "integer", "minimum": 0, "maximum": 0xFFFF},
    Kind.STATUS: {"type": "integer", "minimum": 100, "maximum": 599},
    Kind.FLAG: {"type": "boolean"},
    Kind.TIME: {"type": "string", "pattern": r"^\s*[0-9]{1,9}(\.[0-9]{1,9})?\s*(ms|s|min|h)\s*$"},
    Kind.PATTERN: {"type": "string", "maxLength": 1000},
    Kind.JSON_PATH: {"type": "string"},
    Kind.VALUE: _SCALAR,
    Kind.HEX: {"type": "string", "pattern": r"^(\s*[0-9A-Fa-f]{2})*\s*$"},
    Kind.TEXTS: {"type": "object", "additionalProperties": {"type": "string"}},
    Kind.VALUES: {"type": "object", "additionalProperties": _SCALAR},
    Kind.CHECKS: {"type": "array", "items": {"$ref": "#/$defs/check"}},
    Kind.STEPS: {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 1},
}


def schema() -> dict[str, Any]:
    """The whole schema. It says nothing of what only shows in the whole, such as a token to be used again."""
    top = _table(keys.TOP)
    top["properties"]["version"] = {"const": VERSION, "description": "Of this format."}
    top["properties"]["connection"] = {"anyOf": [{"type": "string"}, *_connections()]}
    top["properties"]["ending"] = _table(keys.ENDING)
    top["required"] = [*top["required"], "connection", "ending"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Recipe of Optave Inspector",
        "description": "A reproduction: how to connect, what to do step by step, and the ending that is expected.",
        **top,
        "$defs": {
            "check": _table(keys.CHECK),
            "step": {"anyOf": [_table((each.main._replace(required=True), *each.options)) for each in keys.STEPS]},
        },
    }


def schema_text() -> str:
    """As it is kept."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _connections() -> list[dict[str, Any]]:
    by_name = {key.name: key for key in keys.CONNECTION}
    return [_table((by_name[way]._replace(required=True), *others)) for way, others in keys.CONNECTION_GROUPS.items()]


def _table(wanted: Iterable[Key]) -> dict[str, Any]:
    known = {key.name: key for key in wanted}
    return {
        "type": "object",
        "properties": {name: {"description": key.meaning, **_value(key)} for name, key in known.items()},
        "required": [name for name, key in known.items() if key.required],
        "additionalProperties": False,
    }


def _value(key: Key) -> dict[str, Any]:
    if key.kind is Kind.CHOICE:
        return {"enum": [str(choice) for choice in key.choices]}
    if key.kind is Kind.WHOLE:
        return {"type": "integer", "minimum": key.least, "maximum": key.most}
    return _BY_KIND[key.kind]


if __name__ == "__main__":
    sys.stdout.write(schema_text())
