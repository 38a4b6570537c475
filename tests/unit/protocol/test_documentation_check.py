"""What the documentation asks for."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.documentation_check import documentation_check
from optave_inspector.protocol.payload_tree import PAYLOAD_TREE, Node, suggestion
from optave_inspector.protocol.verdict import Finding
from optave_inspector.resources import schemas

Make = Callable[[], dict[str, Any]]


def found(payload: Any, rule: str, action: Action = Action.INTERACTION) -> list[Finding]:
    return [finding for finding in documentation_check(action, payload).findings if finding.rule == rule]


@pytest.mark.parametrize("action", [action for action in Action if not action.deprecated])
def test_a_sound_payload_has_no_findings(action: Action, payload: Make) -> None:
    verdict = documentation_check(action, payload())
    assert verdict.valid, verdict.findings
    assert verdict.findings == ()


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_what_is_no_object_is_said_to_be_none(value: Any) -> None:
    assert documentation_check(Action.RECEPTION, value).findings[0].sentence.endswith("but must be an object.")


@pytest.mark.parametrize("blank", [None, "", " \n", "missing"])
def test_organization_id_is_required(payload: Make, blank: str | None) -> None:
    message = payload()
    message["request"]["context"]["organizationId"] = blank
    if blank == "missing":
        del message["request"]["context"]
    findings = found(message, "required")
    assert [finding.path for finding in findings] == [
        "$.request" if blank == "missing" else "$.request.context.organizationId"
    ]
    assert "organizationId" in findings[0].sentence


@pytest.mark.parametrize("conversations", [[], {}, "x", None])
def test_reception_needs_conversations_too(payload: Make, conversations: Any) -> None:
    message = payload()
    message["request"]["scope"]["conversations"] = conversations
    assert [finding.path for finding in found(message, "required", Action.RECEPTION)] == [
        "$.request.scope.conversations"
    ]


@pytest.mark.parametrize(
    ("place", "key", "place_meant"),
    [
        ((), "context", "request.context"),
        ((), "conversations", "request.scope.conversations"),
        ((), "headers", "the envelope's headers"),
        (("request", "scope"), "resources", "request.resources"),
        (("request", "settings"), "overrideChannelMedium", "session.channel.medium"),
        (("request", "settings"), "override_channel_medium", "session.channel.medium"),
        (("request", "context"), "tenantId", "headers.tenantId"),
        (("request", "context"), "tenant_id", "headers.tenantId"),
        (("request", "resources", "links", 0), "expiresAt", "expires_at"),
        (("request", "connections"), "threadid", "threadId"),
        (("request", "connections"), "trace_parent_ID", "request.connections.parentId"),
        (("request",), "offering_details", "request.resources.offers"),
        (("request",), "user_perspective", "request.scope.conversations"),
        (("request",), "threadId", "request.connections.threadId"),
        (("session",), "trace_id", "headers.traceId"),
        (("session", "interface"), "sdk_version", "headers.sdkVersion"),
    ],
)
def test_a_misplaced_key_is_named_with_its_right_place(
    payload: Make, place: tuple[str | int, ...], key: str, place_meant: str
) -> None:
    message = payload()
    owner: Any = message
    for step in place:
        owner = owner[step]
    owner[key] = {}
    findings = found(message, "unknown-key")
    assert len(findings) == 1
    assert findings[0].path.endswith(f".{key}")
    assert f"It belongs in {place_meant}" in findings[0].sentence
    assert findings[0].quirk


def test_an_unknown_key_without_a_known_place_is_named(payload: Make) -> None:
    message = payload()
    message["request"]["scope"]["conversations"][0]["messages"][0]["we ird"] = 1
    finding = found(message, "unknown-key")[0]
    assert finding.path == '$.request.scope.conversations[0].messages[0]["we ird"]'
    assert finding.sentence == '"we ird" is not known in item 0 of messages. It is sent, but nobody may read it.'


def test_what_is_free_in_form_is_not_looked_into(payload: Make) -> None:
    message = payload()
    message["session"]["channel"]["metadata"] = [{"a": 1}]
    message["request"]["scope"]["conversations"][0]["metadata"] = {"b": 2}
    message["request"]["scope"]["users"] = [{"c": 3}]
    message["request"]["resources"]["offers"] = [{"d": 4}]
    assert documentation_check(Action.RECOMMEND, message).valid


@pytest.mark.parametrize(
    ("group", "key", "item"),
    [
        ("reference", "ids", {"name": "", "value": ""}),
        ("resources", "codes", {"id": "", "label": "", "type": "", "value": " "}),
        ("resources", "links", {"expires_at": "", "html": False, "id": "", "label": "", "type": "", "url": ""}),
        ("scope", "products", {"id": ""}),
        ("scope", "products", {}),
        (None, "a2a", {"id": "", "name": "", "type": None}),
    ],
)
def test_a_blank_default_item_is_named(payload: Make, group: str | None, key: str, item: dict[str, Any]) -> None:
    message = payload()
    owner = message["request"] if group is None else message["request"].setdefault(group, {})
    owner[key] = [{"id": "real", "name": "real"}, item]
    findings = found(message, "blank-item")
    assert [finding.path for finding in findings] == [f"$.request.{group + '.' if group else ''}{key}[1]"]


@pytest.mark.parametrize(
    ("request_id", "part"),
    [
        ("20e35101-61e8-46e0-89ab-0123456789ab", "is a UUID of version 4"),
        ("01997e6f-03b0-71ae-cea3-435b459a9b3b", "wrong variant digit"),
        ("89012345-6789-0123-456789abcdef", "is no UUID"),
        (" ", "is no UUID"),
    ],
)
def test_a_request_id_that_is_no_uuid7_is_named(payload: Make, request_id: str, part: str) -> None:
    message = payload()
    message["request"]["requestId"] = request_id
    finding = found(message, "uuid-version")[0]
    assert finding.path == "$.request.requestId"
    assert part in finding.sentence
    assert "correlationId" in finding.sentence


@pytest.mark.parametrize("request_id", ["", "01997E6F-03B0-71AE-8EA3-435B459A9B3B", 5, None])
def test_an_empty_or_right_request_id_is_fine(payload: Make, request_id: Any) -> None:
    message = payload()
    message["request"]["requestId"] = request_id
    assert not found(message, "uuid-version")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("2026-01-01T10:00:00.123456Z", "has 6 fraction digits"),
        ("2026-01-01T10:00:00.1+02:00", "has 1 fraction digits"),
        ("2026-01-01", "is no ISO 8601 date and time with a zone"),
        ("2026-13-01T10:00:00Z", "is no ISO 8601"),
        ("yesterday", "is no ISO 8601"),
    ],
)
def test_odd_timestamps_in_messages_and_interactions_are_named(payload: Make, text: str, part: str) -> None:
    message = payload()
    message["request"]["scope"]["conversations"][0]["messages"][0]["timestamp"] = text
    message["request"]["scope"]["interactions"][0]["timestamp"] = text
    findings = found(message, "timestamp")
    assert [finding.path for finding in findings] == [
        "$.request.scope.conversations[0].messages[0].timestamp",
        "$.request.scope.interactions[0].timestamp",
    ]
    assert part in findings[0].sentence


@pytest.mark.parametrize("text", ["", " ", "2026-01-01T10:00:00Z", "2026-01-01T10:00:00.000+01:00", None, 5])
def test_blank_and_usual_timestamps_are_fine(payload: Make, text: Any) -> None:
    message = payload()
    message["request"]["scope"]["interactions"][0]["timestamp"] = text
    assert not found(message, "timestamp")


def test_deprecated_names_are_named_with_the_new_ones(payload: Make) -> None:
    message = payload()
    message["request"] |= {"content": "x", "variation": "B"}
    findings = found(message, "deprecated", Action.CUSTOMER_INTERACTION)
    assert [finding.path for finding in findings] == ["$", "$.request.content", "$.request.variation"]
    assert "interaction" in findings[0].sentence
    assert "request.attributes.content" in findings[1].sentence
    assert "request.attributes.variant" in findings[2].sentence


def test_the_tree_of_known_keys_is_that_of_the_schemas() -> None:
    documents = {schema["$id"]: schema for schema in schemas().values()}

    def tree(schema: dict[str, Any]) -> Node:
        if "$ref" in schema:
            document, _, pointer = schema["$ref"].partition("#")
            target: Any = documents[document]
            for step in pointer.strip("/").split("/") if pointer else ():
                target = target[step]
            return tree(target)
        if "properties" in schema:
            return {name: tree(below) for name, below in schema["properties"].items()}
        if "items" in schema:
            item = tree(schema["items"])
            assert isinstance(item, dict)
            return [item]
        return None

    assert tree(schemas()["payload"]) == PAYLOAD_TREE


def test_a_key_that_has_several_places_is_not_guessed() -> None:
    assert suggestion("language", PAYLOAD_TREE["request"]) == ""
    assert suggestion("nothing", None) == ""


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda below: (
            st.lists(below, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "request",
                        "session",
                        "scope",
                        "conversations",
                        "messages",
                        "timestamp",
                        "ids",
                        "reference",
                        "a2a",
                        "\ud800",
                        "",
                    ]
                ),
                below,
                max_size=4,
            )
        ),
        max_leaves=20,
    ),
    st.sampled_from(Action),
)
def test_no_value_raises(payload: Any, action: Action) -> None:
    for finding in documentation_check(action, payload).findings:
        assert finding.path.startswith("$")
        assert finding.sentence.endswith(".")
        (finding.path + finding.sentence).encode()
