"""Plays a stream: which update is on show while time goes by, at recorded or another speed."""

from __future__ import annotations

import bisect
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FRAME_MS = 33
SPEEDS: tuple[tuple[str, float], ...] = (("½×", 0.5), ("1×", 1.0), ("2×", 2.0), ("5×", 5.0), ("instant", 0.0))
"""Name and factor; 0 for no waiting at all."""


class StreamPlayer(QObject):
    """Goes through updates as fast as they came. Runs a timer only while it plays."""

    moved = Signal(int)
    """Another update is on show: its place."""
    ticked = Signal()
    """``position_ns`` has moved on."""
    playingChanged = Signal()

    def __init__(self, parent: QObject, clock: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__(parent)
        self._clock = clock
        self._times: Sequence[int] = ()
        self._place = -1
        self._speed = 1.0
        self._since_ns = 0
        self.position_ns = 0
        """Where in the stream it is, in nanoseconds since the request."""
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._on_time)

    @property
    def playing(self) -> bool:
        """Whether it moves on by itself."""
        return self._timer.isActive()

    @property
    def place(self) -> int:
        """The update on show; -1 while there is none."""
        return self._place

    def set_times(self, times: Sequence[int]) -> None:
        """When the updates came, in nanoseconds since the request. May grow; the place stays."""
        self._times = times
        if self._place >= len(times):
            self._place = len(times) - 1
        if not times:
            self.pause()

    def set_speed(self, speed: float) -> None:
        """So many times the recorded speed; 0 goes to the last update at once."""
        self._settle()
        self._speed = speed
        if self.playing and not speed:
            self._on_time()

    def go(self, place: int) -> None:
        """Show an update; what plays goes on from there."""
        place = min(max(place, 0), len(self._times) - 1)
        if place < 0:
            return
        self.position_ns, self._since_ns = self._times[place], self._clock()
        if place != self._place:
            self._place = place
            self.moved.emit(place)
        self.ticked.emit()

    def play(self) -> None:
        """Go on from here; from the first update where there is none after this one."""
        if len(self._times) < 2:
            return
        if self._place >= len(self._times) - 1:
            self.go(0)
        self._since_ns = self._clock()
        self._timer.start()
        self.playingChanged.emit()
        if not self._speed:
            self._on_time()

    def pause(self) -> None:
        """Stay here."""
        if self.playing:
            self._settle()
            self._timer.stop()
            self.playingChanged.emit()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def _settle(self) -> None:
        now_ns = self._clock()
        if self.playing:
            self.position_ns += round((now_ns - self._since_ns) * self._speed)
        self._since_ns = now_ns

    def _on_time(self) -> None:
        self._settle()
        last_ns = self._times[-1]
        if not self._speed or self.position_ns >= last_ns:
            self.position_ns = last_ns
        place = max(bisect.bisect_right(self._times, self.position_ns) - 1, self._place)
        if place != self._place:
            self._place = place
            self.moved.emit(place)
        self.ticked.emit()
        if self.position_ns >= last_ns:
            self.pause()
