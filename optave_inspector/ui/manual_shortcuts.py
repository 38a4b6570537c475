"""The manual's page of shortcuts, made of the window itself: ``python -m optave_inspector.ui.manual_shortcuts``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..manual import table

if TYPE_CHECKING:
    from .main_window import MainWindow

_BEFORE = (
    "# Shortcuts\n\n"
    "As the app proposes them; **File ▸ Settings… ▸ Shortcuts** changes them. Those of a panel hold while it has the "
    "keyboard. `Ctrl+K` finds every action, also those without keys: see [The window](window.md).\n\n"
    "`Tab` and `Shift+Tab` go through the controls, `Alt` with the underlined letter opens a menu or goes to a field.\n"
)


def shortcuts_page(window: MainWindow) -> str:
    """The page as it should be."""
    rows = [row for row in window.care.shortcuts.rows() if row.usual]
    parts = [_BEFORE]
    for place in dict.fromkeys(row.place for row in rows):
        cells = [(f"`{row.usual}`", row.text, row.does) for row in rows if row.place == place]
        parts.append(f"## {place}\n\n{table(('Keys', 'Action', 'What it does'), cells)}\n")
    return "\n".join([*parts, "This page is made by `make docs`.\n"])


def main() -> None:
    """Print the page."""
    import os
    import sys
    import tempfile

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import qasync
    from PySide6.QtWidgets import QApplication

    from .automation import of_a_window

    application = QApplication.instance() or QApplication([])
    application.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(qasync.run(of_a_window(shortcuts_page, folder)))


if __name__ == "__main__":
    main()
