"""How long work tells how far it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import InspectorError

Progress = Callable[[int, int], None]
"""Called with what is done and what there is in all, in a unit of the work's own, on the thread that works."""
Stop = Callable[[], bool]
"""Asked now and then; true ends the work with :class:`Stopped`."""


class Stopped(InspectorError):  # noqa: N818 - no error of anybody's
    """The work was stopped on request, and took back what it had begun."""

    def __init__(self) -> None:
        super().__init__("Stopped; nothing was written.")


def unheard(_done: int, _total: int) -> None:
    """For work whose progress nobody watches."""


def never() -> bool:
    """For work that nobody stops."""
    return False
