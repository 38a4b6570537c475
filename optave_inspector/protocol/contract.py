"""Checks against our JSON Schemas, whose verdicts agree with the SDK's own validators (``protocol.md`` section 7)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs

from . import contract_sentences as sentences
from .contract_notes import request_notes, response_notes
from .ids import is_uuid7
from .json_path import Step
from .plain_value import plain_value
from .timestamps import is_header_date_time
from .verdict import Finding, Located, Verdict, in_order, located

__all__ = ["Contract", "Finding", "Verdict"]

_FORMATS = {"uuidv7": is_uuid7, "date-time": is_header_date_time}


class Contract:
    """The five checks. Make one and keep it: compiling takes milliseconds, a check some microseconds.

    ``schemas`` are those of ``resources.schemas()``: by file name, one of them with the shared definitions. No check
    raises, whatever the value.
    """

    def __init__(self, schemas: Mapping[str, Mapping[str, Any]]) -> None:
        self._by_id = {str(schema["$id"]): dict(schema) for schema in schemas.values()}
        registry = jsonschema_rs.Registry(list(self._by_id.items()))
        self._validators = {
            name: jsonschema_rs.Draft202012Validator(
                dict(schema),
                formats=_FORMATS,
                validate_formats=True,
                ignore_unknown_formats=False,
                registry=registry,
                offline=True,
            )
            for name, schema in schemas.items()
        }

    def request_envelope(self, value: Any) -> Verdict:
        """What the client puts on the wire: ``action``, ``headers``, ``payload``."""
        return self._check("request-envelope", "Request envelope", value, request_notes)

    def payload(self, value: Any) -> Verdict:
        """A request's payload alone, which is what the SDK's strict mode checks before sending."""
        return self._check("payload", "Payload", value)

    def response_envelope(self, value: Any) -> Verdict:
        """What the tenant puts on the wire."""
        return self._check("response-envelope", "Response envelope", value, response_notes)

    def superpower(self, value: Any) -> Verdict:
        """An answer without an envelope."""
        return self._check("superpower", "Superpower", value)

    def error(self, value: Any) -> Verdict:
        """An error answer without an envelope."""
        return self._check("error", "Error", value)

    def _check(
        self, schema: str, name: str, value: Any, notes: Callable[[Any], Iterable[Located]] | None = None
    ) -> Verdict:
        found: list[Located] = []
        for error in self._validators[schema].iter_errors(plain_value(value)):
            found += self._findings(error, value, name)
        noted = in_order(notes(value)) if notes is not None and not found else ()
        return Verdict(name, not found, in_order(_without_echoes(found)), noted)

    def _findings(self, error: jsonschema_rs.ValidationError, root: Any, name: str) -> Iterator[Located]:
        kind = error.kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.OneOfNotValid):
            # What fits the error branch fits the superpower branch too, so the latter's findings say it all.
            for nested in kind.context[0]:
                yield from self._findings(nested, root, name)
            return
        steps = tuple(error.instance_path)
        field = sentences.field_name(steps, f"the {name.lower()}")
        sentence = sentences.sentence(error, field, _at(root, steps), self._description(error))
        yield located(steps, kind.name, sentence, sentences.quirk(error, steps, root))

    def _description(self, error: jsonschema_rs.ValidationError) -> str:
        """What our schema says of the missing or faulty property; "" where it says nothing."""
        document, _, pointer = (error.absolute_keyword_location or "").partition("#")
        schema: Any = self._by_id.get(document, {})
        for step in pointer.strip("/").split("/")[:-1]:
            schema = schema.get(step, {}) if isinstance(schema, dict) else {}
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            schema = schema.get("properties", {}).get(error.kind.property, {})
        return str(schema.get("description", ""))


def _without_echoes(found: list[Located]) -> list[Located]:
    """Without the enum's finding where the type is wrong already."""
    mistyped = {finding.path for _, finding in found if finding.rule == "type"}
    return [pair for pair in found if pair[1].rule != "enum" or pair[1].path not in mistyped]


def _at(root: Any, steps: Sequence[Step]) -> Any:
    value = root
    for step in steps:
        value = value[step]
    return value
