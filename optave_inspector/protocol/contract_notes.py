"""What passes the contract only because the contract is odd (``protocol.md`` sections 7 and 10)."""

from collections.abc import Iterator
from typing import Any

from .actions import Action
from .envelope import ERROR_SCHEMA_REF, RESPONSE_SCHEMA_REF
from .timestamps import is_header_date_time, parse_timestamp
from .verdict import Located, located


def request_notes(value: Any) -> Iterator[Located]:
    """Oddities of a request envelope that its schema lets pass."""
    headers = _object(_object(value).get("headers"))
    yield from _impossible_times(headers)
    request = _object(_object(_object(value).get("payload")).get("request"))
    conversations = _object(request.get("scope")).get("conversations")
    if headers.get("action") == Action.CUSTOMER_INTERACTION and not conversations:
        sentence = "There is no conversation, and the contract does not ask for one with customerinteraction."
        quirk = "The rule on conversations names customerInteraction, never the legal spelling customerinteraction."
        yield located(("payload", "request"), "conversations", sentence, quirk)


def response_notes(value: Any) -> Iterator[Located]:
    """Oddities of a response envelope that its schema lets pass."""
    headers, payload = _object(_object(value).get("headers")), _object(_object(value).get("payload"))
    yield from _impossible_times(headers)
    failed = payload.get("state") == "error"
    schema_ref = headers.get("schemaRef")
    if failed and not _all_items_have_content(payload):
        sentence = "This error answer passes because an item of its results has no text in content."
        yield located(("payload",), "oneOf", sentence, "A well-formed error answer would fail.")
    if failed is not (schema_ref == ERROR_SCHEMA_REF) and schema_ref in (RESPONSE_SCHEMA_REF, ERROR_SCHEMA_REF):
        sentence = f"payload.state and headers.schemaRef ({schema_ref}) do not agree on whether this is an error."
        yield located(("headers", "schemaRef"), "schemaRef", sentence, "The contract allows either with any state.")


def _impossible_times(headers: dict[str, Any]) -> Iterator[Located]:
    for name in ("timestamp", "issuedAt"):
        text = headers.get(name)
        if isinstance(text, str) and is_header_date_time(text) and parse_timestamp(text) is None:
            sentence = f"{name} is {text}, a time that does not exist."
            yield located(("headers", name), "format", sentence, "The contract looks at the form of a time alone.")


def _all_items_have_content(payload: dict[str, Any]) -> bool:
    results = _object(payload.get("message")).get("results")
    for result in results if isinstance(results, list) else ():
        for item in _object(result).get("response") or ():
            if not isinstance(_object(item).get("content"), str):
                return False
    return True


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
