"""The switch that sends traces to a collector: the dialog, what is kept, what is told, and what happens at the end."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QToolButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.client.config import NoToken
from optave_inspector.otlp.attributes import Key
from optave_inspector.otlp.delivery import Delivery
from optave_inspector.ui.dialogs.trace_sending import TraceSendingDialog, state_text
from optave_inspector.ui.panels.trace_chip import TraceChip
from optave_inspector.ui.trace_sending import CollectorSettings
from optave_inspector.ui.widgets.header_rows import HeaderRows
from tests.captures import CONTENT, answer, request
from tests.collectors import Receiver, collecting, fine, hang, status, values
from tests.integration.sessions import config, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

KEY = "canary-api-key-0123456789"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with collecting() as made:
        yield made


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    """The window, which is ended as the app ends it."""
    parts = await build_window()
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


async def tenant(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(answer(json.loads(message)["headers"]["correlationId"], "completed").decode())


class Desk:
    """The dialog, as a user sees it."""

    def __init__(self, parts: WindowParts) -> None:
        action = next(each for each in parts.window.findChildren(QAction) if each.objectName() == "sendTracesAction")
        action.trigger()
        self.action = action
        self.dialog = parts.window.findChildren(TraceSendingDialog)[-1]

    def type(self, name: str, text: str) -> None:
        self.dialog.findChild(QLineEdit, name).setText(text)

    def press(self, name: str) -> None:
        self.dialog.findChild(QPushButton, name).click()

    def read(self, name: str) -> str:
        return self.dialog.findChild(QLabel, name).text()

    def switch(self, *, on: bool) -> None:
        self.dialog.findChild(QCheckBox, "collectorOnCheck").setChecked(on)


def correlation_ids(receiver: Receiver) -> list[object]:
    return [values(span.attributes).get(Key.CORRELATION_ID) for span in receiver.spans]


def test_it_is_off_until_it_is_switched_on_and_ends_when_switched_off(aio, wait_until, receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, window() as parts:
            traces, session = parts.sessions.traces, parts.session
            assert not traces.live.is_on
            await session.connect(config(url), NoToken())
            await session.send_text(request("before").decode())
            await wait_until(lambda: session.exchanges and not session.waiting)
            desk = Desk(parts)
            assert desk.read("collectorState") == "○ Not sending"
            desk.type("collectorEndpointEdit", receiver.endpoint)
            assert desk.read("collectorWhereWords") == f"→ {receiver.endpoint}/v1/traces"
            desk.type("collectorHeader1NameEdit", "X-Key")
            desk.type("collectorHeader1ValueEdit", KEY)
            desk.switch(on=True)
            desk.press("collectorSaveButton")
            await wait_until(lambda: traces.live.is_on)
            await wait_until(lambda: desk.action.text().endswith("(on)"))
            await session.send_text(request("during").decode())
            await wait_until(lambda: correlation_ids(receiver) == ["during"], 15)
            assert receiver.got[0].headers["x-key"] == KEY
            assert CONTENT.encode() not in receiver.got[0].message.SerializeToString()
            place = receiver.endpoint.removeprefix("http://")
            again = Desk(parts)
            await wait_until(lambda: again.read("collectorState").endswith("· 1 span delivered · 0 not delivered"))
            assert again.read("collectorState").startswith(f"● Sending to {place}")
            again.switch(on=False)
            again.press("collectorSaveButton")
            await wait_until(lambda: not again.action.text().endswith("(on)"), 15)
            assert not traces.live.is_on
            await session.send_text(request("after").decode())
            await wait_until(lambda: len(session.exchanges) == 3 and not session.waiting)
        assert correlation_ids(receiver) == ["during"]

    aio(main(), 60)


def test_the_top_bar_says_that_traces_are_sent_and_how_many_were_not_delivered(aio, wait_until, receiver) -> None:
    async def main() -> None:
        receiver.always = status(400, b"no")
        async with serving(tenant) as url, window() as parts:
            one = await parts.sessions.begin()
            parts.window.add_session(one)
            chips = parts.window.findChildren(TraceChip)
            assert len(chips) == 2
            assert all(chip.isHidden() for chip in chips)
            await parts.sessions.traces.apply(CollectorSettings(on=True, endpoint=receiver.endpoint))
            assert [chip.text() for chip in chips if not chip.isHidden()] == ["⇡ traces", "⇡ traces"]
            assert "● Sending to" in chips[0].toolTip()
            await one.session.connect(config(url), NoToken())
            await one.session.send_text(request("lost").decode())
            await wait_until(lambda: chips[0].text() == chips[1].text() == "⚠ traces · 1 not delivered", 15)
            assert "answered 400 Bad Request" in chips[0].toolTip()
            chips[1].click()
            assert parts.window.findChildren(TraceSendingDialog)
            await parts.sessions.traces.apply(CollectorSettings(endpoint=receiver.endpoint))
            assert all(chip.isHidden() for chip in chips)

    aio(main(), 60)


def test_the_end_of_the_app_sends_what_ends_with_it(aio, wait_until, receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, window() as parts:
            desk = Desk(parts)
            desk.type("collectorEndpointEdit", receiver.endpoint)
            desk.switch(on=True)
            desk.press("collectorSaveButton")
            await wait_until(lambda: parts.sessions.traces.live.is_on)
            await parts.session.connect(config(url), NoToken())
        assert [span.name for span in receiver.spans] == ["websocket connection"]
        assert values(receiver.spans[0].attributes)[Key.CLOSE_CODE] == 1001

    aio(main(), 60)


def test_a_session_that_is_closed_hands_over_its_last_spans(aio, wait_until, receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, window() as parts:
            traces = parts.sessions.traces
            await traces.apply(CollectorSettings(on=True, endpoint=receiver.endpoint))
            one = await parts.sessions.begin()
            await one.session.connect(config(url), NoToken())
            await one.session.send_text(request("last").decode())
            await parts.sessions.end(one)
            await wait_until(lambda: len(receiver.spans) == 2)
            assert sorted(map(str, correlation_ids(receiver))) == ["None", "last"]
            assert traces.live.is_on

    aio(main(), 60)


def test_it_goes_on_at_the_next_start_and_says_so(aio, wait_until, receiver, home: Path) -> None:
    async def main() -> None:
        async with window() as parts:
            desk = Desk(parts)
            desk.type("collectorEndpointEdit", receiver.endpoint)
            desk.switch(on=True)
            desk.press("collectorSaveButton")
            await wait_until(lambda: parts.sessions.traces.live.is_on)
        told: list[str] = []
        async with window() as parts:
            parts.bridge.warned.connect(lambda _kind, sentence: told.append(sentence))
            await wait_until(lambda: parts.sessions.traces.live.is_on)
            place = receiver.endpoint.removeprefix("http://")
            assert told == [f"Traces are sent to {place} from now on, without message contents."]

    aio(main(), 60)


def test_header_values_are_in_no_file_and_without_them_nothing_is_sent(aio, wait_until, receiver, home: Path) -> None:
    async def main() -> None:
        async with window() as parts:  # the keyring of the tests takes nothing
            desk = Desk(parts)
            desk.type("collectorEndpointEdit", receiver.endpoint)
            desk.type("collectorHeader1NameEdit", "Authorization")
            desk.type("collectorHeader1ValueEdit", KEY)
            desk.switch(on=True)
            desk.press("collectorSaveButton")
            await wait_until(lambda: parts.sessions.traces.live.is_on)
            assert "keyring" in Desk(parts).read("collectorProblemWords")
        files = [file for file in home.rglob("*") if file.is_file()]  # noqa: ASYNC240 - a small folder
        assert any(file.name == "collector.json" for file in files)
        assert not [file for file in files if KEY.encode() in file.read_bytes()]
        told: list[str] = []
        async with window() as parts:
            parts.bridge.warned.connect(lambda _kind, sentence: told.append(sentence))
            await wait_until(lambda: told)
            assert "Traces are not sent. The headers for the collector are not in the keyring." in told[0]
            assert not parts.sessions.traces.live.is_on

    aio(main(), 60)


def test_what_makes_no_sense_is_said_in_the_dialog_which_stays(aio, wait_until, home: Path) -> None:
    async def main() -> None:
        async with window() as parts:
            desk = Desk(parts)
            desk.switch(on=True)
            for endpoint, words in (
                ("", "No endpoint is given"),
                ("localhost:4318", "does not begin with http://"),
                (f"http://me:{KEY}@host", "holds a user name or a password"),
            ):
                desk.type("collectorEndpointEdit", endpoint)
                desk.press("collectorSaveButton")
                await wait_until(lambda: words in desk.read("collectorOutcomeWords"))  # noqa: B023 - at once
                assert KEY not in desk.read("collectorOutcomeWords")
            desk.type("collectorEndpointEdit", "http://localhost:4318")
            desk.type("collectorHeader1NameEdit", "Bad Name")
            desk.type("collectorHeader1ValueEdit", KEY)
            desk.press("collectorTestButton")
            await wait_until(lambda: "none that HTTP allows" in desk.read("collectorOutcomeWords"))
            assert desk.dialog.isVisible()
            assert not parts.sessions.traces.live.is_on
            desk.dialog.reject()

    aio(main(), 60)
    assert not list(home.rglob("collector.json"))


def test_a_test_tells_what_the_collector_says_and_changes_nothing(aio, wait_until, receiver) -> None:
    async def main() -> None:
        async with window() as parts:
            desk = Desk(parts)
            receiver.answers = [status(401, b"who are you"), fine, hang]
            desk.type("collectorEndpointEdit", receiver.endpoint)
            desk.press("collectorTestButton")
            await wait_until(lambda: "“who are you”" in desk.read("collectorOutcomeWords"))
            desk.press("collectorTestButton")
            await wait_until(lambda: desk.read("collectorOutcomeWords") == "✓ The collector takes traces.")
            assert receiver.spans == []
            desk.type("collectorEndpointEdit", f"{receiver.endpoint}/other")
            assert desk.read("collectorOutcomeWords") == ""
            desk.press("collectorTestButton")
            await wait_until(lambda: len(receiver.got) == 3)
            desk.dialog.reject()  # while it waits for an answer
            assert not parts.sessions.traces.live.is_on

    aio(main(), 60)


def test_a_collector_that_fails_is_told_once_and_the_session_goes_on(aio, wait_until, receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, window() as parts:
            told: list[tuple[str, str]] = []
            parts.bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
            receiver.always = status(500, b"no disk")
            desk = Desk(parts)
            desk.type("collectorEndpointEdit", receiver.endpoint)
            desk.switch(on=True)
            desk.press("collectorSaveButton")
            await wait_until(lambda: parts.sessions.traces.live.is_on)
            await parts.session.connect(config(url), NoToken())
            for number in (1, 2):
                await parts.session.send_text(request(str(number)).decode())
                live = parts.sessions.traces.live
                await wait_until(lambda: live.delivery.not_delivered == number, 15)  # noqa: B023 - at once
            await wait_until(lambda: len(told) == 2)
            assert told[1][0] == "warning"
            assert "500 Internal Server Error. It says: “no disk”" in told[1][1]
            assert [exchange.status.name for exchange in parts.session.exchanges] == ["COMPLETED", "COMPLETED"]
            shown = Desk(parts)
            assert shown.read("collectorState").endswith("0 spans delivered · 2 not delivered")
            assert "no disk" in shown.read("collectorProblemWords")

    aio(main(), 60)


def test_damaged_settings_are_set_aside_and_nothing_is_sent(aio, wait_until, home: Path) -> None:
    folder = home / "config"
    folder.mkdir(parents=True)
    (folder / "collector.json").write_text("{no")

    async def main() -> None:
        async with window() as parts:
            told: list[str] = []
            parts.bridge.warned.connect(lambda _kind, sentence: told.append(sentence))
            await wait_until(lambda: told)
            assert "is damaged. It was set aside as" in told[0]
        assert len(list(folder.glob("collector.*.set-aside.json"))) == 1

    aio(main(), 60)


def test_headers_come_and_go_by_rows(qtbot) -> None:
    rows = HeaderRows("test")
    qtbot.addWidget(rows)
    rows.set_headers({"one": "1", "two": "2"})
    assert rows.headers() == {"one": "1", "two": "2"}
    rows.findChild(QToolButton, "testHeader1RemoveButton").click()
    assert rows.headers() == {"two": "2"}
    add = rows.findChild(QPushButton, "testAddHeaderButton")
    while add.isEnabled():
        add.click()
    assert rows.headers() == {"two": "2"}
    rows.set_headers({})
    assert rows.headers() == {}
    assert add.isEnabled()
    hidden = [each for each in rows.findChildren(QLineEdit) if each.objectName().endswith("ValueEdit")]
    assert {each.echoMode() for each in hidden} == {QLineEdit.EchoMode.Password}


def test_the_account_in_words() -> None:
    assert state_text("", Delivery()) == "○ Not sending"
    assert state_text("", Delivery(5, 1)) == "○ Not sending · 5 spans delivered · 1 not delivered"
    assert state_text("h:1", Delivery(1, 0, 3)) == "● Sending to h:1 · 1 span delivered · 0 not delivered · 3 waiting"
