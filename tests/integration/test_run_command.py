"""``optave-inspector run`` as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from optave_inspector.capture.store import CaptureStore
from optave_inspector.repro.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

NOT_SO = """
version = 1
title = "Not <so> & \\u0001"
connection = "local tenant"
[[step]]
connect = "fresh"
[[step]]
close = 1000
[ending]
expect = "close"
code = 1008
"""


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "optave_inspector", "run", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=50, check=False, env={**os.environ, **environment}
    )


def test_a_shipped_recipe_runs_by_its_name() -> None:
    done = run("close-1008-token-used-twice")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Reproduced as expected: 1008 (Policy violation)" in done.stdout


def test_the_list_names_every_shipped_recipe() -> None:
    done = run("--list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(shipped())


def test_what_did_not_come_as_expected_is_status_1_and_a_failure_in_every_report(tmp_path: Path) -> None:
    recipe = tmp_path / "not-so.optave-recipe.toml"
    recipe.write_text(NOT_SO)
    for end in ("md", "json", "xml"):
        report = tmp_path / f"report.{end}"
        done = run(recipe, "--report", report)
        assert (done.returncode, done.stderr) == (1, "")
        assert "The code is 1000 (Normal closure), not 1008 (Policy violation)." in report.read_text()
    content = json.loads((tmp_path / "report.json").read_text())
    assert content["recipes"][0]["results"][0]["outcome"]["code"] == 1000
    root = ET.parse(tmp_path / "report.xml").getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "1", "1")
    case = root.find("testsuite/testcase")
    assert case is not None
    assert case.get("classname") == "recipe.not-so"
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "ending"


def test_repeating_counts_and_times_and_one_capture_keeps_all(tmp_path: Path) -> None:
    report, capture = tmp_path / "r.xml", tmp_path / "all.optave-capture"
    done = run("close-1011-server-error", "--repeat", "3", "--report", report, "--capture", capture)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 of 3 runs reproduced it as expected; shortest" in done.stdout
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None
    assert len(suite.findall("testcase")) == 3
    with closing(CaptureStore.open(capture, read_only=True)) as store:
        assert [entry.code for entry in store.page(1, store.count) if entry.kind == 17] == [1011] * 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say which recipe"),
        (("close-1008-token-used-twise",), "Did you mean close-1008-token-used-twice?"),
        (("none.toml",), "There is no recipe none.toml."),
        (("close-1000-normal", "--report", "report.txt"), "End it with .md, .json or .xml."),
        (("close-1000-normal", "--profile", "Acme"), "There is no profile Acme."),
        (("close-1001-going-away", "--url", "ws://127.0.0.1:1"), "orders the local tenant"),
        (
            ("close-1000-normal", "--url", "ws://127.0.0.1:1", "--auth-url", "http://127.0.0.1:1"),
            "OPTAVE_CLIENT_SECRET",
        ),
        (("close-1000-normal", "--auth-url", "http://127.0.0.1:1"), "go with --url"),
        (("close-1000-normal", "--repeat", "0"), "--repeat"),
    ],
)
def test_what_is_asked_wrongly_is_status_2_and_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert done.stdout == ""


def test_every_problem_of_a_recipe_is_told_with_its_place(tmp_path: Path) -> None:
    recipe = tmp_path / "wrong.toml"
    recipe.write_text(NOT_SO.replace("close = 1000", "close = 1006").replace("code =", "cod ="))
    done = run(recipe)
    assert done.returncode == 2
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [" Line 8, column 9", " Line 11, column 1"]


def test_a_recipe_runs_against_another_tenant_with_the_secret_from_the_environment(tmp_path: Path) -> None:
    recipe = tmp_path / "plain.toml"
    recipe.write_text(NOT_SO.replace("1008", "1000"))
    with subprocess.Popen(
        [sys.executable, "-m", "optave_inspector", "tenant", "--exit-with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tenant:
        assert tenant.stdout is not None
        address = json.loads(tenant.stdout.readline())
        where = [
            "--url",
            address["websocket_url"],
            "--auth-url",
            address["auth_url"],
            "--client-id",
            address["client_id"],
        ]
        done = run(recipe, *where, OPTAVE_CLIENT_SECRET=address["client_secret"])
        wrong = run(recipe, *where, OPTAVE_CLIENT_SECRET="wrong")
        assert tenant.stdin is not None
        tenant.stdin.close()
    assert (done.returncode, done.stderr) == (0, "")
    assert wrong.returncode == 1
    assert "invalid_client" in wrong.stdout


def test_shrinking_writes_what_is_left_and_says_so(tmp_path: Path) -> None:
    recipe, target = tmp_path / "long.toml", tmp_path / "short.toml"
    recipe.write_text(
        NOT_SO.replace("1008", "1000").replace("[[step]]\nclose", '[[step]]\nwait = "1 ms"\n[[step]]\nclose')
    )
    done = run(recipe, "--shrink", target)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 of 3 steps are enough for the same ending" in done.stdout
    assert "wait" not in target.read_text()
    assert run(target).returncode == 0
