"""How long captures stay, how large they may grow together, and what a clean-up removes for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .library import CaptureFile, CaptureState, look_at
from .opening import companions, in_use

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .library import CaptureLibrary

_DAY_NS = 24 * 3600 * 10**9
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


class Retention(msgspec.Struct, frozen=True):
    """The user's limits; None for no limit."""

    keep_days: int | None = 30
    """Days after the last change."""
    max_total_bytes: int | None = 5 * 10**9
    """For all captures of the folder together; the oldest go first."""


class Removal(msgspec.Struct, frozen=True):
    """One capture that a clean-up takes, or would have to leave."""

    capture: CaptureFile
    reason: str
    """Why it is due, as a sentence."""
    left_because: str = ""
    """Why it stays nevertheless, as a sentence; empty for one that goes."""
    removed: bool = False

    @property
    def path(self) -> Path:
        """The capture's file."""
        return self.capture.path


class CleanUp(msgspec.Struct, frozen=True):
    """What a clean-up did, or would do."""

    removals: list[Removal]
    """The captures that are due, the oldest first; those that stay say why."""
    total_bytes: int
    """Size of all captures that stay."""
    is_preview: bool


def clean_up(
    library: CaptureLibrary,
    retention: Retention,
    now_wall_ns: int,
    *,
    preview: bool = False,
    spare: Iterable[Path] = (),
) -> CleanUp:
    """Remove what ``retention`` asks for, or with ``preview`` only tell.

    Stay, whatever their age: captures that anybody has open, kept and bookmarked ones, damaged ones and those of newer
    versions, which nobody could look into, and the paths to ``spare``. What a crash left is not removed for its size
    before the user has recovered it. A capture without entries is removed in any case. Raises StoreError where the
    folder cannot be read.
    """
    spared = {path.resolve() for path in spare}
    captures = sorted(library.captures(), key=lambda each: each.changed_wall_ns)
    total = sum(each.size_bytes for each in captures)
    removals = []
    for capture in captures:
        reason = _reason(capture, retention, now_wall_ns, total)
        if not reason:
            continue
        removal = Removal(capture, reason, _protection(capture, spared))
        if not removal.left_because and not preview:
            removal = _remove(removal)
        if not removal.left_because:
            total -= capture.size_bytes
        removals.append(removal)
    return CleanUp(removals, total, preview)


def _reason(capture: CaptureFile, retention: Retention, now_wall_ns: int, total: int) -> str:
    if capture.entries == 0 and capture.state is not CaptureState.OPEN:
        return "It holds no entries."
    days = (now_wall_ns - capture.changed_wall_ns) // _DAY_NS
    if retention.keep_days is not None and days > retention.keep_days:
        return f"It is {days} days old; captures are kept for {retention.keep_days} days."
    limit = retention.max_total_bytes
    if limit is not None and total > limit and capture.state is not CaptureState.CRASHED:
        return f"All captures together take {in_units(total)}, more than {in_units(limit)}; this is the oldest."
    return ""


def _protection(capture: CaptureFile, spared: set[Path]) -> str:
    if capture.state is CaptureState.OPEN or capture.path.resolve() in spared or in_use(capture.path):
        return "It is open."
    if capture.problem:
        return capture.problem
    if capture.info.kept:
        return "It is marked to be kept."
    if capture.bookmarks:
        return f"It has {capture.bookmarks} bookmarks." if capture.bookmarks > 1 else "It has a bookmark."
    return ""


def _remove(removal: Removal) -> Removal:
    path = removal.path
    try:
        now = look_at(path)
        if (now.state, now.entries, now.bookmarks, now.info) != (
            removal.capture.state,
            removal.capture.entries,
            removal.capture.bookmarks,
            removal.capture.info,
        ):
            return msgspec.structs.replace(removal, left_because="It has just changed.")
        # The database first: what SQLite put beside it means nothing without it.
        path.unlink()
        for companion in companions(path):
            companion.unlink(missing_ok=True)
    except FileNotFoundError:
        return msgspec.structs.replace(removal, left_because="It is gone already.")
    except OSError as error:
        return msgspec.structs.replace(removal, left_because=f"It cannot be removed: {error.strerror or error}.")
    return msgspec.structs.replace(removal, removed=True)


def in_units(size: int) -> str:
    """A size as people read it: ``1.5 GB``, in powers of 1000."""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if unit == 0 or amount >= 100 else f"{amount:.1f} {_UNITS[unit]}"
