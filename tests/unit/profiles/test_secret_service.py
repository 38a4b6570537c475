"""A real Secret Service: gnome-keyring on a session bus of its own, with a home folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring-daemon",
)
CANARY = "c4n4ry-s3cret-ü-✓"

ASK = """
import asyncio, sys
from optave_inspector.profiles.secrets import SecretStore

async def run():
    secrets = SecretStore()
    match sys.argv[1:]:
        case ["set", secret]:
            await secrets.set("p1", "client_secret", secret)
        case ["forget-all"]:
            print(await secrets.forget_all([]))
            return
        case ["forget"]:
            await secrets.forget("p1", "client_secret")
    fresh = SecretStore()
    print(ascii(await fresh.get("p1", "client_secret")), secrets.session_only, fresh.notice.partition(" Secrets")[0])

asyncio.run(run())
"""

NO_SERVICES = """
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def in_a_session(script: str, home: Path) -> list[str]:
    """Run a shell script on a fresh session bus, and give what it printed. ``ask`` in it is a fresh Python process."""
    ask = home / "ask"
    ask.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c \'{ASK}\' "$@"\n', encoding="utf-8")
    ask.chmod(0o700)
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    leave_out = {"DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND"}
    environment = {name: value for name, value in os.environ.items() if name not in leave_out}
    environment = {name: value for name, value in environment.items() if not name.startswith("XDG_")}
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-ec", script],
        env={**environment, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PATH": f"{home}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert CANARY not in done.stderr
    return done.stdout.splitlines()


def test_a_secret_outlives_the_process_and_is_gone_when_forgotten(tmp_path: Path) -> None:
    script = f"""
    printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
    ask get
    ask set '{CANARY}'
    ask get
    ask set other
    ask get
    ask forget
    ask get
    ask forget
    """
    kept = f"{CANARY!a} False "
    none = "None False "
    assert in_a_session(script, tmp_path) == [none, kept, kept, "'other' False ", "'other' False ", none, none, none]
    written = [each for each in tmp_path.rglob("*") if each.is_file() and each.name != "ask"]
    assert any(each.suffix == ".keyring" for each in written)
    for each in written:
        assert CANARY.encode() not in each.read_bytes()


def test_all_secrets_of_the_app_are_found_in_the_keyring_also_of_profiles_that_nobody_knows(tmp_path: Path) -> None:
    script = f"""
    printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
    ask set '{CANARY}'
    ask forget-all
    ask get
    ask forget-all
    """
    kept = f"{CANARY!a} False "
    assert in_a_session(script, tmp_path) == [kept, "1", "None False ", "0"]


def test_a_locked_keyring_whose_password_nobody_can_enter_is_told(tmp_path: Path) -> None:
    script = f"""
    gnome-keyring-daemon --start --components=secrets >/dev/null
    ask set '{CANARY}'
    """
    assert in_a_session(script, tmp_path) == ["None True The keyring is locked."]


def test_a_session_bus_without_a_secret_service_has_no_keyring(tmp_path: Path) -> None:
    # The usual configuration would let the bus start gnome-keyring by itself.
    configuration = tmp_path / "bus.conf"
    configuration.write_text(NO_SERVICES, encoding="utf-8")
    script = f"dbus-run-session --config-file={configuration} -- ask set '{CANARY}'"
    assert in_a_session(script, tmp_path) == ["None True This computer has no keyring service that is running."]
