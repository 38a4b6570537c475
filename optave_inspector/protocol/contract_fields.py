"""What our JSON Schemas say of one field: its type, its values, what it means and who asks for it.

For proposals and help while a request is written; :mod:`.contract` judges.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .actions import RULES, Action
from .json_path import Step

_PAYLOAD = "payload"
_ENVELOPE = "request-envelope"


@dataclass(frozen=True, slots=True)
class Field:
    """One property, or an item of an array."""

    name: str
    """Empty for the root and for items."""
    kind: str
    """``string``, ``number``, ``boolean``, ``object`` or ``array``; empty where anything may stand."""
    description: str
    values: tuple[str, ...]
    """What alone it may be; empty where it is free."""
    demanded: bool
    """Whether the schema of the object around it requires it, whatever the action."""


class ContractFields:
    """Looks fields up by their steps, in a payload or a ``whole`` envelope. ``schemas`` as for :class:`.Contract`."""

    def __init__(self, schemas: Mapping[str, Mapping[str, Any]]) -> None:
        self._by_id: dict[str, Mapping[str, Any]] = {str(schema["$id"]): schema for schema in schemas.values()}
        self._roots = {whole: schemas[_ENVELOPE if whole else _PAYLOAD] for whole in (False, True)}

    def field(self, steps: Sequence[Step], *, whole: bool = False) -> Field | None:
        """The field at ``steps``; None where the contract knows none."""
        schema, demanded = self._at(steps, whole=whole)
        name = str(steps[-1]) if steps and isinstance(steps[-1], str) else ""
        return None if schema is None else _field(name, schema, demanded=demanded)

    def children(self, steps: Sequence[Step], *, whole: bool = False) -> tuple[Field, ...]:
        """The known keys of the object at ``steps``, in the contract's order."""
        schema, _ = self._at(steps, whole=whole)
        if schema is None:
            return ()
        required = schema.get("required", ())
        return tuple(
            _field(name, self._resolved(child), demanded=name in required)
            for name, child in schema.get("properties", {}).items()
        )

    def _at(self, steps: Sequence[Step], *, whole: bool) -> tuple[Mapping[str, Any] | None, bool]:
        schema, demanded = self._resolved(self._roots[whole]), False
        for step in steps:
            below = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
            if not isinstance(below, Mapping):
                return None, False
            demanded = step in schema.get("required", ())
            schema = self._resolved(below)
        return schema, demanded

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """A schema with what it refers to; its own words win."""
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        document, _, pointer = reference.partition("#")
        target: Any = self._by_id[document]
        for step in pointer.strip("/").split("/") if pointer else ():
            target = target[step]
        target = self._resolved(target)
        own = {key: value for key, value in schema.items() if key not in ("$ref", "properties")}
        properties = dict(target.get("properties", {}))
        for name, child in schema.get("properties", {}).items():
            properties[name] = {**properties.get(name, {}), **child}
        return {**target, **own, **({"properties": properties} if properties else {})}


def authorities(action: Action, steps: Sequence[Step], *, demanded: bool = False) -> tuple[str, ...]:
    """Who requires the payload's field at ``steps`` for an action: the SDK, the schema, the documentation."""
    path = ".".join(map(str, steps))
    rules = RULES[action]
    return tuple(_authorities(path, rules.sdk, rules.schema, rules.documentation, demanded=demanded))


def _authorities(path: str, sdk: Any, schema: Any, documentation: Any, *, demanded: bool) -> Iterator[str]:
    if any(one.path == path for one in sdk):
        yield "the SDK"
    if demanded or any(one.path == path for one in schema):
        yield "the schema"
    if any(one.path == path for one in documentation):
        yield "the documentation"


def _field(name: str, schema: Mapping[str, Any], *, demanded: bool) -> Field:
    values = tuple(value for value in schema.get("enum", ()) if isinstance(value, str))
    return Field(name, str(schema.get("type", "")), str(schema.get("description", "")), values, demanded)
