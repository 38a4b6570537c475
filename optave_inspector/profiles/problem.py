"""One thing that is wrong with a profile."""

from __future__ import annotations

import msgspec


class ProfileProblem(msgspec.Struct, frozen=True):
    """Why a profile cannot be used as it is, and at which of its fields to look."""

    field: str
    """Name of the attribute; ``fields.<name>`` for the value of a placeholder."""
    sentence: str
