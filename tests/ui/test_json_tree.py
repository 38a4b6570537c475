"""JSON values as a tree: every value has its row and path, nothing is made before it is looked at."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester

from optave_inspector.capture.entry import Entry, EntryKind
from optave_inspector.capture.query import parse
from optave_inspector.protocol.json_path import json_path
from optave_inspector.ui.models.json_nodes import SPAN
from optave_inspector.ui.models.json_search import MOST, places_of
from optave_inspector.ui.models.json_text import (
    LINE,
    explanation,
    kind_name,
    plain_text,
    remark,
    subtree_text,
    tooltip,
    value_text,
)
from optave_inspector.ui.models.json_tree import FIELD, VALUE, JsonTreeModel
from optave_inspector.ui.widgets.json_tree_view import JsonTreeView

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=30,
)


def places_by_hand(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    found: list[tuple[tuple[Any, ...], Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in items:
        found.append(((*steps, step), one))
        found += places_by_hand(one, (*steps, step))
    return found


def walk(model: JsonTreeModel, parent: QModelIndex | None = None) -> list[QModelIndex]:
    parent = QModelIndex() if parent is None else parent
    found = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, FIELD, parent)
        if not model.node(index).is_span:
            found.append(index)
        found += walk(model, index)
    return found


@pytest.fixture
def model(qapp) -> JsonTreeModel:
    return JsonTreeModel()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(JSON)
def test_every_value_has_one_row_with_its_path(qapp, value: Any) -> None:
    model = JsonTreeModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(value)
    places = places_by_hand(value) if isinstance(value, (dict, list)) else [((), value)]
    rows = walk(model)
    assert [model.node(index).json_path() for index in rows] == [json_path(steps) for steps, _ in places]
    for index, (steps, one) in zip(rows, places, strict=True):
        assert model.node(index).value is one
        assert model.index_of(steps) == index
        assert isinstance(index.siblingAtColumn(VALUE).data(), str)
        assert isinstance(index.siblingAtColumn(VALUE).data(Qt.ItemDataRole.ToolTipRole), str)
    model.clear()
    assert model.rowCount() == 0
    del tester


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(JSON, st.text(max_size=3))
def test_a_search_finds_what_is_shown_and_leads_to_it(qapp, value: Any, text: str) -> None:
    model = JsonTreeModel()
    model.show(value)
    for steps in places_of(value, text):
        index = model.index_of(steps)
        assert index.isValid()
        assert model.node(index).path() == list(steps)


@pytest.mark.parametrize("size", [SPAN, SPAN + 1, 5 * SPAN + 7])
@pytest.mark.parametrize("as_object", [False, True])
def test_long_values_are_cut_into_spans_with_every_item_in_reach(
    model: JsonTreeModel, size: int, *, as_object: bool
) -> None:
    value = {f"k{at}": at for at in range(size)} if as_object else list(range(size))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show({"long": value})
    long = model.index(0, FIELD)
    assert model.rowCount(long) == (size if size <= SPAN else -(-size // SPAN))
    last = size - 1
    index = model.index_of(["long", f"k{last}" if as_object else last])
    assert index.siblingAtColumn(VALUE).data() == str(last)
    assert model.node(index).json_path() == (f"$.long.k{last}" if as_object else f"$.long[{last}]")
    if size > SPAN:
        span = model.index(1, FIELD, long)
        assert span.data() == f"1,000 … {min(2 * SPAN, size) - 1:,}"
        assert span.siblingAtColumn(VALUE).data() == ""
        assert index.parent().parent() == long
    del tester


def test_more_than_a_million_items_nest_their_spans(model: JsonTreeModel) -> None:
    model.show(range_list := list(range(SPAN * SPAN + 5)))
    assert model.rowCount() == 2
    index = model.index_of([SPAN * SPAN + 3])
    assert index.siblingAtColumn(VALUE).data() == str(range_list[-2])
    assert model.node(index).json_path() == f"$[{SPAN * SPAN + 3}]"


def test_a_large_value_is_shown_without_making_all_of_it(model: JsonTreeModel) -> None:
    value = {"items": [{"id": at, "text": "x" * 100, "more": [1, 2, 3]} for at in range(100_000)]}
    model.show(value)
    model.index(0, FIELD)
    assert model.made < 5
    model.index_of(["items", 77_777, "more", 2])
    assert model.made < 2 * SPAN + 200


def test_places_that_do_not_exist_have_no_row(model: JsonTreeModel) -> None:
    model.show({"a": [1]})
    for steps in (["b"], ["a", 1], ["a", "x"], [0], ["a", 0, "deeper"], []):
        assert not model.index_of(steps).isValid()
    assert not JsonTreeModel().index_of(["a"]).isValid()
    assert not model.index(5, 0).isValid()
    assert not model.index(0, 7).isValid()
    assert model.node(QModelIndex()) is None


def test_a_value_alone_is_one_row(model: JsonTreeModel) -> None:
    model.show("alone")
    assert [model.index(0, column).data() for column in (FIELD, VALUE)] == ["(value)", '"alone"']
    assert model.node(model.index(0, 0)).json_path() == "$"


def test_an_empty_name_is_seen(model: JsonTreeModel) -> None:
    model.show({"": {}, "list": []})
    assert model.index(0, FIELD).data() == '""'
    assert [model.index(row, VALUE).data() for row in (0, 1)] == ["{}", "[]"]
    assert model.headerData(0, Qt.Orientation.Horizontal) == "field"
    assert model.headerData(0, Qt.Orientation.Vertical) is None


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        ({"a": 1}, "1 field", "object"),
        ([1, 2], "2 items", "array"),
        ("a\nb", '"a\\nb"', "string"),
        ("grüße 😀", '"grüße 😀"', "string"),
        (True, "true", "boolean"),
        (None, "null", "null"),
        (0.5, "0.5", "number"),
        (float("nan"), "NaN", "number"),
        (float("inf"), "Infinity", "number"),
        ("\ud800", '"\\ud800"', "string"),
    ],
)
def test_values_read_on_one_line(value: Any, text: str, kind: str) -> None:
    assert value_text(value) == text
    assert kind_name(value) == kind


def test_long_texts_are_cut_and_say_by_how_much() -> None:
    shown = value_text("x" * (LINE + 1_234))
    assert shown.endswith("… (+1,234)")
    assert len(tooltip("x" * 10**6)) < 4_000
    assert tooltip("x" * 10**6).startswith("string, 1,000,000 characters")
    assert tooltip("x").startswith("string, 1 character\n")
    assert tooltip([1]) == "array, 1 item"
    assert tooltip(7) == "number"


def test_ids_and_times_are_explained() -> None:
    assert remark("0190b3b4-1111-7111-8111-00000000c07e") == "✓ v7"
    assert remark("20e35101-61e8-46e0-9c5e-3d2f4a5b6c7d") == "v4"
    assert remark("not a uuid, though thirty-six letters") == ""
    assert remark(7) == ""
    assert "UUIDv7, made 2024-07" in explanation("0190b3b4-1111-7111-8111-00000000c07e")
    assert "version 4" in explanation("20e35101-61e8-46e0-9c5e-3d2f4a5b6c7d")
    assert "ago" in explanation("2026-01-02T03:04:05.678Z")
    assert "in " in explanation("2999-01-02T03:04:05.678Z")
    assert "6 fraction digits" in explanation("2026-01-02T03:04:05.678901Z")
    assert explanation("hello") == explanation(7) == ""


def test_copies_are_sound_text() -> None:
    assert plain_text('a"b') == 'a"b'
    assert plain_text("\ud800") == "\ufffd"
    assert json.loads(subtree_text({"ü": [1]})) == {"ü": [1]}
    assert "ü" in subtree_text({"ü": [1]})


def test_a_search_stops_when_told_and_at_its_limit() -> None:
    assert len(places_of(["x"] * (MOST + 5), "x")) == MOST
    assert len(places_of(["x"] * 50, "x", lambda: True)) == 1
    assert places_of({"Key": {"other": "VALUE"}}, "value") == [("Key", "other")]
    assert places_of({"Key": 1}, "KEY") == [("Key",)]
    assert places_of(None, "nul") == [()]


def test_a_value_in_the_tree_becomes_a_term_that_finds_its_message(qtbot):
    view = JsonTreeView("tree")
    qtbot.addWidget(view)
    value = {"payload": {"request": {"tags": ["a b", 'say "no"', 3, None]}}}
    view.show_value(value)
    asked = []
    view.termAsked.connect(lambda term, exclude: asked.append((term, exclude)))
    for path in (("payload", "request", "tags", 0), ("payload", "request", "tags", 1), ("payload", "request")):
        view.go_to(path)
        view.findChild(QAction, "treeFilterAction").trigger()
    view.go_to(("payload", "request", "tags", 3))
    view.findChild(QAction, "treeExcludeAction").trigger()
    assert [exclude for _, exclude in asked] == [False, False, False, True]
    text = Entry(1, 1, 0, EntryKind.TEXT, 0, 0, 9, 9)
    for term, _ in asked:
        assert parse(term).matches(text, lambda: json.dumps(value).encode()), term
        assert not parse(term).matches(text, lambda: b'{"payload": {}}'), term
