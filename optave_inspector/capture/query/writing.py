"""Queries made by the program: "filter by this", "exclude this"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .json_path import Step, path_text
from .moments import moment_text
from .nodes import And, Node, Not
from .parse import parse
from .payload_conditions import is_literal
from .query import Query
from .quoting import free_text, quoted, value_text
from .terms import KEYS, Key, ValueKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS = {ValueKind.NUMBER: "", ValueKind.SIZE: "", ValueKind.DURATION: "ns"}


def term_for(key: str, value: int | str) -> str:
    """The term that holds for the entries whose field has this very value, and for no others.

    ``key`` is a name out of :data:`~.terms.KEYS`; ``value`` is what :class:`~..entry.Entry` holds in that field, or for
    ``is`` a mark's name. Raises KeyError for another key, ValueError for a value that the field never has.
    """
    meaning = KEYS[key]
    if meaning.kind is ValueKind.CHOICE:
        return f"{key}:{_word(meaning, value)}"
    if isinstance(value, str):
        return f"{key}={value_text(value, bare=True)}"
    if meaning.kind is ValueKind.TIME:
        return f"{key}={moment_text(value)}"
    if value == meaning.none:
        return f"{key}:none"
    return f"{key}={value}{_UNITS[meaning.kind]}"


def term_at(path: Sequence[Step], value: Any) -> str:
    """The term that holds where this JSON value stands at the path of names and indexes.

    Numbers are equal by value. Objects and arrays cannot be compared: the term holds where anything stands there.
    """
    where = path_text(path)
    if isinstance(value, list | dict):
        return f"{where}:*"
    if isinstance(value, str):
        return f"{where}={quoted(value) if is_literal(value) else value_text(value, bare=True)}"
    return f"{where}={_literal(value)}"


def text_term(text: str) -> str:
    """The term that looks for a text anywhere."""
    return free_text(text)


def and_(query: str, term: str) -> str:
    """``query`` narrowed by ``term``, in normal form; the same where the term is there already.

    Where the query asks for the contrary of the term, that part leaves: nothing would be found else. Raises
    :class:`~.errors.QueryError` when one of them cannot be read.
    """
    added = _parts(parse(term).node)
    contrary = [_opposite(node) for node in added]
    nodes = [node for node in _parts(parse(query).node) if node not in contrary]
    nodes += [node for node in added if node not in nodes]
    return str(Query(nodes[0] if len(nodes) == 1 else And(tuple(nodes))))


def exclude(term: str) -> str:
    """The opposite of ``term``. Raises :class:`~.errors.QueryError` when it cannot be read."""
    return str(Query(_opposite(parse(term).node)))


def _opposite(node: Node) -> Node:
    return node.node if isinstance(node, Not) else Not(node)


def _parts(node: Node) -> tuple[Node, ...]:
    return node.nodes if isinstance(node, And) else (node,)


def _word(key: Key, value: int | str) -> str:
    for choice in key.choices:
        if value == choice.word or choice.values == (value,):
            return choice.word
    raise ValueError(f"{key.name} is never {value!r}.")


def _literal(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)
