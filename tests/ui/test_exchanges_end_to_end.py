"""Every way in which an exchange can go, produced by the local tenant and seen in the panel of the real window."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QAction

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.client.connection import NotOpen
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tracing.exchange import ExchangeStatus
from optave_inspector.ui.models.exchange_columns import ExchangeColumn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from optave_inspector.ui.delegates.waterfall_geometry import ConnectionMark

PATIENCE_S = 20
TIMEOUT_S = 0.8


class Tracer:
    """Sends from the composer, and reads the panel of exchanges."""

    def __init__(self, parts: WindowParts, wait_until: Callable[..., Coroutine[Any, Any, None]]) -> None:
        self.parts = parts
        self.session = parts.session
        self.view = parts.window.view
        self.panel = parts.window.view.exchanges
        self._wait_until = wait_until

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait for something to become true in the window."""
        await self._wait_until(condition, timeout=PATIENCE_S, what=what)

    async def connected(self) -> None:
        """Wait until the connection is open."""
        await self.until(lambda: self.session.state is ConnectionState.OPEN, "connecting")

    async def under(self, scenario: str, **parameters: Any) -> None:
        """Let the tenant treat the next request so."""
        await self.parts.tenant.scenario(scenario, **parameters)

    async def send(self, template: str = "typical") -> int:
        """Send from the composer; the row's number once the panel has it."""
        number = len(self.session.exchanges) + 1
        self.view.composer.set_action(Action.INTERACTION)
        self.view.composer.use_template(template)
        self.view.composer.send()
        await self.until(lambda: self.panel.model.row_of(number) >= 0, f"row {number}")
        return number

    def status(self, number: int) -> str:
        """What stands in the status column."""
        return str(self.panel.model.index(self.panel.model.row_of(number), ExchangeColumn.STATUS).data())

    async def shows(self, number: int, status: str) -> None:
        """Wait until the status column says so."""
        await self.until(lambda: self.status(number) == status, f"“{status}” of {number}")

    async def filtered(self, query: str) -> list[int]:
        """What the panel shows for a query."""
        self.panel.search.bar.set_text(query)
        await self.until(lambda: not self.panel.search.filter.searching and not self.panel.model.arranging, query)
        return self.panel.model.numbers_shown()

    def marks(self) -> list[ConnectionMark]:
        """The lines behind the bars."""
        axis = self.panel.scale.whole()
        return self.panel.scale.marks(axis.start_ns, axis.end_ns)

    def act(self, name: str) -> None:
        """Trigger an action of the window."""
        action = self.parts.window.findChild(QAction, name)
        assert action is not None, name
        assert action.isEnabled(), name
        action.trigger()


@pytest.fixture
def tracing(wait_until) -> Callable[[], contextlib.AbstractAsyncContextManager[Tracer]]:
    @contextlib.asynccontextmanager
    async def start() -> AsyncIterator[Tracer]:
        parts = await build_window(tenant_settings=TenantSettings(latency_ms=5, stream_interval_ms=20))
        try:
            parts.window.resize(1440, 900)
            parts.window.show()
            tracer = Tracer(parts, wait_until)
            tracer.act("connectTenantAction")
            await tracer.connected()
            # What is waited for counts from the next connection on.
            tracer.act("disconnectAction")
            await tracer.until(lambda: tracer.session.state is ConnectionState.CLOSED, "disconnecting")
            parts.current.edit(request_timeout_s=TIMEOUT_S)
            tracer.act("connectAction")
            await tracer.connected()
            yield tracer
        finally:
            await take_apart(parts)

    return start


@pytest.mark.timeout(150)
def test_each_way_of_an_exchange_is_seen_in_the_panel(aio, tracing) -> None:
    async def main() -> None:
        async with tracing() as tracer:
            panel, session = tracer.panel, tracer.session
            streamed = await tracer.send("streamed")
            await tracer.shows(streamed, "✓ completed")
            assert len(session.exchanges[streamed - 1].answers) > 1

            await tracer.under("error-answer", code="TOO_BUSY")
            error = await tracer.send()
            await tracer.shows(error, "✗ error TOO_BUSY")
            await tracer.parts.tenant.fault("error", next=1)
            other_error = await tracer.send()
            await tracer.until(lambda: tracer.status(other_error).startswith("✗ error"), "the other error")

            await tracer.under("no-answer")
            timed_out = await tracer.send()
            await tracer.shows(timed_out, "◔ timed out")
            await tracer.under("late-answer", delay=TIMEOUT_S * 2)
            late = await tracer.send()
            await tracer.shows(late, "◔ timed out · late answer")

            await tracer.under("duplicate-answer")
            duplicate = await tracer.send()
            await tracer.shows(duplicate, "✓ completed · answered again")
            await tracer.under("bare-superpower")
            guessed = await tracer.send()
            await tracer.shows(guessed, "✓ completed · guessed")
            await tracer.under("orphan-answer")
            await tracer.until(lambda: "1 orphan answer" in panel.note_label.full_text(), "the orphan in the heading")

            await session.send_text(session.store.payload(session.exchanges[guessed - 1].request_entry).decode())
            reused = guessed + 1
            await tracer.until(lambda: panel.model.row_of(reused) >= 0, "the reused ID")
            assert session.exchanges[reused - 1].reused == guessed
            await tracer.shows(reused, "✓ completed")

            await tracer.under("no-answer")
            cancelled = await tracer.send()
            tracer.parts.bridge.select_exchange(cancelled)
            tracer.act("exchangesCancelAction")
            await tracer.shows(cancelled, "⊘ cancelled")

            await tracer.under("no-answer")
            cut_off = await tracer.send()
            await tracer.under("close-1011", reason="enough")
            await tracer.shows(cut_off, "⚡ cut off")
            with pytest.raises(NotOpen):
                await session.send_text(session.store.payload(session.exchanges[0].request_entry).decode())
            not_sent = cut_off + 1
            await tracer.until(lambda: panel.model.row_of(not_sent) >= 0, "what was never sent")
            await tracer.shows(not_sent, "⊗ not sent")

            assert [mark.code for mark in tracer.marks() if not mark.opened] == [1000, 1011]
            assert sum(mark.opened for mark in tracer.marks()) == 2
            assert await tracer.filtered("state:missing") == [timed_out, late, cut_off]
            assert panel.search.missing_button.text() == "⚠ 3 missing"
            assert await tracer.filtered("state:error") == [error, other_error]
            assert await tracer.filtered("is:late or is:duplicate or is:guessed") == [late, duplicate, guessed]
            assert await tracer.filtered("code:1011") == [cut_off]
            assert await tracer.filtered("state:cancelled or state:not-sent") == [cancelled, not_sent]
            assert len(await tracer.filtered("")) == not_sent
            assert {session.exchanges[0].status, session.exchanges[-1].status} == {
                ExchangeStatus.COMPLETED,
                ExchangeStatus.NOT_SENT,
            }
            assert not panel.grab().isNull()

    aio(main(), timeout=140)


@pytest.mark.timeout(90)
def test_a_capture_shows_the_same_exchanges_lives_and_closes(aio, tracing, tmp_path, wait_until) -> None:
    from optave_inspector.capture.store import CaptureStore
    from optave_inspector.ui.capture_window import CaptureWindow

    async def main() -> None:
        async with tracing() as tracer:
            for template in ("streamed", "typical"):
                number = await tracer.send(template)
                await tracer.shows(number, "✓ completed")
            await tracer.under("no-answer")
            cut_off = await tracer.send()
            await tracer.under("close-1011")
            await tracer.shows(cut_off, "⚡ cut off")
            await tracer.session.settled()
            tracer.session.store.save_as(tmp_path / "one.optave-capture", lambda *_: None, lambda: False)
            store = CaptureStore.open(tmp_path / "one.optave-capture", read_only=True)
            window = CaptureWindow(store, tracer.session.contract)
            window.show()
            await wait_until(lambda: not window.rebuilding, timeout=PATIENCE_S)
            panel = window.exchanges
            rows = range(panel.model.rowCount())
            assert [panel.model.index(row, ExchangeColumn.STATUS).data() for row in rows] == [
                "✓ completed", "✓ completed", "⚡ cut off"
            ]  # fmt: skip
            axis = panel.scale.whole()
            codes = [mark.code for mark in panel.scale.marks(axis.start_ns, axis.end_ns) if not mark.opened]
            assert codes == [1000, 1011]
            assert panel.note_label.full_text() == "3 exchanges · 1 cut off"
            panel.search.bar.set_text("code:1011")
            await wait_until(lambda: panel.model.numbers_shown() == [3], timeout=PATIENCE_S)
            dialog = panel.open_exchange(1)
            assert dialog.answer.title.full_text().startswith("↓ Answer ")
            dialog.close()
            await window.aclose()

    aio(main(), timeout=80)
