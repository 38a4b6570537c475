import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector import resources
from optave_inspector.compose.judgement import Severity, json_problem, judge
from optave_inspector.compose.templates import templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.envelope import Generated, Overrides, build_request
from optave_inspector.protocol.limits import MAX_ENVELOPE_UNITS

CONTRACT = Contract(resources.schemas())
GENERATED = Generated(*(["019cadd0-bd7e-762a-9899-c49e8bb4eb43"] * 3), "2026-02-02T00:00:00.000Z")


def typical(action=Action.ADJUST):
    return next(template.text for template in templates(action) if template.name == "typical")


def judged(text, action=Action.ADJUST, overrides=None, *, whole=False):
    return judge(CONTRACT, action, text, overrides or Overrides(), whole=whole)


def paths(judgement, severity):
    return [(place.checks, place.path) for place in judgement.places if place.severity is severity]


@pytest.mark.parametrize("action", Action)
def test_every_template_can_be_sent(action):
    for template in templates(action):
        assert judged(template.text, action).sendable


def test_the_size_is_that_of_the_message_to_be_sent():
    text = typical()
    sent = build_request(Action.ADJUST, text, GENERATED, Overrides(tenant_id="acmé"))
    size = judged(text, overrides=Overrides(tenant_id="acmé")).size
    assert (size.units, size.utf8_bytes) == (len(sent), len(sent.encode()))


@pytest.mark.parametrize(
    ("text", "part"), [("", "empty"), ('{"a" 1}', "colon"), ("[NaN]", "NaN"), ("\ufeff{}", "byte order mark")]
)
def test_what_is_no_json_has_a_place_and_no_verdicts(text, part):
    judgement = judged(text)
    assert judgement.verdicts is None
    assert part in judgement.problem.sentence
    assert not judgement.sendable
    assert json_problem(text) == judgement.problem


def test_text_that_would_complete_the_envelope_is_no_payload_all_the_same():
    judgement = judged('{}, "more": 1')
    assert "nothing may follow" in judgement.problem.sentence


def test_what_is_nested_too_deeply_is_said_to_be():
    assert "nested too deeply" in judged("[" * 50_000 + "]" * 50_000).problem.sentence
    assert json_problem("[]") is None


def test_findings_of_the_payload_stand_at_their_places_once():
    payload = json.loads(typical())
    payload["session"]["channel"]["medium"] = "fax"
    del payload["request"]["scope"]
    judgement = judged(json.dumps(payload))
    errors = paths(judgement, Severity.ERROR)
    assert (("schema", "envelope"), "$.session.channel.medium") in errors
    assert (("SDK",), "$.request") in errors
    assert len(errors) == len({place.finding.sentence for place in judgement.places if place.severity == "error"})
    assert not judgement.sendable


def test_what_only_the_documentation_asks_for_keeps_nothing_from_being_sent():
    payload = json.loads(typical())
    del payload["request"]["context"]["organizationId"]
    judgement = judged(json.dumps(payload))
    assert judgement.sendable
    assert (("docs",), "$.request.context") in paths(judgement, Severity.WARNING)


def test_a_request_id_that_becomes_a_bad_correlation_id_is_shown_where_it_was_typed():
    payload = json.loads(typical())
    payload["request"]["requestId"] = "ticket-7"
    judgement = judged(json.dumps(payload))
    assert (("envelope",), "$.request.requestId") in paths(judgement, Severity.ERROR)
    good = judged(json.dumps(payload), overrides=Overrides(correlation_id=GENERATED.correlation_id))
    assert good.sendable


def test_a_bad_header_has_no_place_in_the_text():
    judgement = judged(typical(), overrides=Overrides(trace_id="no UUID"))
    assert (("envelope",), None) in paths(judgement, Severity.ERROR)


def test_notes_come_last_and_keep_nothing_from_being_sent():
    judgement = judged(typical(Action.CUSTOMER_INTERACTION), Action.CUSTOMER_INTERACTION)
    assert judgement.places[-1].severity is Severity.NOTE
    assert judgement.sendable


def test_a_whole_message_is_judged_by_the_action_that_it_names():
    message = build_request(Action.RECEPTION, typical(Action.RECEPTION), GENERATED)
    assert judged(message, Action.RECOMMEND, whole=True).sendable
    broken = re.sub('"medium": "[a-z]*"', '"medium": "fax"', message).replace('"traceId":"019', '"traceId":"x19')
    errors = paths(judged(broken, Action.RECOMMEND, whole=True), Severity.ERROR)
    assert (("envelope", "schema"), "$.payload.session.channel.medium") in errors
    assert (("envelope",), "$.headers.traceId") in errors


@pytest.mark.parametrize("text", ["[]", '{"headers": 1}', '{"headers": {"action": 4}}', '{"headers": {"action": "x"}}'])
def test_a_whole_message_without_an_action_is_judged_by_the_chosen_one(text):
    assert not judged(text, whole=True).sendable


def test_too_large_a_message_cannot_be_sent_by_units_but_may_by_bytes():
    payload = json.loads(typical())
    payload["request"]["attributes"]["content"] = "é" * 100_000
    judgement = judged(json.dumps(payload, ensure_ascii=False))
    assert judgement.sendable
    assert judgement.size.fits_units
    assert not judgement.size.fits_bytes
    payload["request"]["attributes"]["content"] = "é" * MAX_ENVELOPE_UNITS
    assert not judged(json.dumps(payload, ensure_ascii=False)).sendable


@given(st.text(alphabet='{}[]",: \n\\u01eaétrunlsf\ud800') | st.text(), st.booleans(), st.sampled_from(Action))
def test_no_text_is_too_odd_to_be_judged(text, whole, action):
    judgement = judged(text, action, whole=whole)
    assert (judgement.problem is None) == (judgement.verdicts is not None)
