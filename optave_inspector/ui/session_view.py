"""One session on the screen: the top bar, the panels in their docks, the message bar. A window may hold several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..profiles.profile import LOCAL_TENANT_ID
from ..profiles.secrets import CLIENT_SECRET, TOKEN
from ..repro.from_evidence import Origin
from .actions import ConnectionActions
from .connector import Connector
from .diagnosing import Diagnosing
from .dialogs.close_dialog import CloseDialog
from .dialogs.diagnosis import DiagnosisDialog
from .dialogs.history_dialog import HistoryDialog
from .dialogs.question import ConfirmDialog, TextQuestion
from .dialogs.token_doctor import TokenDoctorDialog
from .dock_area import DockArea
from .history_keeping import HistoryKeeping
from .on_purpose_actions import OnPurposeActions
from .panels.composer import ComposerPanel
from .panels.composer_requests import ComposerRequests
from .panels.composer_variables import values_of
from .panels.connection import ConnectionPanel
from .panels.endings import EndingsPanel
from .panels.entry import EntryPanel
from .panels.exchanges import ExchangesPanel
from .panels.frames import FramesPanel
from .panels.message_bar import MessageBar
from .panels.on_purpose_bar import OnPurposeBar
from .panels.recipe import RecipePanel
from .panels.statistics import StatisticsPanel
from .panels.stream import StreamPanel
from .panels.top_bar import TopBar
from .recipe_evidence import RecipeEvidence
from .retry_countdown import RetryCountdown
from .token_case import find_patient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..compose.evidence import Evidence
    from ..compose.history import Sent, SentHistory
    from ..repro.from_evidence import MadeRecipe
    from .bridge import SessionBridge
    from .current_profile import CurrentProfile
    from .draft_book import DraftBook
    from .request_library import RequestLibrary


class SessionView(QWidget):
    """Builds and joins the panels of one session; what a panel needs of another goes through the bridge."""

    newSessionAsked = Signal()
    """Open one more session beside this one."""

    def __init__(
        self,
        bridge: SessionBridge,
        current: CurrentProfile,
        drafts: DraftBook | None = None,
        history: SentHistory | None = None,
        library: RequestLibrary | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sessionView")
        self.bridge = bridge
        self.current = current
        self.connector = Connector(bridge, current, self)
        self.retry = RetryCountdown(bridge, self.connector, current, self)
        self.connection_actions = ConnectionActions(self)
        self.connection = ConnectionPanel(bridge, current, self.connector)
        self.frames = FramesPanel(bridge)
        self.entry = EntryPanel(bridge)
        self.stream = StreamPanel(bridge)
        self.exchanges = ExchangesPanel(bridge)
        self.statistics = StatisticsPanel(bridge, self.exchanges)
        self.endings = EndingsPanel(bridge)
        for source in (self.entry.tree, self.exchanges):
            source.termAsked.connect(lambda term, exclude: self.frames.add_term(term, exclude=exclude))
        own = {} if library is None else {"templates": library.templates}
        self.composer = ComposerPanel(bridge, book=drafts, profile_id=current.profile.id, **own)
        self.requests = ComposerRequests(self.composer, library) if library is not None else None
        self.history: HistoryDialog | None = None
        if history is not None:
            self._follow(history)
        self.recipe = RecipePanel(bridge, current.book)
        self.evidence = RecipeEvidence(bridge, self._origin, self._take_recipe, self)
        self.frames.menu.recipeAsked.connect(self.evidence.of_entries)
        self.exchanges.recipeRequested.connect(self.evidence.of_exchange)
        self.endings.recipeAsked.connect(self.evidence.of_attempt)
        self.retry.held = lambda: self.recipe.runs.busy
        self.recipe.runs.busyChanged.connect(lambda: self.retry.cancel() if self.recipe.runs.busy else None)
        self.area = DockArea(
            left=[self.connection],
            centre=self.frames,
            right=[self.entry, self.stream],
            bottom_left=[self.exchanges, self.statistics, self.endings],
            bottom_right=[self.composer, self.recipe],
        )
        self.top_bar = TopBar(bridge, current, self.connector, self.connection_actions.all(), retry=self.retry)
        self.top_bar.newSessionAsked.connect(self.newSessionAsked)
        self.messages = MessageBar(bridge, retry=self.retry)
        self.messages.reportAsked.connect(self.show_report)
        for asking in (self.messages, self.endings):
            asking.reconnectAsked.connect(self.connector.connect_now)
        self.connector.refused.connect(lambda _field, _sentence: self.area.go_to(self.connection))
        self.connection.doctorAsked.connect(self.open_token_doctor)
        self.connector.secretNeeded.connect(self._ask_secret)
        self.connector.leaveNeeded.connect(self._ask_leave)
        self.exchanges.sendAgainRequested.connect(self.composer.send_again)
        self.frames.menu.sendAgainAsked.connect(self.composer.send_entry_again)
        for asked, load in (
            (self.exchanges.editAgainRequested, self.composer.load_exchange),
            (self.frames.menu.editAgainAsked, self.composer.load_entry),
        ):
            asked.connect(lambda number, load=load: self._edit_again(load, number))
        for signal in (current.chosen, current.edited):
            signal.connect(lambda: self.composer.set_tenant_id(current.profile.tenant_id))
            signal.connect(lambda: self.composer.variables.set_profile(values_of(current.profile)))
        current.chosen.connect(lambda: self.composer.drafts.use_profile(current.profile.id))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.top_bar)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.messages)
        self._layout = layout
        self.on_purpose_actions = OnPurposeActions(self)
        self.add_notice(OnPurposeBar(self.on_purpose_actions))
        self.top_bar.setFocus()

    def add_notice(self, notice: QWidget) -> None:
        """Put a bar above the messages; it hides itself while it has nothing to say."""
        self._layout.insertWidget(self._layout.count() - 1, notice)

    def save_state(self) -> dict[str, Any]:
        """Docks aside, what the panels want to find again: columns, filters, the draft."""
        return {panel.objectName(): panel.save_state() for panel in self._with_state()}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Put it back; what is missing stays as it is."""
        for panel in self._with_state():
            kept = state.get(panel.objectName())
            if isinstance(kept, dict):
                panel.restore_state(kept)

    def show_report(self, attempt: int) -> None:
        """Bring the report of an attempt forward."""
        self.endings.show_attempt(attempt)
        self.area.go_to(self.endings)

    def ask_close(self) -> None:
        """Ask for a code and a reason, and close with them."""
        dialog = CloseDialog(self.window())
        dialog.chosen.connect(self.connector.close_with)
        dialog.open()

    def open_token_doctor(self) -> None:
        """Look at the token that would be sent next, or was sent last."""
        self.bridge.start(self._open_token_doctor(), "look at the token")

    def open_diagnosis(self) -> None:
        """Try the way of the current profile step by step."""
        diagnosing = Diagnosing(self.bridge.session, self.current)
        dialog = DiagnosisDialog(diagnosing.steps, diagnosing.upgrade, self.bridge.start, self.window())
        dialog.open()
        dialog.run()

    async def _open_token_doctor(self) -> None:
        session = self.bridge.session
        patient = await find_patient(session, self.current)
        TokenDoctorDialog(patient, session.tokens_taken, self.window()).open()

    def open_evidence(self, evidence: Evidence, origin: str) -> str:
        """Open what was seen elsewhere as a draft; its name."""
        self.area.go_to(self.composer)
        return self.composer.open_evidence(evidence, origin)

    def _follow(self, history: SentHistory) -> None:
        """Keep a history of what this session sends, and let the composer show it."""
        current = self.current
        keeping = HistoryKeeping(self.bridge, history, lambda: current.profile.id, self)
        self.history = HistoryDialog(history, lambda: (current.profile.id, current.profile.name), self)
        self.history.draftAsked.connect(self._open_sent)
        self.history.sendAsked.connect(self.composer.send_sent)
        self.composer.sending.failed.connect(lambda sentence: self.history.tell("problem", sentence))
        self.composer.sending.appeared.connect(lambda number: self.history.tell("muted", f"Sent as exchange {number}."))
        for signal in (keeping.changed, current.chosen):
            signal.connect(self._show_history)
        action = self.composer.footer.add_action(
            "composerHistoryAction", "&History of what was sent…", self.open_history
        )
        action.setShortcut("Ctrl+Shift+H")
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.composer.addAction(action)

    def _open_sent(self, sent: Sent) -> None:
        # The composer may stand behind another panel.
        self.area.go_to(self.composer)
        self.composer.open_sent(sent)

    def open_history(self) -> None:
        """Show what was sent with this profile, by whatever session and window."""
        if self.history is not None:
            self.history.show()
            self.history.raise_()
            self.history.activateWindow()

    def _show_history(self) -> None:
        if self.history is not None and self.history.isVisible():
            self.history.reload()

    def _edit_again(self, load: Callable[[int], None], number: int) -> None:
        # The composer may stand behind another panel.
        self.area.go_to(self.composer)
        load(number)

    def _with_state(self) -> tuple[FramesPanel, ExchangesPanel, StatisticsPanel, ComposerPanel, RecipePanel]:
        return self.frames, self.exchanges, self.statistics, self.composer, self.recipe

    def _ask_leave(self, command: str) -> None:
        words = (
            f"To get a token, this profile runs the following command on this machine, as you:\n\n{command}\n\nRun it?"
        )
        dialog = ConfirmDialog("tokenCommandDialog", "Token command", words, "Run it from now on", self.window())
        dialog.accepted.connect(lambda: self.connector.connect_running(command))
        dialog.open()

    def _origin(self) -> Origin:
        profile = self.current.profile
        return Origin(profile.id == LOCAL_TENANT_ID, profile.name, profile.url_template)

    def _take_recipe(self, made: MadeRecipe) -> None:
        self.area.go_to(self.recipe)
        self.recipe.take_text(made.text, f"{made.sentence} Run it, or save it.")

    def _ask_secret(self, field: str, sentence: str) -> None:
        called = {TOKEN: "Token", CLIENT_SECRET: "Client secret"}.get(field, "Secret of the ticket endpoint")
        dialog = TextQuestion(
            "secretDialog",
            called,
            sentence,
            "Connect",
            self.window(),
            field_name=called,
            secret=True,
        )
        dialog.answered.connect(lambda secret: self.connector.connect_with(field, secret))
        dialog.open()
