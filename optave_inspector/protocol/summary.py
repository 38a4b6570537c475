"""One line for people about a message."""

from typing import Any

from .message_fields import Attributes, Request, Superpower
from .read_json import json_text, without_surrogates

SUMMARY_CHARACTERS = 200

_CONTROLS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_CONTROLS |= dict.fromkeys(
    [*range(0x80, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD
)


def one_line(text: str) -> str:
    """``text`` on one line of at most 200 characters, with visible signs for controls and direction marks."""
    head = text[: SUMMARY_CHARACTERS + 1]
    if not head.isprintable():
        head = " ".join(text[: SUMMARY_CHARACTERS * 4].split())
        if not head.isprintable():
            head = without_surrogates(head.translate(_CONTROLS))
        if len(head) <= SUMMARY_CHARACTERS and len(text) > SUMMARY_CHARACTERS * 4:
            return f"{head[: SUMMARY_CHARACTERS - 1]}…"
    return head.strip() if len(head) <= SUMMARY_CHARACTERS else f"{head[: SUMMARY_CHARACTERS - 1].strip()}…"


def request_summary(request: Request | None) -> str:
    """What is asked: the instruction and content to work on, else the last message of the last conversation."""
    if request is None:
        return ""
    attributes = request.attributes or Attributes()
    parts = [part for part in (as_text(attributes.instruction), as_text(attributes.content)) if part.strip()]
    return one_line(": ".join(parts)) if parts else one_line(_last_message(request))


def response_summary(message: Superpower | str | None) -> str:
    """What is answered: the content of the first item that has one."""
    if isinstance(message, str):
        return one_line(message)
    if message is None:
        return ""
    for result in message.results or ():
        for item in result.response or ():
            text = as_text(item.content)
            if text and (line := one_line(text)):
                return line
    return ""


def as_text(value: Any) -> str:
    """A leaf as text: texts as they are, nothing for null, the JSON text of anything else."""
    if isinstance(value, str):
        return value
    return "" if value is None else json_text(value)


def _last_message(request: Request) -> str:
    conversations = (request.scope.conversations or []) if request.scope else []
    for conversation in reversed(conversations):
        contents = [message.content for message in conversation.messages or ()] or [conversation.content]
        for content in reversed(contents):
            text = as_text(content)
            if text.strip():
                return text
    return ""
