"""Reading a query."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from .errors import QueryError, ValueProblem
from .json_path import parse_path, path_text
from .key_conditions import key_condition
from .lexer import Token, TokenKind, tokens
from .nodes import And, Leaf, Node, Not, Or
from .patterns import pattern_condition
from .payload_conditions import AtPath, FreeText, is_literal
from .query import Query
from .quoting import free_text, value_text
from .terms import BY_ANY_NAME, Key, ValueKind

if TYPE_CHECKING:
    from .condition import Condition

MOST_TERMS = 100
DEEPEST = 16
"""SQLite's own parser does not go much deeper."""


def parse(text: str) -> Query:
    """Read a query; an empty one matches everything. Raises :class:`QueryError` and nothing else.

    ``size>10kB (action:adjust or state:error) -is:late "free text" /regex/i payload.state:done``: terms stand for
    ``key operator value``, for a path of JSON, for text anywhere, or for a regular expression; they are joined by
    ``and``, which may be left out, ``or``, ``not`` or a minus sign, and parentheses. :mod:`.terms` has all keys.
    """
    return Query(_Parser(text).query())


class _Parser:
    def __init__(self, text: str) -> None:
        self._end = len(text)
        self._tokens = list(tokens(text))
        self._place = 0
        self._terms = 0

    def query(self) -> Node:
        if not self._tokens:
            return And(())
        node = self._or(0)
        left = self._peek()
        if left is not None:
            raise QueryError("A closing parenthesis has no opening one.", "Take it out.", left.start, left.end)
        return node

    def _peek(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, kind: TokenKind) -> Token | None:
        token = self._peek()
        if token is None or token.kind is not kind:
            return None
        self._place += 1
        return token

    def _or(self, depth: int) -> Node:
        nodes = [self._and(depth)]
        while self._take(TokenKind.OR):
            nodes.append(self._and(depth))
        return _joined(Or, nodes)

    def _and(self, depth: int) -> Node:
        nodes = [self._not(depth)]
        while True:
            joined = self._take(TokenKind.AND)
            token = self._peek()
            if joined is None and (token is None or token.kind in (TokenKind.OR, TokenKind.CLOSE)):
                return _joined(And, nodes)
            nodes.append(self._not(depth))

    def _not(self, depth: int) -> Node:
        token = self._take(TokenKind.NOT)
        if token is None:
            return self._primary(depth)
        self._check_depth(depth, token)
        return Not(self._not(depth + 1))

    def _primary(self, depth: int) -> Node:
        token = self._peek()
        if token is None or token.kind in (TokenKind.CLOSE, TokenKind.AND, TokenKind.OR):
            raise self._missing(token)
        self._place += 1
        if token.kind is not TokenKind.OPEN:
            self._terms += 1
            if self._terms > MOST_TERMS:
                raise QueryError(f"A query has at most {MOST_TERMS} terms.", "Ask in steps.", token.start, token.end)
            return _leaf(token)
        self._check_depth(depth, token)
        node = self._or(depth + 1)
        if not self._take(TokenKind.CLOSE):
            raise QueryError(
                "The closing parenthesis is missing.", "Write ) at the end of the group.", token.start, token.end
            )
        return node

    def _missing(self, token: Token | None) -> QueryError:
        before = self._tokens[self._place - 1] if self._place else None
        if token is not None and token.kind is not TokenKind.CLOSE:
            hint = f'To search for the word, put it between quotes: "{token.value}".'
            return QueryError(f"Before “{token.value}” a term is missing.", hint, token.start, token.end)
        if before is not None and before.kind is TokenKind.OPEN:
            end = token.end if token else before.end
            return QueryError(
                "Nothing stands between the parentheses.", "Write a term, or take them out.", before.start, end
            )
        if before is not None:
            hint = f'Write a term, or put the word between quotes to search for it: "{before.value}".'
            return QueryError(f"After “{before.value}” a term is missing.", hint, before.start, before.end)
        start, end = (token.start, token.end) if token else (0, self._end)
        return QueryError("A closing parenthesis has no opening one.", "Take it out.", start, end)

    @staticmethod
    def _check_depth(depth: int, token: Token) -> None:
        if depth >= DEEPEST:
            raise QueryError(f"A query is at most {DEEPEST} levels deep.", "Write it flatter.", token.start, token.end)


def _joined(kind: type[And | Or], nodes: list[Node]) -> Node:
    flat = [inner for node in nodes for inner in (node.nodes if isinstance(node, kind) else (node,))]
    return kind(tuple(flat)) if len(flat) > 1 else flat[0]


def _leaf(token: Token) -> Leaf:
    if token.kind is TokenKind.TERM:
        return _term(token)
    try:
        if token.kind is TokenKind.PATTERN:
            flags = "".join(sorted(set(token.operator)))
            return Leaf(f"/{token.value}/{flags}", pattern_condition(token.value, flags))
        if not token.value:
            raise ValueProblem("Nothing stands between the quotes.", "Write the text to search for.")
        return Leaf(free_text(token.value), FreeText(token.value))
    except ValueProblem as problem:
        raise _placed(problem, token) from problem


def _term(token: Token) -> Leaf:
    key = BY_ANY_NAME.get(token.key.lower())
    if key is None and not any(sign in token.key for sign in "$.["):
        raise _unknown(token)
    if key is None:
        return _at_path(token)
    if token.operator not in key.operators:
        start = token.value_start - len(token.operator)
        hint = f"Write it like {key.example}."
        raise QueryError(f"{key.name} has no order.", hint, start, token.value_start)
    try:
        condition = key_condition(key, token.operator, token.value, quoted=token.quoted)
    except ValueProblem as problem:
        raise _placed(problem, token) from problem
    return Leaf(f"{key.name}{token.operator}{_key_value(key, token)}", condition)


def _key_value(key: Key, token: Token) -> str:
    if key.kind is ValueKind.CHOICE:
        return token.value.lower()
    special = token.quoted and token.operator == ":" and token.value == "*"
    return value_text(token.value, bare=not special)


def _at_path(token: Token) -> Leaf:
    try:
        steps = parse_path(token.key)
    except ValueProblem as problem:
        end = token.start + (len(token.key) if problem.end is None else problem.end)
        raise QueryError(problem.sentence, problem.hint, min(token.start + problem.start, end), end) from problem
    if token.operator == ":" and not token.value:
        hint = f'Write {token.key}="" for an empty string, {token.key}:* for any value.'
        raise QueryError("Nothing stands between the quotes.", hint, token.value_start, token.end)
    condition: Condition = AtPath(steps, token.operator, token.value, quoted=token.quoted)
    special = token.quoted and (is_literal(token.value) or (token.value == "*" and token.operator == ":"))
    return Leaf(f"{path_text(steps)}{token.operator}{value_text(token.value, bare=not special)}", condition)


def _unknown(token: Token) -> QueryError:
    near = difflib.get_close_matches(token.key.lower(), BY_ANY_NAME, 1, 0.5)
    guess = f"Did you mean {near[0]}? " if near else ""
    end = token.value_start - len(token.operator)
    return QueryError(
        f"There is no key “{token.key}”.",
        f"{guess}For a field of the payload's JSON write $.{token.key}, for text put it between quotes.",
        token.start,
        end,
    )


def _placed(problem: ValueProblem, token: Token) -> QueryError:
    """The problem at its place in the query; within a quoted value the whole value is meant, for escapes shift it."""
    length = len(token.value)
    if token.quoted:
        return QueryError(problem.sentence, problem.hint, token.value_start, token.end)
    start = min(problem.start, length)
    end = length if problem.end is None else problem.end
    if problem.end is None and token.kind is TokenKind.PATTERN:
        return QueryError(problem.sentence, problem.hint, token.start, token.end)
    return QueryError(problem.sentence, problem.hint, token.value_start + start, token.value_start + max(start, end))
