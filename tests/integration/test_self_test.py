"""``optave-inspector self-test`` proves an installation whole, and says which check fails of one that is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from optave_inspector import __version__, tenant_process
from optave_inspector.local_tenant.settings import TenantSettings

ROOT = Path(__file__).resolve().parents[2]


def self_test(package: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "optave_inspector", "self-test", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package), "LC_ALL": "C", "PYTHONUTF8": "0", **environment},
    )


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A copy of the app, to be damaged."""
    for name in ("optave_inspector", "resources"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.timeout(120)
def test_a_whole_installation_holds_every_check_and_leaves_the_users_files_alone(own_home: Path) -> None:
    done = self_test(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    *checks, told = done.stdout.splitlines()
    assert all(line.startswith("ok   ") for line in checks), done.stdout
    assert told == f"Optave Inspector {__version__}: {len(checks)} of {len(checks)} checks hold."
    for came in ("101 optave-v1", "completed", "1000, closed by inspector"):
        assert came in done.stdout
    assert not list(own_home.iterdir())


@pytest.mark.timeout(120)
def test_what_is_damaged_is_named_and_the_rest_still_tried(damaged: Path) -> None:
    (damaged / "resources" / "templates" / "index.json").write_text("{", encoding="utf-8")
    shutil.rmtree(damaged / "resources" / "recipes")
    (damaged / "optave_inspector" / "imports.py").write_text("import no_such_library\n", encoding="utf-8")
    done = self_test(damaged)
    assert done.returncode == 1
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert any("find the app's own files" in line for line in failed)
    assert any("import every module" in line and "no_such_library" in line for line in failed)
    assert any("open the window" in line and "no_such_library" in line for line in failed)
    assert "ok   start a local tenant with TLS" in done.stdout
    assert "Traceback" not in done.stderr


def test_start_only_ends_with_the_window(own_home: Path) -> None:
    done = self_test(ROOT, "--start-only")
    assert done.returncode == 0, done.stderr
    first, _last = done.stdout.splitlines()
    assert "open the window" in first
    assert not list(own_home.iterdir())


@pytest.mark.parametrize(
    ("platform", "program"), [("linux", "/opt/app/Some Window"), ("win32", "/opt/app/optave-inspector.exe")]
)
def test_a_frozen_app_starts_its_tenant_by_the_program_that_has_a_console(
    monkeypatch: pytest.MonkeyPatch, platform: str, program: str
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/app/Some Window")
    monkeypatch.setattr(sys, "platform", platform)
    assert tenant_process._command(TenantSettings(), verbose=False)[:2] == [program, "tenant"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names Linux's libraries")
def test_a_library_that_the_system_lacks_is_named_with_what_to_install(damaged: Path) -> None:
    (damaged / "optave_inspector" / "self_test.py").write_text(
        'raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")\n',
        encoding="utf-8",
    )
    done = self_test(damaged)
    assert done.returncode == 1
    assert "lacks the shared library libGL.so.1," in done.stderr
    assert "libgl1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_that_is_missing_is_not_taken_for_a_library(damaged: Path) -> None:
    (damaged / "optave_inspector" / "self_test.py").write_text("import no_such_library\n", encoding="utf-8")
    done = self_test(damaged)
    assert done.returncode == 1
    assert "ModuleNotFoundError: No module named 'no_such_library'" in done.stderr
