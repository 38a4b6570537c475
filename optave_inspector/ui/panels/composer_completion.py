"""Proposals in the composer's editor: keys and values of the contract, and the IDs that the capture has seen."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ...capture.entry import EntryKind
from ...compose.completion import Setting, complete, help_at
from ...compose.known_ids import collect_ids
from ...errors import InspectorError
from ...protocol.contract_fields import ContractFields
from ...resources import schemas
from ..widgets.json_completion import JsonCompletion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ...capture.store import CaptureStore
    from ...compose.completion import Proposal
    from ...protocol.actions import Action
    from ..bridge import SessionBridge
    from ..widgets.json_editor import JsonEditor

_NEWEST = 400
"""Entries that are looked through for IDs."""
_LONGEST = 262_144
_MOST_BYTES = 4_194_304
_AT_ONCE = 40


class ComposerCompletion(QObject):
    """Joins the editor's list with what is known. ``setting`` gives the action and whether the text is the whole."""

    def __init__(self, editor: JsonEditor, bridge: SessionBridge, setting: Callable[[], tuple[Action, bool]]) -> None:
        super().__init__(editor)
        self._bridge = bridge
        self._setting = setting
        self._known: dict[str, tuple[str, ...]] = {}
        self._seen = 0
        self._reading = False
        self.list = JsonCompletion(editor, self._propose, self._explain)

    def _propose(self, text: str, cursor: int) -> Sequence[Proposal]:
        self._read()
        return complete(text, cursor, self._now(), contract_fields(), self._known)

    def _explain(self, text: str, offset: int) -> str:
        return help_at(text, offset, self._now(), contract_fields())

    def _now(self) -> Setting:
        action, whole = self._setting()
        return Setting(action, whole)

    def _read(self) -> None:
        """Look for new IDs, on another thread; what is known by then is proposed meanwhile."""
        store = self._bridge.session.store
        if not self._reading and store.count != self._seen:
            self._reading = True
            self._bridge.start(self._read_from(store, store.count), "known IDs")

    async def _read_from(self, store: CaptureStore, count: int) -> None:
        try:
            self._known = await asyncio.to_thread(known_ids, store, count)
        except InspectorError:
            self._known = {}  # a capture that cannot be read is told by the panels that show it
        finally:
            self._seen, self._reading = count, False
        self.list.offer_again()


@functools.cache
def contract_fields() -> ContractFields:
    """The contract's fields; read once."""
    return ContractFields(schemas())


def known_ids(store: CaptureStore, count: int) -> dict[str, tuple[str, ...]]:
    """The IDs of the newest messages among the first ``count`` entries, for a thread of its own."""
    return collect_ids(_messages(store, count))


def _messages(store: CaptureStore, count: int) -> Iterator[bytes]:
    first = max(1, count - _NEWEST + 1)
    entries = store.page(first, count - first + 1)
    numbers = [entry.number for entry in reversed(entries) if entry.kind == EntryKind.TEXT and entry.size <= _LONGEST]
    left = _MOST_BYTES
    for start in range(0, len(numbers), _AT_ONCE):
        for payload in store.payloads(numbers[start : start + _AT_ONCE]):
            left -= len(payload)
            if left < 0:
                return
            yield payload
