"""Reading TOML so that everything in it knows where it stands.

The standard library's reader gives the values and says where it cannot go on; it does not say where a value stood. That
is found in a second pass over a text that is known to be sound, which therefore only has to tell keys, strings, tables
and arrays apart.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from typing import Any

from .problems import Place, Problem, RecipeError

Path = tuple[str | int, ...]
"""Keys and indexes from the top."""

MAX_CHARACTERS = 8 * 2**20

_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_OTHER = re.compile(r"\d{4}-\d\d-\d\d[ ]\d\d:[^\s,\]}#]+|[^\s,\]}#]+")
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class TomlText:
    """A TOML document: its ``values``, and for each path where its key and its value stand.

    Raises :class:`RecipeError` for a text that is no TOML, whatever it is.
    """

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]
        self.keys: dict[Path, tuple[int, int]] = {}
        self.spans: dict[Path, tuple[int, int]] = {}
        """Of values; of a table with a header of its own, the header."""
        self.headers: list[tuple[Path, int]] = []
        """Tables with a header of their own, and where the header begins; in the order of the text."""
        if len(text) > MAX_CHARACTERS:
            self._refuse(0, f"A recipe has at most {MAX_CHARACTERS:,} characters; this text has {len(text):,}.")
        try:
            self.values: dict[str, Any] = tomllib.loads(self.text)
            self._scan()
        except tomllib.TOMLDecodeError as error:
            self._not_toml(str(error))
        except RecursionError:
            self._refuse(0, "The text is nested too deeply to be read.")
        except ValueError as error:  # such as a whole number with more digits than Python converts
            self._refuse(0, f"The text cannot be read: {error}.")

    def place(self, start: int, end: int) -> Place:
        """The place of a stretch of the text."""
        line = bisect.bisect_right(self._lines, start)
        return Place(start, max(end, start), line, start - self._lines[line - 1] + 1)

    def of_key(self, path: Path) -> Place:
        """Where the key of ``path`` stands, else what stands above it."""
        return self._of(path, self.keys)

    def of_value(self, path: Path) -> Place:
        """Where the value of ``path`` stands, else what stands above it."""
        return self._of(path, self.spans)

    def block(self, path: Path) -> tuple[int, int] | None:
        """From the header of a table to the next header that does not belong to it; None where it has none."""
        for number, (found, start) in enumerate(self.headers):
            if found == path:
                others = (at for other, at in self.headers[number + 1 :] if other[: len(path)] != path)
                return start, next(others, len(self.text))
        return None

    def _of(self, path: Path, known: dict[Path, tuple[int, int]]) -> Place:
        while path:
            for places in (known, self.spans, self.keys):
                if path in places:
                    return self.place(*places[path])
            path = path[:-1]
        return Place()

    def _refuse(self, offset: int, sentence: str, hint: str = "") -> None:
        raise RecipeError([Problem(self.place(offset, offset), sentence, hint)]) from None

    def _not_toml(self, said: str) -> None:
        where = _WHERE.search(said)
        sentence = said[: where.start()] if where else said
        offset = len(self.text.rstrip())
        if where and where[1]:
            offset = self._lines[int(where[1]) - 1] + int(where[2]) - 1
        self._refuse(offset, f"This is no TOML: {sentence[:1].lower()}{sentence[1:]}.", "See toml.io for how to write.")

    # The second pass

    def _scan(self) -> None:
        self._at = 0
        prefix: Path = ()
        counts: dict[Path, int] = {}
        while self._skip(_BLANK) < len(self.text):
            start = self._at
            if self.text[self._at] != "[":
                self._pair(prefix)
                continue
            is_array = self.text.startswith("[[", self._at)
            self._at += 2 if is_array else 1
            names = self._key()
            self._skip(_SPACE)
            self._at += 2 if is_array else 1
            prefix = ()
            for depth, name in enumerate(names):
                prefix = (*prefix, name)
                self.keys.setdefault(prefix, (start, self._at))
                if depth == len(names) - 1 and is_array:
                    counts[prefix] = counts.get(prefix, 0) + 1
                if prefix in counts:
                    prefix = (*prefix, counts[prefix] - 1)
            self.spans[prefix] = self.keys[prefix] = (start, self._at)
            self.headers.append((prefix, start))

    def _skip(self, blank: re.Pattern[str]) -> int:
        found = blank.match(self.text, self._at)
        assert found is not None  # both may be empty
        self._at = found.end()
        return self._at

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip(_SPACE)
            bare = _BARE.match(self.text, self._at)
            found = bare or _STRING.match(self.text, self._at)
            assert found is not None  # the first pass found the text sound
            names.append(found[0] if bare else tomllib.loads(f"k = {found[0]}")["k"])
            self._at = found.end()
            self._skip(_SPACE)
            if self.text[self._at] != ".":
                return names
            self._at += 1

    def _pair(self, prefix: Path) -> None:
        start = self._at
        names = self._key()
        end = start + len(self.text[start : self._at].rstrip())
        for depth in range(len(names)):
            self.keys.setdefault((*prefix, *names[: depth + 1]), (start, end))
        self._at += 1  # the equals sign
        self._value((*prefix, *names))

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        start = self._at
        opening = self.text[start]
        if opening in "[{":
            self._at += 1
            number = 0
            while self._skip(_BLANK) < len(self.text) and self.text[self._at] not in "]}":
                if self.text[self._at] == ",":
                    self._at += 1
                elif opening == "[":
                    self._value((*path, number))
                    number += 1
                else:
                    self._pair(path)
            self._at += 1
        else:
            found = _STRING.match(self.text, start) or _OTHER.match(self.text, start)
            assert found is not None  # the first pass found the text sound
            self._at = found.end()
        self.spans[path] = (start, self._at)
