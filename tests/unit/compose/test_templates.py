"""Every template is right by every check, and looks like what people send."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from optave_inspector.compose.templates import Template, templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.documentation_check import documentation_check
from optave_inspector.protocol.envelope import Generated, build_request
from optave_inspector.protocol.ids import is_uuid7
from optave_inspector.protocol.payload_tree import PAYLOAD_TREE
from optave_inspector.protocol.request_verdicts import check_request
from optave_inspector.protocol.sdk_check import sdk_check
from optave_inspector.protocol.timestamps import parse_timestamp
from optave_inspector.resources import resource, schemas

ALL = [template for action in Action for template in templates(action)]
NAMES = [f"{template.action.value}/{template.name}" for template in ALL]
GENERATED = Generated(
    correlation_id="019cadd1-9c26-7691-9d92-6832b4ebbd00",
    trace_id="019cadd1-9c26-7691-9d92-6832b4ebbd01",
    idempotency_key="019cadd1-9c26-7691-9d92-6832b4ebbd02",
    issued_at="2026-03-02T09:14:02.318Z",
)

each = pytest.mark.parametrize("template", ALL, ids=NAMES)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(schemas())


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, value
    for key, below in value.items() if isinstance(value, dict) else ():
        yield from walk(below, f"{path}.{key}".lstrip("."))
    for below in value if isinstance(value, list) else ():
        yield from walk(below, f"{path}[]")


def keys(tree: Any, path: str = "") -> Iterator[str]:
    if isinstance(tree, list):
        yield from keys(tree[0], f"{path}[]")
    for key, below in (tree or {}).items() if isinstance(tree, dict) else ():
        yield f"{path}.{key}".lstrip(".")
        yield from keys(below, f"{path}.{key}".lstrip("."))


@each
def test_every_verdict_is_good(template: Template, contract: Contract) -> None:
    payload = json.loads(template.text)
    assert sdk_check(template.action, payload).findings == ()
    assert contract.payload(payload).findings == ()
    findings = documentation_check(template.action, payload).findings
    # The deprecated action itself is all that there is to say.
    assert [each.rule for each in findings] == (["deprecated"] if template.action.deprecated else [])
    verdicts = check_request(contract, template.action, build_request(template.action, template.text, GENERATED))
    assert verdicts.problem == ""
    assert (verdicts.sdk.valid, verdicts.payload.valid, verdicts.envelope.valid) == (True, True, True)
    assert verdicts.envelope.findings == ()
    assert verdicts.size.fits_bytes


@each
def test_the_text_goes_into_the_envelope_as_it_is(template: Template) -> None:
    envelope = build_request(template.action, template.text, GENERATED)
    assert template.text in envelope
    assert json.loads(envelope)["headers"]["correlationId"] == GENERATED.correlation_id


@each
def test_the_text_is_laid_out_for_reading(template: Template) -> None:
    content = json.loads(template.text)
    assert list(content) == ["session", "request"]
    assert template.text == json.dumps(content, indent=2, ensure_ascii=False)


@each
def test_people_are_called_by_their_roles_and_speak_in_order(template: Template) -> None:
    for conversation in json.loads(template.text)["request"]["scope"]["conversations"]:
        roles = {person["participantId"]: person for person in conversation["participants"]}
        assert {person["displayName"] for person in roles.values()} <= {"Customer", "Agent", "Assistant"}
        assert {person["role"] for person in roles.values()} <= {"user", "operator", "bot"}
        assert {message["participantId"] for message in conversation["messages"]} == set(roles)
        moments = [message["timestamp"] for message in conversation["messages"]]
        assert all(re.fullmatch(r"[-0-9]{10}T[:0-9]{8}\.[0-9]{3}Z", moment) for moment in moments)
        times = [parse_timestamp(moment) for moment in moments]
        assert times == sorted(set(times))


@each
def test_ids_look_like_real_ones(template: Template) -> None:
    payload = json.loads(template.text)
    ids = dict(walk(payload))
    for place in ("connections.threadId", "context.organizationId", "scope.conversations[].conversationId"):
        assert is_uuid7(ids[f"request.{place}"])
    assert payload["request"]["requestId"] == ""


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_a_minimal_and_a_typical_template(action: Action) -> None:
    found = templates(action)
    names = [template.name for template in found]
    assert names[:2] == ["minimal", "typical"]
    assert len(set(names)) == len(names)
    assert len(found[0].text) < len(found[1].text)
    for template in found:
        assert template.action is action
        assert re.fullmatch(r"[A-Z][^\n]{20,100}\.", template.description)


@each
def test_streamed_templates_ask_for_a_stream_and_others_do_not(template: Template) -> None:
    disabled = json.loads(template.text)["request"].get("settings", {}).get("disableStream", True)
    assert disabled is (template.name != "streamed")


def test_an_interaction_can_be_streamed() -> None:
    assert "streamed" in [template.name for template in templates(Action.INTERACTION)]


@pytest.mark.parametrize("action", list(Action))
def test_everything_shows_every_field_that_the_contract_knows(action: Action) -> None:
    (template,) = (each for each in templates(action) if each.name == "everything")
    used = {path for path, value in walk(json.loads(template.text)) if value not in ("", [], {}) or path.endswith("Id")}
    assert set(keys(PAYLOAD_TREE)) <= used


@pytest.mark.parametrize("action", list(Action))
def test_nothing_in_a_minimal_template_can_be_left_out(action: Action, contract: Contract) -> None:
    payload = json.loads(templates(action)[0].text)
    request = payload["request"]
    for key in request.keys() - {"settings"}:
        shorter = {**payload, "request": {name: value for name, value in request.items() if name != key}}
        verdicts = [sdk_check(action, shorter), contract.payload(shorter), documentation_check(action, shorter)]
        assert [found for verdict in verdicts for found in verdict.findings if found.rule != "deprecated"], key


def test_the_index_and_the_files_agree() -> None:
    folder = resource("templates")
    files = {f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.json")}
    assert files == set(NAMES)
    assert {path.name for path in folder.iterdir()} == {"index.json", *(action.value for action in Action)}
    assert len(ALL) == len(set(NAMES))
