"""Lists every control of the window by the name that outside programs know it by, and finds those that lack one.

``python -m optave_inspector.ui.automation`` prints the page that is kept as ``docs/automation.md``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSlider,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QToolButton,
    QTreeView,
    QWidget,
)

from ..capture.retention import CleanUp, Retention
from ..client.diagnosis import Finding
from ..client.events import PeerCertificate
from ..client.tls_words import UntrustedPeer
from ..comparing import Compared, Side, Steps, TimePart
from ..manual import manual_folder
from ..profiles.env_import import EnvImport
from ..profiles.profile import Profile
from ..protocol.token_doctor import TokenCase
from ..tracing.comparison import compare
from ..tracing.exchange import Exchange, ExchangeStatus
from .dialogs.capture_limits import CaptureLimitsDialog
from .dialogs.close_dialog import CloseDialog
from .dialogs.command_palette import CommandPalette
from .dialogs.compare_dialog import CompareDialog
from .dialogs.compare_result import CompareResult
from .dialogs.diagnosis import DiagnosisDialog
from .dialogs.exchange_dialog import ExchangeDialog
from .dialogs.export_dialog import ExportDialog, Part
from .dialogs.frame_dialog import FrameDialog
from .dialogs.log_window import LogWindow
from .dialogs.manual_window import ManualWindow
from .dialogs.new_profile import NewProfileDialog
from .dialogs.notice import NoticeDialog
from .dialogs.profile_defaults import ProfileDefaultsDialog
from .dialogs.profile_files import ExportProfilesDialog, ImportEnvironmentDialog, ImportProfilesDialog
from .dialogs.question import ConfirmDialog, OfferDialog, TextQuestion
from .dialogs.scenario_dialog import ScenarioDialog
from .dialogs.text_dialog import TextDialog
from .dialogs.token_doctor import TokenDoctorDialog
from .dialogs.trace_sending import TraceSendingDialog
from .dialogs.unsaved import UnsavedDialog
from .dialogs.untrusted import UntrustedDialog
from .dialogs.work_dialog import WorkDialog
from .panels.crash_notice import CrashNotice
from .panels.crash_report_notice import CrashReportNotice
from .panels.exchanges_minimap import Minimap
from .panels.message_bar import MessageBar
from .panels.top_bar import TopBar
from .token_case import Patient
from .widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from .main_window import MainWindow

_KINDS: tuple[tuple[type[QWidget], str], ...] = (
    (QRadioButton, "radio button"),
    (QCheckBox, "check box"),
    (QPushButton, "button"),
    (QToolButton, "button"),
    (QComboBox, "choice"),
    (QAbstractSpinBox, "number"),
    (QLineEdit, "text field"),
    (QPlainTextEdit, "text"),
    (QTextEdit, "text"),
    (QTreeView, "tree"),
    (QListView, "list"),
    (QAbstractItemView, "table"),
    (QTabWidget, "tabs"),
    (Minimap, "strip"),
    (QSlider, "slider"),
)
_INTRODUCTION = """\
# Driving the window from outside

This page is made from the window itself (`python -m optave_inspector.ui.automation > docs/automation.md`); a test fails
when it is out of date.

Every control has a stable name, its Qt `objectName`, and an accessible name in words. On Linux a program reaches both
by AT-SPI: start the app with `QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1` on a real or a virtual screen (Xvfb; the offscreen
platform does not appear on AT-SPI), with an accessibility bus running. The accessible ID of a control is the path of
object names from the application down, such as `QApplication.mainWindow.sessionView.….connectionConnectButton`: compare
its last part with the names below. Press buttons by the action interface, write into text fields by the editable text
interface, read labels by their name. Actions of the menus can also be had by their shortcuts.

The frame log may have millions of rows: read the rows on show, not all of its children.

A way through: `connectTenantAction` (or fill the fields of the connection panel and press `connectionConnectButton`),
wait until `topBarState` reads `● OPEN 1 · can send`, choose an action in the composer, send with `composerSendButton`,
read the rows of the frame log, close with `closeWithCodeAction`.

Names with a field of the URL template in them, such as `connectionFieldTenantEdit`, follow the template.
"""


@dataclass(frozen=True, slots=True)
class Control:
    """One row of the page."""

    place: str
    object_name: str
    kind: str
    accessible_name: str
    does: str


def controls(root: QWidget) -> list[Control]:
    """Every interactive widget below ``root``, shown or not, in the order of its making."""
    return [
        Control(_place(widget), widget.objectName(), kind, _name(widget), _does(widget))
        for widget, kind in _interactive(root)
    ]


def texts(root: QWidget) -> list[Control]:
    """The labels that a program may want to read: those with a name."""
    return [
        Control(_place(label), label.objectName(), "label", label.accessibleName(), _does(label))
        for label in root.findChildren(QLabel)
        if label.objectName() and not label.objectName().startswith("qt_")
    ]


def faults(roots: Iterable[QWidget]) -> list[str]:
    """What keeps a control from being found: no name, no words, a name that another one has."""
    found: list[str] = []
    names: Counter[str] = Counter()
    for root in roots:
        for widget, kind in _interactive(root):
            name = widget.objectName()
            names[name] += 1
            if not name:
                found.append(
                    f"A {kind} in {_place(widget)} has no objectName ({widget.accessibleName() or 'nameless'})."
                )
            if not _name(widget) and not _is_blank(widget):
                found.append(f"{name or kind} in {_place(widget)} has no accessible name.")
    found += [f"{count} controls are called {name}." for name, count in names.items() if name and count > 1]
    return found


async def _nothing_found() -> AsyncIterator[Finding]:
    """A diagnosis without steps."""
    for finding in list[Finding]():
        yield finding


def dialogs(parent: MainWindow) -> list[QDialog]:
    """One of each dialog that the window opens, not shown."""
    return [
        CloseDialog(parent),
        CommandPalette([], parent),
        ScenarioDialog(parent),
        FrameDialog(parent),
        TextQuestion("secretDialog", "Client secret", "", "Connect", parent, field_name="Client secret", secret=True),
        *(
            TextQuestion(
                f"{name}ProfileDialog", f"{name.title()} profile", "", accept, parent, field_name="Profile name"
            )
            for name, accept in (("rename", "Rename"), ("copy", "Copy"))
        ),
        NewProfileDialog(parent),
        ProfileDefaultsDialog(parent.page.one.current, lambda work, _name: work.close(), parent),
        ImportProfilesDialog([], [], parent),
        ImportEnvironmentDialog(EnvImport(Profile(id="", name=""), "", (), ()), parent),
        ExportProfilesDialog([], "", parent),
        ConfirmDialog("forgetSecretsDialog", "Forget all secrets", "", "Forget all", parent),
        ConfirmDialog("deleteProfileDialog", "Delete profile", "", "Delete", parent),
        ConfirmDialog("discardCaptureDialog", "Discard capture", "", "Discard", parent),
        UnsavedDialog(2, "", parent),
        OfferDialog("damagedCaptureDialog", "A capture that is damaged", "", "Recover what can be read", parent),
        WorkDialog("recoverCaptureWork", "Recovering", "", parent),
        CaptureLimitsDialog("", Retention(), lambda _asked: CleanUp([], 0, is_preview=True), parent),
        parent.care.make_settings(),
        LogWindow(parent),
        ManualWindow(manual_folder(), parent),
        TraceSendingDialog(parent.traces, lambda work, _name: work.close(), parent),
        ExportDialog(parent.view.bridge.session.store, [Part("&All entries", None)], parent),
        ExchangeDialog(parent.view.bridge, 0, parent),
        CompareDialog("This session", (), TimePart(), parent),
        CompareResult(_nothing_compared(), parent),
        WorkDialog("compareWork", "Comparing", "", parent),
        WorkDialog("exportWork", "Exporting", "", parent),
        WorkDialog("saveCaptureWork", "Saving the capture", "", parent),
        TokenDoctorDialog(Patient(TokenCase("", 0.0), "", ()), {}, parent),
        NoticeDialog("cannotOpenDialog", "A capture that cannot be opened", "", parent),
        TextDialog(
            "Handshake", {"Request": "", "Response": "", "Body": "", "Certificates": ""}, "handshakeDialog", parent
        ),
        DiagnosisDialog(_nothing_found, lambda _spend: _nothing_found(), lambda work, _name: work.close(), parent),
        UntrustedDialog(UntrustedPeer("", (PeerCertificate(""),), ""), parent),
        *(
            TextDialog(title, {title: ""}, name, parent)
            for title, name in (
                ("Messages", "messagesDialog"),
                ("Shortcuts", "shortcutsDialog"),
                ("About", "aboutDialog"),
                ("Crash report", "crashReportDialog"),
            )
        ),
    ]


def _nothing_compared() -> Compared:
    """A comparison with a finding of each kind, for the controls that stand beside one."""
    one = [Exchange(1, 1, "adjust", "", 1, 0, ended_ns=1, status=ExchangeStatus.COMPLETED)]
    slow = [Exchange(1, 1, "adjust", "", 1, 0, ended_ns=10**9, status=ExchangeStatus.COMPLETED)]
    others = [*slow, Exchange(2, 1, "adjust", "", 2, 0)]
    return Compared(
        (Side("left"), Side("right")), (Steps(one, range(1)), Steps(others, range(2))), compare(one, others)
    )


def page(window: MainWindow) -> str:
    """``docs/automation.md`` as it should be."""
    lines = [_INTRODUCTION, "## Menus", ""]
    for menu in _menus(window.menuBar()):
        lines += _menu_section(menu)
    found = controls(window.centralWidget())
    for place in dict.fromkeys(control.place for control in found):
        lines += [f"## {place}", "", *_table(control for control in found if control.place == place), ""]
        actions = [action for action in _panel_actions(window.centralWidget()) if _place(action.parent()) == place]
        if actions:
            lines += [*_action_table(actions), ""]
        labels = [label for label in texts(window.centralWidget()) if label.place == place]
        if labels:
            names = ", ".join(f"`{label.object_name}`" for label in labels)
            lines += [f"Texts to read: {names}.", ""]
    lines += ["## Dialogs", ""]
    opened = dialogs(window)
    for dialog in opened:
        lines += [f"### {dialog.windowTitle()} (`{dialog.objectName()}`)", "", *_table(controls(dialog)), ""]
    for dialog in opened:
        dialog.deleteLater()
    return "\n".join(lines).rstrip() + "\n"


def _interactive(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    for widget in root.findChildren(QWidget):
        kind = next((kind for cls, kind in _KINDS if isinstance(widget, cls)), "")
        if kind and not _is_part_of_another(widget):
            yield widget, kind


def _is_part_of_another(widget: QWidget) -> bool:
    if isinstance(widget, QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QDialog):
        if isinstance(parent, (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit, QMenu, QTabBar)):
            return True
        parent = parent.parentWidget()
    return False


def _place(widget: QWidget) -> str:
    parent: QWidget | None = widget
    while parent is not None:
        if isinstance(parent, (Panel, TopBar, MessageBar, CrashNotice, CrashReportNotice)):
            return parent.accessibleName()
        if isinstance(parent, QDialog):
            return parent.windowTitle()
        if parent.objectName().endswith("PanelDock"):
            return parent.windowTitle()
        parent = parent.parentWidget()
    return "Window"


def _name(widget: QWidget) -> str:
    """As accessibility has it: a button without a name of its own goes by its text."""
    name = widget.accessibleName()
    return name or (_plain(widget.text()) if isinstance(widget, QAbstractButton) else "")


def _is_blank(widget: QWidget) -> bool:
    """A button that appears with a text once there is something to do."""
    return isinstance(widget, QAbstractButton) and not widget.text() and widget.isHidden()


def _does(widget: QWidget) -> str:
    return " ".join((widget.toolTip() or widget.accessibleDescription()).split())


def _menus(holder: QWidget) -> Iterator[QMenu]:
    for action in holder.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield menu
            yield from _menus(menu)


def _menu_section(menu: QMenu) -> list[str]:
    rows = [action for action in menu.actions() if not action.isSeparator() and action.menu() is None]
    if not rows or not menu.objectName():
        return []
    return [
        f"### {_plain(menu.title())} (`{menu.objectName()}`)",
        "",
        *_action_table(rows),
        "",
    ]


def _panel_actions(root: QWidget) -> Iterator[QAction]:
    """What a panel does by shortcuts or its own menus, besides the menus of the window."""
    for action in root.findChildren(QAction):
        named = action.objectName() and not action.objectName().startswith("_q_")
        if named and not action.isSeparator() and isinstance(action.parent(), QWidget) and _in_a_panel(action.parent()):
            yield action


def _in_a_panel(widget: QWidget) -> bool:
    return _place(widget) != "Window"


def _action_table(actions: Iterable[QAction]) -> list[str]:
    return [
        "| action | text | shortcut | what it does |",
        "|---|---|---|---|",
        *(
            f"| `{action.objectName()}` | {text} | {_keys(action)} | {_cell(action.statusTip())} |"
            for action in actions
            for text in (_cell(_plain(action.text())),)
        ),
    ]


def _table(rows: Iterable[Control]) -> list[str]:
    return [
        "| name | kind | accessible name | what it does |",
        "|---|---|---|---|",
        *(f"| `{row.object_name}` | {row.kind} | {_cell(row.accessible_name)} | {_cell(row.does)} |" for row in rows),
    ]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _plain(text: str) -> str:
    return text.replace("&", "")


def _keys(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.PortableText)


def main() -> None:
    """Print the page for a window without settings of anybody."""
    import os
    import sys
    import tempfile

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    application.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(qasync.run(of_a_window(page, folder)))


async def of_a_window(make: Callable[[MainWindow], str], folder: str) -> str:
    """What ``make`` says of a window without settings of anybody; ``folder`` takes its files."""
    from pathlib import Path

    from ..compose.collection_store import CollectionStore
    from ..compose.history import SentHistory
    from ..own_captures import OwnCaptures
    from ..profiles.secrets import SecretStore
    from ..profiles.store import ProfileStore
    from ..protocol.contract import Contract
    from ..resources import schemas
    from ..restartable_tenant import RestartableTenant
    from ..tasks import Tasks
    from .collector_file import CollectorFile
    from .draft_book import DraftBook
    from .layout_store import LayoutStore
    from .main_window import MainWindow
    from .open_sessions import OpenSessions
    from .profile_book import ProfileBook
    from .request_library import RequestLibrary
    from .trace_sending import TraceSending

    home = Path(folder)
    captures = OwnCaptures(lambda: home, home / "captures.json", home / "recent.json")
    book = ProfileBook(ProfileStore(home / "profiles"), SecretStore(), Tasks("profiles").start)
    traces = TraceSending(CollectorFile(home / "collector.json"), book.secrets)
    history = SentHistory(home / "sent.sqlite")
    library = RequestLibrary(CollectionStore(home / "requests"), Tasks("requests").start)
    sessions = OpenSessions(captures, Contract(schemas()), book, DraftBook(), traces, history, library)
    first = await sessions.begin()
    window = MainWindow(sessions, first, LayoutStore(home / "layout.json"), RestartableTenant())
    text = make(window)
    await sessions.end(first)
    window.close_for_good()
    return text


if __name__ == "__main__":
    main()
