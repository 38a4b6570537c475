"""The SDK's routing of a parsed message, line by line as JavaScript does it, to compare the lens with.

Written from ``protocol.md`` section 8.4. The outcome is a list of event names, ``resolve``, ``reject`` and ``throw``.
"""

from typing import Any

UNDEFINED = object()


class JavaScriptTypeError(Exception):
    """Where JavaScript would throw a TypeError."""


def _property(value: Any, name: str) -> Any:
    return value.get(name, UNDEFINED) if isinstance(value, dict) else UNDEFINED


def _is_true(value: Any) -> bool:
    if value is UNDEFINED or value is None or value is False:
        return False
    if isinstance(value, (dict, list)) or value is True:
        return True
    return len(value) > 0 if isinstance(value, str) else value not in (0, 0.0) and value == value


def _text(value: Any) -> str:
    if isinstance(value, dict):
        if "toString" in value:
            raise JavaScriptTypeError
        return "[object Object]"
    if isinstance(value, list):
        return ",".join("" if item is None else _text(item) for item in value)
    return (
        {True: "true", False: "false", None: "null"}.get(value, value) if not _is_number(value) else f"{value + 0:g}"
    )  # not -0


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _or(*values: Any) -> Any:
    return next((value for value in values if _is_true(value)), values[-1])


def route(parsed: Any, pending: set[str]) -> list[str]:
    done: list[str] = []
    try:
        _route(parsed, pending, done)
    except JavaScriptTypeError:
        done.append("throw")
    return done


def _route(parsed: Any, pending: set[str], done: list[str]) -> None:
    headers, error = _property(parsed, "headers"), _property(parsed, "error")
    wanted = _or(_property(headers, "correlationId"), _property(parsed, "correlationId"))
    known = isinstance(wanted, str) and _is_true(wanted) and wanted in pending
    failed = _property(parsed, "state") == "error" or _property(parsed, "actionType") == "error" or _is_true(error)
    if failed:
        if known:
            done.append("reject")
        done.append("error")
        _text(_or(_property(error, "message"), _property(parsed, "message"), "Remote error"))
        done += ["superpower.error", "error"]
        return
    if known:
        done.append("resolve")
    done += ["message", "superpower.response", "response"]
    action, schema_ref = _property(parsed, "action"), _property(headers, "schemaRef")
    if _is_true(action):
        done.append(f"message.{_text(action)}".lower())
    if _is_true(_property(parsed, "payload")) and _is_true(schema_ref):
        done.append(_text(schema_ref))
