"""Tokens from real commands and from the environment."""

from __future__ import annotations

import asyncio
import shlex
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from optave_inspector.client.config import EnvironmentToken, TokenCommand
from optave_inspector.client.token_command import split_command
from optave_inspector.client.token_sources import TokenError, take_token
from tests.unit.client.token_endpoints import TOKEN

if TYPE_CHECKING:
    from pathlib import Path


def python(code: str, **settings: float) -> TokenCommand:
    return TokenCommand(shlex.join([sys.executable, "-c", code]), **settings)


async def fails(used, source: TokenCommand | EnvironmentToken) -> str:
    with pytest.raises(TokenError) as caught:
        await take_token(source, used)
    return str(caught.value)


async def test_what_the_command_prints_is_the_token(used) -> None:
    token = await take_token(python(f"print('  {TOKEN}  ')"), used)
    assert (token.text, token.source) == (TOKEN, "command")


async def test_no_shell_reads_the_command(used, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    source = TokenCommand(f"{shlex.quote(sys.executable)} -c 'import sys; print(sys.argv[1:])' ; touch {marker}")
    assert "touch" in (await take_token(source, used)).text
    assert not marker.exists()


async def test_a_failing_command_is_told_with_its_status_and_error_output_without_the_token_in_it(used) -> None:
    code = f"import sys; print('login first, had {TOKEN}', file=sys.stderr); sys.exit(3)"
    words = await fails(used, python(code))
    assert "ended with 3: login first, had ••••" in words
    assert TOKEN not in words


async def test_a_command_that_prints_nothing_or_too_much_is_told(used) -> None:
    assert "printed nothing" in await fails(used, python("pass"))
    assert "printed 2 lines" in await fails(used, python("print('a'); print('b')"))


async def test_a_command_that_takes_too_long_is_ended(used) -> None:
    words = await fails(used, python("import time; time.sleep(60)", timeout_s=0.5))
    assert "within 0.5 s and was ended" in words


async def test_giving_up_ends_the_command_and_what_it_started(used, tmp_path: Path) -> None:
    started = tmp_path / "child"
    child = (
        f"import os, pathlib, time; pathlib.Path({str(started)!r}).write_text(str(os.getpid()) + '.'); time.sleep(60)"
    )
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    asking = asyncio.get_running_loop().create_task(take_token(python(code), used))
    async with asyncio.timeout(20):
        while not (started.exists() and started.read_text().endswith(".")):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.01)
    process = psutil.Process(int(started.read_text()[:-1]))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.to_thread(psutil.wait_procs, [process], 10)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def test_a_command_that_floods_its_output_does_not_fill_memory_or_hang(used) -> None:
    code = "import sys; [sys.stdout.write('x' * 65536) for _ in range(64)]"
    token = await take_token(python(code, timeout_s=20.0), used)
    assert len(token.text) <= 1 << 20


async def test_commands_that_cannot_be_run_are_told(used) -> None:
    assert "There is no command" in await fails(used, TokenCommand("no-such-command-here --token"))
    assert "Type the command" in await fails(used, TokenCommand("   "))
    assert "quotation" in await fails(used, TokenCommand("echo 'half"))
    assert "cannot be started" in await fails(used, TokenCommand("/"))


def test_a_command_is_split_as_a_posix_shell_does_it() -> None:
    assert split_command("vault read -field='ws token' $HOME") == ("vault", "read", "-field=ws token", "$HOME")


async def test_a_variable_gives_its_token_once(used, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", f"Bearer {TOKEN}")
    token = await take_token(EnvironmentToken("MY_TOKEN"), used)
    assert (token.text, token.source, token.bearer_removed) == (TOKEN, "environment variable", True)
    used.add(token.text)
    assert "MY_TOKEN" in await fails(used, EnvironmentToken("MY_TOKEN"))
    assert (await take_token(EnvironmentToken("MY_TOKEN", allow_reuse=True), used)).text == TOKEN


async def test_a_variable_that_is_missing_or_empty_is_named(used, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_TOKEN", raising=False)
    assert "MY_TOKEN is not set" in await fails(used, EnvironmentToken("MY_TOKEN"))
    monkeypatch.setenv("MY_TOKEN", " ")
    assert "MY_TOKEN is empty" in await fails(used, EnvironmentToken("MY_TOKEN"))
