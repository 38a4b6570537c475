"""Recipes in the window: chosen, changed, run, stopped, shrunk, reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication

from optave_inspector.app import build_window, take_apart
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.repro.results import StepState
from optave_inspector.repro.shipped import shipped
from optave_inspector.tenant_process import TenantProcess
from optave_inspector.ui.panels.recipe import RecipePanel

if TYPE_CHECKING:
    from pathlib import Path

WAITS = """\
version = 1
title = "Waits"
connection = "local tenant"
[[step]]
connect = "fresh"
[[step]]
wait = "1 h"
[ending]
expect = "open"
"""
LONG = """\
version = 1
title = "Closes"
connection = "local tenant"
[[step]]
connect = "fresh"
[[step]]
wait = "1 ms"
[[step]]
close = 1000
[ending]
expect = "close"
code = 1000
"""


@pytest.fixture
def make(qtbot):
    """The panel of a workspace, on show."""

    def build(work) -> RecipePanel:
        panel = RecipePanel(work.bridge, work.current.book)
        qtbot.addWidget(panel)
        panel.resize(900, 360)
        panel.show()
        return panel

    return build


def states(panel: RecipePanel) -> list[StepState]:
    recipe = panel.recipe
    assert recipe is not None
    return [panel.steps.event_of(step.number).state for step in recipe.steps]


def test_a_shipped_recipe_is_there_at_first_and_nothing_runs(aio, workspace, make) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            assert panel.recipe is not None
            assert not panel.runs.busy
            assert panel.run_button.isEnabled()
            assert not panel.stop_button.isEnabled()
            assert not panel.report_button.isEnabled()
            assert set(states(panel)) == {StepState.NOT_REACHED}
            assert work.session.attempt == 0

    aio(main())


def test_a_run_ticks_the_steps_off_links_them_to_the_log_and_can_be_reported(aio, workspace, make, wait_signal) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            panel.run_button.click()
            assert panel.editor.isReadOnly()
            await wait_signal(panel.runs.busyChanged, 30)
            assert states(panel) == [StepState.PASSED] * 3
            assert panel.verdict.full_text().startswith("✓ Reproduced as expected: 1008 (Policy violation)")
            assert panel.steps.topLevelItem(0).text(0).startswith("✓ passed · ")
            assert not panel.editor.isReadOnly()
            panel.steps.setCurrentItem(panel.steps.topLevelItem(1))
            event = panel.steps.event_of(2)
            assert event.first_entry <= work.bridge.selected_entry <= event.last_entry
            panel.copy_report()
            assert "| ✓ | 1. Connect with a fresh token |" in QGuiApplication.clipboard().text()
            assert work.session.state is ConnectionState.CLOSED

    aio(main(), 40)


def test_a_run_that_comes_out_otherwise_says_so_in_words(aio, workspace, make, wait_signal) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            panel.editor.set_text(LONG.replace("code = 1000", "code = 1011"))
            panel.times.setValue(2)
            panel.run()
            await wait_signal(panel.runs.finished, 30)
            assert panel.verdict.full_text().startswith("✗ 0 of 2 runs reproduced it as expected")
            assert panel.verdict.property("role") == "problem"

    aio(main(), 40)


def test_stopping_ends_the_run_and_closes_the_connection(aio, workspace, make, wait_until) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            panel.editor.set_text(WAITS)
            panel.run()
            await wait_until(lambda: work.session.state is ConnectionState.OPEN, 30)
            assert not panel.run_button.isEnabled()
            panel.stop_button.click()
            await wait_until(lambda: not panel.runs.busy, 15)
            assert work.session.state is ConnectionState.CLOSED
            assert "The run was stopped." in panel.verdict.full_text()
            assert states(panel) == [StepState.PASSED, StepState.NOT_REACHED]

    aio(main(), 50)


def test_a_session_that_is_connected_is_not_disturbed(aio, workspace, make, wait_until) -> None:
    async def main() -> None:
        async with workspace() as work, TenantProcess() as local:
            await work.open(local.address)
            panel = make(work)
            panel.run()
            await wait_until(lambda: not panel.runs.busy, 30)
            assert "Disconnect before a recipe runs in it" in panel.verdict.full_text()
            assert work.session.state is ConnectionState.OPEN

    aio(main(), 40)


def test_errors_are_underlined_while_one_types_and_keep_it_from_running(aio, workspace, make, wait_until) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            panel.editor.set_text(LONG.replace("wait =", "wiat ="))
            await wait_until(panel.editor.marks, 5)
            mark = panel.editor.marks()[0]
            assert panel.text()[mark.start : mark.end] == "wiat"
            assert panel.steps.topLevelItem(0).text(1) == "There is no step wiat. Did you mean wait?"
            assert "Line 7, column 1" in panel.verdict.full_text()
            assert not panel.run_button.isEnabled()
            panel.run()
            assert not panel.runs.busy
            panel.editor.undo()
            await wait_until(lambda: not panel.editor.marks(), 5)
            assert panel.run_button.isEnabled()

    aio(main())


def test_shrinking_puts_what_is_left_into_the_editor_and_one_undo_takes_it_back(
    aio, workspace, make, wait_signal
) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            panel.editor.set_text(LONG)
            panel.shrink()
            await wait_signal(panel.runs.shrunk, 40)
            assert "wait" not in panel.text()
            assert panel.verdict.full_text().startswith("2 of 3 steps are enough")
            panel.editor.undo()
            assert panel.text() == LONG
            if panel.runs.busy:
                await wait_signal(panel.runs.busyChanged)

    aio(main(), 50)


def test_a_file_is_opened_without_being_run_and_is_remembered(
    aio, workspace, make, wait_signal, tmp_path: Path
) -> None:
    async def main() -> None:
        path = tmp_path / "mine.optave-recipe.toml"
        path.write_text(LONG)
        async with workspace() as work:
            panel = make(work)
            panel.files.open(path)
            await wait_signal(panel.files.opened)
            assert panel.text() == LONG
            assert panel.choice.recent() == [str(path)]
            assert panel.choice.currentText() == path.name
            assert work.session.attempt == 0
            kept = panel.save_state()
            other = make(work)
            other.restore_state(kept)
            assert other.text() == LONG
            assert other.choice.recent() == [str(path)]

    aio(main())


@pytest.mark.parametrize("line", ['client_secret = "abcdef12"', 'token = "abcdef12"'])
def test_a_secret_that_somebody_types_is_kept_in_no_file(line, aio, workspace, make) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            panel.editor.set_text(f"{line}\n{LONG}")
            assert "abcdef12" not in str(panel.save_state())
            assert "keyring or environment" in panel.verdict.full_text()

    aio(main())


def test_what_is_saved_is_what_stands_in_the_editor(aio, workspace, make, wait_signal, tmp_path: Path) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            panel.editor.set_text("# half typed")
            path = tmp_path / "half.optave-recipe.toml"
            panel.files.save(path, panel.text())
            await wait_signal(panel.files.saved)
            assert path.read_text() == "# half typed"
            panel.files.save(tmp_path / "nowhere" / "x.toml", panel.text())
            kind, sentence = await wait_signal(work.bridge.warned)
            assert kind == "error"
            assert "No such file" in sentence

    aio(main())


def test_every_shipped_recipe_can_be_chosen(aio, workspace, make) -> None:
    async def main() -> None:
        async with workspace() as work:
            panel = make(work)
            paths = {panel.choice.itemData(index) for index in range(panel.choice.count())}
            assert {str(path) for path in shipped().values()} <= paths

    aio(main())


def test_a_recipe_made_of_an_ending_a_row_or_an_exchange_stands_in_the_panel_and_runs(aio, wait_until) -> None:
    async def main() -> None:
        parts = await build_window()
        try:
            view = parts.window.page.view
            view.recipe.editor.set_text(
                LONG.replace('wait = "1 ms"', 'send = "summarize"\n[[step]]\nexpect = "message"')
            )
            view.recipe.run()
            await wait_until(lambda: not view.recipe.runs.busy, 40)
            await wait_until(lambda: view.endings.case is not None and not view.endings.busy, 10)
            before = view.recipe.text()
            next(each for each in view.endings.buttons if each.objectName() == "endingsRecipeButton").click()
            await wait_until(lambda: view.recipe.text() != before, 10)
            assert 'use = "local tenant"' in view.recipe.text()
            assert view.recipe.verdict.full_text().startswith("Made of the log.")
            view.recipe.run()
            await wait_until(lambda: not view.recipe.runs.busy, 40)
            assert view.recipe.verdict.full_text().startswith("✓ Reproduced as expected: 1000")
            exchange = parts.session.exchanges[0]
            before = view.recipe.text()
            view.evidence.of_exchange(exchange.number)
            await wait_until(lambda: view.recipe.text() != before, 10)
            assert view.recipe.recipe is not None
            view.evidence.of_entries([])
            await wait_until(lambda: any("No recipe was made." in each.text for each in view.messages.history), 5)
        finally:
            await take_apart(parts)

    aio(main(), 100)
