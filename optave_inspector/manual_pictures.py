"""Makes the pictures of the manual from the running app: ``python -m optave_inspector.manual_pictures FOLDER``.

The window on the offscreen platform, connected to the local tenant, is walked through what each picture shows.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .protocol.actions import Action
from .tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from .app import WindowParts
    from .ui.widgets.panel import Panel

_SIZE = (1280, 800)
_TALL = 420
_PATIENCE_S = 30


class _Pictures:
    """Takes pictures of parts of a window."""

    def __init__(self, parts: WindowParts, folder: Path) -> None:
        self._parts, self._folder = parts, folder
        self._view = parts.window.view
        self._changed = asyncio.Event()
        session = parts.session
        for signal in (session.state_changed, session.exchanges_changed, session.ended):
            signal.connect(self._on_change)

    async def take_all(self) -> None:
        """All of them, in the order in which the session grows."""
        window, view = self._parts.window, self._view
        tenant = window.tenant_actions
        assert tenant is not None
        await tenant.start_and_connect()
        await self._until(lambda: self._parts.session.state.name == "OPEN")
        for action in (Action.SUMMARIZE, Action.ADJUST, Action.TRANSLATE):
            await self._send(action, "typical")
        await self._parts.tenant.fault("error", next=1)
        await self._send(Action.SUMMARIZE, "typical")
        await self._send(Action.INTERACTION, "streamed")
        await self._show("window", window)
        for name, panel in (
            ("connection", view.connection), ("frames", view.frames), ("entry", view.entry), ("stream", view.stream),
            ("traces", view.exchanges), ("statistics", view.statistics), ("composer", view.composer),
            ("recipe", view.recipe),
        ):  # fmt: skip
            await self._panel(name, panel)
        await self._parts.tenant.fault("close", code=1011, reason="backend lost")
        await self._until(lambda: self._parts.session.ending is not None)
        await self._panel("endings", view.endings)
        await self._palette()
        await self._settings()
        view.area.reset_layout()
        window.use_theme(dark=True)
        await self._show("window-dark", window)

    async def _panel(self, name: str, panel: Panel) -> None:
        area = self._view.area
        area.go_to(panel)
        if panel is area.centralWidget():
            await self._show(name, panel)
            return
        dock = area.dock_of(panel)
        dock.setFloating(True)
        dock.resize(380 if name in ("connection", "entry") else 760, 620 if name == "connection" else _TALL)
        await self._show(name, dock)
        dock.setFloating(False)

    async def _palette(self) -> None:
        from .ui.dialogs.command_palette import CommandPalette

        self._parts.window.care.open_palette()
        palette = self._parts.window.findChildren(CommandPalette)[-1]
        palette.edit.setText("close")
        await self._show("palette", palette)
        palette.reject()

    async def _settings(self) -> None:
        dialog = self._parts.window.care.make_settings()
        dialog.show_page("shortcuts")
        dialog.open()
        await self._show("settings", dialog)
        dialog.reject()

    async def _send(self, action: Action, template: str) -> None:
        session, composer = self._parts.session, self._parts.window.composer
        number = len(session.exchanges)
        composer.set_action(action)
        composer.use_template(template)
        composer.send()
        await self._until(
            lambda: len(session.exchanges) > number and session.exchanges[number].status >= ExchangeStatus.COMPLETED
        )
        self._parts.bridge.flush()
        self._parts.bridge.select_exchange(number + 1)

    async def _show(self, name: str, widget: QWidget) -> None:
        await self._parts.session.settled()
        self._parts.bridge.flush()
        await self._parts.painted()
        # Panels fill by timers and threads of their own: what is grabbed must have come to rest.
        former, picture = None, widget.grab().toImage()
        async with asyncio.timeout(_PATIENCE_S):
            while former != picture:
                await asyncio.sleep(0.4)
                former, picture = picture, widget.grab().toImage()
                if name in ("window", "window-dark", "connection"):  # the clock in it goes on
                    break
        _small(picture).save(str(self._folder / f"{name}.png"), quality=0)

    async def _until(self, condition) -> None:  # type: ignore[no-untyped-def]
        async with asyncio.timeout(_PATIENCE_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def _on_change(self) -> None:
        self._changed.set()


def _small(picture: QImage) -> QImage:
    """The picture in the 256 colours that it uses most: enough for a window, in a third of the room."""
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint32).reshape(plain.height(), plain.bytesPerLine() // 4)
    colors, counts = np.unique(pixels | 0xFF000000, return_counts=True)
    colors = colors[np.argsort(counts)[::-1]]
    # Of shades that are nearly the same, one is enough; the rare red of an error must not go for them.
    _, first = np.unique(colors & 0xFFF0F0F0, return_index=True)
    most = colors[np.concatenate([np.sort(first), np.setdiff1d(np.arange(len(colors)), first)])[:256]]
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return plain.convertToFormat(QImage.Format.Format_Indexed8, [int(color) for color in most], flags)


async def _walk(folder: Path) -> None:
    from .app import build_window, take_apart

    parts = await build_window()
    try:
        parts.window.resize(*_SIZE)
        parts.window.use_theme(dark=False)
        parts.window.show()
        await _Pictures(parts, folder).take_all()
    finally:
        await take_apart(parts)


def main() -> None:
    """Write the pictures into the folder that is named; the user's own settings stay out of them."""
    folder = Path(sys.argv[1]).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with tempfile.TemporaryDirectory(prefix="optave-inspector-pictures-") as home:
        os.environ["OPTAVE_INSPECTOR_HOME"] = home
        import qasync
        from PySide6.QtWidgets import QApplication

        from .app import name_app

        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        name_app(app)
        qasync.run(_walk(folder))


if __name__ == "__main__":
    main()
