"""A draft: what somebody is composing, with all that belongs to it, as a value and as the text of a file."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from ..profiles.profile_file import stamp
from ..protocol.actions import Action
from .own_files import BrokenFile, read_versioned, write_versioned

VERSION = 1
_NOT_IN_THE_FILE = {"id", "stamp"}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One draft of a profile. ``stamp`` is that of the file it was read from or saved to; empty before."""

    id: str
    name: str = ""
    """The user's; empty for one that goes by its action."""
    action: str = Action.INTERACTION.value
    whole: bool = False
    """``text`` is the whole message rather than the payload."""
    text: str = ""
    template: str = ""
    """The template that the text was made from."""
    headers: dict[str, str] = {}
    """What is given in place of generated headers."""
    more: dict[str, Any] = {}
    """What further parts of the composer keep with a draft, by their names, as JSON can hold it."""
    place: float = 0.0
    """Drafts stand in the order of this number: moving one changes its own file alone."""
    closed: float = 0.0
    """When it was closed, in seconds since 1970; 0 while it is open."""
    stamp: str = ""

    @property
    def title(self) -> str:
        """What to call it."""
        if self.name:
            return self.name
        action = next((each for each in Action if each.value == self.action), None)
        return "message" if self.whole or action is None else action.sdk_name


def new_id() -> str:
    """For a draft that nobody has yet."""
    return uuid.uuid4().hex


def encode_draft(draft: Draft) -> bytes:
    """The file of a draft. Raises BrokenFile for text that no file can hold."""
    fields = {name: getattr(draft, name) for name in Draft.__struct_fields__ if name not in _NOT_IN_THE_FILE}
    # Lines rather than one long string: the file is for people as well.
    fields["text"] = draft.text.split("\n")
    return write_versioned(fields, VERSION)


def decode_draft(data: bytes, draft_id: str) -> Draft:
    """Read a file. Raises BrokenFile or NewerFile, and nothing else whatever the file holds."""
    content = read_versioned(data, VERSION)
    given = {name: content[name] for name in Draft.__struct_fields__ if name in content}
    lines = given.get("text", [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BrokenFile("its text is no list of lines")
    given |= {"text": "\n".join(lines), "id": draft_id, "stamp": stamp(data)}
    try:
        return msgspec.convert(given, Draft)
    except msgspec.ValidationError as error:
        raise BrokenFile(f"a value is of the wrong kind: {error}") from error
