"""A token from a command's output: no shell, a time limit, and its error output shown."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import subprocess
from typing import TYPE_CHECKING

from ..protocol.token import mask_tokens
from .token_sources import TokenError

if TYPE_CHECKING:
    from .config import TokenCommand

MAX_OUTPUT_BYTES = 1 << 20
_SHOWN_CHARACTERS = 400
_CHECK = "Run the same command in a terminal to see what it does."


def split_command(text: str) -> tuple[str, ...]:
    """The words of a command as a POSIX shell would split them; nothing is expanded. Raises TokenError."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise TokenError(f"The command cannot be read: {error}.", "Close its quotation marks.") from None


async def ask_command(source: TokenCommand) -> str:
    """Run the command and take its standard output, without white space around it. Raises TokenError.

    The command and all that it started are ended when the time is up, or when the attempt is given up.
    """
    arguments = split_command(source.command)
    if not arguments:
        raise TokenError("There is no command.", "Type the command that prints a token.")
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            limit=MAX_OUTPUT_BYTES,
            start_new_session=os.name == "posix",
        )
    except FileNotFoundError:
        raise TokenError(f"There is no command {arguments[0]}.", "Give its whole path, or check its name.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be run"
        raise TokenError(f"The command {arguments[0]} cannot be started: {reason}.", _CHECK) from None
    try:
        async with asyncio.timeout(source.timeout_s):
            output, errors, _ = await asyncio.gather(_read(process.stdout), _read(process.stderr), process.wait())
    except TimeoutError:
        raise TokenError(
            f"The command {arguments[0]} printed no token within {source.timeout_s:g} s and was ended.", _CHECK
        ) from None
    finally:
        await _end(process)
    said = _shown(errors)
    if process.returncode:
        raise TokenError(f"The command {arguments[0]} ended with {process.returncode}{said}.", _CHECK)
    token = output.decode("utf-8", "replace").strip()
    if not token:
        raise TokenError(f"The command {arguments[0]} printed nothing{said}.", _CHECK)
    if "\n" in token:
        lines = len(token.splitlines())
        raise TokenError(f"The command {arguments[0]} printed {lines} lines; one is wanted, the token.", _CHECK)
    return token


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    assert stream is not None
    kept = bytearray()
    while chunk := await stream.read(1 << 16):
        kept += chunk[: MAX_OUTPUT_BYTES - len(kept)]
    return bytes(kept)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        await process.wait()


def _shown(errors: bytes) -> str:
    text = " ".join(mask_tokens(errors.decode("utf-8", "replace")).split()).rstrip(".")
    if not text:
        return ""
    return f": {text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + '…'}"
