"""The shipped files are found from a checkout, an installed wheel and a frozen app, and their lack is said in words."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optave_inspector import resources

PACKAGE = Path(resources.__file__).parent


@pytest.fixture(autouse=True)
def forget_the_root() -> Iterator[None]:
    resources.resource_root.cache_clear()
    yield
    resources.resource_root.cache_clear()


@pytest.fixture
def bare_package(tmp_path: Path) -> Path:
    """The package's own modules alone in an otherwise empty folder, as an installer leaves them."""
    package = tmp_path / "site" / "optave_inspector"
    package.mkdir(parents=True)
    for name in ("__init__.py", "resources.py"):
        shutil.copy(PACKAGE / name, package / name)
    return package


def ask(package: Path, expression: str, before: str = "") -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path.insert(0, {str(package.parent)!r}); {before}\n"
    program += f"from optave_inspector import resources\nprint({expression})"
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=package.parent,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )


def ship(folder: Path) -> None:
    (folder / "schemas").mkdir(parents=True)
    (folder / "schemas" / "payload.schema.json").write_text('{"title": "Nutzlast ü"}', encoding="utf-8")


def test_missing_files_are_said_with_the_places_that_were_searched(bare_package: Path) -> None:
    done = ask(bare_package, "resources.resource_root()")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "The app's own files are missing" in last
    assert str(bare_package / "resources") in last


def test_a_single_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"schemas/no-such\.json is missing"):
        resources.resource("schemas/no-such.json")


def test_a_checkout_uses_its_own_folder() -> None:
    assert resources.resource_root() == PACKAGE.parent / "resources"


def test_an_installed_package_uses_the_folder_inside_it(bare_package: Path) -> None:
    ship(bare_package / "resources")
    done = ask(bare_package, "resources.resource_root()")
    assert done.stdout.strip() == str(bare_package / "resources"), done.stderr


def test_a_frozen_app_uses_what_was_unpacked_with_it(bare_package: Path, tmp_path: Path) -> None:
    ship(bare_package / "resources")
    ship(tmp_path / "frozen" / "resources")
    done = ask(bare_package, "resources.resource_root()", before=f"sys._MEIPASS = {str(tmp_path / 'frozen')!r}")
    assert done.stdout.strip() == str(tmp_path / "frozen" / "resources"), done.stderr


def test_files_are_read_as_utf_8_whatever_the_locale(bare_package: Path) -> None:
    ship(bare_package / "resources")
    done = ask(bare_package, "ascii(resources.schemas()), ascii(resources.read_json('schemas/payload.schema.json'))")
    assert done.stdout.count(r"{'title': 'Nutzlast \xfc'}") == 2, done.stderr


def test_schemas_come_by_their_short_names() -> None:
    found = resources.schemas()
    assert found
    for name, schema in found.items():
        assert "." not in name
        assert schema == json.loads((resources.resource("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
