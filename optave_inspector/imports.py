"""Opening what other programs wrote: a capture of it, with answers matched to their requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .capture.importing import import_entries
from .capture.progress import never, unheard
from .protocol.sdk_build import REQUEST_TIMEOUT_S
from .recorder import seen_in
from .tracing.correlator import Correlator

if TYPE_CHECKING:
    from pathlib import Path

    from .capture.entry import Entry
    from .capture.progress import Progress, Stop
    from .capture.store import CaptureStore


def import_capture(source: Path, target: Path | None, progress: Progress = unheard, stop: Stop = never) -> CaptureStore:
    """As :func:`~.capture.importing.import_entries`; entries that know nothing of exchanges are put into theirs."""
    return import_entries(source, target, annotate=_Correlating().annotate, progress=progress, stop=stop)


class _Correlating:
    def __init__(self) -> None:
        self._correlator = Correlator(REQUEST_TIMEOUT_S * 10**9)
        self._attempt = 0
        self._last_ns = 0

    def annotate(self, entry: Entry, payload: bytes) -> None:
        if entry.attempt != self._attempt:
            self._correlator.cut_off(self._attempt, self._last_ns)
            self._attempt = entry.attempt
        self._last_ns = entry.monotonic_ns
        self._correlator.hand_in(entry, seen_in(entry, payload))
