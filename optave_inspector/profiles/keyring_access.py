"""Asking the desktop's keyring without ever waiting for it longer than agreed."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_UNTIL = "Secrets are kept until the app is closed."
_INSTALL = f"{_UNTIL} To have them remembered, install gnome-keyring or KWallet and log in again."
_UNLOCK = f"{_UNTIL} To have them remembered, unlock the keyring and enter the secret again."
_UNANSWERED = "The keyring does not answer; it may be locked or waiting for its password."


class KeyringError(InspectorError):
    """The keyring did not do what was asked. The sentence says why, the hint what that means and the way out."""


class NoKeyringError(KeyringError):
    """There is no keyring that would keep anything."""

    def __init__(self, sentence: str = "This computer has no keyring service that is running.") -> None:
        super().__init__(sentence, _INSTALL)


@dataclass(slots=True)
class _Answer(Generic[_T]):
    value: _T | None = field(default=None, repr=False)
    error: KeyringError | None = None


class KeyringAccess:
    """Runs calls to the keyring, each in a thread of its own, for D-Bus calls and password prompts block.

    A call that did not answer in time is left alone, and nothing else is asked before it has ended.
    The executor's threads would be waited for at exit; these are not.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._stuck: threading.Thread | None = None

    async def ask(self, work: Callable[[KeyringBackend], _T]) -> _T | None:
        """What ``work`` returns; it gets the back end. Raises KeyringError, whatever went wrong."""
        if self._stuck is not None and self._stuck.is_alive():
            raise KeyringError(_UNANSWERED, _UNLOCK)
        loop = asyncio.get_running_loop()
        arrival: asyncio.Future[_Answer[_T]] = loop.create_future()

        def arrived(answer: _Answer[_T]) -> None:
            if not arrival.done():
                arrival.set_result(answer)

        def run() -> None:
            answer = _answer(work)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(arrived, answer)

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await arrival
        except TimeoutError:
            self._stuck = thread
            raise KeyringError(_UNANSWERED, _UNLOCK) from None
        if answer.error is not None:
            raise answer.error
        return answer.value


def _answer(work: Callable[[KeyringBackend], _T]) -> _Answer[_T]:
    """What ``work`` gives, or its error in words. The error itself is dropped: its frames hold the secret."""
    try:
        return _Answer(work(_usable_backend()))
    except KeyringError as error:
        return _Answer(error=error)
    except Exception as error:  # noqa: BLE001 - back ends raise whatever their libraries raise
        return _Answer(error=_in_words(error))


def _usable_backend() -> KeyringBackend:
    import keyring
    from keyring.backends.chainer import ChainerBackend
    from keyring.backends.fail import Keyring as NoBackend

    try:
        backend = keyring.get_keyring()
    except Exception as error:  # noqa: BLE001 - a back end that was configured by hand fails as it likes
        raise NoKeyringError(
            f"The keyring back end that is configured cannot be loaded ({type(error).__name__})."
        ) from None
    candidates = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    # Below 1 are what keyring does not recommend: plain text files, and ones that ask on a terminal.
    for candidate in candidates:
        if candidate.priority >= 1:
            return candidate
    if not candidates or isinstance(candidates[0], NoBackend):
        raise NoKeyringError
    raise NoKeyringError(f"The keyring back end {type(candidates[0]).__module__} does not keep secrets safely.")


def _in_words(error: Exception) -> KeyringError:
    import keyring.errors

    kind = type(error).__name__
    _log.warning("The keyring failed with %s.", kind)
    if isinstance(error, keyring.errors.NoKeyringError):
        return NoKeyringError()
    locked = (keyring.errors.KeyringLocked, keyring.errors.InitError)
    if isinstance(error, locked) or kind in {"LockedException", "PromptDismissedException"}:
        return KeyringError("The keyring is locked.", _UNLOCK)
    return KeyringError(f"The keyring failed ({kind}).", _UNLOCK)
