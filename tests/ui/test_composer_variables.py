"""Variables in the composer: shown before they are sent, an error where they are missing, marked where they went."""

import asyncio
import json

import pytest
from PySide6.QtWidgets import QTableWidget, QToolButton

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.compose.evidence import Evidence
from optave_inspector.profiles.profile import Profile
from optave_inspector.protocol.actions import Action
from optave_inspector.ui.panels.composer_variables import values_of
from tests.ui.composer_desk import Receiver, hint, new_composer, settle
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
    yield made
    aio(made.bridge.stop())


def put(composer, text):
    composer.set_text(text)
    return text


def test_a_missing_variable_is_an_error_at_its_place_and_is_never_sent(composer, aio, session):
    put(composer, '{"session": {},\n "request": {"requestId": "{{nobody}}"}}')
    judgement = composer._judge.now()
    assert (judgement.problem.line, judgement.problem.column) == (2, 28)
    assert "There is no variable nobody" in judgement.problem.sentence
    (mark,) = composer.editor.marks()
    assert composer.editor.text()[mark.start : mark.end] == "{{nobody}}"

    async def main():
        async with Receiver(session).open() as receiver:
            composer.send()
            composer.send_anyway()
            assert "Not sent. There is no variable nobody" in hint(composer)
            assert composer.editor.cursor_offset() == composer.editor.text().index("{{nobody")
            await session.settled()
            assert not receiver.received

    aio(main())


def test_what_is_sent_is_what_was_shown_and_the_next_one_is_new(composer, aio, session):
    put(composer, '{"session": {"sessionId": "{{uuid7}}"}, "request": {"requestId": "", "n": {{counter}}}}')
    shown = composer.message()

    async def main():
        async with Receiver(session).open() as receiver:
            composer.send_anyway()
            await receiver.messages(1)
            composer.send_anyway()
            first, second = map(json.loads, await receiver.messages(2))
            await session.settled()
        before = json.loads(shown)
        for message in (before, first, second):
            del message["headers"]["issuedAt"]
        assert first == before
        assert second["payload"]["session"] != first["payload"]["session"]
        assert second["headers"]["correlationId"] != first["headers"]["correlationId"]
        assert (first["payload"]["request"]["n"], second["payload"]["request"]["n"]) == (1, 2)
        entry = next(each for each in session.store.page(1, 50) if each.kind == EntryKind.TEXT and each.direction == 1)
        assert entry.flags & EntryFlag.GENERATED
        parts = session.store.made_parts(entry.number)
        assert parts["$.payload.session.sessionId"] == "{{uuid7}}"
        assert parts["$.payload.request.n"] == "{{counter}}"
        assert parts["$.headers.correlationId"] == "generated"
        assert "$.headers.action" not in parts

    aio(main())


def test_a_draft_that_is_not_sent_keeps_its_values(composer):
    put(composer, '{"session": {"sessionId": "{{uuid7}}"}, "request": {}}')
    before = composer.message()
    composer.send_anyway()
    after = composer.message()
    assert json.loads(before)["payload"] == json.loads(after)["payload"]


def test_the_last_answer_the_profile_and_the_session_can_be_used(composer, aio, session, qtbot):
    composer.variables.set_profile(values_of(Profile(id="x", name='A "b"', fields={"tenant": "acme", "secret": "s"})))
    put(composer, '{"session": {}, "request": {"a": "{{answer:$.who}}"}}')
    assert "No answer has come yet" in composer._judge.now().problem.sentence

    async def main():
        from websockets.asyncio.server import serve

        from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken

        async def answer(connection):
            async for message in connection:
                headers = json.loads(message)["headers"]
                reply = {"headers": {"correlationId": headers["correlationId"]}, "who": "{{uuid7}}"}
                await connection.send(json.dumps(reply | {"payload": {"state": "completed"}}))

        async with serve(answer, "127.0.0.1", 0, subprotocols=["optave-v1"]) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            await session.connect(ConnectionConfig(url, auth_transport=AuthTransport.NONE), NoToken())
            put(composer, '{"session": {}, "request": {"connections": {"threadId": "t-1"}}}')
            answered = asyncio.Event()
            session.exchanges_changed.connect(lambda _numbers: answered.set() if session.exchanges[0].answers else None)
            composer.send_anyway()
            async with asyncio.timeout(10):
                await answered.wait()
            await session.close()

    aio(main())
    put(
        composer,
        '{"session": {}, "request": {"a": "{{answer:$.who}}", "b": "{{profile.name}}", "c": "{{profile.tenant}}",'
        ' "d": "{{session.threadId}}", "e": "{{session.attempt}}"}}',
    )
    request = json.loads(composer.message())["payload"]["request"]
    # What looks like a variable in a value is sent as it is.
    assert request == {"a": "{{uuid7}}", "b": 'A "b"', "c": "acme", "d": "t-1", "e": "1"}
    assert (
        composer.hints.hint(composer.editor.text().index("{{profile.tenant")) == "{{profile.tenant}} is sent as\nacme"
    )
    assert composer.hints.hint(0) == ""
    put(composer, '"{{profile.secret}} {{answer:$.[}}"')
    assert "The profile has no secret" in composer._judge.now().problem.sentence


def test_the_drafts_own_variables_are_edited_in_the_dialog_and_kept_with_the_draft(composer, qtbot):
    composer.variables_dialog.show()
    dialog = composer.variables_dialog
    dialog.add("thread", "{{uuid7}}")
    assert composer.variables.environment == {"thread": "{{uuid7}}"}
    put(composer, '["{{thread}}", "{{thread}}", "{{!thread}}"]')
    composer.set_whole(whole=True)
    one, other, literal = json.loads(composer.message())
    assert one == other
    assert literal == "{{thread}}"
    table = dialog.findChild(QTableWidget, "composerVariablesTable")
    assert table.item(0, 0).text() == "{{thread}}"
    assert table.item(0, 1).text() == one
    draft = composer.draft(composer.drafts.front())
    assert draft.more == {"variables": {"thread": "{{uuid7}}"}}
    composer.drafts.new()
    assert composer.variables.environment == {}
    composer.drafts.go_to(draft.id)
    assert composer.variables.environment == {"thread": "{{uuid7}}"}
    dialog.findChild(QTableWidget, "composerOwnVariablesTable").setCurrentCell(0, 0)
    dialog.remove()
    assert composer.variables.environment == {}
    with qtbot.waitSignal(dialog.insertAsked):
        table.itemActivated.emit(table.item(table.rowCount() - 1, 0))
    assert "{{random:16}}" in composer.text()


def test_braces_that_were_seen_on_the_wire_are_sent_again_as_they_were(composer):
    composer.open_evidence(Evidence('{"a": "{{uuid7}}"}', whole=True, action=Action.ADJUST), "entry 3")
    assert composer.message() == '{"a": "{{uuid7}}"}'
    assert composer.variables.verbatim
    composer.drafts.new()
    assert not composer.variables.verbatim


def test_a_problem_after_a_value_is_marked_where_it_was_written(composer, qtbot):
    composer.variables.set_environment({"long": "x" * 50})
    text = put(composer, '{"session": "{{long}}", "request": {"requestId": nope}}')
    problem = composer._judge.now().problem
    assert text[problem.offset :].startswith("nope")
    text = put(composer, '{"session": {"sessionId": "{{long}}"}, "request": {"requestId": 5}}')
    settle(composer, qtbot)
    composer._judge.now()
    assert '"requestId"' in [text[mark.start : mark.end] for mark in composer.editor.marks()]


def test_headers_are_kept_renewed_left_out_and_take_variables(composer):
    composer.headers.show()
    shown = composer.headers._fields["traceId"].edit.placeholderText()
    assert json.loads(composer.message())["headers"]["traceId"] == shown
    composer.headers.findChild(QToolButton, "composerTraceIdKeepButton").click()
    composer.headers.findChild(QToolButton, "composerIssuedAtLeaveButton").click()
    composer.variables.set_environment({"key": "k-1"})
    composer.headers.give("idempotencyKey", "{{key}}")
    composer.variables.renew()
    headers = json.loads(composer.message())["headers"]
    assert headers["traceId"] == shown
    assert headers["idempotencyKey"] == "k-1"
    assert "issuedAt" not in headers
    parts = composer.outgoing().made_parts
    assert "$.headers.traceId" not in parts
    assert parts["$.headers.idempotencyKey"] == "{{key}}"
    assert composer.headers.given() == 3
    kept = composer.draft(composer.drafts.front()).headers
    assert kept == {"traceId": shown, "idempotencyKey": "{{key}}", "leftOut": "issuedAt"}
    composer.headers.set_texts({})
    assert composer.headers.given() == 0
    assert "issuedAt" in json.loads(composer.message())["headers"]
    composer.headers.give("timestamp", "{{nobody}}")
    assert "timestamp: There is no variable nobody" in composer.headers.problem()


def test_the_profiles_tenant_is_marked_as_such(composer):
    composer.set_tenant_id("acme")
    assert composer.outgoing().made_parts["$.headers.tenantId"] == "profile"
    composer.headers.give("tenantId", "other")
    assert "$.headers.tenantId" not in composer.outgoing().made_parts
