"""Rows of values for many messages: a CSV or JSON file whose columns are variables."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from ..errors import InspectorError
from ..protocol.read_json import json_text, read_json
from .variables import name_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ROWS = 100_000
LARGEST_FILE = 64 * 2**20
_HINT = "The first line names the columns; or an array of objects, as JSON."

Row = dict[str, str]


def read_rows(data: bytes) -> list[Row]:
    """The rows of a file, each with a value for every column. Raises InspectorError, saying where it is wrong."""
    if len(data) > LARGEST_FILE:
        raise InspectorError(f"The file has more than {LARGEST_FILE // 2**20} MB.", "Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InspectorError(f"The file is no UTF-8 text (byte {error.start:,}).", "Save it as UTF-8.") from None
    rows = _from_json(text) if text.lstrip()[:1] in ("[", "{") else _from_csv(text)
    if not rows:
        raise InspectorError("The file has no rows.", _HINT)
    return rows


def _from_json(text: str) -> list[Row]:
    reading = read_json(text)
    if reading.problem:
        raise InspectorError(f"The file is no JSON: {reading.problem}", _HINT)
    items = reading.value if isinstance(reading.value, list) else [reading.value]
    _bounded(len(items))
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise InspectorError(f"Item {number:,} of the file is no object.", _HINT)
    columns = list(dict.fromkeys(name for item in items for name in item))
    _named_well(columns)
    return [{name: _as_text(item[name]) for name in columns if name in item} for item in items]


def _from_csv(text: str) -> list[Row]:
    first = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first.count)  # the first of them where there is one column only
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    columns: list[str] = []
    try:
        for values in reader:
            if not values:
                continue
            if not columns:
                columns = [name.strip() for name in values]
                _named_well(columns)
                continue
            if len(values) != len(columns):
                raise InspectorError(f"Line {reader.line_num:,} has {len(values)} values for {len(columns)} columns.")
            rows.append(dict(zip(columns, values, strict=True)))
            _bounded(len(rows))
    except csv.Error as error:
        raise InspectorError(f"Line {reader.line_num:,} of the file cannot be read: {error}.", _HINT) from None
    return rows


def _named_well(columns: Iterable[str]) -> None:
    seen = set()
    for name in columns:
        problem = name_problem(name)
        if problem:
            raise InspectorError(f"The column “{name[:40]}” cannot be a variable: {problem}")
        if name in seen:
            raise InspectorError(f"Two columns are called {name}.")
        seen.add(name)


def _bounded(count: int) -> None:
    if count > MOST_ROWS:
        raise InspectorError(f"The file has more than {MOST_ROWS:,} rows.", "Split it.")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)
