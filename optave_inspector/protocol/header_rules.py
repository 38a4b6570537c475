"""Which HTTP headers can be sent (RFC 9110 section 5)."""

import re

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

_OF_THE_HANDSHAKE = frozenset(
    {"host", "upgrade", "connection", "content-length", "transfer-encoding", "expect", "te", "trailer"}
)


def handshake_header_problem(name: str) -> str:
    """Why a header of the user's own cannot be part of an upgrade request; empty when it can."""
    lower = name.lower()
    if lower == "origin":
        return "The header Origin has a field of its own."
    if lower in _OF_THE_HANDSHAKE or lower.startswith("sec-websocket-"):
        return f"The header {name} belongs to the handshake itself, which would break with a second one."
    return ""


def header_problem(name: str, value: str) -> str:
    """Why a header cannot be sent, as a sentence; empty when it can."""
    if not name:
        return "A header has no name."
    if _NAME.fullmatch(name) is None:
        return f"“{name[:60]}” is no name of a header: it takes letters, digits and hyphens, no space and no colon."
    if _VALUE.fullmatch(value) is None:
        return f"The value of the header {name} holds a line break or a character that HTTP cannot carry."
    return ""
