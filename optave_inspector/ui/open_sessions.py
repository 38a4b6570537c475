"""The sessions of a window: each with a connection, a capture and traces of its own; all share the user's profiles."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..capture.schema import StoreError
from ..session import Session
from .bridge import SessionBridge
from .current_profile import CurrentProfile

if TYPE_CHECKING:
    from ..compose.history import SentHistory
    from ..own_captures import OwnCaptures
    from ..protocol.contract import Contract
    from .draft_book import DraftBook
    from .profile_book import ProfileBook
    from .request_library import RequestLibrary
    from .trace_sending import TraceSending


@dataclass(frozen=True, slots=True, eq=False)
class OpenSession:
    """One session with what the panels stand on. End it by :meth:`OpenSessions.end`."""

    session: Session
    bridge: SessionBridge
    current: CurrentProfile
    problem: str = ""
    """Why its capture goes with it, as a sentence; empty for one that stays."""


class OpenSessions:
    """Begins and ends sessions, not connected, each with a new capture among the user's own."""

    def __init__(
        self,
        captures: OwnCaptures,
        contract: Contract,
        book: ProfileBook,
        drafts: DraftBook,
        traces: TraceSending,
        history: SentHistory | None = None,
        library: RequestLibrary | None = None,
    ) -> None:
        self.captures = captures
        self.contract = contract
        self.book = book
        self.drafts = drafts
        self.traces = traces
        self.history = history
        self.library = library

    def stop_listening(self) -> None:
        """Let what all sessions share start nothing more; before its tasks are cancelled."""
        self.drafts.stop_listening()
        if self.library is not None:
            self.library.stop_listening()

    async def begin(self) -> OpenSession:
        """A new session on the running loop."""
        capture = await asyncio.to_thread(self.captures.begin)
        session = Session(capture.store, self.contract)
        self.traces.watch(session)
        bridge = SessionBridge(session)
        current = CurrentProfile(self.book)
        bridge.stateChanged.connect(lambda: _describe(session, current))
        return OpenSession(session, bridge, current, capture.problem)

    async def end(self, one: OpenSession) -> None:
        """End the connection with 1001, write what was seen, close the capture. A capture without entries goes."""
        # In this order: what still runs for the bridge may be the connecting that has only just come to its end.
        await one.session.aclose()
        await one.bridge.stop()
        await self.traces.unwatch(one.session)
        await asyncio.to_thread(self.captures.end, one.session.store)


def _describe(session: Session, current: CurrentProfile) -> None:
    """Let the capture say whose session it is, as soon as that is known."""
    info, config = session.store.info, session.config
    if config is None or info.profile:
        return
    with contextlib.suppress(StoreError):  # a store that takes no more has other ways to tell
        session.store.describe(profile=current.profile.name, tenant=urlsplit(config.url).hostname or "")
