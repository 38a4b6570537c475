"""Waiting for messages of a session, and checking them."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

from ..capture.entry import Entry, EntryKind
from ..capture.query.json_path import parse_path, values_at
from ..protocol.read_json import json_text, read_json
from ..protocol.states import ConnectionState
from .wording import check_words

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from ..session import Session
    from .recipe import Check

_PAGE = 500
_SEARCHED = 256 * 1024
"""Characters of a message in which a pattern is looked for."""
_MESSAGES = (EntryKind.TEXT, EntryKind.BINARY)


class Messages:
    """The messages that come to ``session``, each looked at once. Close it when the run is over."""

    def __init__(self, session: Session, put_into: Callable[[str], str]) -> None:
        self._session = session
        self._put_into = put_into
        self.seen = session.store.count
        """Up to this entry, messages are spent: they were what an earlier step expected, or came before the run."""
        self._more = asyncio.Event()
        session.entries_added.connect(self._told)
        session.state_changed.connect(self._told)

    def close(self) -> None:
        """Listen no longer."""
        self._session.entries_added.disconnect(self._told)
        self._session.state_changed.disconnect(self._told)

    async def expect(
        self, checks: tuple[Check, ...], text: re.Pattern[str] | None, within_s: float
    ) -> tuple[Entry | None, str]:
        """The first message after the last one that was expected to meet all checks, or None and what came instead."""
        at, checks = self.seen, self._filled_in(checks)
        passed = 0
        nearest = ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    self._more.clear()
                    over = self._session.state is ConnectionState.CLOSED
                    if over:
                        await self._session.settled()
                    for entry in self._new(at):
                        at = entry.number
                        wrong = self._wrong(entry, checks, text)
                        if not wrong:
                            self.seen = at
                            return entry, ""
                        passed += 1
                        nearest = wrong
                    if over:
                        return None, _instead(passed, nearest, "before the connection ended")
                    await self._more.wait()
        return None, _instead(passed, nearest, "in that time")

    async def expect_none(
        self, checks: tuple[Check, ...], text: re.Pattern[str] | None, within_s: float
    ) -> Entry | None:
        """The first message from now on that meets all checks; None when none came in the time."""
        await self._session.settled()
        at, checks = self._session.store.count, self._filled_in(checks)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    self._more.clear()
                    for entry in self._new(at):
                        at = entry.number
                        if not self._wrong(entry, checks, text):
                            return entry
                    await self._more.wait()
        return None

    def _filled_in(self, checks: tuple[Check, ...]) -> tuple[Check, ...]:
        """With the values of variables: once for all messages that are looked at."""
        return tuple(
            dataclasses.replace(check, value=self._put_into(check.value)) if isinstance(check.value, str) else check
            for check in checks
        )

    def _told(self, _news: object) -> None:
        self._more.set()

    def _new(self, after: int) -> Iterator[Entry]:
        while page := self._session.store.page(after + 1, _PAGE):
            after = page[-1].number
            yield from (entry for entry in page if entry.direction == 0 and entry.kind in _MESSAGES)

    def _wrong(self, entry: Entry, checks: tuple[Check, ...], text: re.Pattern[str] | None) -> str:
        """Which demand the message does not meet; empty where it meets all."""
        if not checks and text is None:
            return ""
        payload = self._session.store.payload(entry.number)
        if text is not None and text.search(payload.decode("utf-8", "replace")[:_SEARCHED]) is None:
            return f"its text does not match {text.pattern}"
        if not checks:
            return ""
        value = read_json(payload).value
        for check in checks:
            found = list(values_at(value, parse_path(check.path)))
            if not self._meets(check, found):
                there = " and ".join(map(json_text, found[:3])) if found else "nothing"
                if check.exists is not None:
                    return f"{there} stands at {check.path}"
                return f"{there} stands at {check.path}, not {check_words(check).removeprefix(check.path).strip(' =')}"
        return ""

    @staticmethod
    def _meets(check: Check, found: list[Any]) -> bool:
        if check.exists is not None:
            return bool(found) is check.exists
        if check.pattern is not None:
            pattern = check.pattern
            return any(
                pattern.search((value if isinstance(value, str) else json_text(value))[:_SEARCHED]) for value in found
            )
        return any(_same(value, check.value) for value in found)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return bool(value == wanted)


def _instead(passed: int, nearest: str, when: str) -> str:
    if not passed:
        return f"No message came {when}."
    many = "One other message came" if passed == 1 else f"{passed:,} other messages came"
    return f"{many} {when}; of the last, {nearest}."
