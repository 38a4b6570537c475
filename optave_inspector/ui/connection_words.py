"""Where a connection stands, in the words that all panels share: a glyph, the state's name and number, can it send."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..protocol.states import ConnectionState
from .messages import clock

if TYPE_CHECKING:
    from ..client.events import TokenUse
    from ..session import Session

_GLYPHS = {
    ConnectionState.CONNECTING: ("◔", "warning"),
    ConnectionState.OPEN: ("●", "ok"),
    ConnectionState.CLOSING: ("◐", "warning"),
    ConnectionState.CLOSED: ("○", "neutral"),
}


def state_words(state: ConnectionState) -> tuple[str, str]:
    """A chip's look and text, such as ``("ok", "● OPEN 1 · can send")``."""
    glyph, look = _GLYPHS[state]
    return look, f"{glyph} {state.name} {state.value} · {'can send' if state.can_send else 'cannot send'}"


def token_words(use: TokenUse | None, session: Session) -> tuple[str, str, str]:
    """A chip's look, text and explanation for the newest attempt's token; empty texts before the first attempt."""
    if use is None:
        if not session.attempt or session.state is ConnectionState.CONNECTING:
            return "neutral", "", ""
        return "neutral", "no token", "The newest attempt sent no token."
    expiry = _expiry(use) if session.state is ConnectionState.OPEN else ""
    spent = f"Source: {use.source}. Each token opens one connection; the next one needs a fresh token."
    if use.reused:
        return "warning", f"⚠ token reused{expiry}", f"This token was sent before. {spent}"
    return "neutral", f"token used{expiry}", spent


def _expiry(use: TokenUse) -> str:
    if use.expires_unix_s is None:
        return ""
    left = use.expires_unix_s - time.time()
    return f" · expires {clock(left)}" if left > 0 else " · expired"
