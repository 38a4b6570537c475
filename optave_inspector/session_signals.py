"""What a session tells: the same for one that is connected and for a stored capture that is shown as one."""

from __future__ import annotations

from psygnal import Signal

from .client.events import Ending, Handshake, TokenUse
from .client.failures import ConnectFailed
from .protocol.states import ConnectionState


class SessionSignals:
    """Signals are emitted after the change they tell of, on the thread that owns the session."""

    entries_added = Signal(int)
    """New number of entries in the store."""
    exchanges_changed = Signal(list)
    """Numbers of new or changed exchanges."""
    state_changed = Signal(ConnectionState)
    token_taken = Signal(TokenUse)
    handshake_done = Signal(Handshake)
    ended = Signal(Ending)
    failed = Signal(ConnectFailed)
    unsaved_changed = Signal(int)
    """How many entries are in memory only because the disk takes none; 0 once it does."""
    warned = Signal(str)
    """A sentence that the user must see although nothing failed; a second line says what to do."""
    alarmed = Signal(str)
    """A sentence that the user must not overlook: what was captured is in danger; a second line says what to do."""
    reassured = Signal(str)
    """A sentence that takes a warning back."""
