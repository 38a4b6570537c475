"""What a window does for its user beside the sessions: finding, helping, telling about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from ..crash_reports import CrashReports
from ..manual import manual_folder
from .actions import make_action
from .commands import commands
from .diagnostics import diagnostics_text, going_on, last_lines
from .dialogs.about import about_text, shortcuts_text
from .dialogs.command_palette import CommandPalette
from .dialogs.log_window import LogWindow
from .dialogs.manual_window import ManualWindow, page_for
from .dialogs.text_dialog import TextDialog
from .panels.crash_report_notice import CrashReportNotice
from .settings_pages import make_dialog, settings_dialog
from .shortcut_file import ShortcutFile
from .shortcuts import Shortcuts

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QMenu

    from ..crash_reports import CrashReport
    from .dialogs.settings import SettingsDialog
    from .main_window import MainWindow
    from .session_view import SessionView

_REMEMBERED = 5
_REPORTED_LINES = 40


class WindowCare(QObject):
    """Holds the actions; all sessions of the window share them. ``folder`` takes the user's settings."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._last: list[str] = []
        self.palette = make_action(
            self, "paletteAction", "&Commands…", self.open_palette, shortcut="Ctrl+K",
            tip="Find any action, panel, profile, session, capture or recipe by some of its letters",
        )  # fmt: skip
        self.settings = make_action(
            self, "settingsAction", "Se&ttings…", self.open_settings, shortcut="Ctrl+,",
            tip="All settings of yours in one place, with a search",
        )  # fmt: skip
        self.manual = make_action(
            self, "manualAction", "&Manual", self.open_manual, shortcut="F1",
            tip="The manual, at the page of the panel that has the keyboard",
        )  # fmt: skip
        self.list_shortcuts = make_action(
            self, "shortcutsAction", "&Keyboard shortcuts", self._show_shortcuts,
            tip="Every shortcut and where it holds",
        )  # fmt: skip
        self.about = make_action(
            self, "aboutAction", "&About Optave Inspector", self._show_about,
            tip="Versions and folders, to put into a problem report",
        )  # fmt: skip

        self.log = make_action(
            self, "logAction", "&Log…", self.open_log,
            tip="The app's own log as it grows: by level, by words, to copy",
        )  # fmt: skip
        self.copy_diagnostics = make_action(
            self, "copyDiagnosticsAction", "&Copy diagnostics", self._copy_diagnostics,
            tip="Copy versions, folders, settings and the last lines of the log, without secrets",
        )  # fmt: skip
        self._notices: dict[SessionView, CrashReportNotice] = {}
        self._reports: CrashReports | None = None
        self._log_window: LogWindow | None = None
        self._manual: ManualWindow | None = None
        self.shortcuts = Shortcuts(ShortcutFile(folder / "shortcuts.json"), self)

    def fill_help(self, menu: QMenu) -> None:
        """Put the actions of the menu Help into it."""
        menu.addActions([self.manual, self.list_shortcuts])
        menu.addSeparator()
        menu.addActions([self.log, self.copy_diagnostics])
        menu.addSeparator()
        menu.addAction(self.about)

    def add_notice(self, view: SessionView) -> None:
        """Give a session the bar that offers crash reports."""
        notice = CrashReportNotice()
        notice.readAsked.connect(self._read_report)
        notice.copyAsked.connect(self._copy_report)
        notice.discardAsked.connect(self._discard_report)
        self._notices[view] = notice
        view.destroyed.connect(lambda *_: self._notices.pop(view, None))
        view.add_notice(notice)

    def offer_reports(self, reports: CrashReports) -> None:
        """Offer what former runs have left, and take in what this one reports."""
        self._reports = reports
        self._notices[self._window.view].offer(reports.all())

    def keep_report(self, error: BaseException) -> None:
        """Keep a report of an error that nothing caught; any thread may ask."""
        if self._reports is not None:
            self._reports.write(error, going_on(self._window), last_lines(_REPORTED_LINES))

    def open_palette(self) -> None:
        """Open the command palette; what was run last stands on top."""
        found = commands(self._window)
        found.sort(key=lambda each: self._last.index(each.key) if each.key in self._last else _REMEMBERED)
        CommandPalette(found, self._window, self._remember).open()

    def open_settings(self, page: str = "") -> None:
        """Open the settings, with the page of that name in front where one is given."""
        self._window.view.bridge.start(self._open_settings(page), "open the settings")

    def make_settings(self) -> SettingsDialog:
        """The settings of somebody who has changed nothing, not shown."""
        return make_dialog(self._window, self.shortcuts)

    async def _open_settings(self, page: str) -> None:
        dialog = await settings_dialog(self._window, self.shortcuts)
        if page:
            dialog.show_page(page)
        dialog.open()

    def _remember(self, key: str) -> None:
        self._last = [key, *(each for each in self._last if each != key)][:_REMEMBERED]

    def _show_shortcuts(self) -> None:
        text = shortcuts_text(self._window)
        TextDialog("Keyboard shortcuts", {"Shortcuts": text}, "shortcutsDialog", self._window).open()

    def _show_about(self) -> None:
        TextDialog("About Optave Inspector", self._about_texts(), "aboutDialog", self._window).open()

    def _about_texts(self) -> dict[str, str]:
        return {"About": about_text(), "Diagnostics": diagnostics_text(self._window)}

    def open_manual(self, page: str = "") -> None:
        """Show the manual beside the window: a page, or that of the panel that has the keyboard."""
        page = page or page_for(self._window.focusWidget())
        if self._manual is None:
            try:
                self._manual = ManualWindow(manual_folder(), self._window)
            except FileNotFoundError as error:
                self._tell("error", str(error))
                return
        self._manual.show_page(page)
        self._manual.show()
        self._manual.activateWindow()

    def open_log(self) -> LogWindow:
        """Show the log beside the window."""
        if self._log_window is None:
            self._log_window = LogWindow(self._window)
            self._log_window.finished.connect(self._forget_log)
        self._log_window.show()
        self._log_window.activateWindow()
        return self._log_window

    def _forget_log(self, *_: object) -> None:
        self._log_window = None

    def _copy_diagnostics(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics_text(self._window))
        self._tell("ok", "The diagnostics are on the clipboard, without tokens and secrets. Read them first.")

    def _read_report(self, report: CrashReport) -> None:
        TextDialog("Crash report", {"Report": _text_of(report)}, "crashReportDialog", self._window).open()

    def _copy_report(self, report: CrashReport) -> None:
        QGuiApplication.clipboard().setText(_text_of(report))
        self._tell("ok", "The crash report is on the clipboard.")

    def _discard_report(self, report: CrashReport) -> None:
        try:
            CrashReports.discard(report)
        except OSError as error:
            self._tell("error", f"The report cannot be removed: {error.strerror or error}.")
            return
        self._notices[self._window.view].next()

    def _tell(self, kind: str, sentence: str) -> None:
        self._window.view.bridge.warned.emit(kind, sentence)


def _text_of(report: CrashReport) -> str:
    try:
        return report.text()
    except OSError as error:
        return f"The report cannot be read: {error.strerror or error}."
