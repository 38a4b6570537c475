"""Merging over the SDK's defaults."""

from typing import Any

import pytest

from optave_inspector.protocol.javascript import UNDEFINED, get
from optave_inspector.protocol.sdk_defaults import correlation_id, merged_payload


def test_objects_merge_and_arrays_and_all_else_replace() -> None:
    merged = merged_payload(
        {"session": {"channel": {"metadata": [1], "own": {"a": 1}}, "interface": None}, "request": {"scope": "x"}}
    )
    assert merged["session"]["channel"]["metadata"] == [1]
    assert merged["session"]["channel"]["medium"] == "chat"
    assert merged["session"]["channel"]["own"] == {"a": 1}
    assert merged["session"]["interface"] is None
    assert merged["request"]["scope"] == "x"
    assert merged["request"]["settings"]["disableStream"] is True


@pytest.mark.parametrize("nothing", [None, "", 0, False, {}])
def test_nothing_gives_the_defaults_each_time_anew(nothing: Any) -> None:
    first = merged_payload(nothing)
    first["request"]["context"]["userId"] = "changed"
    assert merged_payload(nothing)["request"]["context"]["userId"] == ""


def test_old_names_are_copied_and_stay() -> None:
    given = {"request": {"content": "old", "variation": "b", "attributes": {"variant": "c"}}}
    request = merged_payload(given)["request"]
    assert request["attributes"] == {"content": "old", "instruction": "", "variant": "B"}
    assert request["content"] == "old"
    assert given["request"]["attributes"] == {"variant": "c"}
    kept = merged_payload({"request": {"content": "old", "attributes": {"content": "new", "variant": "é"}}})
    assert kept["request"]["attributes"]["content"] == "new"
    assert kept["request"]["attributes"]["variant"] == "É"


def test_attributes_of_another_type_are_left_alone() -> None:
    assert merged_payload({"request": {"attributes": ["x"]}})["request"]["attributes"] == ["x"]


def test_a_key_that_javascript_takes_for_the_prototype_is_not_sent() -> None:
    assert "__proto__" not in merged_payload({"request": {"__proto__": {"a": 1}}})["request"]


def test_the_correlation_id_comes_from_headers_then_from_the_request_id() -> None:
    assert correlation_id({"headers": {"correlationId": "a"}, "request": {"requestId": "b"}}) == "a"
    assert correlation_id({"headers": {"correlationId": ""}, "request": {"requestId": "b"}}) == "b"
    assert correlation_id({"request": {"requestId": 0}}) is UNDEFINED
    assert get(correlation_id({}), "x") is UNDEFINED
