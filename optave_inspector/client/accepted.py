"""Certificates that the user accepts though nothing else vouches for them: by fingerprint, in memory, for a session."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from .config import ClientCredentials, ConnectionConfig, TicketEndpoint

if TYPE_CHECKING:
    from .tls_words import UntrustedPeer

T = TypeVar("T")


class AcceptedCertificates:
    """Which certificate of which address the user accepted. It is never written anywhere."""

    def __init__(self) -> None:
        self._by_address: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._by_address)

    @property
    def addresses(self) -> tuple[str, ...]:
        """``host:port`` of each."""
        return tuple(self._by_address)

    def accept(self, peer: UntrustedPeer) -> None:
        """Accept the certificate that ``peer`` showed, instead of a former one of the same address."""
        self._by_address[peer.address] = peer.sha256

    def forget(self, address: str = "") -> None:
        """Have certificates of ``address`` judged anew; without one, all."""
        if address:
            self._by_address.pop(address, None)
        else:
            self._by_address.clear()

    def into(self, settings: T) -> T:
        """Settings of a connection or a token source that know of them; others as they are."""
        if not self._by_address or not isinstance(settings, ConnectionConfig | ClientCredentials | TicketEndpoint):
            return settings
        tls = dataclasses.replace(settings.tls, accepted=frozenset(self._by_address.items()))
        return dataclasses.replace(settings, tls=tls)
