"""Keyring back ends that fail in the ways that real ones do. Chosen by ``PYTHON_KEYRING_BACKEND``."""

import threading
from typing import ClassVar

import keyring.errors
from keyring.backend import KeyringBackend


class Memory(KeyringBackend):
    """Works."""

    priority = 5
    kept: ClassVar[dict[tuple[str, str], str]] = {}
    trouble: ClassVar[Exception | None] = None
    calls: ClassVar[int] = 0

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        del self.kept[service, username]

    def _fail(self) -> None:
        type(self).calls += 1
        if self.trouble is not None:
            raise self.trouble


class Forgetful(Memory):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Hanging(Memory):
    """Waits for a password that nobody enters, until ``unlocked`` is set."""

    unlocked: ClassVar[threading.Event] = threading.Event()

    def _fail(self) -> None:
        super()._fail()
        self.unlocked.wait(30)


class Telling(Memory):
    """Puts the secret into its errors."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password}")


class PlainText(Memory):
    """What keyring itself does not recommend."""

    priority = 0.5


class Refusing(Memory):
    """Reads, but does not delete."""

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.PasswordDeleteError("no")


class LockedException(Exception):  # noqa: N818 - the name that SecretStorage uses
    pass
