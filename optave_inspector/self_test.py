"""Proves that an installation is whole, from a checkout, a wheel or a frozen app: ``optave-inspector self-test``.

It imports everything, opens the window on the offscreen platform, starts the local tenant as the app does, sends and
receives, and reads the capture back. The user's own files stay out of it, and nothing leaves this machine.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import os
import pkgutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .errors import InspectorError
from .paths import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .app import WindowParts
    from .tour import Step

WINDOW_LINE = "open the window"
"""Begins the line that is printed once the window has been painted: whoever measures the start waits for it."""
_DONE = "done"
_KEYRINGS = {"linux": "secretstorage", "win32": "win32ctypes.pywin32.win32cred", "darwin": "keyring.backends.macOS.api"}


def run_self_test(*, start_only: bool = False) -> int:
    """Print a line for each check; the process's exit status, 0 when all hold.

    ``start_only`` ends it once the window has been painted.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="optave-inspector-self-test-", ignore_cleanup_errors=True) as home:
        os.environ[HOME_VARIABLE] = home
        import qasync
        from PySide6.QtWidgets import QApplication

        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        return int(qasync.run(_walk(Path(home) / "pictures", start_only=start_only)))


async def _walk(pictures: Path, *, start_only: bool) -> int:
    steps: list[Step] = []
    if not start_only:
        steps += await _try_alone()
    steps += await _try_window(pictures, start_only=start_only)
    held = sum(step.holds for step in steps)
    _say(f"Optave Inspector {__version__}: {held} of {len(steps)} checks hold.")
    return 0 if held == len(steps) else 1


async def _try_alone() -> list[Step]:
    """What needs no window."""
    return [
        await _check("find the app's own files", "", _own_files),
        await _check("draw the icons", "drawn", _icons),
        await _check("import every module", "", _modules),
        await _check("load the keyring's back ends", "", _keyrings),
        await _check("make an exporter for traces", "", _exporter),
        await _check("start a local tenant with TLS", "", _tenant_with_tls),
    ]


async def _try_window(pictures: Path, *, start_only: bool) -> list[Step]:
    from .protocol.actions import Action
    from .tour import Tour

    opened: list[WindowParts] = []

    async def open_window() -> str:
        from PySide6.QtWidgets import QApplication

        from .app import build_window, name_app

        app = QApplication.instance()
        assert isinstance(app, QApplication)
        name_app(app)
        opened.append(await build_window())
        opened[0].window.resize(1280, 800)
        opened[0].window.show()
        await opened[0].painted()
        return "painted"

    steps = [await _check(WINDOW_LINE, "painted", open_window)]
    if not opened:
        return steps
    parts = opened[0]
    capture = parts.session.store.path
    tour = Tour(parts, pictures)
    try:
        if not start_only:
            steps += [
                await _check("start the local tenant and connect", "101 optave-v1", tour.connect),
                await _check("send and receive", "completed", lambda: tour.send(Action.SUMMARIZE, "typical")),
                await _check("receive a streamed answer", "completed, streamed", tour.stream),
                await _check("disconnect", "1000, closed by inspector", tour.disconnect),
            ]
    finally:
        from .app import take_apart

        await take_apart(parts)
    if not start_only:
        steps.append(await _check("read the capture back", "", lambda: _read_back(capture)))
    return steps


async def _check(title: str, expected: str, act: Callable[[], Awaitable[str]]) -> Step:
    from .tour import take_step

    async def guarded() -> str:
        try:
            got = await act()
            return got if expected else f"{_DONE}, {got}"
        except (InspectorError, TimeoutError):
            raise
        except Exception as error:
            # Whatever a damaged installation raises is this check's answer.
            raise InspectorError(f"{type(error).__name__}: {error}") from error

    step = await take_step(title, expected or _DONE, guarded)
    _say(_line(step))
    return step


def _line(step: Step) -> str:
    # Plain ASCII, since consoles may know nothing else.
    told = step.got if step.holds else f"{step.got} (expected: {step.expected})"
    words = f"{'ok  ' if step.holds else 'FAIL'} {step.title:<36} {step.took_ms:7.0f} ms  {told}"
    return words.replace("…", "...").encode("ascii", "replace").decode()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the self-test's result


async def _own_files() -> str:
    from .compose.templates import templates
    from .manual import manual_folder
    from .protocol.actions import Action
    from .repro.shipped import shipped, shipped_recipe
    from .resources import resource_root, schemas

    made = [template for action in Action for template in templates(action)]
    recipes = [shipped_recipe(name) for name in shipped()]
    if not recipes:
        raise FileNotFoundError(f"There are no recipes in {resource_root()}.")
    pages = len(list(manual_folder().glob("*.md")))
    return f"{len(schemas())} schemas, {len(made)} templates, {len(recipes)} recipes, {pages} pages of the manual"


async def _icons() -> str:
    from PySide6.QtGui import QIcon

    from .resources import resource

    files = sorted(resource("icons").rglob("*.svg"))
    empty = [file.name for file in files if QIcon(str(file)).pixmap(32, 32).isNull()]
    return f"nothing to see in {', '.join(empty)}" if empty or not files else f"drawn, {len(files)} of them"


async def _modules() -> str:
    package = importlib.import_module(__package__)
    names = [
        module.name
        for module in pkgutil.walk_packages(package.__path__, f"{__package__}.")
        if not module.name.endswith("__main__")
    ]
    for name in names:
        importlib.import_module(name)
    if not names:
        raise ImportError("The app's own modules are not found.")
    return f"{len(names)} modules"


async def _keyrings() -> str:
    # Those that can't work on this system load as well; asking whether they do could wait for a password.
    points = importlib.metadata.entry_points(group="keyring.backends")
    for point in points:
        point.load()
    if not points:
        raise ImportError("The keyring package names no back ends.")
    own = _KEYRINGS.get(sys.platform)
    if own is not None:
        importlib.import_module(own)
    return ", ".join(sorted(point.name for point in points))


async def _exporter() -> str:
    from .otlp.exporter import CollectorExporter
    from .otlp.settings import collector

    exporter = CollectorExporter(collector("http://127.0.0.1:4318"))
    exporter.shutdown()
    return "made, and nothing sent"


async def _tenant_with_tls() -> str:
    from .local_tenant.settings import TenantSettings
    from .tenant_process import TenantProcess

    async with TenantProcess(TenantSettings(tls=True)) as tenant:
        await tenant.status()
        return tenant.address.websocket_url.partition("?")[0]


async def _read_back(capture: Path) -> str:
    from .capture.store import CaptureStore

    store = await asyncio.to_thread(CaptureStore.open, capture, read_only=True)
    try:
        if store.count == 0:
            raise InspectorError("The capture is empty.")
        return f"{store.count} entries"
    finally:
        await asyncio.to_thread(store.close)
