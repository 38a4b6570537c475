"""The shortcuts of all actions as the user wants them: changed, taken from one another, put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from ..errors import InspectorError
from .dialogs.about import EVERYWHERE, place_of

if TYPE_CHECKING:
    from .shortcut_file import ShortcutFile

_USUAL = "usualShortcuts"
_EDITING = {
    "Ctrl+C": "copies", "Ctrl+X": "cuts", "Ctrl+V": "pastes", "Ctrl+A": "selects all", "Ctrl+Z": "undoes",
}  # fmt: skip
_NOT_OURS = ("_q_", "recentCapture", "qt_")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One action with its keys, as the settings show it."""

    name: str
    text: str
    place: str
    does: str
    keys: str
    """In portable form, such as ``Ctrl+K``; empty for none."""
    usual: str

    @property
    def is_changed(self) -> bool:
        """Other keys than the app proposes."""
        return self.keys != self.usual


class Shortcuts(QObject):
    """Every action whose window was given to :meth:`adopt` has the keys that the user wants, from then on."""

    changed = Signal()

    def __init__(self, file: ShortcutFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._wanted = file.load()
        self._roots: list[QObject] = []

    @property
    def problem(self) -> str:
        """Why the usual shortcuts hold although a file says otherwise; empty while all is well."""
        return self._file.problem

    def adopt(self, root: QObject) -> None:
        """Let the actions below ``root`` follow; those that come later need another call."""
        if root not in self._roots:
            self._roots.append(root)
            root.destroyed.connect(lambda *_: self._roots.remove(root) if root in self._roots else None)
        self._apply(root)

    def rows(self) -> list[Shortcut]:
        """Each action once, in the order of their making."""
        found: dict[str, Shortcut] = {}
        for action in self._actions():
            name = action.objectName()
            if name not in found:
                text, place = called(action).rstrip("…"), place_of(action)
                found[name] = Shortcut(
                    name, text, place, action.statusTip(), _portable(action.shortcut()), _usual(action)
                )
        return list(found.values())

    def holder(self, name: str, keys: str) -> Shortcut | None:
        """The other action that these keys would reach as well, where ``name`` has them; None when there is none."""
        rows = {row.name: row for row in self.rows()}
        asked = rows[name]
        for row in rows.values():
            together = EVERYWHERE in (row.place, asked.place) or row.place == asked.place
            if row.name != name and keys and row.keys == keys and together:
                return row
        return None

    def set(self, name: str, keys: str, *, take: bool = False) -> None:
        """Give an action other keys; empty for none. Raises InspectorError where another has them, unless ``take``.

        With ``take`` the other one loses them.
        """
        sequence = QKeySequence(keys)
        if keys and (sequence.isEmpty() or sequence[0].key() == Qt.Key.Key_unknown):
            raise InspectorError(f"{keys} is no shortcut.", "Press the keys that are meant.")
        keys = _portable(sequence)
        row = next(row for row in self.rows() if row.name == name)
        if row.place == EVERYWHERE and keys != row.usual:
            _refuse_plain(sequence, keys)
        other = self.holder(name, keys)
        if other is not None and not take:
            raise InspectorError(f"{keys} belongs to “{other.text}” ({other.place}) already.")
        wanted = dict(self._wanted)
        while other is not None:
            wanted[other.name] = ""
            self._keep(wanted)
            other = self.holder(name, keys)
        wanted[name] = keys
        self._keep(wanted)

    def reset(self, name: str, *, take: bool = False) -> None:
        """Give an action its usual keys again; raises as :meth:`set`."""
        usual = next(row.usual for row in self.rows() if row.name == name)
        self.set(name, usual, take=take)

    def reset_all(self) -> None:
        """All as the app proposes; raises InspectorError where it cannot be kept."""
        self._keep({})

    def _keep(self, wanted: dict[str, str]) -> None:
        usual = {row.name: row.usual for row in self.rows()}
        wanted = {name: keys for name, keys in wanted.items() if usual.get(name) != keys}
        try:
            self._file.save(wanted)
        except OSError as error:
            raise InspectorError(
                f"The shortcuts cannot be kept: {error.strerror or error}.", f"Check {self._file.path.parent}."
            ) from error
        self._wanted = wanted
        for root in self._roots:
            self._apply(root)
        self.changed.emit()

    def _apply(self, root: QObject) -> None:
        for action in _named(root):
            usual = action.property(_USUAL)
            if usual is None:
                action.setProperty(_USUAL, [_portable(each) for each in action.shortcuts()])
                usual = action.property(_USUAL)
            wanted = self._wanted.get(action.objectName())
            keys = usual if wanted is None else [wanted] if wanted else []
            if [_portable(each) for each in action.shortcuts()] != list(keys):
                action.setShortcuts([QKeySequence(each) for each in keys])

    def _actions(self) -> list[QAction]:
        return [action for root in self._roots for action in _named(root) if action.property(_USUAL) is not None]


def called(action: QAction) -> str:
    """What an action is called where its menu is not seen."""
    text = action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
    name = action.objectName()
    if name.endswith("PanelAction") and name.startswith(("goTo", "show")):
        return f"{'Go to' if name.startswith('goTo') else 'Show'} {text}"
    return text


def _named(root: QObject) -> list[QAction]:
    return [
        action
        for action in root.findChildren(QAction)
        if action.objectName() and action.text() and not action.objectName().startswith(_NOT_OURS)
    ]


def _usual(action: QAction) -> str:
    usual = action.property(_USUAL)
    return usual[0] if usual else ""


def _portable(sequence: QKeySequence) -> str:
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def _refuse_plain(sequence: QKeySequence, keys: str) -> None:
    if keys in _EDITING:
        raise InspectorError(f"{keys} {_EDITING[keys]} in every field.", "Choose other keys.")
    if sequence.isEmpty():
        return
    key, modifiers = sequence[0].key(), sequence[0].keyboardModifiers()
    shift = Qt.KeyboardModifier.ShiftModifier
    if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape) and modifiers in (
        Qt.KeyboardModifier.NoModifier,
        shift,
    ):
        raise InspectorError(f"{keys} goes through the controls or closes dialogs.", "Choose other keys.")
