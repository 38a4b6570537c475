"""All verdicts on a request together."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.limits import MAX_ENVELOPE_UNITS
from optave_inspector.protocol.request_verdicts import check_request

Make = Callable[[], dict[str, Any]]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "{'a':1}"])
def test_text_that_cannot_be_read_fails_everywhere_with_the_reason(contract: Contract, text: str) -> None:
    verdicts = check_request(contract, Action.ADJUST, text)
    assert verdicts.problem
    assert not verdicts.all_valid
    for verdict in (verdicts.sdk, verdicts.payload, verdicts.envelope, verdicts.documentation):
        assert not verdict.valid
        assert [(finding.path, finding.rule, finding.sentence) for finding in verdict.findings] == [
            ("$", "json", verdicts.problem)
        ]
    assert verdicts.size.units == len(text)


def test_a_sound_request_passes_everything(contract: Contract, request_envelope: Make) -> None:
    text = json.dumps(request_envelope())
    verdicts = check_request(contract, Action.ADJUST, text)
    assert verdicts.all_valid
    assert verdicts.problem == ""
    assert verdicts.size.utf8_bytes == len(text)


def test_the_verdicts_are_independent_of_each_other(contract: Contract, request_envelope: Make) -> None:
    message = request_envelope()
    message["payload"]["request"]["connections"]["threadId"] = ""
    message["payload"]["session"]["channel"]["medium"] = "fax"
    message["headers"]["traceId"] = "trace-456"
    message["payload"]["request"]["context"] = {}
    verdicts = check_request(contract, Action.ADJUST, json.dumps(message))
    assert [finding.path for finding in verdicts.sdk.findings] == ["$.request.connections.threadId"]
    assert [finding.path for finding in verdicts.payload.findings] == ["$.session.channel.medium"]
    assert [finding.path for finding in verdicts.envelope.findings] == [
        "$.headers.traceId",
        "$.payload.session.channel.medium",
    ]
    assert [finding.path for finding in verdicts.documentation.findings] == [
        "$.request.connections.threadId",
        "$.request.context",
    ]


@pytest.mark.parametrize("text", ["null", "[]", "5", "{}", '{"payload":null}', '{"payload":[]}'])
def test_an_envelope_without_a_payload_is_judged_all_the_same(contract: Contract, text: str) -> None:
    verdicts = check_request(contract, Action.RECEPTION, text)
    assert not verdicts.sdk.valid
    assert not verdicts.payload.valid
    assert not verdicts.envelope.valid
    assert not verdicts.documentation.valid
    assert verdicts.problem == ""


def test_text_that_only_strict_parsers_refuse_is_judged_and_has_a_problem(
    contract: Contract, request_envelope: Make
) -> None:
    verdicts = check_request(contract, Action.ADJUST, "\ufeff" + json.dumps(request_envelope()))
    assert verdicts.envelope.valid
    assert "byte order mark" in verdicts.problem
    assert not verdicts.all_valid


def test_the_whole_envelopes_size_counts(contract: Contract, request_envelope: Make) -> None:
    message = request_envelope()
    message["payload"]["request"]["attributes"]["content"] = ""
    room = MAX_ENVELOPE_UNITS - len(json.dumps(message))
    for extra, fits in ((0, True), (1, False)):
        message["payload"]["request"]["attributes"]["content"] = "x" * (room + extra)
        verdicts = check_request(contract, Action.ADJUST, json.dumps(message))
        assert verdicts.sdk.valid is fits
        assert verdicts.size.fits_units is fits


@given(st.text() | st.text('{}[]",:payloadrequest0NaIn\\u', max_size=60), st.sampled_from(Action))
def test_no_text_raises(contract: Contract, text: str, action: Action) -> None:
    assert check_request(contract, action, text).size.units >= len(text)
