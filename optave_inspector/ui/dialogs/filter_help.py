"""The help on the query language, made from the table that queries are read by."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from ...capture.query.help import help_text
from ...capture.query.terms import KEYS, OPERATORS
from ..theme import current, mono_font, theme_switch

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCHEME = "filter:"


class FilterHelp(QDialog):
    """Call ``open()``; it deletes itself when it is closed. ``note`` is what holds besides for who asks."""

    exampleChosen = Signal(str)
    """The user clicked an example: a query that can be read."""

    def __init__(self, parent: QWidget | None = None, note: str = "") -> None:
        super().__init__(parent)
        self._note = note
        self.setObjectName("filterHelpDialog")
        self.setWindowTitle("How to filter")
        self.setAccessibleName("How to filter")
        self.text = QTextBrowser()
        self.text.setObjectName("filterHelpText")
        self.text.setAccessibleName("The query language of the frame log")
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._on_link)
        buttons = QDialogButtonBox()
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("filterHelpCloseButton")
        close.setAccessibleName("Close this dialog")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.resize(860, 600)
        self.finished.connect(self.deleteLater)
        theme_switch().changed.connect(self._write)
        self._write()
        self.text.setFocus()

    def _write(self) -> None:
        theme = current()
        self.text.document().setDefaultStyleSheet(
            f"h3 {{ color: {theme.text}; margin-top: 14px; margin-bottom: 4px; }}"
            f"p, td {{ color: {theme.text}; }} th {{ color: {theme.muted}; text-align: left; font-weight: 400; }}"
            f"code {{ font-family: '{mono_font().family()}'; }} a {{ color: {theme.accent}; text-decoration: none; }}"
        )
        rows = [(_code(row.term), escape(row.sentence), _link(row.example)) for row in help_text()]
        operators = [(_code(operator), escape(sentence)) for operator, sentence in OPERATORS.items()]
        words = [
            (_link(f"{key.name}:{choice.word}"), escape(choice.sentence))
            for key in KEYS.values()
            for choice in key.choices
        ]
        self.text.setHtml(
            "<p>Write words to find them anywhere in payloads and fields. Terms such as <code>dir:in</code> ask for "
            "one field. All that stands side by side must hold. Click an example to filter by it.</p>"
            f"<p>{escape(self._note)}</p>"
            f"<h3>Terms</h3>{_table(('Write', 'Meaning', 'Example'), rows)}"
            f"<h3>Operators</h3>{_table(('Write', 'Meaning'), operators)}"
            f"<h3>Words</h3>{_table(('Write', 'Meaning'), words)}"
        )

    def _on_link(self, url: QUrl) -> None:
        text = QUrl.fromPercentEncoding(url.toString(QUrl.ComponentFormattingOption.FullyEncoded).encode())
        self.exampleChosen.emit(text.removeprefix(_SCHEME))
        self.accept()


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    heads = "".join(f"<th>{title}</th>" for title in titles)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table cellpadding="3" cellspacing="0"><tr>{heads}</tr>{lines}</table>'


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _link(query: str) -> str:
    address = QUrl.toPercentEncoding(query).data().decode()
    return f'<a href="{_SCHEME}{address}">{_code(query)}</a>'
