"""When the book of drafts reads its files anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from optave_inspector.compose.draft_store import DraftStore
from optave_inspector.ui.draft_book import DraftBook

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

ACTIVE = Qt.ApplicationState.ApplicationActive


def test_what_others_wrote_is_read_when_the_app_comes_forward_and_only_while_the_loop_runs(
    qapp, aio, tmp_path: Path
) -> None:
    started: list[str] = []

    def start(work: Coroutine[Any, Any, Any], name: str) -> None:
        work.close()
        started.append(name)

    book = DraftBook(DraftStore(tmp_path / "drafts"), start)
    qapp.applicationStateChanged.emit(ACTIVE)
    assert started == []

    async def forward() -> None:
        qapp.applicationStateChanged.emit(ACTIVE)
        assert started == ["read drafts"]
        book.stop_listening()
        qapp.applicationStateChanged.emit(ACTIVE)
        assert started == ["read drafts"]

    aio(forward())
