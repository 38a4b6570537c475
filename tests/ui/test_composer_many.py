"""A draft is sent many times: over rows, with progress, a stop, and a question where it is not the local tenant."""

import asyncio
import json
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton, QSpinBox

from optave_inspector.capture.entry import EntryKind
from optave_inspector.ui.dialogs.question import ConfirmDialog
from tests.ui.composer_desk import Receiver, new_composer
from tests.ui.wire import new_session


@pytest.fixture
def session(aio):
    made = new_session()
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def composer(qtbot, aio, session):
    made = new_composer(qtbot, session)
    made.many_dialog.show()
    yield made
    aio(made.bridge.stop())


def button(composer, name):
    return composer.many_dialog.findChild(QPushButton, f"composerMany{name}Button")


def label(composer, name):
    return composer.many_dialog.findChild(QLabel, f"composerMany{name}").text()


async def over(run):
    """Wait until a run has ended."""
    told = asyncio.Event()
    run.progressed.connect(lambda: told.set() if run.over else None)
    if not run.over:
        async with asyncio.timeout(10):
            await told.wait()


def test_without_a_connection_nothing_can_begin(composer):
    assert not button(composer, "Start").isEnabled()
    assert "connect first" in button(composer, "Start").toolTip()


@pytest.mark.parametrize(
    ("content", "said"), [("", "no rows"), ("a b\n1", "cannot be a variable"), ("[1]", "no object")]
)
def test_what_is_wrong_with_a_file_is_said(composer, tmp_path, content, said):
    path = tmp_path / "rows.csv"
    path.write_text(content, encoding="utf-8")
    composer.many_dialog.load(path)
    assert said in label(composer, "Problem")
    composer.many_dialog.load(tmp_path / "missing.csv")
    assert "No such file" in label(composer, "Problem")


def test_a_draft_goes_out_once_for_each_row_as_it_was_when_it_began(composer, aio, session, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text('who,text\nAnna,"say ""hi"""\nBen,{{uuid7}}\n', encoding="utf-8")
    request = '{"requestId": "", "a": "{{who}}", "b": "{{text}}", "c": {{counter}}}'
    composer.set_text(f'{{"session": {{}}, "request": {request}}}')
    assert "There is no variable who" in composer._judge.now().problem.sentence
    composer.many_dialog.load(path)
    assert composer._judge.now().problem is None
    assert '"a": "Anna"' in composer.message()

    async def main():
        async with Receiver(session).open() as receiver:
            button(composer, "Start").click()
            composer.set_text("{}")
            messages = [json.loads(text) for text in await receiver.messages(1)]
            composer.many_dialog.stop()
            await over(composer.many_dialog.run)
            composer.many_dialog.findChild(QSpinBox, "composerManyFlightSpin").setValue(5)
            composer.editor.undo()
            button(composer, "Start").click()
            messages += [json.loads(text) for text in (await receiver.messages(3))[1:]]
            composer.many_dialog.stop()
            await over(composer.many_dialog.run)
            await session.settled()
        return messages

    requests = [message["payload"]["request"] for message in aio(main())]
    assert [(each["a"], each["b"], each["c"]) for each in requests] == [
        ("Anna", 'say "hi"', 1),
        ("Anna", 'say "hi"', 1),
        ("Ben", "{{uuid7}}", 2),
    ]
    sent = next(each for each in session.store.page(1, 99) if each.kind == EntryKind.TEXT and each.direction == 1)
    assert session.store.made_parts(sent.number)["$.payload.request.a"] == "{{who}}"


def test_a_run_shows_how_far_it_is_and_why_it_ended(composer, aio, session, qtbot):
    composer.many_dialog.findChild(QRadioButton, "composerManyCountRadio").setChecked(True)
    composer.many_dialog.findChild(QSpinBox, "composerManyTimesSpin").setValue(3)

    async def main():
        async with Receiver(session).open() as receiver:
            button(composer, "Start").click()
            await receiver.messages(1)
            assert button(composer, "Stop").isEnabled()
            assert not button(composer, "Start").isEnabled()
        await over(composer.many_dialog.run)

    aio(main())
    assert "1 of 3 sent · took" in label(composer, "Far")
    assert "Message 2 was not sent" in label(composer, "Problem")
    assert not button(composer, "Stop").isEnabled()
    assert composer.many_dialog.run.statistics.overall.cut_off == 1
    assert composer.many_dialog._model.rowCount() == 2


def test_anything_but_the_local_tenant_is_asked_about(composer, aio, session, qtbot):
    async def main():
        async with Receiver(session).open() as receiver:
            session.config = replace(session.config, url="wss://ws-acme.oco.optave.tech/?Authorization=secret")
            button(composer, "Start").click()
            question = composer.many_dialog.findChild(ConfirmDialog, "manyQuestionDialog")
            words = question.findChild(QLabel, "manyQuestionDialogWords").text()
            assert "10 messages to ws-acme.oco.optave.tech, which is not the local tenant" in words
            assert "secret" not in words
            question.reject()
            assert composer.many_dialog.run is None
            button(composer, "Start").click()
            composer.many_dialog.findChildren(ConfirmDialog, "manyQuestionDialog")[-1].accept()
            await receiver.messages(1)
            composer.many_dialog.stop()
            await over(composer.many_dialog.run)

    aio(main())
