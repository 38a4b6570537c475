"""The retry that is due, as the window shows it: counted down in sight, cancellable, "now" at hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ..client.retry import RetryPolicy
from ..retrying import Retrier

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..profiles.profile import Profile
    from .bridge import SessionBridge
    from .connector import Connector
    from .current_profile import CurrentProfile

_TICK_MS = 200


class RetryCountdown(QObject):
    """Retries as the profile of the ended attempt allows, by its newest settings; with another profile none is left."""

    changed = Signal()
    """A retry is due, or no longer is, or the time left is another."""
    stopped = Signal(str)
    """No retry follows although the profile allows them: why, as a sentence."""

    def __init__(
        self, bridge: SessionBridge, connector: Connector, current: CurrentProfile, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._connector = connector
        self._current = current
        self.held: Callable[[], bool] = lambda: False
        """Whether somebody else has the session in hand, such as a recipe that runs: then nothing is retried."""
        self.retrier = Retrier(bridge.session, connector.connect_again, self._policy, self._fresh_token, bridge.start)
        self.retrier.changed.connect(self._on_changed)
        self.retrier.stopped.connect(self._on_stopped)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.changed)
        current.chosen.connect(self._on_settings)
        current.edited.connect(self._on_settings)

    @property
    def is_due(self) -> bool:
        """Whether a retry is waited for."""
        return self.retrier.waiting is not None

    def words(self) -> str:
        """``Retry 2 of 5 in 12 s``; empty while none is due."""
        waiting = self.retrier.waiting
        if waiting is None:
            return ""
        return f"Retry {waiting.number} of {waiting.most} in {math.ceil(self.retrier.left_s):,} s"

    def now(self) -> None:
        """Connect at once."""
        self.retrier.now()

    def cancel(self) -> None:
        """Do not connect again."""
        self.retrier.cancel()

    def _profile(self) -> Profile | None:
        """The profile of the newest attempt, as it is set now; None once another one was chosen."""
        used, chosen = self._connector.used, self._current.profile
        return chosen if used is not None and used.id == chosen.id else None

    def _policy(self) -> RetryPolicy:
        profile = self._profile()
        return profile.retry_policy if profile is not None and not self.held() else RetryPolicy()

    def _fresh_token(self) -> bool:
        profile = self._profile()
        return profile is not None and profile.gives_fresh_tokens

    def _on_settings(self) -> None:
        if self.is_due and not self._policy().on:
            self.retrier.cancel("the profile no longer asks for it")

    def _on_changed(self) -> None:
        if self.is_due:
            self._tick.start()
        else:
            self._tick.stop()
        self.changed.emit()

    def _on_stopped(self, why: str) -> None:
        self.stopped.emit(why)
