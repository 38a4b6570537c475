"""The menu that writes a message down for other tools and puts it onto the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from ..client.config import AuthTransport
from ..compose.copy_as import WORDS, Copied, CopyAs, write
from ..errors import InspectorError
from ..repro.writing import block

if TYPE_CHECKING:
    from collections.abc import Callable

    from .bridge import SessionBridge

_LARGEST = 4 * 2**20


class CopyAsMenu(QMenu):
    """One entry per tool. What is copied reads the token from the environment: no token is ever in it."""

    def __init__(
        self,
        object_name: str,
        bridge: SessionBridge,
        message: Callable[[], str],
        tell: Callable[[str, str], object],
        parent: QWidget | None = None,
    ) -> None:
        """``message`` gives the text, or raises InspectorError; ``tell`` is given a kind and a sentence."""
        super().__init__("Copy &as", parent)
        self.setObjectName(f"{object_name}Menu")
        self._bridge = bridge
        self._message = message
        self._tell = tell
        for how, words in WORDS.items():
            self._add(f"{object_name}{how.value.capitalize()}Action", words, lambda how=how: self._written(how))
        self._add(f"{object_name}RecipeAction", "Step of a recipe", self._step)

    def _add(self, object_name: str, words: str, written: Callable[[], str]) -> None:
        action = self.addAction(words)
        action.setObjectName(object_name)
        action.triggered.connect(lambda _checked=False: self._copy(words, written))

    def _copy(self, words: str, written: Callable[[], str]) -> None:
        try:
            QGuiApplication.clipboard().setText(written())
        except InspectorError as error:
            self._tell("error", f"Nothing was copied. {error}")
        else:
            self._tell("ok", f"Copied as: {words}. No token is in it.")

    def _written(self, how: CopyAs) -> str:
        config = getattr(self._bridge.session, "config", None)  # a stored capture has none
        if config is None:
            return write(Copied(self._text()), how)
        transport = AuthTransport(config.auth_transport).value
        return write(Copied(self._text(), config.url, transport), how)

    def _step(self) -> str:
        return block("[[step]]", {"send_text": self._text(), "verbatim": True})

    def _text(self) -> str:
        text = self._message()
        if len(text) > _LARGEST:
            raise InspectorError("The message is too large to be written down.", "Export it instead.")
        return text
