"""What would mend a finding: small changes of the text, each said in words before it is made."""

from __future__ import annotations

import functools
import json
import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..protocol.actions import Action, parse_action
from ..protocol.envelope import MESSAGE_SCHEMA_REF
from ..protocol.ids import uuid7
from ..protocol.json_path import json_path
from ..protocol.payload_tree import PAYLOAD_TREE, Node, suggestion
from ..protocol.read_json import json_text, read_json
from ..protocol.sdk_check import FIELDS_MISSING, SCHEMA_MISMATCH, TYPE_ERROR
from ..protocol.timestamps import iso_millis, parse_timestamp
from .json_edit import CannotEditError, remove, set_value
from .json_sentences import word_at
from .positions import Step, parse_path, read_positions
from .templates import templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .judgement import Judgement, Place
    from .positions import Problem

_Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """Let a value stand at a place of the text."""

    path: _Steps
    value: Any


@dataclass(frozen=True, slots=True)
class Drop:
    """Take the value at a place of the text away."""

    path: _Steps


@dataclass(frozen=True, slots=True)
class Move:
    """Let a value stand elsewhere, written as it was; within the same object only its key changes."""

    path: _Steps
    target: _Steps

    def applied(self, text: str) -> str:
        """``text`` with the change made. Raises CannotEditError."""
        positions = read_positions(text)
        span, key = positions.span(json_path(self.path)), positions.spot(json_path(self.path))
        if span is None or key is None:
            raise CannotEditError(f"There is nothing at {json_path(self.path)}.")
        written = text[span.start : span.end]
        if self.path[:-1] == self.target[:-1] and positions.span(json_path(self.target)) is None:
            return f"{text[: key.start]}{json.dumps(self.target[-1])}{text[key.end :]}"
        text = remove(text, self.path).apply(text)
        text = set_value(text, self.target, None).apply(text)
        span = read_positions(text).span(json_path(self.target))
        assert span is not None
        return f"{text[: span.start]}{written}{text[span.end :]}"


@dataclass(frozen=True, slots=True)
class Give:
    """Give a header of the envelope, beside the text."""

    header: str
    text: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Choose another action, beside the text."""

    action: Action


Change = Put | Drop | Move | Give | Choose


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends one finding."""

    words: str
    """What is done, as an order: ``Rename it to threadId``."""
    changes: tuple[Change, ...]
    loses: bool = False
    """Something that was typed goes, so that it is done on its own only, never along with others."""
    adds: bool = False
    """Something is added that may be there under another name: after all others."""

    def applied(self, text: str) -> str:
        """``text`` with the changes that concern it. Raises CannotEditError where it is not what was judged."""
        for change in self.changes:
            match change:
                case Put(path, value):
                    text = set_value(text, path, value).apply(text)
                case Drop(path):
                    text = remove(text, path).apply(text)
                case Move():
                    text = change.applied(text)
        return text

    @property
    def beside(self) -> tuple[Give | Choose, ...]:
        """The changes of what stands beside the text."""
        return tuple(change for change in self.changes if isinstance(change, (Give, Choose)))


class Fixes:
    """Fixes for the findings on one text. Cheap to make; nothing is changed before :meth:`Fix.applied`."""

    def __init__(
        self,
        text: str,
        action: Action,
        *,
        whole: bool = False,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        self._value = read_json(text).value
        self._action = action
        self._root: _Steps = ("payload",) if whole else ()
        """Where the payload stands in the text."""
        self._whole = whole
        self._new_id = new_id or _new_id

    def of(self, place: Place) -> Fix | None:
        """What mends ``place``; None where nobody but its author can know."""
        steps = None if place.path is None else parse_path(place.path)
        if steps is None:
            return None
        here, parent = self._at(steps), self._at(steps[:-1]) if steps else None
        sentence, rule = place.finding.sentence, place.finding.rule
        inner = steps[len(self._root) :] if steps[: len(self._root)] == self._root else None
        match rule:
            case "blank-item":
                return Fix("Leave the blank item out", (Drop(steps),))
            case "uuid-version" | "format" if "UUID of version 7" in sentence:
                return Fix("Put a new UUID of version 7 here", (Put(steps, self._new_id()),))
            case "timestamp" | "format":
                return _time(steps, here)
            case "unknown-key" | "deprecated" if inner is not None:
                return self._misplaced(steps, inner, here)
            case _ if rule == SCHEMA_MISMATCH and inner is not None and inner:
                return self._misplaced(steps, inner, here)
            case "required" | "minItems" | "conversations":
                return self._missing(steps, sentence)
            case _ if rule == FIELDS_MISSING:
                return self._missing(steps, sentence)
            case "enum":
                return _choice(steps, here, parent)
            case "type":
                return _type(steps, here, sentence)
            case _ if rule == TYPE_ERROR and inner is not None:
                return _crash(steps, here)
        return None

    def _at(self, steps: _Steps) -> Any:
        value = self._value
        for step in steps:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def _misplaced(self, steps: _Steps, inner: _Steps, value: Any) -> Fix | None:
        if not inner:  # the action itself is deprecated
            if self._action is not Action.CUSTOMER_INTERACTION:
                return None
            changes: tuple[Change, ...] = (Choose(Action.INTERACTION),)
            if self._whole:
                changes = (Put(("headers", "action"), Action.INTERACTION.value), *changes)
            return Fix("Use interaction instead", changes)
        if inner == ("request", "variation") and isinstance(value, str):
            return self._move(steps, "request.attributes.variant", value.upper())
        if inner == ("request", "content"):
            return self._move(steps, "request.attributes.content", value)
        place = suggestion(str(inner[-1]), _tree_at(inner[:-1]))
        header = re.fullmatch(r"headers\.(\w+) of the envelope", place)
        if header is not None:
            return self._to_header(steps, header[1], value)
        if place and "." not in place:
            return self._move(steps, ".".join(map(str, (*inner[:-1], place))), value, (*inner[:-1], place))
        if place and " " not in place and "[" not in place:
            return self._move(steps, place, value)
        return Fix(f"Remove {inner[-1]}", (Drop(steps),), loses=True)

    def _move(self, steps: _Steps, place: str, value: Any, target: _Steps | None = None) -> Fix:
        target = (*self._root, *(place.split(".") if target is None else target))
        there = self._at(target)
        if there not in (None, "", [], {}) and there != value:
            return Fix(f"Remove it: {place} has another value", (Drop(steps),), loses=True)
        how = "Rename it to" if target[:-1] == steps[:-1] else "Move it to"
        words = f"{how} {target[-1] if how.startswith('Rename') else place}"
        if value == self._at(steps):
            return Fix(words, (Move(steps, target),))
        return Fix(words, (Drop(steps), Put(target, value)))

    def _to_header(self, steps: _Steps, header: str, value: Any) -> Fix | None:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)) or header == "sdkVersion":
            return Fix(f"Remove {steps[-1]}", (Drop(steps),), loses=True)
        words = f"Move it to the header {header}"
        if self._whole:
            return Fix(words, (Drop(steps), Put(("headers", header), value)))
        return Fix(words, (Drop(steps), Give(header, value if isinstance(value, str) else json_text(value))))

    def _missing(self, steps: _Steps, sentence: str) -> Fix | None:
        said = re.match(r"(request(?:\.\w+)+|session) (?:is|must)\b", sentence)
        if said is not None:  # the SDK and the documentation name the field by its whole path
            return self._example((*self._root, *said[1].split(".")))
        named = re.search(r" has no (\w+)\.", sentence)
        if named is not None:
            return self._example((*steps, named[1]))
        if steps and steps[-1] == "conversations":
            return self._example(steps)
        return None

    def _example(self, path: _Steps) -> Fix | None:
        name = path[-1]
        if name in ("threadId", "correlationId"):
            return Fix(f"Add {name}: a new UUID of version 7", (Put(path, self._new_id()),), adds=True)
        by_rule: dict[_Steps, Any] = {
            ("action",): "message",
            ("headers",): {},
            ("headers", "action"): self._action.value,
            ("headers", "schemaRef"): MESSAGE_SCHEMA_REF,
        }
        if self._whole and path in by_rule:
            return Fix(f"Add {json_path(path).removeprefix('$.')}", (Put(path, by_rule[path]),), adds=True)
        value: Any = _minimal(self._action)
        for step in path[len(self._root) :]:
            value = value.get(step) if isinstance(value, dict) else None
        if path[: len(self._root)] != self._root or value is None:
            return None
        words = f"Add an empty {name}" if value == "" else f"Add {name} as in the template minimal"
        return Fix(words, (Put(path, value),), adds=True)


def fix_all(
    text: str, action: Action, judge: Callable[[str, Action], Judgement], *, whole: bool, limit: int = 200
) -> tuple[str, Action, list[Fix]]:
    """Mend what can be mended without losing anything typed, one finding after the other.

    Gives the new text, the action then, and what was done. ``judge`` says what is wrong with a text.
    """
    done: list[Fix] = []
    judgement = judge(text, action)
    given: set[str] = set()
    while len(done) < limit:
        if judgement.problem is not None:
            return text, action, done
        fixes = Fixes(text, action, whole=whole)
        found = [(place, fix) for place in judgement.places if (fix := fixes.of(place)) is not None and not fix.loses]
        for place, fix in sorted(found, key=lambda pair: pair[1].adds):
            if any(isinstance(one, Give) and one.header in given for one in fix.changes):
                continue
            try:
                changed = fix.applied(text)
            except CannotEditError:
                continue
            chosen = next((one.action for one in fix.beside if isinstance(one, Choose)), action)
            if changed == text and chosen is action:
                continue
            after = judge(changed, chosen)
            if after.problem is None and place not in after.places:
                text, action, judgement = changed, chosen, after
                given |= {one.header for one in fix.changes if isinstance(one, Give)}
                done.append(fix)
                break
        else:
            return text, action, done
    return text, action, done


_SYNONYMS: Final = {
    "agent": "operator",
    "assistant": "bot",
    "customer": "user",
    "enduser": "user",
    "human": "user",
    "mail": "email",
    "phone": "voice",
    "call": "voice",
}
_ENUMS: Final[dict[str, tuple[str, ...]]] = {
    "medium": ("chat", "voice", "email"),
    "role": ("operator", "user", "bot"),
    "schemaRef": (MESSAGE_SCHEMA_REF,),
    "identifier": ("message",),
}


def _choice(steps: _Steps, value: Any, parent: Any) -> Fix | None:
    name = steps[-1] if steps else ""
    options = ("message",) if steps == ("action",) else _ENUMS.get(str(name), ())
    if steps == ("headers", "action"):
        action = parse_action(value) if isinstance(value, str) else None
        options = (action.value,) if action is not None else ()
    if not options:
        return None
    plain = value.strip().lower().replace("-", "").replace("_", "") if isinstance(value, str) else ""
    wanted = _SYNONYMS.get(plain, plain)
    if wanted in options or len(options) == 1:
        chosen = wanted if wanted in options else options[0]
        return Fix(f"Write {chosen}", (Put(steps, chosen),))
    if name == "medium" and plain in ("", "webchat", "livechat", "messenger", "web"):
        return Fix("Write chat", (Put(steps, "chat"),))
    if not plain and isinstance(parent, dict):
        return Fix(f"Leave {name} out", (Drop(steps),))
    return None


def _type(steps: _Steps, value: Any, sentence: str) -> Fix | None:
    if not steps:
        return None
    wanted = sentence.rpartition("must be ")[2]
    if value is None and isinstance(steps[-1], str):
        return Fix(f"Leave {steps[-1]} out", (Drop(steps),))
    if wanted.startswith("a string") and isinstance(value, (bool, int, float)):
        return Fix("Write it as a string", (Put(steps, json_text(value)),))
    if isinstance(value, str) and wanted.startswith("true or false") and value.strip().lower() in ("true", "false"):
        return Fix("Write it without quotes", (Put(steps, value.strip().lower() == "true"),))
    if isinstance(value, str) and wanted.startswith("a number"):
        number = read_json(value).value
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            return Fix("Write it without quotes", (Put(steps, number),))
    if wanted.startswith("an array") and isinstance(value, dict):
        return Fix("Make it an array of this one item", (Put(steps, [value]),))
    return None


def _crash(steps: _Steps, value: Any) -> Fix | None:
    if value is None and steps:
        return Fix(f"Leave {steps[-1]} out", (Drop(steps),))
    if isinstance(value, (bool, int, float)) and steps[-1:] in (("variant",), ("variation",)):
        return Fix("Write it as a string", (Put(steps, json_text(value)),))
    return None


_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)


def _time(steps: _Steps, value: Any) -> Fix | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    read = parse_timestamp(text)
    if read is not None:
        return Fix(f"Write {iso_millis(read)}", (Put(steps, iso_millis(read)),))
    if _WITHOUT_ZONE.fullmatch(text):
        read = parse_timestamp(f"{text}Z")
        if read is not None:
            return Fix(f"Take it for UTC: {iso_millis(read)}", (Put(steps, iso_millis(read)),))
    return None


def _tree_at(steps: _Steps) -> Node:
    node: Node = PAYLOAD_TREE
    for step in steps:
        if isinstance(node, list):
            node = node[0]
            if isinstance(step, int):
                continue
        node = node.get(str(step)) if isinstance(node, dict) else None
    return node[0] if isinstance(node, list) else node


@functools.cache
def _minimal(action: Action) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(templates(action)[0].text)
    return found


def _new_id() -> str:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


_LITERALS: Final = {"None": "null", "True": "true", "False": "false", "undefined": "null", "NaN": "null"}


def fix_of_problem(text: str, problem: Problem) -> tuple[str, str] | None:
    """What is done, and the text then, where it is no JSON for want or excess of one mark; None where it is not clear.

    It is JSON further on than before, if not to its end.
    """
    at, sentence = problem.offset, problem.sentence
    word = word_at(text, at)
    made = None
    if sentence.startswith("This comma is too many"):
        made = "Leave the comma out", f"{text[:at]}{text[at + 1 :]}"
    elif sentence.startswith("A comma is missing"):
        end = len(text[:at].rstrip())
        made = "Add the comma", f"{text[:end]},{text[end:]}"
    elif sentence.startswith("A colon is missing"):
        end = len(text[:at].rstrip())
        made = "Add the colon", f"{text[:end]}:{text[end:]}"
    elif word in _LITERALS:
        made = f"Write {_LITERALS[word]}", f"{text[:at]}{_LITERALS[word]}{text[at + len(word) :]}"
    elif sentence.startswith("The text begins with a byte order mark"):
        made = "Remove the byte order mark", text[1:]
    elif at >= len(text.rstrip()) and text.strip():
        closing = _open_brackets(text)
        made = (f"Close it with {closing}", f"{text.rstrip()}{closing}") if closing else None
    if made is None:
        return None
    after = read_positions(made[1]).problem
    return made if after is None or after.offset > at else None


def _open_brackets(text: str) -> str:
    """What closes the containers that are open at the end of a text without broken strings."""
    open_: list[str] = []
    for mark in re.findall(r"[{}\[\]]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        if mark in "{[":
            open_.append("}" if mark == "{" else "]")
        elif open_:
            open_.pop()
    return "".join(reversed(open_))


def changed_part(before: str, after: str) -> tuple[int, int, str]:
    """The smallest stretch by which two texts differ: from where to where in ``before``, and what stands there."""
    start = _common(zip(before, after, strict=False))
    room = min(len(before), len(after)) - start
    end = _common(zip(reversed(before[len(before) - room :]), reversed(after[len(after) - room :]), strict=True))
    return start, len(before) - end, after[start : len(after) - end]


def _common(pairs: Iterator[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count
