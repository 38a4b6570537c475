import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from optave_inspector import resources
from optave_inspector.compose.judgement import Severity, judge
from optave_inspector.compose.templates import templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.envelope import Overrides
from optave_inspector.ui import theme
from optave_inspector.ui.panels.composer_verdicts import ComposerVerdicts, first_words
from optave_inspector.ui.widgets.verdict_chips import VerdictChips
from optave_inspector.ui.widgets.verdict_findings import FindingsModel, FindingsView, heading

CONTRACT = Contract(resources.schemas())


def judged(text, action=Action.ADJUST, **overrides):
    return judge(CONTRACT, action, text, Overrides(**overrides), whole=False)


@pytest.fixture
def faulty():
    payload = json.loads(templates(Action.ADJUST)[0].text)
    payload["session"] = {"channel": {"medium": "fax"}}
    payload["request"]["unheard"] = 1
    return judged(json.dumps(payload))


@pytest.fixture(autouse=True)
def light(qapp):
    theme.theme_switch().apply(dark=False)


def test_a_glyph_a_word_and_a_count_stand_beside_each_colour(qtbot, faulty):
    chips = VerdictChips("chips")
    qtbot.addWidget(chips)
    chips.show_judgement(faulty)
    assert chips.texts() == ["✓ SDK", "✗ schema: 1", "✗ envelope: 1", "⚠ docs: 1"]
    chip = chips.findChild(QLabel, "chipsSchema")
    assert chip.property("chip") == "error"
    assert chip.accessibleName() == "Does the payload's schema accept it? refused, 1 findings"
    chips.set_short(short=True)
    assert chips.texts() == ["✓ SDK", "✗ schema", "✗ envelope", "⚠ docs: 1"]
    chips.show_judgement(judged("{"))
    assert chips.texts() == ["✗ JSON"]


def test_the_first_thing_to_say_is_the_worst(faulty):
    assert first_words(faulty) == ("problem", 'medium is "fax", but must be "chat", "voice" or "email".')
    assert first_words(judged("{"))[1].startswith("Line 1, column 2: The text ends")
    text = templates(Action.ADJUST)[0].text
    assert first_words(judged(text)) == ("muted", "")
    large = json.loads(text)
    large["request"]["attributes"]["content"] = "é" * 100_000
    assert "UTF-8" in first_words(judged(json.dumps(large, ensure_ascii=False)))[1]


def test_the_button_counts_the_findings(qtbot, faulty):
    row = ComposerVerdicts()
    qtbot.addWidget(row)
    row.resize(900, 30)
    row.show()
    assert not row.findings_button.isEnabled()
    row.show_judgement(faulty)
    assert row.findings_button.text() == "▸ Findings 2"
    row.findings_button.click()
    assert row.findings_button.text() == "▾ Findings 2"
    assert row.findings_button.accessibleName() == "Hide 2 findings"
    with qtbot.waitSignal(row.roomChanged):
        row.resize(480, 30)
    assert row.findings_button.text() == "▾ 2"


def test_the_list_has_who_where_and_what(qtmodeltester, faulty):
    model = FindingsModel()
    model.set_places(faulty.places)
    qtmodeltester.check(model)
    first, last = model.index(0), model.index(1)
    assert first.data() == (
        '✗ schema, envelope · enum · $.session.channel.medium\nmedium is "fax", but must be "chat", "voice" or "email".'
    )
    assert last.data().startswith("⚠ docs · unknown-key · $.request.unheard")
    assert "no other check notices" in last.data(Qt.ItemDataRole.ToolTipRole)
    assert first.data(Qt.ItemDataRole.ForegroundRole) is None


def test_the_same_findings_leave_the_list_and_its_selection_alone(qtbot, faulty):
    view = FindingsView("findings")
    qtbot.addWidget(view)
    view.show_places(faulty.places)
    view.setCurrentIndex(view.model().index(1))
    view.show_places(tuple(faulty.places))
    assert view.currentIndex().row() == 1
    view.show_places(())
    assert view.model().rowCount() == 0


def test_a_header_is_named_by_its_path_in_the_envelope():
    judgement = judged(templates(Action.ADJUST)[0].text, trace_id="mine")
    assert heading(judgement.places[0]).endswith("· $.headers.traceId")


def test_long_sentences_wrap_at_the_width_of_the_list(qtbot, faulty):
    view = FindingsView("findings")
    qtbot.addWidget(view)
    view.show_places(faulty.places)
    view.resize(900, 200)
    view.show()
    wide = view.sizeHintForRow(1)
    view.resize(220, 200)
    assert view.sizeHintForRow(1) > wide
    view.setCurrentIndex(view.model().index(1))
    for dark in (False, True):
        theme.theme_switch().apply(dark=dark)
        image = view.grab().toImage()
        colors = {image.pixelColor(x, y).name() for x in range(5, 200) for y in range(5, 150)}
        assert theme.current().selection in colors


def test_a_click_asks_for_the_place(qtbot, faulty):
    view = FindingsView("findings")
    qtbot.addWidget(view)
    view.resize(600, 200)
    view.show_places(faulty.places)
    view.show()
    with qtbot.waitSignal(view.placeChosen) as chosen:
        place = view.visualRect(view.model().index(1)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args[0].severity is Severity.WARNING or chosen.args[0].severity is Severity.ERROR
