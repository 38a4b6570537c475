"""``optave-inspector profiles``: what it prints, what it leaves out, and its exit status."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

CANARY = "c4n4ry-s3cret"
ENV = f"""OPTAVE__WEBSOCKET_URL=wss://ws-acme.oco.optave.tech
VITE_OPTAVE_CLIENT_ID=me
OPTAVE_CLIENT_SECRET={CANARY}
"""


def profiles(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "OPTAVE" not in name}
    environment |= {"OPTAVE_INSPECTOR_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = subprocess.run(
        [sys.executable, "-m", "optave_inspector", "profiles", *arguments],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert CANARY not in done.stdout + done.stderr
    return done


def test_a_profile_from_a_dot_env_file_goes_out_and_comes_in_again_without_its_secret(tmp_path: Path) -> None:
    home, env, shared = tmp_path / "home", tmp_path / ".env", tmp_path / "x.optave-profile.json"
    env.write_text(ENV, encoding="utf-8")
    done = profiles(home, "import", str(env), "--name", "Acme")
    assert done.returncode == 0
    assert "Imported “Acme” from OPTAVE__WEBSOCKET_URL, OPTAVE_CLIENT_SECRET, VITE_OPTAVE_CLIENT_ID" in done.stdout
    assert "Left out: the client secret" in done.stdout
    assert profiles(home, "export", "Acme", "-o", str(shared)).returncode == 0
    assert stat.S_IMODE(shared.stat().st_mode) == 0o600
    assert profiles(home, "import", str(shared)).stdout == "Imported “Acme 2”.\n"
    listed = profiles(home, "list")
    assert listed.stdout.splitlines() == [f"Acme{n}\twss://ws-acme.oco.optave.tech" for n in ("", " 2")]
    shown = json.loads(profiles(home, "show", "Acme 2").stdout)
    assert (shown["client_id"], shown["from"]["retry"]) == ("me", "built in")
    for each in tmp_path.rglob("*"):
        assert each == env or not each.is_file() or CANARY.encode() not in each.read_bytes()


def test_a_secret_that_no_keyring_takes_is_told_and_the_status_is_1(tmp_path: Path) -> None:
    done = profiles(tmp_path, "import", "--environment", "--with-secret", OPTAVE__CLIENT_SECRET=CANARY)
    assert done.returncode == 1
    assert "was not kept. This computer has no keyring" in done.stderr


def test_what_cannot_be_done_has_the_status_1_and_what_was_asked_wrongly_2(tmp_path: Path) -> None:
    home, broken = tmp_path / "home", tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    there = tmp_path / "there.json"
    there.write_text("mine", encoding="utf-8")
    assert profiles(home, "import", str(broken)).returncode == 1
    assert profiles(home, "import", "--environment").returncode == 1
    assert profiles(home, "export", "--all", "-o", str(tmp_path / "new.json")).returncode == 1
    assert profiles(home, "import", "--environment", OPTAVE_CLIENT_ID="a").returncode == 0
    assert profiles(home, "export", "--all", "-o", str(there)).returncode == 2
    assert there.read_text(encoding="utf-8") == "mine"
    assert profiles(home, "export", "--all", "-o", str(there), "--force").returncode == 0
    assert profiles(home, "export", "--all", "-o", str(tmp_path / "no" / "folder.json")).returncode == 1
    for wrong in (["show", "nobody"], ["import"], ["import", "/no/such.json"], ["export", "-o", "x"], ["dance"]):
        assert profiles(home, *wrong).returncode == 2, wrong
