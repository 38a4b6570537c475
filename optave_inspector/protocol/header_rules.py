"""Which HTTP headers can be sent (RFC 9110 section 5)."""

import re

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def header_problem(name: str, value: str) -> str:
    """Why a header cannot be sent, as a sentence; empty when it can."""
    if not name:
        return "A header has no name."
    if _NAME.fullmatch(name) is None:
        return f"“{name[:60]}” is no name of a header: it takes letters, digits and hyphens, no space and no colon."
    if _VALUE.fullmatch(value) is None:
        return f"The value of the header {name} holds a line break or a character that HTTP cannot carry."
    return ""
