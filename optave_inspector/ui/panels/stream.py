"""The panel that reads an answer as it grew, update by update, at the speed at which it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ...tracing.stream import stalls
from ..models.exchange_words import status_text
from ..models.formats import duration_text, size_text
from ..models.stream_player import SPEEDS, StreamPlayer
from ..models.stream_reader import StreamReader
from ..widgets.empty_state import EmptyState
from ..widgets.look import set_look
from ..widgets.panel import Panel
from ..widgets.stream_text import StreamText
from ..widgets.stream_timeline import StreamTimeline, Tick

if TYPE_CHECKING:
    from ..bridge import SessionBridge

_HOW = (
    "Answers come in parts when the request says so: request.settings.disableStream is false, "
    "as in the template “streamed” of the composer."
)


class StreamPanel(Panel):
    """Shows the selected exchange's answer. Follows while it grows, unless the user went back."""

    def __init__(self, bridge: SessionBridge, parent: QWidget | None = None) -> None:
        super().__init__("Stream", "streamPanel", parent)
        self._bridge = bridge
        self.reader = StreamReader(bridge.session.store, self)
        self.player = StreamPlayer(self)
        self.text = StreamText("streamText")
        self.timeline = StreamTimeline()
        self._words = QLabel()
        self._words.setObjectName("streamWords")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._empty = EmptyState("streamEmpty")
        self._times: list[int] = []
        self._stale = True
        self._build()
        self._connect()
        self._follow()

    def showEvent(self, event) -> None:
        """Read what came while nobody saw it."""
        super().showEvent(event)
        self._follow()

    def paintEvent(self, event) -> None:
        """The same for a panel that was behind another tab, which is not told when it comes forward."""
        super().paintEvent(event)
        if self._stale:
            self._stale = False
            QTimer.singleShot(0, self, self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space plays, arrows step, where they have nothing else to do."""
        if event.type() == QEvent.Type.KeyPress and not event.modifiers():
            keys = {
                Qt.Key.Key_Space: self.player.toggle,
                Qt.Key.Key_Left: lambda: self._step(-1),
                Qt.Key.Key_Right: lambda: self._step(1),
            }
            if event.key() in keys:
                keys[event.key()]()
                return True
        return super().eventFilter(watched, event)

    # -- inside

    def _build(self) -> None:
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.text, 1)
        layout.addWidget(self._words)
        layout.addWidget(self.timeline)
        controls = QHBoxLayout()
        controls.setSpacing(3)
        self._buttons: dict[str, QToolButton] = {}
        for name, sign, tip, slot in (
            ("First", "|‹", "First update (Home)", lambda: self._go(0)),
            ("Back", "‹", "Former update (Left)", lambda: self._step(-1)),
            ("Play", "▶", "Play as it came (Space)", self.player.toggle),
            ("On", "›", "Next update (Right)", lambda: self._step(1)),
            ("Last", "›|", "Last update, and follow (End)", lambda: self._go(len(self.reader.updates) - 1)),
        ):
            button = QToolButton()
            button.setObjectName(f"stream{name}Button")
            button.setText(sign)
            # All of them stand in a panel of 270 pixels.
            button.setProperty("tight", True)
            button.setAccessibleName(tip)
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            controls.addWidget(button)
            self._buttons[name] = button
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance("❚❚") + 12)
        self._play = self._buttons["Play"]
        controls.addStretch(1)
        self.speed = QComboBox()
        self.speed.setObjectName("streamSpeedCombo")
        self.speed.setAccessibleName("Speed of playing")
        self.speed.setToolTip("1× is the speed at which the answer came")
        for name, factor in SPEEDS:
            self.speed.addItem(name, factor)
        self.speed.setCurrentText("1×")
        controls.addWidget(self.speed)
        layout.addLayout(controls)
        self._pages = QStackedWidget()
        self._pages.setObjectName("streamPages")
        self._pages.addWidget(self._empty)
        self._pages.addWidget(whole)
        self.body.addWidget(self._pages, 1)
        for widget in (self.text, self.timeline):
            widget.installEventFilter(self)

    def _connect(self) -> None:
        self.reader.changed.connect(self._on_read)
        self.player.moved.connect(self._show)
        self.player.ticked.connect(self._show_head)
        self.player.playingChanged.connect(self._show_playing)
        self.timeline.valueChanged.connect(self._go)
        self.speed.currentIndexChanged.connect(lambda _index: self.player.set_speed(self.speed.currentData()))
        self._bridge.exchangeSelected.connect(self._on_selected)
        self._bridge.exchangesChanged.connect(self._on_exchanges)
        self._bridge.entrySelected.connect(self._on_entry)

    def _on_selected(self, _number: int) -> None:
        self._follow()

    def _on_exchanges(self, numbers: list[int]) -> None:
        if self._bridge.selected_exchange in numbers:
            self._follow()

    def _follow(self) -> None:
        """Read the selected exchange, where somebody sees it."""
        self._stale = not self.is_seen()
        if self._stale:
            return
        exchange, before = self._bridge.exchange(self._bridge.selected_exchange), self.reader.exchange
        if exchange is not None and before is not None and exchange.number == before.number:
            self.reader.follow(exchange)
            self._on_read()
            return
        self.player.pause()
        self.player.set_times(())
        self.reader.follow(exchange)
        self._on_read()
        self._on_entry(self._bridge.selected_entry)

    def _on_read(self) -> None:
        updates = self.reader.updates
        was_last = self.player.place == len(self._times) - 1
        self._times = [update.at_ns for update in updates]
        self.player.set_times(self._times)
        self._show_line()
        if updates and was_last and not self.player.playing:
            self.player.go(len(updates) - 1)
        self._show(self.player.place)

    def _show_line(self) -> None:
        exchange, updates = self.reader.exchange, self.reader.updates
        stalled = stalls(self._times)
        ticks = [Tick(each.at_ns, each.breaks, place in stalled) for place, each in enumerate(updates)]
        ended = exchange is not None and exchange.ended_ns >= 0
        end_ns = max(exchange.total_ns, 0) if ended else 0
        with QSignalBlocker(self.timeline):
            self.timeline.show_ticks(ticks, end_ns, status_text(exchange) if ended else "…")

    def _show(self, place: int) -> None:
        """Show an update; -1 for none."""
        updates, exchange = self.reader.updates, self.reader.exchange
        if not 0 <= place < len(updates):
            self._show_nothing()
            return
        update = updates[place]
        self._pages.setCurrentIndex(1)
        self.text.show_text(*update.text())
        with QSignalBlocker(self.timeline):
            self.timeline.setValue(place)
        when, size = duration_text(update.at_ns), size_text(update.size)
        self.set_note(f"update {place + 1:,} of {len(updates):,} · +{when} · {size}")
        sentence, look = self._sentence(place)
        self._words.setText(sentence)
        set_look(self._words, "role", look)
        several = len(exchange.answers) > 1 if exchange is not None else False
        for name in ("First", "Back"):
            self._buttons[name].setEnabled(place > 0)
        for name in ("On", "Last"):
            self._buttons[name].setEnabled(place < len(updates) - 1)
        self._play.setEnabled(several)
        self.speed.setEnabled(several)

    def _sentence(self, place: int) -> tuple[str, str]:
        """What there is to say of an update, and how."""
        updates, exchange = self.reader.updates, self.reader.exchange
        update = updates[place]
        if self.reader.problem and place == len(updates) - 1:
            return f"⚠ {self.reader.problem}", "warning"
        if update.problem:
            return f"⚠ {update.problem}", "warning"
        if update.breaks and update.growth is not None:
            return f"⚠ {update.growth.sentence}", "warning"
        if update.growth is not None:
            return update.growth.sentence, "muted"
        if exchange is not None and exchange.final and len(updates) == 1:
            return f"The answer came in one piece. {_HOW}", "muted"
        return f"The first update, {duration_text(update.at_ns)} after the request.", "muted"

    def _show_nothing(self) -> None:
        exchange = self.reader.exchange
        if exchange is None:
            self._empty.say("Select an exchange to read its answer as it grew.", _HOW)
        elif self.reader.problem:
            self._empty.say("The answer cannot be read.", self.reader.problem)
        elif exchange.answers:
            self._empty.say("Reading the answer…")
        elif exchange.status.ended:
            self._empty.say("No answer came.", f"The request ended so: {status_text(exchange)}.")
        else:
            self._empty.say("No answer yet", "It appears here as it grows.")
        self.set_note("")
        self._pages.setCurrentIndex(0)

    def _show_playing(self) -> None:
        playing = self.player.playing
        self._play.setText("❚❚" if playing else "▶")
        tip = "Pause (Space)" if playing else "Play as it came (Space)"
        self._play.setToolTip(tip)
        self._play.setAccessibleName(tip)
        self._show_head()

    def _show_head(self) -> None:
        self.timeline.show_head(self.player.position_ns if self.player.playing else -1)

    def _step(self, by: int) -> None:
        self._go(self.player.place + by)

    def _go(self, place: int) -> None:
        """Show an update because the user asks for it, and its entry everywhere."""
        self.player.pause()
        self.player.go(place)
        if 0 <= self.player.place < len(self.reader.updates):
            self._bridge.select_entry(self.reader.updates[self.player.place].entry)

    def _on_entry(self, entry: int) -> None:
        """Show the update that was selected elsewhere; the last one where the whole exchange was."""
        places = [place for place, update in enumerate(self.reader.updates) if update.entry == entry]
        if places and places[0] != self.player.place:
            self.player.pause()
            self.player.go(places[0])
