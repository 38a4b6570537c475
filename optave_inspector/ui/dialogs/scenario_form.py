"""The parameters of one scenario as fields, each with what is wrong with it beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...protocol.scenarios import ParameterKind, ScenarioError
from ..widgets.form import Field
from ..widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from ...protocol.scenarios import Parameter, Scenario, Value

_LABEL_WIDTH = 90


class ScenarioForm(QWidget):
    """Fields for the parameters of the scenario on show."""

    checked = Signal()
    """Something was edited, and what is wrong is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._rows: list[QWidget] = []
        self._fields: dict[str, tuple[Parameter, Field | QComboBox]] = {}

    def show_scenario(self, scenario: Scenario) -> None:
        """Show fields with the defaults."""
        for row in self._rows:
            self._layout.removeWidget(row)
            row.deleteLater()
            row.setParent(None)
        self._rows.clear()
        self._fields.clear()
        for parameter in scenario.parameters:
            row = self._choice(parameter) if parameter.kind is ParameterKind.CHOICE else self._line(parameter)
            self._layout.addWidget(row)
            self._rows.append(row)

    def values(self) -> dict[str, Value] | None:
        """What stands in the fields; None while something is wrong."""
        found: dict[str, Value] = {}
        sound = True
        for name, (parameter, field) in self._fields.items():
            if isinstance(field, QComboBox):
                found[name] = field.currentText()
                continue
            try:
                found[name] = parameter.parse(field.edit.text())
                field.set_problem("")
            except ScenarioError as error:
                field.set_problem(f"{error}")
                sound = False
        return found if sound else None

    def _line(self, parameter: Parameter) -> QWidget:
        field = Field(
            _title(parameter),
            f"scenario{_camel(parameter.name)}Edit",
            _title(parameter),
            label_width=_LABEL_WIDTH,
            tip=f"{parameter.sentence} {_capital(parameter.bounds)}.",
        )
        field.set_text(f"{parameter.default}")
        field.edited.connect(lambda _text: self.checked.emit())
        self._fields[parameter.name] = (parameter, field)
        bounds = "" if parameter.kind is ParameterKind.TEXT else f" {_capital(parameter.bounds)}."
        return _with_words(field, f"{parameter.sentence}{bounds}")

    def _choice(self, parameter: Parameter) -> QWidget:
        combo = QComboBox()
        combo.setObjectName(f"scenario{_camel(parameter.name)}Combo")
        combo.setAccessibleName(_title(parameter))
        combo.setToolTip(parameter.sentence)
        combo.addItems(list(parameter.choices))
        combo.currentIndexChanged.connect(lambda _index: self.checked.emit())
        WheelGuard(combo)
        label = QLabel(_title(parameter))
        label.setProperty("role", "muted")
        label.setMinimumWidth(_LABEL_WIDTH)
        label.setBuddy(combo)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(label)
        line.addWidget(combo, 1)
        self._fields[parameter.name] = (parameter, combo)
        return _with_words(row, parameter.sentence)


def _with_words(row: QWidget, sentence: str) -> QWidget:
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    words = QLabel(sentence)
    words.setProperty("role", "muted")
    words.setWordWrap(True)
    words.setIndent(_LABEL_WIDTH + 6)
    layout.addWidget(row)
    layout.addWidget(words)
    return whole


def _title(parameter: Parameter) -> str:
    unit = " (s)" if parameter.kind is ParameterKind.SECONDS else ""
    return f"{parameter.name.replace('_', ' ').capitalize()}{unit}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
