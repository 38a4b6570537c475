"""Secrets of profiles: in the desktop's keyring, or in memory until the app ends, never in a file of ours."""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import closing
from typing import TYPE_CHECKING, Any

from .keyring_access import KeyringAccess, KeyringError, NoKeyringError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyring.backend import KeyringBackend

    from .secret_names import SecretNames

SERVICE = "optave-inspector"
CLIENT_SECRET = "client_secret"  # noqa: S105 - a field's name
TOKEN = "token"  # noqa: S105 - a field's name
TICKET_SECRET = "ticket_secret"  # noqa: S105 - a field's name
KEY_PASSPHRASE = "key_passphrase"  # noqa: S105 - a field's name
PROXY_PASSWORD = "proxy_password"  # noqa: S105 - a field's name
HEADER_SECRET = "header_secret"  # noqa: S105 - a field's name
FIELDS = (CLIENT_SECRET, TOKEN, TICKET_SECRET, KEY_PASSPHRASE, PROXY_PASSWORD, HEADER_SECRET)
_REMOVE_BY_HAND = f"Unlock the keyring and try again, or remove its entry {SERVICE} in the desktop's password app."


@dataclasses.dataclass(frozen=True, slots=True)
class _Held:
    secret: str = dataclasses.field(repr=False)
    remember: bool
    """To be moved into the keyring as soon as it works."""


class SecretStore:
    """Reads and writes secrets by profile ID and field. One object serves the whole app; use it on the event loop.

    Where no keyring exists, or it is locked or fails, secrets live in this object only: ``session_only`` is true then,
    and ``notice`` says why and what to do. Secrets that are held so move into the keyring once it works.
    """

    def __init__(self, names: SecretNames | None = None, *, timeout_s: float = 10.0) -> None:
        self._names = names
        self._keyring = KeyringAccess(timeout_s)
        self._one_at_a_time = asyncio.Lock()
        self._held: dict[str, _Held] = {}
        self._notice = ""

    @property
    def notice(self) -> str:
        """Why secrets are kept until the app ends only, and the way out; empty while the keyring works."""
        return self._notice

    @property
    def session_only(self) -> bool:
        """Whether the keyring could not be used when it was last asked."""
        return bool(self._notice)

    async def get(self, profile_id: str, field: str) -> str | None:
        """The secret, or None where none is known."""
        name = f"{profile_id}/{field}"
        if name in self._held:
            return self._held[name].secret
        async with self._one_at_a_time:
            secret = None
            try:
                secret = await self._keyring.ask(lambda keyring: keyring.get_password(SERVICE, name))
                await self._move_held()
                self._notice = ""
            except KeyringError as error:
                self._notice = str(error)
        return secret or None

    async def set(self, profile_id: str, field: str, secret: str, *, remember: bool = True) -> None:
        """Keep the secret; an empty one is forgotten. With ``remember`` false it stays in memory in any case."""
        if not secret:
            await self.forget(profile_id, field)
            return
        name = f"{profile_id}/{field}"
        self._held[name] = _Held(secret, remember)
        if not remember:
            return
        async with self._one_at_a_time:
            try:
                await self._move_held()
                self._notice = ""
            except KeyringError as error:
                self._notice = str(error)

    async def forget(self, profile_id: str, field: str) -> None:
        """Remove the secret from memory and keyring. It is fine when there is none.

        Raises KeyringError when there is a keyring and it did not remove the secret.
        """
        name = f"{profile_id}/{field}"
        self._held.pop(name, None)

        def remove(keyring: KeyringBackend) -> None:
            if keyring.get_password(SERVICE, name) is not None:
                keyring.delete_password(SERVICE, name)

        async with self._one_at_a_time:
            try:
                await self._keyring.ask(remove)
            except NoKeyringError as error:
                self._notice = str(error)
            except KeyringError as error:
                self._notice = str(error)
                raise KeyringError(
                    f"The secret may still be in the keyring. {error.sentence}",
                    _REMOVE_BY_HAND,
                ) from None
            else:
                self._notice = ""
        await self._note_gone([name])

    async def forget_all(self, profile_ids: Iterable[str]) -> int:
        """Remove every secret of this app from memory and keyring, those of deleted profiles included; how many.

        ``profile_ids`` are those that are known; the rest is found by what was noted, and by asking the keyring where
        it can be asked. Raises KeyringError when there is a keyring and it did not remove all.
        """
        names = {f"{each}/{field}" for each in profile_ids for field in FIELDS} | set(self._held)
        if self._names is not None:
            names |= await asyncio.to_thread(self._names.all)
        gone = set(self._held)
        self._held.clear()

        def remove(keyring: KeyringBackend) -> None:
            for name in sorted(names | _listed(keyring)):
                if keyring.get_password(SERVICE, name) is not None:
                    keyring.delete_password(SERVICE, name)
                    gone.add(name)

        async with self._one_at_a_time:
            try:
                await self._keyring.ask(remove)
            except NoKeyringError as error:
                self._notice = str(error)
            except KeyringError as error:
                self._notice = str(error)
                raise KeyringError(f"Secrets may still be in the keyring. {error.sentence}", _REMOVE_BY_HAND) from None
            else:
                self._notice = ""
        await self._note_gone(names)
        return len(gone)

    async def forget_profile(self, profile_id: str) -> None:
        """Remove all secrets of one profile; for when it is deleted."""
        for each in FIELDS:
            await self.forget(profile_id, each)

    def __repr__(self) -> str:
        return f"SecretStore(held={len(self._held)}, session_only={self.session_only})"

    async def _move_held(self) -> None:
        """Put what is to be remembered into the keyring; one that fails does not keep the others back."""
        failure: KeyringError | None = None
        for name, held in list(self._held.items()):
            if not held.remember:
                continue
            try:
                await self._keyring.ask(_keeping(name, held.secret))
            except KeyringError as error:
                failure = failure or error
            else:
                if self._held.get(name) is held:
                    del self._held[name]
                if self._names is not None:
                    await asyncio.to_thread(self._names.add, name)
        if failure is not None:
            raise failure

    async def _note_gone(self, names: Iterable[str]) -> None:
        if self._names is not None:
            await asyncio.to_thread(self._names.remove, names)


def _listed(keyring: KeyringBackend) -> set[str]:
    """The names of all secrets of this app, where the back end is one that can be asked."""
    from keyring.backends.SecretService import Keyring as SecretService

    if not isinstance(keyring, SecretService):
        return set()
    collection: Any = keyring.get_preferred_collection()  # type: ignore[no-untyped-call]
    with closing(collection.connection):
        found = [item.get_attributes() for item in collection.search_items({"service": SERVICE})]
    return {attributes["username"] for attributes in found if "username" in attributes}


def _keeping(name: str, secret: str) -> Callable[[KeyringBackend], None]:
    def keep(keyring: KeyringBackend) -> None:
        keyring.set_password(SERVICE, name, secret)
        # Some back ends take everything and keep nothing.
        if keyring.get_password(SERVICE, name) != secret:
            raise NoKeyringError("The keyring takes secrets but does not keep them.")

    return keep
