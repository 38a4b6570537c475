"""What is wrong at one place of a text that is no JSON, in words for its author."""

from __future__ import annotations

import re
from typing import Final

_WORD = re.compile(r"[^\s{}\[\]:,\"]+")
_OTHER_LANGUAGES: Final = {
    "NaN": "JSON has no NaN: use null or a number.",
    "Infinity": "JSON has no Infinity: use null or a number.",
    "-Infinity": "JSON has no Infinity: use null or a number.",
    "undefined": "JSON has no undefined: use null or leave the key out.",
    "None": "JSON writes null, not None.",
    "True": "JSON writes true in lower case.",
    "False": "JSON writes false in lower case.",
}


def word_at(text: str, offset: int) -> str:
    """What stands at ``offset``: letters and digits up to the next separator, or one separator; empty at the end."""
    match = _WORD.match(text, offset)
    return match[0] if match is not None else text[offset : offset + 1]


def short(word: str) -> str:
    """``word``, cut to what fits into a sentence."""
    return word if len(word) <= 24 else word[:23] + "…"


def line_at(text: str, offset: int) -> int:
    """The line of ``offset``, from 1."""
    return text.count("\n", 0, offset) + 1


def no_value(text: str, offset: int) -> str:
    """A value should begin at ``offset``, and none does."""
    word = word_at(text, offset)
    if word in _OTHER_LANGUAGES:
        return _OTHER_LANGUAGES[word]
    if word.startswith(("//", "/*")):
        return "JSON has no comments."
    if word[0] == "'":
        return "A string stands in double quotes, not in single ones."
    if word[0] in "+-.0123456789":
        rule = "no plus sign, no leading zero, digits on both sides of the point"
        return f"{short(word)} is no number of JSON: {rule}."
    if word in "}]:,":
        return f"A value should stand here, not {word} alone."
    return f"A value is expected here: {short(word)} is none (text stands in double quotes)."


def no_key(text: str, offset: int) -> str:
    """A key should begin at ``offset``, and none does."""
    word = short(word_at(text, offset))
    return (
        f"A key stands in double quotes, not in single ones: {word}"
        if word[0] == "'"
        else (f"A key in double quotes is expected here: {word} is none.")
    )


def no_comma(text: str, offset: int, *, is_object: bool, start: int) -> str:
    """After a member of the container that begins at ``start``, there is neither a comma nor its end."""
    word = word_at(text, offset)
    if word in "}]":
        return wrong_bracket(text, offset, is_object=is_object, start=start)
    if word == ":":
        return "This colon is too many." if is_object else "An array has no keys: this colon is too many."
    if word.startswith(("//", "/*")):
        return "JSON has no comments."
    if word == '"':
        word = text[offset : text.find('"', offset + 1) + 1] or word
    return f"A comma is missing before {short(word)}."


def wrong_bracket(text: str, offset: int, *, is_object: bool, start: int) -> str:
    """The container that begins at ``start`` is closed by the other kind of bracket."""
    what, closing = ("object", "}") if is_object else ("array", "]")
    return f"{text[offset]} stands where {closing} should: the {what} begins in line {line_at(text, start)}."


def not_closed(text: str, *, is_object: bool, start: int) -> str:
    """The text ends within the container that begins at ``start``."""
    what, closing = ("object", "}") if is_object else ("array", "]")
    return (
        f"The text ends, but the {what} that begins in line {line_at(text, start)} is not closed: {closing} is missing."
    )


def broken_string(text: str, offset: int) -> str:
    """A string can not go on at ``offset``."""
    if offset == len(text):
        return "This string is not closed: its second double quote is missing."
    char = text[offset]
    if char in "\n\r":
        return "This string is not closed on its line; a line break in a string is written \\n."
    if char != "\\":
        return f"A control character (U+{ord(char):04X}) must be written as an escape such as \\t."
    if text[offset + 1 : offset + 2] == "u":
        return "\\u takes four hexadecimal digits."
    return f"{text[offset : offset + 2]} is no escape of JSON; a backslash itself is written \\\\."
