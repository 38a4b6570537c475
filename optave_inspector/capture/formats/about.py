"""What a file says of the capture that it was written from."""

from __future__ import annotations

import msgspec

VERSION = 1
"""Of our own part of a file. A file with a higher one is left alone."""


class About(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """The head of an export."""

    version: int = VERSION
    app_version: str = ""
    created: str = ""
    """When the capture began."""
    tenant: str = ""
    redacted: bool = False
    """Secrets and what else was asked for were replaced by placeholders."""
