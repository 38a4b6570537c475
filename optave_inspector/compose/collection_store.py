"""The collections of this user on the disk, one readable file each, for several windows and processes at once."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..errors import InspectorError
from ..profiles.atomic_file import write_atomically
from ..profiles.folder_lock import folder_lock
from .collection import Collection, Request, decode_collection, encode_collection, put, renamed, without
from .drafts import new_id
from .own_files import BrokenFile, NewerFile, content_of, put_aside, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LOCK_S = 2.0
_NOT_IN_A_FILE_NAME = re.compile(r"[^\w-]+")


class CollectionStore:
    """Each change reads the file anew under a lock, so that no window undoes what another one changed.

    What goes wrong is an InspectorError in words, and then the files are as they were.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self) -> tuple[list[Collection], list[str]]:
        """All collections by name, and what the user should know of the files."""
        found: dict[str, Collection] = {}
        notices: list[str] = []
        for path in self._files():
            try:
                data = content_of(path)
                if data is not None:
                    collection = decode_collection(data)
                    found.setdefault(collection.id, collection)
            except NewerFile as error:
                notices.append(f"The collection in {path} was left alone: {error}. Use a newer release for it.")
            except BrokenFile as error:
                notices.append(self._set_aside(path, str(error)))
            except OSError as error:
                notices.append(f"The collection in {path} cannot be read: {reason(error)}. It was left alone.")
        return sorted(found.values(), key=lambda one: (one.name.casefold(), one.id)), notices

    def new(self, name: str) -> Collection:
        """Make an empty collection."""
        return self._add(renamed(Collection(id=new_id(), name="x"), name))

    def change(self, collection_id: str, change: Callable[[Collection], Collection]) -> Collection:
        """Read a collection, change it and write it, in one step."""
        with self._writing():
            path, collection = self._find(collection_id)
            changed = change(collection)
            if changed != collection:
                write_atomically(path, _encoded(changed))
            return changed

    def move(self, request_ids: list[str], source: str, target: str, folder: str) -> None:
        """Move requests to a folder of the same or of another collection."""
        with self._writing():
            from_path, from_collection = self._find(source)
            moving = [one for one in from_collection.requests if one.id in request_ids]
            path, collection = (from_path, from_collection) if source == target else self._find(target)
            for request in moving:
                collection = put(collection, replace(request, folder=folder), request.stamp)
            # Written where they go before they are taken from where they were: a crash in between loses none.
            write_atomically(path, _encoded(collection))
            if source != target:
                write_atomically(from_path, _encoded(without(from_collection, request_ids)))

    def delete(self, collection_id: str) -> None:
        """Remove a collection's file."""
        with self._writing():
            self._find(collection_id)[0].unlink()

    def export(self, collection_id: str, path: Path) -> Collection:
        """Write a collection into a file of the user's; what was written."""
        collection = self._find(collection_id)[1]
        data = _encoded(collection)
        try:
            write_atomically(path, data)
        except OSError as error:
            raise InspectorError(f"{path} cannot be written: {reason(error)}.") from error
        return collection

    def take_in(self, path: Path) -> Collection:
        """Import an exported collection as a new one, beside whatever there is."""
        try:
            data = content_of(path)
            if data is None:
                raise InspectorError(f"There is no file {path}.")
            collection = decode_collection(data)
        except OSError as error:
            raise InspectorError(f"{path} cannot be read: {reason(error)}.") from error
        except (BrokenFile, NewerFile) as error:
            raise InspectorError(f"{path} is no collection of requests: {error}.") from error
        taken = {one.name for one in self.load()[0]}
        name, number = collection.name, 2
        while name in taken:
            name, number = f"{collection.name} {number}", number + 1
        fresh = tuple(replace(one, id=new_id()) for one in collection.requests)
        return self._add(replace(collection, id=new_id(), name=name, requests=fresh))

    def request(self, collection_id: str, request_id: str) -> Request:
        """One request as it is now."""
        found = self._find(collection_id)[1].request(request_id)
        if found is None:
            raise InspectorError("This request is no longer there.", "It was deleted or moved elsewhere.")
        return found

    def _add(self, collection: Collection) -> Collection:
        data = _encoded(collection)
        with self._writing():
            title = _NOT_IN_A_FILE_NAME.sub("-", collection.name).strip("-")[:40]
            write_atomically(self.folder / f"{title or 'collection'}.{collection.id}.json", data)
        return collection

    def _find(self, collection_id: str) -> tuple[Path, Collection]:
        for path in self._files():
            try:
                data = content_of(path)
                collection = decode_collection(data) if data is not None else None
            except (BrokenFile, NewerFile):
                continue
            if collection is not None and collection.id == collection_id:
                return path, collection
        raise InspectorError("This collection is no longer there.", "It was deleted elsewhere.")

    def _files(self) -> list[Path]:
        try:
            return sorted(
                path for path in self.folder.iterdir() if path.suffix == ".json" and not path.name.startswith(".")
            )
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InspectorError(f"The collections in {self.folder} cannot be read: {reason(error)}.") from error

    def _set_aside(self, path: Path, why: str) -> str:
        try:
            with folder_lock(self.folder, _LOCK_S):
                return f"The collection in {path} is broken ({why}). It was set aside as {put_aside(path)}."
        except OSError as error:
            return f"The collection in {path} is broken ({why}) and could not be set aside: {reason(error)}."

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with folder_lock(self.folder, _LOCK_S):
                yield
        except OSError as error:
            raise InspectorError(
                f"The collection cannot be saved: {reason(error)}.", "What was saved before is untouched."
            ) from error


def _encoded(collection: Collection) -> bytes:
    try:
        return encode_collection(collection)
    except BrokenFile as error:
        raise InspectorError(f"The collection “{collection.name}” cannot be saved: {error}.") from error
