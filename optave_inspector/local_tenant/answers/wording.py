"""Taking text apart into words and sentences, and making it shorter."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\n+")


def vocabulary(text: str) -> frozenset[str]:
    """The words of ``text``, which stand apart by spaces."""
    return frozenset(text.split())


COMMON = vocabulary(
    "a about after all also am an and any are as at be because been but by can could did do does for from get "
    "got had has have he hello her hi him his how i if in into is it its just me more my no not now of on one "
    "or our out please she so some than thank thanks that the their them then there they this to too up us "
    "very was we were what when where which who why will with would yes you your i'm i've it's don't"
)
"""English words that say nothing about a text's matter."""


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, in order."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def matter(text: str) -> list[str]:
    """The words that say what ``text`` is about."""
    return [word for word in words(text) if word not in COMMON and len(word) > 2]


def sentences(text: str) -> list[str]:
    """The sentences and lines of ``text``, without blank ones."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters of ``text``, cut between words where it can be, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    space = cut.rfind(" ")
    if space > len(cut) // 2:
        cut = cut[:space]
    return (cut.rstrip() + "…")[:limit]


def listed(parts: list[str]) -> str:
    """``parts`` as they stand in a sentence: ``a, b and c``."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
