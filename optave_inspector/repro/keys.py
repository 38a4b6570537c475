"""Every key that a recipe knows: by this account recipes are read, and the JSON Schema is made."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ..client.events import FailureKind
from ..protocol.actions import Action
from ..protocol.states import ConnectionState
from .recipe import By, EndingKind, Opcode, TokenKind


class Kind(StrEnum):
    """What a key's value must be."""

    TEXT = "text"
    LINE = "a line of text"
    WHOLE = "a whole number"
    CODE = "a close code"
    STATUS = "an HTTP status"
    FLAG = "true or false"
    TIME = "a time such as 2 s or 500 ms"
    CHOICE = "one of a few words"
    PATTERN = "a regular expression"
    JSON_PATH = "a JSON path such as $.headers.action"
    VALUE = "text, a number, true or false"
    HEX = "bytes in hexadecimal, such as c3 28"
    TEXTS = "a table of texts"
    VALUES = "a table of text, numbers, true and false"
    CHECKS = "a list of checks"
    STEPS = "steps"


class Key(NamedTuple):
    """One key."""

    name: str
    kind: Kind
    meaning: str
    choices: tuple[str, ...] = ()
    required: bool = False
    least: int = 0
    most: int = 0


def _key(name: str, kind: Kind, meaning: str, *choices: str, required: bool = False) -> Key:
    return Key(name, kind, meaning, choices, required)


_WITHIN = Key("within", Kind.TIME, "How long it may take.")
_CHECKS = (
    Key("where", Kind.CHECKS, "What the message must hold; all of it."),
    Key("text", Kind.PATTERN, "A regular expression that the message's text must match somewhere."),
)

CHECK = (
    _key("path", Kind.JSON_PATH, "Where to look in the message.", required=True),
    _key("is", Kind.VALUE, "What must stand there."),
    _key("matches", Kind.PATTERN, "A regular expression that what stands there must match somewhere."),
    _key("exists", Kind.FLAG, "Whether anything must stand there."),
)

CLOSED = (
    _key("code", Kind.CODE, "As a browser reports it: 1005 for a close frame without a code, 1006 for none at all."),
    _key("reason", Kind.LINE, "The reason that came with it."),
    _key("by", Kind.CHOICE, "Who sent the first close frame.", *By),
    _key("clean", Kind.FLAG, "Whether both close frames were exchanged."),
    _key("sent", Kind.CODE, "The code that this side sent."),
)
REFUSED = (
    _key("status", Kind.STATUS, "The HTTP status that refused it."),
    _key(
        "failure",
        Kind.CHOICE,
        "Why it did not open.",
        *(kind for kind in FailureKind if kind is not FailureKind.CANCELLED),
    ),
    _key("body", Kind.PATTERN, "A regular expression that the body of the refusal must match somewhere."),
)

ENDING = (
    _key("expect", Kind.CHOICE, "How the last attempt stands at the end.", *EndingKind, required=True),
    *CLOSED,
    *REFUSED,
    _WITHIN,
)

TOP = (
    Key("version", Kind.WHOLE, "Of this format: 1.", required=True, least=1, most=1),
    _key("title", Kind.LINE, "What it shows, in one line.", required=True),
    _key("description", Kind.TEXT, "What to know before it is run, and what its ending means."),
    _key("variables", Kind.TEXTS, "Texts to be put in as {{name}}, made once for each run. {{! is sent as {{."),
    _key("step", Kind.STEPS, "What is done, in order.", required=True),
)
"""Besides ``connection`` and ``ending``, which are tables of their own."""

LOCAL_TENANT = "local tenant"

_TENANT = (
    _key("tls", Kind.FLAG, "Serve wss and https with a throw-away certificate."),
    _key("strict", Kind.FLAG, "Answer requests that break the schema by an error."),
    _key("token_lifetime", Kind.TIME, "How long a token can open a connection."),
    _key("latency", Kind.TIME, "From a request to its answer."),
    _key("stream_interval", Kind.TIME, "Between the parts of a streamed answer."),
)
_INLINE = (
    _key("url", Kind.LINE, "The URL of the WebSocket, without a token."),
    _key("auth_url", Kind.LINE, "Where fresh tokens come from."),
    _key("client_id", Kind.LINE, "For fresh tokens; the secret comes from the keyring or the environment."),
    _key("credentials_in", Kind.CHOICE, "Where client ID and secret travel.", "query", "body", "basic"),
    _key("allow_plaintext", Kind.FLAG, "Allow ws:// and http:// to other machines."),
    _key("ca_file", Kind.LINE, "A PEM file with authorities to trust besides the system's."),
)
_ANY = (
    _key("transport", Kind.CHOICE, "How the token travels.", "subprotocol", "query", "none"),
    _key("chat_session_id", Kind.LINE, "Goes along as the query parameter OptaveTraceChatSessionId."),
    _key("open_within", Kind.TIME, "How long connecting may take."),
    _key("close_within", Kind.TIME, "How long to wait for the other side's close frame."),
    _key("answers_within", Kind.TIME, "After which a request counts as not answered."),
    _key("ping_every", Kind.TIME, "Send keepalive pings; none are sent otherwise."),
    _key("ping_within", Kind.TIME, "How long the other side may be silent after a keepalive ping."),
    _key("compression", Kind.FLAG, "Offer permessage-deflate."),
    Key("max_message_bytes", Kind.WHOLE, "A longer message fails the connection with 1009.", least=1, most=2**30),
)
CONNECTION = (
    _key("use", Kind.CHOICE, "The local tenant, which is started for the run.", LOCAL_TENANT),
    _key("profile", Kind.LINE, "The name of a profile of whoever runs it."),
    *_INLINE,
    *_ANY,
    *_TENANT,
)
CONNECTION_GROUPS = {"use": (*_ANY, *_TENANT), "profile": _ANY, "url": (*_INLINE, *_ANY)}
"""Which keys go with each way to say where to connect."""

_HEADERS = ("correlationId", "traceId", "idempotencyKey", "timestamp", "tenantId")
HEADERS = tuple(_key(name, Kind.LINE, "Goes into the request's header of that name.") for name in _HEADERS)


class StepKeys(NamedTuple):
    """The keys of one kind of step: the one that names it, and what may go with it."""

    main: Key
    options: tuple[Key, ...] = ()


STEPS = (
    StepKeys(
        _key("connect", Kind.CHOICE, "Open a connection; with which token.", *TokenKind),
        (
            _key("variable", Kind.LINE, "The environment variable that holds the token."),
            Key("within", Kind.TIME, "How long it may take; for an expired token, to wait until it has expired."),
        ),
    ),
    StepKeys(
        _key("send", Kind.CHOICE, "Send a request of this action, in an envelope made for it.", *Action),
        (
            _key("template", Kind.LINE, "Which of the app's templates to send; minimal when not given."),
            _key("payload", Kind.TEXT, "The payload to send instead, as it stands."),
            _key("headers", Kind.TEXTS, f"To be set: {', '.join(_HEADERS)}."),
        ),
    ),
    StepKeys(
        _key("send_text", Kind.TEXT, "Send this text message, as it stands."),
        (_key("verbatim", Kind.FLAG, "Put no variables in: {{ is sent as {{."),),
    ),
    StepKeys(
        _key("send_file", Kind.LINE, "Send a file from the recipe's folder as one message."),
        (_key("binary", Kind.FLAG, "As a binary message."),),
    ),
    StepKeys(
        _key("send_frame", Kind.CHOICE, "Send one frame.", *Opcode),
        (
            _key("data", Kind.TEXT, "What it carries, as text."),
            _key("hex", Kind.HEX, "What it carries, as bytes."),
            _key("on_purpose", Kind.FLAG, "Send it whatever RFC 6455 says: bad UTF-8, out of place, of another kind."),
            _key("fin", Kind.FLAG, "With on_purpose: whether it ends its message."),
            _key("masked", Kind.FLAG, "With on_purpose: whether it is masked, as a client's frames must be."),
        ),
    ),
    StepKeys(_key("expect", Kind.CHOICE, "Wait for it.", "message"), (*_CHECKS, _WITHIN)),
    StepKeys(
        _key("expect", Kind.CHOICE, "See that none comes for as long as within says.", "nothing"), (*_CHECKS, _WITHIN)
    ),
    StepKeys(
        _key("expect", Kind.CHOICE, "Wait for a state of the connection.", "state"),
        (_key("state", Kind.CHOICE, "Which.", *(state.name for state in ConnectionState), required=True), _WITHIN),
    ),
    StepKeys(_key("expect", Kind.CHOICE, "Wait until the connection has ended.", "close"), (*CLOSED, _WITHIN)),
    StepKeys(_key("expect", Kind.CHOICE, "The connection before it did not open.", "refused"), (*REFUSED, _WITHIN)),
    StepKeys(_key("wait", Kind.TIME, "Let time pass.")),
    StepKeys(
        Key("close", Kind.CODE, "Send a close frame with this code; 1005 for one without a code."),
        (_key("reason", Kind.LINE, "The reason to send."),),
    ),
    StepKeys(_key("reset", Kind.FLAG, "Drop TCP without a close frame.")),
    StepKeys(
        _key("tenant", Kind.LINE, "Order this scenario of the local tenant."),
        (
            _key("with", Kind.VALUES, "The scenario's parameters."),
            Key("next", Kind.WHOLE, "Arm it for so many connections to come.", least=1, most=1000),
        ),
    ),
    StepKeys(
        Key("repeat", Kind.WHOLE, "Do the steps below it so many times.", least=1, most=1000),
        (_key("step", Kind.STEPS, "What is repeated.", required=True),),
    ),
)
