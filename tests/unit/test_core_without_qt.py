"""Everything but the window runs where PySide6 is not installed."""

import pkgutil
import subprocess
import sys
from collections.abc import Iterable, Iterator

import optave_inspector

WINDOW = {"optave_inspector.ui", "optave_inspector.app", "optave_inspector.viewer"}
STARTS_THE_APP = {"optave_inspector.__main__"}

PROGRAM = """
import importlib, sys, traceback

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "qasync"}:
            raise ImportError(f"{name} is not for the core")
        return None

sys.meta_path.insert(0, Blocked())
failed = False
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception:
        failed = True
        print(name)
        traceback.print_exc(limit=-2, file=sys.stdout)
sys.exit(failed)
"""


def _modules(folders: Iterable[str], prefix: str) -> Iterator[str]:
    for module in pkgutil.iter_modules(folders, prefix):
        if module.name in WINDOW | STARTS_THE_APP:
            continue
        yield module.name
        if module.ispkg:
            yield from _modules([f"{folder}/{module.name.rpartition('.')[2]}" for folder in folders], f"{module.name}.")


CORE = sorted(_modules(list(optave_inspector.__path__), "optave_inspector."))


def test_the_core_is_found() -> None:
    packages = {name.split(".")[1] for name in CORE}
    assert {"protocol", "client", "capture", "tracing", "compose", "profiles", "repro", "local_tenant"} <= packages
    assert not any(name.startswith(tuple(WINDOW)) for name in CORE)


def test_every_core_module_imports_in_a_fresh_interpreter_that_has_no_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *CORE], capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done.stdout
