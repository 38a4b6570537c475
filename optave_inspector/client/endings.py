"""Why an open connection ended, in one sentence or two, from what this side saw."""

from __future__ import annotations

import errno

from .events import Close, Closer

NO_SIGN_OF_LIFE = "The server said nothing for {:g} s after a keepalive ping"


def cause_of(
    *,
    received: Close | None,
    sent: Close | None,
    first: Closer,
    failed: bool,
    fault: str,
    gave_up: str = "",
    dropped: str,
    error: Exception | None,
) -> str:
    """The cause of an ending.

    ``failed``: this side failed the connection, because of ``fault`` where the peer broke the protocol, else for a
    reason of its own, ``gave_up``; ``dropped``: why this side cut TCP; ``error``: how TCP ended otherwise, None for an
    orderly end.
    """
    parts = []
    if failed:
        parts.append(_failure(fault or gave_up, sent, broken=bool(fault)))
        if received is not None:
            parts.append(f"The server answered with {received.code}.")
    elif received is not None and sent is not None:
        parts.append(_exchanged(received, sent, first))
    elif sent is not None and not dropped:
        return f"The inspector sent a close frame ({sent.code}), but {_tcp(error)} before an answer came."
    elif not dropped:
        return f"{_capital(_tcp(error))}, and no close frame came."
    if dropped:
        parts.append(dropped)
    elif error is not None:
        parts.append(f"Then {_tcp(error)}.")
    return " ".join(parts)


def _failure(why: str, sent: Close | None, *, broken: bool) -> str:
    reason = f"The server broke the protocol: {why}." if broken else f"{why}."
    return f"{reason} The inspector failed the connection{f' with {sent.code}' if sent is not None else ''}."


def _exchanged(received: Close, sent: Close, first: Closer) -> str:
    if first is Closer.PEER:
        code = "without a code" if received.code == 1005 else f"with {received.code}"
        return f"The server closed the connection {code}, and the inspector confirmed it."
    code = "without a code" if sent.code == 1005 else f"with {sent.code}"
    return f"The inspector closed the connection {code}, and the server confirmed it."


def _tcp(error: Exception | None) -> str:
    if error is None:
        return "the server ended TCP (FIN)"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "TCP was reset (RST)"
    if isinstance(error, OSError) and error.errno == errno.ETIMEDOUT:
        return "TCP timed out: the server's machine no longer answers"
    detail = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return f"TCP failed ({detail})"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
