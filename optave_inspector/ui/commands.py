"""All that can be done or gone to at present, gathered from the window as it is, for the command palette."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from ..repro.shipped import shipped, titles
from .dialogs.about import EVERYWHERE, place_of
from .shortcuts import called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ..profiles.profile import Profile
    from .current_profile import CurrentProfile
    from .main_window import MainWindow

_ARROW = " ▸ "
_UNUSUAL = ("_q_", "qt_")


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette."""

    key: str
    """The same for the same thing, from one opening of the palette to the next."""
    name: str
    place: str
    """Where it is found without the palette: a menu, a panel; or what kind of thing it is."""
    does: str
    shortcut: str
    enabled: bool
    run: Callable[[], object]

    @property
    def spoken(self) -> str:
        """All of it in words."""
        parts = (self.name, self.place, self.shortcut, "" if self.enabled else "cannot be done now", self.does)
        return ", ".join(filter(None, parts))


def commands(window: MainWindow) -> list[Command]:
    """What the palette offers: actions of menus and panels, panels, sessions, profiles, captures, recipes."""
    found: dict[str, Command] = {}
    taken: set[QAction] = set()
    for menu in window.page.menus:
        for path, action in _in_menu(menu, _plain(menu.title())):
            taken.add(action)
            _add(found, _command(action, path))
    for action in window.view.findChildren(QAction):
        name = action.objectName()
        if action in taken or not name or name.startswith(_UNUSUAL) or action.isSeparator() or action.menu():
            continue
        place = place_of(action)
        if place != EVERYWHERE and action.text():
            _add(found, _command(action, place))
    for command in (*_sessions(window), *profile_commands(window.page.one.current), *_recipes(window)):
        _add(found, command)
    return list(found.values())


def _add(found: dict[str, Command], command: Command) -> None:
    # A panel may have the same action twice, once for each of its tables: the one that can be used now counts.
    former = found.get(command.key)
    if former is None or (command.enabled and not former.enabled):
        found[command.key] = command


def _in_menu(menu: QMenu, path: str) -> Iterator[tuple[str, QAction]]:
    menu.aboutToShow.emit()  # some are filled when they are opened
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            yield from _in_menu(below, f"{path}{_ARROW}{_plain(below.title())}")
        elif not action.isSeparator() and action.text():
            yield path, action


def _command(action: QAction, path: str) -> Command:
    name = called(action)
    if action.isCheckable():
        name = f"{name} {'(on)' if action.isChecked() else '(off)'}"
    shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    does = action.statusTip()
    key = f"{action.objectName()} {path}"
    return Command(key, name, path, does, shortcut, action.isEnabled(), action.trigger)


def _sessions(window: MainWindow) -> Iterator[Command]:
    for number, page in enumerate(window.pages, 1):
        if page is window.page:
            continue
        yield Command(
            f"session {number}", f"Session {number}: {page.one.current.profile.name}", "Open session",
            f"Bring it to the front; it is {page.one.session.state.name}", "", True,
            partial(window.show_session, page),
        )  # fmt: skip


def profile_commands(current: CurrentProfile) -> Iterator[Command]:
    """A command for each profile: it is found by its URL and the values in it, too."""
    for profile_id, label in current.names():
        is_current = profile_id == current.profile.id
        does = "It is the profile of this session" if is_current else "Choose it for this session; nothing is connected"
        yield Command(
            f"profile {profile_id}", f"Use profile {label}", _kind(current.book[profile_id]), does, "", True,
            partial(current.choose, profile_id),
        )  # fmt: skip


def _kind(profile: Profile) -> str:
    parts = ("Profile", "production" * profile.production, profile.url_template, *profile.fields.values())
    return " · ".join(filter(None, (*parts, profile.client_id)))


def _recipes(window: MainWindow) -> Iterator[Command]:
    files, view = shipped(), window.view
    for name, title in titles().items():
        yield Command(
            f"recipe {name}", title, "Shipped recipe", f"Put {name} into the panel Recipe; nothing is run", "", True,
            partial(_take_recipe, view, files[name]),
        )  # fmt: skip


def _take_recipe(view, path: Path) -> None:
    view.area.go_to(view.recipe)
    view.recipe.files.open(path)


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
