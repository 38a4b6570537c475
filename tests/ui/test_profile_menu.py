"""Profiles in the window: made by an address form, marked, inherited, found, carried as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTabWidget

from optave_inspector.profiles.defaults import INHERITABLE
from optave_inspector.profiles.presets import PRESETS
from optave_inspector.profiles.secrets import CLIENT_SECRET, TOKEN
from optave_inspector.ui.dialogs.command_palette import CommandPalette
from optave_inspector.ui.dialogs.new_profile import NewProfileDialog
from optave_inspector.ui.dialogs.notice import NoticeDialog
from optave_inspector.ui.dialogs.profile_defaults import LABELS, ProfileDefaultsDialog
from optave_inspector.ui.dialogs.profile_files import (
    ExportProfilesDialog,
    ImportEnvironmentDialog,
    ImportProfilesDialog,
)
from optave_inspector.ui.dialogs.question import ConfirmDialog
from optave_inspector.ui.panels.top_bar import TopBar
from optave_inspector.ui.profile_files import ProfileFiles
from optave_inspector.ui.sensitive_clipboard import SensitiveClipboard
from optave_inspector.ui.widgets.form import SecretField

from .windows import window_for

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "c4n4ry-s3cret"
NOWHERE = "ws://127.0.0.1:9"


def find(widget, kind, name=""):
    found = [each for each in widget.findChildren(kind) if not name or each.objectName() == name]
    assert found, (kind, name)
    return found[-1]


def act(window, name: str) -> None:
    find(window, QAction, name).trigger()


def test_a_profile_for_an_environment_is_made_with_its_urls_and_its_mark(aio, wait_until) -> None:
    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            act(parts.window, "newProfileAction")
            dialog = find(parts.window, NewProfileDialog)
            dialog.kind.setCurrentIndex(3)
            assert "wss://ws-prod.oco.optave.tech/" in find(dialog, QLabel, "newProfileUrls").text()
            dialog.field.setText("Live")
            dialog.accept_button.click()
            await wait_until(lambda: parts.current.profile.name == "Live")
            assert parts.current.profile.connection_config().url == "wss://ws-prod.oco.optave.tech/"
            assert parts.window.windowTitle().startswith("PRODUCTION · Live")
            chip = find(parts.window, QLabel, "topBarProduction")
            assert chip.isVisible()
            assert "PRODUCTION" in chip.text()
            assert find(parts.window, TopBar).property("production") is True
            assert "PRODUCTION" in find(parts.window, QComboBox, "topBarProfileCombo").currentText()
            find(parts.window, QCheckBox, "connectionProductionCheck").click()
            assert not parts.current.profile.production
            assert not chip.isVisible()
            assert "PRODUCTION" not in parts.window.windowTitle()

    aio(run())


def test_a_colour_is_shown_where_the_profile_is(aio) -> None:
    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            combo = find(parts.window, QComboBox, "connectionColourCombo")
            index = combo.findData("violet")
            combo.setCurrentIndex(index)
            combo.activated.emit(index)
            assert parts.current.profile.colour == "violet"
            for dark in (False, True):
                parts.window.use_theme(dark=dark)
                tabs = find(parts.window, QTabWidget, "sessionTabs")
                colours = {
                    tabs.tabIcon(0).pixmap(12, 12).toImage().pixelColor(6, 6).name(),
                    find(parts.window, QComboBox, "topBarProfileCombo").itemIcon(0).pixmap(12, 12).toImage()
                    .pixelColor(6, 6).name(),
                }  # fmt: skip
                assert colours == {"#c9a2f5" if dark else "#7a2fb0"}

    aio(run())


def test_the_defaults_say_where_a_value_comes_from_and_move_it(aio, wait_until) -> None:
    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            current = parts.current
            await current.new("One")
            current.edit(open_timeout_s=5.0)
            own = find(parts.window, QLabel, "connectionOwnValues")
            assert own.text() == "Own values: time limit for connecting."
            act(parts.window, "profileDefaultsAction")
            dialog = find(parts.window, ProfileDefaultsDialog)
            row = INHERITABLE.index("open_timeout_s")
            dialog.table.setCurrentCell(row, 0)
            words = lambda: [dialog.table.item(row, column).text() for column in range(1, 4)]  # noqa: E731
            assert words() == ["● 5 s (own)", "–", "30 s"]
            find(dialog, QPushButton, "profileDefaultsSetButton").click()
            await wait_until(lambda: words() == ["5 s (inherited)", "5 s", "30 s"])
            assert own.text() == "As for all profiles: time limit for connecting."
            assert not find(dialog, QPushButton, "profileDefaultsResetButton").isEnabled()
            find(dialog, QPushButton, "profileDefaultsClearButton").click()
            await wait_until(lambda: words() == ["30 s (inherited)", "–", "30 s"])
            assert own.text() == ""
            current.edit(open_timeout_s=9.0)
            find(dialog, QPushButton, "profileDefaultsResetButton").click()
            assert current.profile.open_timeout_s == 30.0
            dialog.reject()

    aio(run())


def test_every_setting_that_can_be_inherited_has_a_name_in_words() -> None:
    assert set(LABELS) == set(INHERITABLE)


def test_a_profile_is_found_by_its_url_among_many(aio, qtbot, wait_until) -> None:
    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            for number in range(30):
                await parts.current.new(f"Tenant {number}")
            await parts.current.new("Needle", PRESETS[2])
            await parts.current.new("Last")
            act(parts.window, "findProfileAction")
            palette = find(parts.window, CommandPalette)
            qtbot.keyClicks(palette.edit, "ws-sandbox")
            assert "Needle" in palette.chosen.name
            palette.run()
            await wait_until(lambda: parts.current.profile.name == "Needle")

    aio(run())


def test_profiles_go_out_and_come_in_without_secrets_and_what_is_left_out_is_told(
    aio, wait_until, tmp_path: Path
) -> None:
    target = tmp_path / "x.optave-profile.json"

    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            await parts.current.new("Acme")
            mine = parts.current.profile.id
            await parts.current.secrets.set(mine, CLIENT_SECRET, CANARY, remember=False)
            parts.current.edit(client_id="me", ca_file="/my/ca.pem")
            act(parts.window, "exportProfilesAction")
            dialog = find(parts.window, ExportProfilesDialog)
            chosen: list[list[str]] = []
            dialog.chosen.connect(chosen.append)
            dialog.accept()
            assert chosen == [[mine]]
            files = find(parts.window, ProfileFiles)
            files.write(chosen[0], target)
            await wait_until(target.exists)
            assert CANARY.encode() not in target.read_bytes()
            assert json.loads(target.read_bytes())["profiles"][0]["client_id"] == "me"
            files.read(target)
            await wait_until(lambda: bool(parts.window.findChildren(ImportProfilesDialog)))
            asked = find(parts.window, ImportProfilesDialog)
            assert "The CA file: set it yourself" in find(asked, QPlainTextEdit, "importProfilesText").toPlainText()
            asked.accept()
            await wait_until(lambda: parts.current.profile.name == "Acme 2")
            assert (parts.current.profile.client_id, parts.current.profile.ca_file) == ("me", "")
            assert parts.current.book[mine].ca_file == "/my/ca.pem"

    aio(run())


def test_a_file_that_holds_no_profiles_is_refused_in_words(aio, wait_until, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    (tmp_path / ".env").write_text("A=1", encoding="utf-8")

    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            for name, words in (("x.json", "holds no profiles"), (".env", "No variable of Optave"), ("no", "no file")):
                find(parts.window, ProfileFiles).read(tmp_path / name)
                await wait_until(lambda: bool(parts.window.findChildren(NoticeDialog)))
                notice = find(parts.window, NoticeDialog)
                assert words in find(notice, QLabel, "cannotImportProfilesDialogWords").text()
                notice.setParent(None)
                notice.deleteLater()

    aio(run())


@pytest.mark.parametrize("keep", [True, False])
def test_a_secret_from_the_environment_is_kept_only_after_asking(
    aio, wait_until, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    monkeypatch.setenv("OPTAVE__CLIENT_ID", "me")
    monkeypatch.setenv("OPTAVE__CLIENT_SECRET", CANARY)

    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            act(parts.window, "importEnvironmentAction")
            dialog = find(parts.window, ImportEnvironmentDialog)
            assert CANARY not in find(dialog, QPlainTextEdit, "importEnvironmentText").toPlainText()
            assert not dialog.secret.isChecked()
            dialog.secret.setChecked(keep)
            dialog.accept()
            await wait_until(lambda: parts.current.profile.client_id == "me")
            held = await parts.current.secrets.get(parts.current.profile.id, CLIENT_SECRET)
            assert held == (CANARY if keep else None)

    aio(run())


def test_all_secrets_are_forgotten_after_a_question_also_those_on_show(aio, wait_until) -> None:
    async def run() -> None:
        async with window_for(NOWHERE) as parts:
            secrets = parts.current.secrets
            await secrets.set(parts.current.profile.id, CLIENT_SECRET, CANARY)
            await secrets.set("deleted-long-ago", TOKEN, CANARY)
            edit = find(parts.window, QLineEdit, "connectionClientSecretEdit")
            edit.setText(CANARY)
            passphrase = find(parts.window, QLineEdit, "connectionProxyPasswordEdit")
            passphrase.setText(CANARY)
            act(parts.window, "forgetSecretsAction")
            dialog = find(parts.window, ConfirmDialog)
            dialog.accept()
            await wait_until(lambda: edit.text() == "" and passphrase.text() == "")
            assert await secrets.get("deleted-long-ago", TOKEN) is None
            assert await secrets.get(parts.current.profile.id, CLIENT_SECRET) is None

    aio(run())


def test_a_copied_secret_is_marked_for_clipboard_histories_and_goes_after_a_while(qtbot) -> None:
    clipboard = SensitiveClipboard(stays_ms=20)
    clipboard.copy(CANARY)
    system = QGuiApplication.clipboard()
    assert system.text() == CANARY
    assert bytes(system.mimeData().data("x-kde-passwordManagerHint")) == b"secret"
    qtbot.waitUntil(lambda: system.text() == "")
    clipboard.copy(CANARY)
    system.setText("something else")
    clipboard.clear()
    assert system.text() == "something else"
    system.clear()


def test_a_secret_field_copies_and_forgets_by_its_menu(qtbot) -> None:
    field = SecretField("Secret", "tryEdit", "Client secret")
    qtbot.addWidget(field)
    told: list[str] = []
    field.edited.connect(told.append)
    qtbot.keyClicks(field.edit, "abc")
    find(field, QAction, "tryCopyAction").trigger()
    assert QGuiApplication.clipboard().mimeData().hasFormat("x-kde-passwordManagerHint")
    assert QGuiApplication.clipboard().text() == "abc"
    find(field, QAction, "tryForgetAction").trigger()
    assert (field.edit.text(), told[-1]) == ("", "")
    QGuiApplication.clipboard().clear()


def test_a_name_that_looks_like_html_is_shown_as_it_is(qtbot) -> None:
    dialog = ConfirmDialog("deleteProfileDialog", "Delete", "Delete <img src='file:///x.png'><b>x</b>?", "Delete", None)
    qtbot.addWidget(dialog)
    assert find(dialog, QLabel, "deleteProfileDialogWords").textFormat() is Qt.TextFormat.PlainText
