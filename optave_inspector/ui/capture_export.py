"""Exporting entries to other programs' formats, from the window of a session or of a stored capture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from ..capture.exporting import Exported, export_entries
from ..replay import CaptureReplay
from ..trace_tables import TraceTable, export_table
from .actions import make_action
from .dialogs.export_dialog import FORMATS, ExportChoice, ExportDialog, Part
from .dialogs.work_dialog import WorkDialog
from .models.redaction_preview import counted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ..capture.progress import Progress, Stop
    from .bridge import SessionBridge
    from .models.frame_table import FrameTableModel
    from .widgets.frame_view import FrameView


class CaptureExport(QObject):
    """The action that exports what the user chooses; secrets are taken out unless the user says otherwise."""

    def __init__(self, bridge: SessionBridge, frames: FrameView, window: QWidget, name: str = "exportAction") -> None:
        super().__init__(window)
        self._bridge = bridge
        self._frames = frames
        self._window = window
        tip = "Write entries as HAR, JSON Lines or CSV, or exchanges as tables, without secrets"
        self.action = make_action(self, name, "E&xport…", self.ask, shortcut="Ctrl+Shift+E", tip=tip)

    def ask(self) -> None:
        """Ask what to export, then where to."""
        dialog = ExportDialog(self._bridge.session.store, self.parts(), self._window)
        dialog.chosen.connect(self._ask_file)
        dialog.open()

    def parts(self) -> list[Part]:
        """The entries that can be exported together; what a filter shows comes first, where there is one."""
        session, entry, exchange = self._bridge.session, self._bridge.selected_entry, self._bridge.selected_exchange
        parts = [Part(f"&All {_entries(session.store.count)}", None)]
        model = self._frames.model()
        if model.narrowed:
            shown = shown_numbers(model)
            parts.insert(0, Part(f"The {_entries(len(shown))} that the fi&lter shows", shown))
        chosen = self._frames.selected_numbers()
        if len(chosen) > 1:
            parts.insert(0, Part(f"The {len(chosen):,} &selected entries", chosen))
        if 0 < exchange <= len(session.exchanges):
            found = session.exchanges[exchange - 1]
            numbers = sorted({found.request_entry, *found.answers, *found.duplicates})
            parts.append(Part(f"The selected e&xchange, {_entries(len(numbers))}", numbers))
        if entry:
            parts.append(Part(f"The selected &entry, #{entry:,}", [entry]))
        return parts

    def export(self, choice: ExportChoice, target: Path) -> None:
        """Write ``choice`` to ``target``; how it went stands in the message bar."""
        if isinstance(choice.format, TraceTable):
            self._export_table(choice, choice.format, target)
            return
        kind = choice.format
        store, tell = self._bridge.session.store, self._bridge.warned.emit
        dialog = WorkDialog("exportWork", "Exporting", f"Writing {target}.", self._window)
        dialog.start(
            lambda progress, stop: export_entries(
                store, target, kind, numbers=choice.numbers, rules=choice.rules, progress=progress, stop=stop
            ),
            lambda done: tell("ok", exported_text(done, target, redacted=choice.rules is not None)),
            lambda sentence: tell("error", f"Nothing was exported. {sentence}"),
        )

    def _export_table(self, choice: ExportChoice, table: TraceTable, target: Path) -> None:
        session, tell = self._bridge.session, self._bridge.warned.emit

        def write(progress: Progress, stop: Stop) -> int:
            # A capture's exchanges may still be on their way to the screen.
            shown_later = isinstance(session, CaptureReplay)
            exchanges = session.rebuild(progress, stop).exchanges if shown_later else session.exchanges
            return export_table(
                session.store,
                exchanges,
                target,
                table,
                numbers=choice.numbers,
                rules=choice.rules,
                progress=progress,
                stop=stop,
            )

        dialog = WorkDialog("exportWork", "Exporting", f"Writing {target}.", self._window)
        dialog.start(
            write,
            lambda count: tell("ok", table_text(count, target, table, redacted=choice.rules is not None)),
            lambda sentence: tell("error", f"Nothing was exported. {sentence}"),
        )

    def _ask_file(self, choice: ExportChoice) -> None:
        name = next(name for ending, name, _ in FORMATS if ending == choice.format)
        ending, stem = choice.format.value, self._bridge.session.store.path.stem
        if isinstance(choice.format, TraceTable):
            what, ending = ending.split("-")
            stem = f"{stem}-{what}"
        dialog = QFileDialog(self._window, "Export to", "", f"{name} (*.{ending})")
        dialog.setObjectName("exportFileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(str(Path.home() / f"{stem}.{ending}"))
        dialog.fileSelected.connect(lambda target: self.export(choice, Path(target)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def exported_text(done: Exported, target: Path, *, redacted: bool) -> str:
    """What was written and what was taken out, as a sentence."""
    entries = f"{_entries(done.entries)} {'was' if done.entries == 1 else 'were'}"
    taken = ", ".join(counted(kind, count) for kind, count in done.removed.items())
    out = f"taken out: {taken}" if taken else "there was nothing to take out"
    return f"{entries} exported to {target}; {out if redacted else 'nothing was taken out, secrets included'}."


def table_text(count: int, target: Path, table: TraceTable, *, redacted: bool) -> str:
    """What was written, as a sentence."""
    exchanges = "1 exchange" if count == 1 else f"{count:,} exchanges"
    what = exchanges if table is TraceTable.EXCHANGES else f"The statistics of {exchanges}"
    verb = "was" if count == 1 and table is TraceTable.EXCHANGES else "were"
    kept = "" if redacted else " Nothing was taken out, secrets included."
    return f"{what} {verb} exported to {target}.{kept}"


def shown_numbers(frames: FrameTableModel) -> list[int]:
    """The entries that a narrowed frame log shows, those in folded runs included."""
    rows = frames.rowCount()
    return frames.numbers(0, rows - 1) if rows else []


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"
