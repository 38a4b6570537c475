"""Reading one table of a recipe by the keys that it may have, and saying what is wrong with it where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..capture.query.errors import ValueProblem
from ..capture.query.json_path import parse_path
from ..capture.query.patterns import compiled_pattern
from ..capture.redaction import Redactor
from ..capture.secret_patterns import kind_of_name
from ..compose.variables import GENERATORS, is_generated, missing, nearest, uses
from .durations import seconds
from .keys import Key, Kind
from .problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .toml_places import Path, TomlText

NO_SECRETS = "Recipes hold no secrets: whoever runs one gives them by keyring or environment."


class Tables:
    """The problems of one text, found while its tables are read. What is wrong is left out of what is given back."""

    def __init__(self, toml: TomlText) -> None:
        self.toml = toml
        self.problems: list[Problem] = []
        self.names: Collection[str] = ()
        """The variables that are declared."""
        self._redactor = Redactor()

    def wrong(self, place: Place, sentence: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(place, sentence, hint))

    def table(self, path: Path, value: Any, keys: Iterable[Key], called: str) -> dict[str, Any]:
        """The values of the table at ``path``, each as its key's kind wants it."""
        known = {key.name: key for key in keys}
        if not isinstance(value, dict):
            self.wrong(self.toml.of_value(path), f"{called} must be a table.")
            return {}
        found = {}
        for name, given in value.items():
            if name not in known:
                self._unknown((*path, name), name, known, called)
                continue
            read = self.value((*path, name), given, known[name])
            if read is not None:
                found[name] = read
        for name, key in known.items():
            if key.required and name not in value:
                self.wrong(self.toml.of_key(path), f"{called} needs {name}: {_small(key.meaning)}")
        return found

    def value(self, path: Path, value: Any, key: Key) -> Any:
        """``value`` as ``key`` wants it; None, and a problem, where it is not."""
        match key.kind:
            case Kind.TEXT | Kind.LINE | Kind.PATTERN | Kind.JSON_PATH | Kind.HEX | Kind.TIME | Kind.CHOICE:
                if not isinstance(value, str):
                    return self._expected(path, key)
                return self._from_text(path, value, key)
            case Kind.WHOLE | Kind.CODE | Kind.STATUS:
                return self._whole(path, value, key)
            case Kind.FLAG:
                return value if isinstance(value, bool) else self._expected(path, key)
            case Kind.VALUE:
                return self._scalar(path, value, key)
            case Kind.TEXTS | Kind.VALUES:
                return self._texts(path, value, key)
            case Kind.CHECKS | Kind.STEPS:
                # In reading.py, which knows what they are made of.
                return value if isinstance(value, list) else self._expected(path, key)

    def free_of_secrets(self, path: Path, text: str) -> bool:
        """Whether nothing secret stands in ``text``; a problem where it does."""
        if self._redactor.clean(text) == text:
            return True
        self.wrong(self.toml.of_value(path), "A token, a secret or a password stands here.", NO_SECRETS)
        return False

    def _unknown(self, path: Path, name: str, known: Collection[str], called: str) -> None:
        place = self.toml.of_key(path)
        if kind_of_name(name):
            self.wrong(place, f"{name} would hold a secret.", NO_SECRETS)
            return
        meant = nearest(name, known)
        hint = f"Did you mean {meant}?" if meant else f"It may have: {', '.join(known)}."
        self.wrong(place, f"{called} has no key {name}.", hint)

    def _expected(self, path: Path, key: Key) -> Any:
        what = f"one of {', '.join(key.choices)}" if key.choices else _KINDS.get(key.kind, key.kind.value)
        self.wrong(self.toml.of_value(path), f"{key.name} must be {what}.", key.meaning)
        return None

    def _from_text(self, path: Path, text: str, key: Key) -> Any:
        if not self.free_of_secrets(path, text):
            return None
        match key.kind:
            case Kind.TEXT | Kind.LINE:
                self._check_names(path, text)
                if key.kind is Kind.LINE and ("\n" in text or not text.strip()):
                    problem = "is empty" if not text.strip() else "has more than one line"
                    self.wrong(self.toml.of_value(path), f"{key.name} {problem}.", key.meaning)
                    return None
                return text
            case Kind.CHOICE:
                if text in key.choices:
                    return text
                meant = nearest(text, key.choices)
                hint = f"Did you mean {meant}?" if meant else f"It is one of {', '.join(key.choices)}."
                self.wrong(self.toml.of_value(path), f"{key.name} cannot be {_shown(text)}.", hint)
            case Kind.TIME:
                read = seconds(text)
                if read is not None:
                    return read
                self.wrong(
                    self.toml.of_value(path),
                    f"{_shown(text)} is no time.",
                    "Write a number and ms, s, min or h, at most 24 h.",
                )
            case Kind.HEX:
                try:
                    return bytes.fromhex(text)
                except ValueError:
                    return self._expected(path, key)
            case Kind.JSON_PATH:
                try:
                    parse_path(text)
                except ValueProblem as problem:
                    self._inside(path, problem)
                    return None
                return text
            case Kind.PATTERN:
                try:
                    return compiled_pattern(text, re.DOTALL)
                except ValueProblem as problem:
                    self._inside(path, problem)
        return None

    def _whole(self, path: Path, value: Any, key: Key) -> int | None:
        least, most = {Kind.CODE: (0, 0xFFFF), Kind.STATUS: (100, 599)}.get(key.kind, (key.least, key.most))
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            limits = f" from {least} to {most}" if least != most else f": {least}"
            self.wrong(self.toml.of_value(path), f"{key.name} must be {key.kind.value}{limits}.", key.meaning)
            return None
        return value

    def _scalar(self, path: Path, value: Any, key: Key) -> Any:
        if isinstance(value, str):
            self._check_names(path, value)
            return value if self.free_of_secrets(path, value) else None
        if isinstance(value, bool | int | float):
            return value
        return self._expected(path, key)

    def _texts(self, path: Path, value: Any, key: Key) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._expected(path, key)
            return None
        found: dict[str, Any] = {}
        for name, given in value.items():
            if kind_of_name(name) and isinstance(given, str) and key.kind is Kind.TEXTS:
                self.wrong(self.toml.of_key((*path, name)), f"{name} would hold a secret.", NO_SECRETS)
                continue
            if key.kind is Kind.TEXTS and not isinstance(given, str):
                self.wrong(self.toml.of_value((*path, name)), f"{name} must be text.", 'Write it between quotes: "5".')
                continue
            read = self._scalar((*path, name), given, Key(name, Kind.VALUE, ""))
            if read is not None:
                found[name] = read
        return found

    def _check_names(self, path: Path, text: str) -> None:
        for name, start, end in uses(text):
            if name not in self.names and not is_generated(name) and self.puts_in(path):
                how = f"Declare it under [variables], or use {', '.join(GENERATORS)}."
                wrong = missing(name, (*self.names, *GENERATORS), how)
                self.wrong(self._within(path, text, start, end), str(wrong), wrong.hint)

    def puts_in(self, path: Path) -> bool:
        """Whether variables are put into the text at ``path``."""
        if path[-1] in ("title", "description"):
            return False
        parent: Any = self.toml.values
        for step in path[:-1]:
            parent = parent[step]
        return not (isinstance(parent, dict) and parent.get("verbatim") is True)

    def _inside(self, path: Path, problem: ValueProblem) -> None:
        place = self.toml.of_value(path)
        text: Any = self.toml.values
        for step in path:
            text = text[step]
        end = len(text) if problem.end is None else problem.end
        self.wrong(self._within(path, text, problem.start, end) if end else place, problem.sentence, problem.hint)

    def _within(self, path: Path, text: str, start: int, end: int) -> Place:
        """The place of a part of a text, where the text stands in the file as it is; else of the whole."""
        whole = self.toml.of_value(path)
        raw = self.toml.text[whole.start : whole.end]
        at = raw.find(text)
        if at < 0:
            return whole
        return self.toml.place(whole.start + at + start, whole.start + at + end)


_KINDS = {Kind.TEXT: "text", Kind.PATTERN: "a regular expression as text", Kind.JSON_PATH: "a JSON path as text"}


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _shown(text: str) -> str:
    short = text if len(text) <= 40 else f"{text[:39]}…"
    return f"“{' '.join(short.split())}”"
