"""Named requests in collections: values, what can be done to them, and the text of their file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ..errors import InspectorError
from ..protocol.actions import Action
from .drafts import Draft, new_id
from .own_files import BrokenFile, read_versioned, write_versioned

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = 1
LONGEST_NAME = 200


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request under a name. It holds what a draft holds."""

    id: str
    name: str
    description: str = ""
    folder: str = ""
    """Names of folders, the outermost first, with ``/`` between them; empty for none."""
    template: bool = False
    """It is offered among the templates of its action."""
    action: str = Action.INTERACTION.value
    whole: bool = False
    text: str = ""
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}

    @property
    def stamp(self) -> str:
        """By which this content is told from another."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    @property
    def path(self) -> str:
        """Folder and name."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Requests that belong together: one file."""

    id: str
    name: str
    description: str = ""
    folders: tuple[str, ...] = ()
    """Folders that are there although they may be empty."""
    requests: tuple[Request, ...] = ()

    def request(self, request_id: str) -> Request | None:
        """One of them by its ID."""
        return next((one for one in self.requests if one.id == request_id), None)

    def all_folders(self) -> list[str]:
        """Every folder with those that it stands in, in order."""
        found = set()
        for folder in (*self.folders, *(one.folder for one in self.requests)):
            parts = folder.split("/") if folder else []
            found |= {"/".join(parts[: end + 1]) for end in range(len(parts))}
        return sorted(found, key=str.casefold)


def clean_folder(text: str) -> str:
    """A folder as it is kept: no empty names, no blanks around them."""
    return "/".join(part.strip() for part in text.split("/") if part.strip())


def put(collection: Collection, request: Request, known: str = "") -> Collection:
    """Add a request, or put it in place of the one with its ID, whose stamp must be ``known``.

    Raises InspectorError where that one was changed elsewhere.
    """
    name = _name(request.name)
    request = replace(request, name=name, folder=clean_folder(request.folder))
    former = collection.request(request.id)
    if former is None:
        return replace(collection, requests=(*collection.requests, request))
    if former.stamp not in (known, request.stamp):
        raise InspectorError(
            f"The request “{former.name}” was changed elsewhere since it was opened here.",
            "Save yours under another name.",
        )
    return replace(collection, requests=tuple(request if one.id == request.id else one for one in collection.requests))


def without(collection: Collection, request_ids: Iterable[str]) -> Collection:
    """Take requests out; those that are gone are no problem."""
    gone = set(request_ids)
    return replace(collection, requests=tuple(one for one in collection.requests if one.id not in gone))


def with_folder(collection: Collection, folder: str) -> Collection:
    """Make a folder, and those that it stands in."""
    folder = clean_folder(folder)
    if not folder:
        raise InspectorError("A folder needs a name.")
    return replace(collection, folders=tuple(dict.fromkeys((*collection.folders, folder))))


def move_folder(collection: Collection, folder: str, to: str) -> Collection:
    """Give a folder and all that is in it another name or place. Where there is such a folder, both become one."""
    to = clean_folder(to)
    if not to:
        raise InspectorError("A folder needs a name.")
    if to.startswith(f"{folder}/"):
        raise InspectorError("A folder cannot be moved into itself.")

    def moved(path: str) -> str:
        return f"{to}{path[len(folder) :]}" if path == folder or path.startswith(f"{folder}/") else path

    return replace(
        collection,
        folders=tuple(dict.fromkeys(map(moved, collection.folders))),
        requests=tuple(replace(one, folder=moved(one.folder)) for one in collection.requests),
    )


def without_folder(collection: Collection, folder: str) -> Collection:
    """Take a folder out with all that is in it."""

    def inside(path: str) -> bool:
        return path == folder or path.startswith(f"{folder}/")

    return replace(
        collection,
        folders=tuple(each for each in collection.folders if not inside(each)),
        requests=tuple(one for one in collection.requests if not inside(one.folder)),
    )


def renamed(collection: Collection, name: str) -> Collection:
    """Give the collection another name."""
    return replace(collection, name=_name(name))


def matches(request: Request, words: str) -> bool:
    """Whether every word stands somewhere in the request, in any case."""
    everything = f"{request.path}\n{request.description}\n{request.action}\n{request.text}".casefold()
    return all(word in everything for word in words.casefold().split())


def request_of(draft: Draft, name: str, *, description: str = "", folder: str = "", template: bool = False) -> Request:
    """A draft under a name."""
    return Request(
        id=new_id(), name=name, description=description, folder=folder, template=template, action=draft.action,
        whole=draft.whole, text=draft.text, headers=draft.headers,
        more={key: value for key, value in draft.more.items() if key != "request"},
    )  # fmt: skip


def draft_of(request: Request, collection_id: str) -> Draft:
    """A request opened as a draft, which remembers where it came from."""
    origin = {"collection": collection_id, "id": request.id, "stamp": request.stamp}
    return Draft(
        id=new_id(), name=request.name, action=request.action, whole=request.whole, text=request.text,
        headers=request.headers, more={**request.more, "request": origin},
    )  # fmt: skip


def encode_collection(collection: Collection) -> bytes:
    """The file of a collection. Raises BrokenFile for text that no file can hold."""
    content = msgspec.to_builtins(collection)
    for request in content["requests"]:
        # Lines rather than one long string: the file is for people as well.
        request["text"] = request["text"].split("\n")
    return write_versioned(content, VERSION)


def decode_collection(data: bytes) -> Collection:
    """Read a file. Raises BrokenFile or NewerFile, and nothing else whatever the file holds."""
    content = read_versioned(data, VERSION)
    requests = content.get("requests", [])
    if not isinstance(requests, list):
        raise BrokenFile("its requests are no list")
    content["requests"] = [_with_text(request) for request in requests]
    try:
        collection = msgspec.convert(content, Collection)
    except msgspec.ValidationError as error:
        raise BrokenFile(f"a value is of the wrong kind: {error}") from error
    if len({one.id for one in collection.requests}) != len(collection.requests):
        raise BrokenFile("two of its requests have the same ID")
    return collection


def _with_text(request: object) -> object:
    lines = request.get("text", []) if isinstance(request, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BrokenFile("a request's text is no list of lines")
    assert isinstance(request, dict)
    return {**request, "text": "\n".join(lines)}


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise InspectorError("A name is needed.")
    if len(name) > LONGEST_NAME:
        raise InspectorError(f"The name is longer than {LONGEST_NAME} characters.")
    return name
