"""Whether a streamed answer extends the one before it.

Each message of a stream carries the whole text so far, to be put in place of the former one (``protocol.md`` section
8.3): the former text should be the beginning of the new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .json_path import Step, follow, json_path
from .read_json import ReadResult, read_json, without_surrogates
from .text_diff import common_start

MAX_GROWTH_BYTES = 8 << 20
"""Larger messages are not looked through."""
_MAX_TEXTS = 1_000


@dataclass(frozen=True, slots=True)
class Growth:
    """What a message of a stream adds to the one before."""

    path: str
    """JSON path of the text that grew, or that breaks the rule; "" where no text was found."""
    added_text: str
    """What stands behind the former text; where the rule is broken, behind the part that both have in common."""
    extends: bool
    """Whether every text of the former message is the beginning of its successor."""
    sentence: str
    comparable: bool = True
    """Whether both messages could be read and have a text to compare; where not, ``extends`` is False."""


def stream_growth(before: bytes, after: bytes) -> Growth:
    """Compare the texts of two answers to one request, the earlier one first. Never raises.

    The texts are the contents of the response items; where there is none, all texts in these items; without items, all
    texts of the message but those in its headers. Of messages that are both no JSON, the whole text.
    """
    if max(len(before), len(after)) > MAX_GROWTH_BYTES:
        return _incomparable(f"Messages of more than {MAX_GROWTH_BYTES >> 20} MiB are not looked through.")
    readings = read_json(before), read_json(after)
    unread = [not _was_read(reading) for reading in readings]
    if all(unread):
        return _compare_plain(before, after)
    if any(unread):
        which, problem = ("former", readings[0].problem) if unread[0] else ("new", readings[1].problem)
        return _incomparable(f"The {which} message cannot be read: {problem}")
    for find in (_contents, _texts_of_items, _texts_anywhere):
        former, new = find(readings[0].value), find(readings[1].value)
        if former or new:
            return _compare(former, new)
    return _incomparable("Neither message has a text.")


@dataclass(frozen=True, slots=True)
class MessageTexts:
    """The texts of one message, as :func:`stream_growth` compares them."""

    by_path: Mapping[str, str]
    """May hold halves of characters, where a message was cut inside of one; ``$`` for a message that is no JSON."""
    problem: str = ""
    """Why there are none, as a sentence."""


def message_texts(message: bytes) -> MessageTexts:
    """What a message of a stream says. Never raises."""
    if len(message) > MAX_GROWTH_BYTES:
        return MessageTexts({}, f"Messages of more than {MAX_GROWTH_BYTES >> 20} MiB are not looked through.")
    reading = read_json(message)
    if not _was_read(reading):
        try:
            return MessageTexts({"$": message.decode()})
        except UnicodeDecodeError:
            return MessageTexts({}, "The message is no text.")
    for find in (_contents, _texts_of_items, _texts_anywhere):
        found = find(reading.value)
        if found:
            return MessageTexts(found)
    return MessageTexts({}, "The message has no text.")


def _was_read(reading: ReadResult) -> bool:
    return not reading.problem or reading.value is not None


def _compare_plain(before: bytes, after: bytes) -> Growth:
    try:
        return _compare({"$": before.decode()}, {"$": after.decode()})
    except UnicodeDecodeError:
        return _incomparable("The messages are no text.")


def _incomparable(sentence: str) -> Growth:
    return Growth("", "", extends=False, sentence=sentence, comparable=False)


def _compare(former: Mapping[str, str], new: Mapping[str, str]) -> Growth:
    for path, text in former.items():
        if path not in new:
            sentence = f"The text at {path} is gone. {_RULE}"
            return Growth(path, "", extends=False, sentence=sentence)
        if not _extends(text, new[path]):
            start = common_start(text, new[path])
            return Growth(
                path, without_surrogates(new[path][start:]), extends=False, sentence=_break(path, text, new[path])
            )
    grown = {path: text[_kept(former.get(path, "")) :] for path, text in new.items() if text != former.get(path, "")}
    if not grown:
        return Growth(next(iter(new)), "", extends=True, sentence="No text was added.")
    path = max(grown, key=lambda one: len(grown[one]))
    count = len(grown[path])
    others = f" {len(grown) - 1} other {'text' if len(grown) == 2 else 'texts'} grew too." if len(grown) > 1 else ""
    sentence = f"{count:,} {'character was' if count == 1 else 'characters were'} added to the text at {path}.{others}"
    return Growth(path, without_surrogates(grown[path]), extends=True, sentence=sentence)


_RULE = "Each message of a stream should carry the whole text so far."


def _break(path: str, former: str, new: str) -> str:
    start = common_start(former, new)
    if start == len(new):
        lost = former[start:]
        what = "only white space" if lost.isspace() else "its end"
        return (
            f"The text at {path} got shorter: {what} is missing, {len(lost):,} of {len(former):,} characters. {_RULE}"
        )
    if start == 0:
        return f"The text at {path} begins anew: it may be a piece to append, or another answer. {_RULE}"
    return f"The text at {path} does not extend the former one: they part at character {start + 1:,}. {_RULE}"


def _extends(former: str, new: str) -> bool:
    if new.startswith(former):
        return True
    # A tenant that counts UTF-16 units may cut inside of a character; its other half comes with the next message.
    kept = _kept(former)
    return kept < len(former) and new.startswith(former[:kept]) and _high_half(new[kept : kept + 1]) == former[kept]


def _kept(former: str) -> int:
    """How many characters of the former text are whole."""
    return len(former) - ("\ud800" <= former[-1:] <= "\udbff")


def _high_half(character: str) -> str:
    """The first UTF-16 unit of a character outside the Basic Multilingual Plane; "" for others."""
    return chr(0xD800 + (ord(character) - 0x10000 >> 10)) if character > "\uffff" else ""


_Located = tuple[tuple[Step, ...], Any]


def _answer(message: Any) -> _Located:
    """The superpower in a message, and where it is."""
    if isinstance(message, dict) and isinstance(message.get("headers"), dict) and "payload" in message:
        return ("payload",), message["payload"]
    return (), message


def _items(message: Any) -> Iterator[_Located]:
    root, answer = _answer(message)
    results = follow(answer, ("message", "results"))[1]
    for number, result in enumerate(results if isinstance(results, list) else ()):
        response = follow(result, ("response",))[1]
        for place, item in enumerate(response if isinstance(response, list) else ()):
            yield (*root, "message", "results", number, "response", place), item


def _contents(message: Any) -> dict[str, str]:
    return {
        json_path((*steps, "content")): content
        for steps, item in islice(_items(message), _MAX_TEXTS)
        if isinstance(content := follow(item, ("content",))[1], str)
    }


def _texts_of_items(message: Any) -> dict[str, str]:
    texts = (text for steps, item in _items(message) for text in _all_texts(item, steps))
    return dict(islice(texts, _MAX_TEXTS))


def _texts_anywhere(message: Any) -> dict[str, str]:
    root, answer = _answer(message)
    return dict(islice(_all_texts(answer, root), _MAX_TEXTS))


def _all_texts(value: Any, root: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """Every text below ``value`` with its path, but for those that name a message or an item."""
    waiting: list[_Located] = [(root, value)]
    while waiting:
        steps, one = waiting.pop()
        if isinstance(one, str):
            yield json_path(steps), one
        elif isinstance(one, dict):
            named = [(key, item) for key, item in one.items() if key not in _NAMES and isinstance(item, _WITH_TEXTS)]
            waiting += [((*steps, key), item) for key, item in reversed(named)]
        elif isinstance(one, list):
            placed = [(index, item) for index, item in enumerate(one) if isinstance(item, _WITH_TEXTS)]
            waiting += [((*steps, index), item) for index, item in reversed(placed)]


_WITH_TEXTS = (str, dict, list)
_NAMES = frozenset({"headers", "action", "actionType", "state", "correlationId", "requestId", "connectionId", "id"})
