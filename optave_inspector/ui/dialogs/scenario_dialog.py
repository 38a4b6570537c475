"""The scenarios of the local tenant: found by kind or by typing, with parameters and the ending they must lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...protocol.scenarios import SCENARIOS, Moment, Need, ScenarioKind
from ..widgets.form import section, words
from ..widgets.look import set_look
from .scenario_form import ScenarioForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent

    from ...protocol.scenarios import Scenario

_TITLE = "Scenarios of the local tenant"
_NAME = Qt.ItemDataRole.UserRole
_KINDS = {
    ScenarioKind.HANDSHAKE: "Handshake",
    ScenarioKind.CLOSING: "Closing",
    ScenarioKind.TCP: "TCP",
    ScenarioKind.FRAMES: "Frames",
    ScenarioKind.ANSWERS: "Answers",
    ScenarioKind.TIMING: "Time and amount",
}
_NEXT = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class ScenarioDialog(QDialog):
    """Stays beside the window while scenarios are tried: ``show()`` it. It gives no orders itself."""

    orderAsked = Signal(str, dict, bool)
    """Start a scenario: its name, its parameters, and whether it is armed for the next connection."""
    calmAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scenarioDialog")
        self.setWindowTitle(_TITLE)
        self.setAccessibleName(_TITLE)
        self._serves_tls = False
        self._shown: Scenario | None = None
        self._search = QLineEdit()
        self._list = QListWidget()
        self._title = QLabel()
        self._does = words("scenarioSentence", "text")
        self._needs = words("scenarioNeeds")
        self._leads = words("scenarioExpected", "text")
        self._advice = words("scenarioAdvice")
        self._parameters = section("Parameters")
        self._form = ScenarioForm()
        self._problem = words("scenarioProblem", "problem")
        self._status = words("scenarioStatus")
        self._start = QPushButton("&Start now")
        self._arm = QPushButton("&Arm for the next connection")
        self._calm = QPushButton("&Calm")
        self._build()
        self._search.textChanged.connect(self._fill)
        self._list.currentItemChanged.connect(lambda *_: self._show())
        self._list.itemActivated.connect(lambda _item: self._go())
        self._form.checked.connect(self._check)
        self._start.clicked.connect(lambda: self._order(armed=False))
        self._arm.clicked.connect(lambda: self._order(armed=True))
        self._calm.clicked.connect(self.calmAsked)
        self._fill("")
        self._search.setFocus()

    @property
    def scenario(self) -> Scenario | None:
        """The one on show."""
        return self._shown

    def set_tls(self, serves: bool) -> None:
        """Say whether the tenant serves TLS, which some scenarios need."""
        self._serves_tls = serves
        self._check()

    def tell(self, sentence: str, *, problem: bool = False) -> None:
        """Say what came of an order."""
        set_look(self._status, "role", "problem" if problem else "muted")
        self._status.setText(f"⚠ {sentence}" if problem else sentence)

    def show_status(self, said: str, status: Mapping[str, Any]) -> None:
        """Say what came of an order, what is armed and what goes on."""
        armed = [f"{one['name']} ×{one['times']}" for one in status["bench"]["armed"]]
        running = [f"{name} ({one['id']})" for one in status["connections"] for name in one["scenarios"]]
        parts = [said] if said else []
        parts.append(f"Armed: {', '.join(armed)}." if armed else "Nothing is armed.")
        parts += [f"Open connections that were struck: {', '.join(running)}."] if running else []
        self.tell(" ".join(parts))

    def choose(self, name: str) -> None:
        """Put one on show."""
        for row in range(self._list.count()):
            if self._list.item(row).data(_NAME) == name:
                self._list.setCurrentRow(row)
                self._list.scrollToItem(self._list.item(row))
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list, and Return start, while one types in the search field."""
        if watched is self._search and event.type() is QEvent.Type.KeyPress:
            key: QKeyEvent = event
            if key.key() in _NEXT:
                self._list.setFocus()
                self._list.keyPressEvent(key)
                return True
            if key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go()
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._search.setObjectName("scenarioSearchEdit")
        self._search.setAccessibleName("Search scenarios")
        self._search.setPlaceholderText("Search: 1011, reset, late…")
        self._search.setToolTip("Words of the name, the sentence or the ending; arrows move in the list")
        self._search.setClearButtonEnabled(True)
        self._search.installEventFilter(self)
        self._list.setObjectName("scenarioList")
        self._list.setAccessibleName("Scenarios by kind")
        self._list.setToolTip("Return starts the scenario")
        self._list.setUniformItemSizes(False)
        self._title.setObjectName("scenarioTitle")
        self._title.setProperty("role", "title")
        self._title.setWordWrap(True)
        for button, name, tip in (
            (self._start, "scenarioStartButton", "Let it strike the open connections now"),
            (self._arm, "scenarioArmButton", "Let it strike what comes next"),
            (self._calm, "scenarioCalmButton", "Take back all scenarios and faults, armed or going on"),
        ):
            button.setObjectName(name)
            button.setAccessibleName(button.text().replace("&", ""))
            button.setToolTip(tip)
            button.setAutoDefault(False)
        buttons = QDialogButtonBox()
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("scenarioCloseButton")
        close.setAccessibleName("Close this dialog; scenarios go on")
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        about = QWidget()
        right = QVBoxLayout(about)
        right.setContentsMargins(12, 0, 6, 0)
        right.setSpacing(6)
        for widget in (self._title, self._does, self._needs, section("Leads to"), self._leads, self._advice):
            right.addWidget(widget)
        right.addWidget(self._parameters)
        right.addWidget(self._form)
        right.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("scenarioAbout")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(about)
        left = QVBoxLayout()
        left.addWidget(self._search)
        left.addWidget(self._list, 1)
        columns = QHBoxLayout()
        columns.addLayout(left, 2)
        columns.addWidget(scroll, 3)
        row = QHBoxLayout()
        row.addWidget(self._start)
        row.addWidget(self._arm)
        row.addWidget(self._calm)
        row.addStretch(1)
        row.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(columns, 1)
        layout.addWidget(self._problem)
        layout.addWidget(self._status)
        layout.addLayout(row)
        self.resize(QSize(860, 560))

    def _fill(self, text: str) -> None:
        before = self._shown.name if self._shown is not None else ""
        wanted = text.lower().split()
        self._list.blockSignals(True)
        self._list.clear()
        for kind, title in _KINDS.items():
            found = [each for each in SCENARIOS.values() if each.kind is kind and _matches(each, wanted)]
            if not found:
                continue
            heading = QListWidgetItem(title)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
            self._list.addItem(heading)
            for scenario in found:
                item = QListWidgetItem(f"  {scenario.title}")
                item.setData(_NAME, scenario.name)
                item.setToolTip(scenario.name)
                self._list.addItem(item)
        self._list.blockSignals(False)
        self._list.setCurrentRow(-1)
        self.choose(before)
        if self._list.currentRow() < 0 and self._list.count():
            self._list.setCurrentRow(1)
        self._show()

    def _show(self) -> None:
        item = self._list.currentItem()
        scenario = SCENARIOS.get(item.data(_NAME) or "") if item is not None else None
        if scenario is None:
            self._shown = None
            self._title.setText("No scenario has these words.")
            for label in (self._does, self._needs, self._leads, self._advice):
                label.setText("")
        elif scenario is not self._shown:
            self._shown = scenario
            self._title.setText(f"{scenario.title}  ·  {scenario.name}")
            self._does.setText(scenario.sentence)
            seen = scenario.needs not in (Need.NOTHING, Need.CONNECT)
            self._needs.setText(f"To see it: {scenario.needs}." if seen else "")
            self._form.show_scenario(scenario)
            self._parameters.setVisible(bool(scenario.parameters))
        self._form.setVisible(scenario is not None)
        self._parameters.setVisible(scenario is not None and bool(scenario.parameters))
        self._check()

    def _check(self) -> None:
        scenario = self._shown
        values = self._form.values() if scenario is not None else None
        problem = ""
        if scenario is not None and scenario.needs_tls and not self._serves_tls:
            problem = "This one needs a tenant with TLS: switch on Local tenant ▸ Serve TLS."
        self._problem.setText(f"⚠ {problem}" if problem else "")
        ready = values is not None and not problem
        waits = scenario is not None and scenario.moment is Moment.HANDSHAKE
        self._start.setVisible(not waits)
        self._start.setEnabled(ready)
        self._arm.setText("&Arm for the next handshake" if waits else "&Arm for the next connection")
        self._arm.setAccessibleName(self._arm.text().replace("&", ""))
        self._arm.setEnabled(ready)
        set_look(self._start, "kind", "primary")
        set_look(self._arm, "kind", "primary" if waits else "")
        if scenario is None or values is None:
            return
        expected = scenario.expects(values)
        self._leads.setText(expected.sentence)
        self._advice.setText(f"Advice to a client: {expected.advice}." if expected.advice is not None else "")

    def _go(self) -> None:
        button = self._arm if self._start.isHidden() else self._start
        if button.isEnabled():
            button.click()

    def _order(self, *, armed: bool) -> None:
        values = self._form.values()
        if self._shown is not None and values is not None:
            self.orderAsked.emit(self._shown.name, values, armed)


def _matches(scenario: Scenario, wanted: list[str]) -> bool:
    text = f"{scenario.name} {scenario.title} {scenario.sentence} {scenario.expected.sentence}".lower()
    return all(word in text for word in wanted)
