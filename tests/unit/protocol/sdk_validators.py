"""The SDK's validators in plain Python, to compare the schemas with.

Written from ``protocol.md`` sections 5.1 and 7: a leaf is a JavaScript type, properties are looked at in objects alone,
nothing limits additional ones. An infinite number is a number too: the generated code asks for the type alone.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[[Any], bool]

_UUID7 = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?(Z|[+-][0-9]{2}:[0-9]{2})")
_ACTIONS = "adjust elevate customerinteraction interaction reception summarize translate recommend insights"


def string(value: Any) -> bool:
    return isinstance(value, str)


def number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def one_of(words: str) -> Rule:
    return lambda value: isinstance(value, str) and value in words.split()


def matching(pattern: re.Pattern[str]) -> Rule:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def array(item: Rule = lambda _: True, least: int = 0) -> Rule:
    return lambda value: isinstance(value, list) and len(value) >= least and all(map(item, value))


def record(required: str = "", /, **properties: Rule) -> Rule:
    def rule(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and all(name in value for name in required.split())
            and all(check(value[name]) for name, check in properties.items() if name in value)
        )

    return rule


def strings(names: str) -> Mapping[str, Rule]:
    return dict.fromkeys(names.split(), string)


conversation = record(
    conversationId=string,
    participants=array(record(participantId=string, displayName=string, role=one_of("operator user bot"))),
    messages=array(record(**strings("content participantId timestamp"))),
    metadata=record(),
)
_any_arrays = (
    "accounts appointments assets bookings cases documents events items locations offers operators orders organizations"
    " persons policies properties services subscriptions tickets transactions users"
)
_switches = "disableBrowsing disableSearch disableSources disableStream disableTools"
payload = record(
    "session request",
    session=record(
        sessionId=string,
        channel=record(
            **strings("browser deviceInfo deviceType language location section"),
            medium=one_of("chat voice email"),
            metadata=array(),
        ),
        interface=record(**strings("appVersion category language name type")),
    ),
    request=record(
        "requestId",
        requestId=string,
        attributes=record(**strings("content instruction variant")),
        connections=record(**strings("journeyId parentId threadId")),
        context=record(**strings("caseId departmentId operatorId organizationId userId")),
        reference=record(ids=array(record(**strings("name value"))), labels=array(), tags=array()),
        resources=record(
            codes=array(record(**strings("id label type value"))),
            links=array(record(**strings("expires_at id label type url"), html=boolean)),
            offers=array(),
        ),
        scope=record(
            **dict.fromkeys(_any_arrays.split(), array()),
            conversations=array(conversation),
            interactions=array(record(**strings("content id name role timestamp"))),
            products=array(record(id=string)),
        ),
        settings=record(
            **dict.fromkeys(_switches.split(), boolean),
            maxResponseLength=number,
            **strings("overrideInterfaceLanguage overrideOutputLanguage"),
        ),
        a2a=array(record(**strings("id name type"))),
        cursor=record(**strings("since until")),
    ),
)
_with_conversations = record(
    "request", request=record("scope", scope=record("conversations", conversations=array(conversation, 1)))
)


def _envelope(schema_refs: str, body: Rule) -> Rule:
    uuid7, date_time = matching(_UUID7), matching(_DATE_TIME)
    headers = record(
        "correlationId action schemaRef",
        correlationId=uuid7,
        traceId=uuid7,
        idempotencyKey=uuid7,
        action=one_of(_ACTIONS),
        schemaRef=one_of(schema_refs),
        identifier=one_of("message"),
        timestamp=date_time,
        issuedAt=date_time,
        networkLatencyMs=number,
        **strings("tenantId sdkVersion"),
    )
    return record("action headers payload", action=one_of("message"), headers=headers, payload=body)


def _needs_conversations(value: Any, actions: str) -> bool:
    """The ``if``: true as well where there are no headers, no action in them, or headers are no object."""
    headers = value.get("headers") if isinstance(value, dict) else None
    if not isinstance(headers, dict) or "action" not in headers:
        return True
    return one_of(actions)(headers["action"])


def request_envelope(value: Any) -> bool:
    ruled = "adjust elevate interaction customerInteraction", "summarize translate insights recommend"
    return _envelope("optave.message.v3", payload)(value) and all(
        not _needs_conversations(value, actions) or _with_conversations(value["payload"]) for actions in ruled
    )


def _answer(states: str, item: Rule) -> Rule:
    results = array(record(response=array(item)))
    return record(
        "action actionType state message",
        action=one_of("superpower"),
        actionType=string,
        state=one_of(states),
        message=record("results", results=results),
    )


superpower = _answer("started completed error", record())
error = _answer("error", record("content", content=string, error_code=string))


def response_envelope(value: Any) -> bool:
    return _envelope("optave.response.v3 optave.error.v3", lambda body: superpower(body) is not error(body))(value)
