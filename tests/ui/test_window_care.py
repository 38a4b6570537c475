"""Diagnostics, the log window, and crash reports that are offered."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.crash_reports import CrashReports
from optave_inspector.log import start_logging
from optave_inspector.ui.panels.crash_report_notice import CrashReportNotice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"


@contextlib.asynccontextmanager
async def window(tmp_path: Path) -> AsyncIterator[WindowParts]:
    log = start_logging(tmp_path / "log")
    parts = await build_window()
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)
        log.stop()


def trigger(parts: WindowParts, name: str) -> None:
    next(each for each in parts.window.findChildren(QAction) if each.objectName() == name).trigger()


def test_diagnostics_hold_versions_settings_and_log_and_no_secret(aio, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()

    async def run() -> None:
        async with window(tmp_path) as parts:
            await parts.current.secrets.set(parts.current.profile.id, "client_secret", "canary-secret", remember=False)
            logging.getLogger("optave_inspector.x").warning("refused with %s in %s/y", SECRET, Path.home())
            trigger(parts, "copyDiagnosticsAction")
            text = QGuiApplication.clipboard().text()
            for held in ("PySide6", "theme: ", "CLOSED, attempt 0", "refused with", "~/y"):
                assert held in text
            for secret in (SECRET, "canary", str(Path.home())):
                assert secret not in text
            assert parts.window.view.messages.message is not None

    aio(run())


def test_the_log_window_grows_and_is_narrowed_by_level_and_words(aio, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()

    async def run() -> None:
        async with window(tmp_path) as parts:
            ours = logging.getLogger("optave_inspector.x")
            ours.info("one of them")
            log = parts.window.care.open_log()
            assert parts.window.care.open_log() is log
            before = log.model.rowCount()
            ours.error("another failed with client_secret=canary")
            log.refresh()
            assert log.model.rowCount() == before + 1
            log.level.setCurrentIndex(log.level.findData(40))
            assert [line.text for line in log.model.lines] == ["another failed with client_secret=••••"]
            log.level.setCurrentIndex(0)
            log.search.setText("ONE them")
            assert [line.text for line in log.model.lines] == ["one of them"]
            log.table.selectRow(0)
            assert "one of them" in log.findChild(QPlainTextEdit, "logDetail").toPlainText()
            log.findChild(QPushButton, "logCopyButton").click()
            assert QGuiApplication.clipboard().text().endswith("INFO optave_inspector.x: one of them")
            log.reject()

    aio(run())


def test_crash_reports_are_offered_read_copied_and_discarded(aio, tmp_path: Path, wait_until) -> None:
    (tmp_path / "log").mkdir()
    reports = CrashReports(tmp_path / "crashes")
    for words in ("first", "second"):
        reports.write(ValueError(words))

    async def run() -> None:
        async with window(tmp_path) as parts:
            parts.window.care.offer_reports(reports)
            notice = parts.window.view.findChild(CrashReportNotice)
            assert notice.isVisible()
            assert "1 more after this one" in notice.accessibleDescription()
            offered = notice.report
            assert offered is not None
            notice.findChild(QPushButton, "crashReportCopyButton").click()
            assert QGuiApplication.clipboard().text() == offered.text()
            notice.findChild(QPushButton, "crashReportReadButton").click()
            shown = parts.window.findChild(QPlainTextEdit, "crashReportDialogText")
            assert shown.toPlainText().startswith("ValueError")
            notice.findChild(QPushButton, "crashReportDiscardButton").click()
            assert not offered.path.exists()
            notice.findChild(QPushButton, "crashReportLaterButton").click()
            assert not notice.isVisible()
            assert len(reports.all()) == 1
            parts.window.care.keep_report(ValueError("while it ran"))
            assert "1: CLOSED, attempt 0" in reports.all()[0].text() + reports.all()[1].text()

    aio(run())
