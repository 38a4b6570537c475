"""How JSON values read in the tree: one line each, and what an ID or a time means."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec

from ...protocol.ids import uuid7_unix_ms, uuid_version
from ...protocol.read_json import without_surrogates
from ...protocol.timestamps import fraction_digits, iso_millis, parse_timestamp
from .formats import duration_text

LINE = 400
"""Characters of a value that the tree shows."""
_TOOLTIP = 3_000
_NS_PER_MS = 1_000_000


def value_text(value: Any) -> str:
    """A value on one line: JSON for scalars, the count of what is inside for objects and arrays."""
    if isinstance(value, dict):
        return _counted(len(value), "field", "{}")
    if isinstance(value, list):
        return _counted(len(value), "item", "[]")
    if isinstance(value, str):
        more = len(value) - LINE
        return f"{_quoted(value[:LINE])}… (+{more:,})" if more > 0 else _quoted(value)
    return scalar_text(value)


def scalar_text(value: Any) -> str:
    """A number, true, false or null as JSON writes it."""
    return json.dumps(value) if not isinstance(value, float) or value == value else "NaN"


def subtree_text(value: Any) -> str:
    """A value as indented JSON, for the clipboard; text stays as it is rather than escaped."""
    return without_surrogates(json.dumps(value, ensure_ascii=False, indent=2))


def plain_text(value: Any) -> str:
    """A value for the clipboard: the text itself of a string, else its JSON."""
    return without_surrogates(value) if isinstance(value, str) else subtree_text(value)


def kind_name(value: Any) -> str:
    """The JSON type."""
    if value is None:
        return "null"
    for types, name in ((dict, "object"), (list, "array"), (str, "string"), (bool, "boolean")):
        if isinstance(value, types):
            return name
    return "number"


def remark(value: Any) -> str:
    """A few characters beside a value: ``✓ v7`` for a UUIDv7, the version of another UUID."""
    if not isinstance(value, str) or len(value) != 36:
        return ""
    version = uuid_version(value)
    if version is None:
        return ""
    return "✓ v7" if version == 7 else f"v{version}"


def explanation(value: Any) -> str:
    """What a value means, for the tooltip: when a UUIDv7 was made, a time in the local zone; empty for others."""
    if isinstance(value, str) and len(value) <= 40:
        made_ms = uuid7_unix_ms(value)
        if made_ms is not None:
            return f"UUIDv7, made {_moment(made_ms * _NS_PER_MS)}"
        version = uuid_version(value)
        if version is not None:
            return f"UUID of version {version}, not 7: it does not tell when it was made"
        unix_ns = parse_timestamp(value)
        if unix_ns is not None:
            digits = fraction_digits(value)
            form = "" if digits in (0, 3) else f"\n{digits} fraction digits; Optave's headers take none or three"
            return f"Time: {_moment(unix_ns)}{form}"
    return ""


def tooltip(value: Any) -> str:
    """Type, size, meaning, and more of a text than its line shows."""
    if isinstance(value, str):
        head = f"string, {len(value):,} characters" if len(value) != 1 else "string, 1 character"
        shown = value if len(value) <= _TOOLTIP else f"{value[:_TOOLTIP]}…"
        return "\n".join(part for part in (head, explanation(value), shown) if part)
    if isinstance(value, (dict, list)):
        return f"{kind_name(value)}, {value_text(value)}"
    return kind_name(value)


def _quoted(text: str) -> str:
    try:
        return msgspec.json.encode(text).decode()
    except UnicodeEncodeError:
        return without_surrogates(json.dumps(text))


def _counted(count: int, what: str, empty: str) -> str:
    if not count:
        return empty
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _moment(unix_ns: int) -> str:
    seconds = unix_ns // 1_000_000_000
    try:
        local = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(seconds))
        text = f"{iso_millis(unix_ns)} ({local})"
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s after 1970"
    away = time.time_ns() - unix_ns
    span = duration_text(abs(away))
    return f"{text}, {span} ago" if away >= 0 else f"{text}, in {span}"
