"""What the composer's tests share: a server on loopback, and ways to reach the parts of the panel."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from websockets.asyncio.server import serve

from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken
from optave_inspector.compose.templates import templates
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.panels.composer import ComposerPanel

if TYPE_CHECKING:
    from optave_inspector.session import Session

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ODD = ' {\n\t"session" : { },\n "request":{"requestId":"" , "a\u00a0b":"é😀\u2028\\u00e9","n":1.0e+2}\n\n}  '
"""A payload that no formatter would leave alone."""


def new_composer(qtbot, session: Session) -> ComposerPanel:
    """A composer on show, with the cursor in its editor and its bridge as ``bridge``."""
    theme.theme_switch().apply(dark=False)
    bridge = SessionBridge(session)
    made = ComposerPanel(bridge)
    made.bridge = bridge
    qtbot.addWidget(made)
    made.resize(760, 420)
    made.show()
    made.activateWindow()
    made.editor.setFocus()
    return made


class Receiver:
    """A server on loopback that keeps what it receives, and the session connected to it."""

    def __init__(self, session):
        self.session = session
        self.received = []
        self._came = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def open(self):
        async with serve(self._keep, "127.0.0.1", 0, subprotocols=["optave-v1"], max_size=None) as server:
            port = server.sockets[0].getsockname()[1]
            config = ConnectionConfig(f"ws://127.0.0.1:{port}/", auth_transport=AuthTransport.NONE)
            await self.session.connect(config, NoToken())
            yield self
            await self.session.close()

    async def messages(self, count):
        async with asyncio.timeout(5), self._came:
            await self._came.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def _keep(self, connection):
        async for message in connection:
            async with self._came:
                self.received.append(message)
                self._came.notify_all()


def button(composer, name):
    return composer.findChild(QPushButton, f"composer{name}Button")


def combo(composer, name):
    return composer.findChild(QComboBox, f"composer{name}Combo")


def hint(composer):
    return composer.findChild(QLabel, "composerHint").full_text()


def chips(composer):
    return composer.verdicts.chips.texts()


def template_text(action, name):
    return next(template.text for template in templates(action) if template.name == name)


def type_over(composer, qtbot, text):
    composer.editor.selectAll()
    qtbot.keyClicks(composer.editor, text)


def settle(composer, qtbot):
    """Wait for the pause after which verdicts are made."""
    qtbot.waitUntil(composer._judge.is_current)
