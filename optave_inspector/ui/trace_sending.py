"""Sending traces as the user wishes: the settings of the collector, kept for the next time, and the switch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from ..errors import InspectorError
from ..otlp.live import LiveTraces
from ..otlp.settings import CollectorError, collector, effective_endpoint
from .collector_file import CollectorFile, KeptCollector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..otlp.answers import Verdict
    from ..otlp.settings import Collector
    from ..profiles.secrets import SecretStore
    from ..session import Session

_SECRET = ("otlp-collector", "headers")
_TIMEOUT_S = 10.0
_LAST_S = 0.8


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """What the user says of a collector; checked by :meth:`TraceSending.apply`."""

    on: bool = False
    endpoint: str = ""
    """Empty for what the environment names."""
    ca_file: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def collector(self) -> Collector:
        """Where spans go. Raises CollectorError."""
        return collector(self.endpoint, self.headers, self.ca_file, _TIMEOUT_S)


class TraceSending(QObject):
    """One for all sessions of a window, per user, not per profile. Off until the user switches it on."""

    changed = Signal()
    """It was switched on or off, or goes to another place."""
    warned = Signal(str, str)
    """Kind and sentence for the message bar."""

    def __init__(self, file: CollectorFile, secrets: SecretStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._secrets = secrets
        self.settings = CollectorSettings()
        self.live = LiveTraces(self._on_error)
        self.live.told.connect(self._on_told)

    @property
    def notice(self) -> str:
        """Why headers are kept until the app ends only, in words; empty while the keyring works."""
        return self._secrets.notice if self.settings.headers else ""

    def watch(self, session: Session) -> None:
        """Take a session in."""
        self.live.watch(session)

    async def unwatch(self, session: Session) -> None:
        """Let a session go; after its end, before its capture is closed."""
        await self.live.unwatch(session)

    async def resume(self) -> None:
        """Go on as the user left it last time. What is in the way is told."""
        try:
            kept = await asyncio.to_thread(self._file.load)
            headers = await self._kept_headers() if kept.has_headers else {}
            self.settings = CollectorSettings(kept.on, kept.endpoint, kept.ca_file, headers)
            if kept.on and kept.has_headers and not headers:
                raise CollectorError("The headers for the collector are not in the keyring.", "Enter them again.")
            await self._switch()
        except InspectorError as error:
            self.warned.emit("warning", f"Traces are not sent. {error}")
        self.changed.emit()

    async def apply(self, settings: CollectorSettings) -> None:
        """Keep settings and switch. Raises InspectorError where they make no sense or cannot be kept."""
        if settings.on or effective_endpoint(settings.endpoint):
            settings.collector()
        kept = KeptCollector(settings.on, settings.endpoint, settings.ca_file, bool(settings.headers))
        await asyncio.to_thread(self._file.save, kept)
        if settings.headers != self.settings.headers:
            text = msgspec.json.encode(settings.headers).decode() if settings.headers else ""
            await self._secrets.set(*_SECRET, text)
        same = settings == self.settings and settings.on == self.live.is_on
        self.settings = settings
        if not same:
            await self._switch()
        self.changed.emit()

    async def try_out(self, settings: CollectorSettings) -> Verdict:
        """Send a request without spans. Raises CollectorError for settings that make no sense."""
        from ..otlp.exporter import send_nothing

        return await asyncio.to_thread(send_nothing, settings.collector())

    async def aclose(self) -> None:
        """Send what waits, for a second at most, and end; after the sessions, before their captures are closed."""
        await self.live.aclose(_LAST_S)

    async def _switch(self) -> None:
        if self.settings.on:
            await self.live.switch_on(self.settings.collector())
            self.warned.emit("ok", f"Traces are sent to {self.live.place} from now on, without message contents.")
        else:
            await self.live.switch_off()

    async def _kept_headers(self) -> dict[str, str]:
        text = await self._secrets.get(*_SECRET)
        try:
            return msgspec.json.decode(text or "{}", type=dict[str, str])
        except msgspec.MsgspecError:
            return {}

    def _on_told(self, kind: str, sentence: str) -> None:
        self.warned.emit(kind, sentence)

    def _on_error(self, name: str, error: BaseException) -> None:
        # The class alone: what an error says may hold what must not be shown.
        self.warned.emit(
            "error", f"Traces are not sent: “{name}” failed ({type(error).__name__}). The log has details."
        )
