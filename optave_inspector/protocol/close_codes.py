"""Close codes: what they mean, who may send them, what Optave or their source advises.

Sources: RFC 6455 section 7.4, the IANA registry "WebSocket Close Code Number", Optave's documentation
(``protocol.md`` section 3.4).
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

MAX_REASON_BYTES = 123
"""A close frame holds 125 bytes, two of them the code (RFC 6455 sections 5.5 and 5.5.1)."""


class CloseCode(IntEnum):
    """A close code with a meaning of its own, under the name that the IANA registry gives it."""

    NORMAL_CLOSURE = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    RESERVED = 1004
    NO_STATUS_RECEIVED = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_FRAME_PAYLOAD_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MANDATORY_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014
    TLS_HANDSHAKE = 1015
    UNAUTHORIZED = 3000
    FORBIDDEN = 3003
    TIMEOUT = 3008


class Advice(StrEnum):
    """What a client should do after a close, as one of few choices."""

    NONE = "none"
    """The close was meant: nothing to do."""
    RETRY = "retry"
    """Connect again."""
    BACKOFF = "retry with backoff"
    """Connect again after growing waits."""
    MANUAL = "retry by hand"
    """Connect again only when a person asks for it."""
    DO_NOT_RETRY = "do not retry"
    """The same attempt would end the same way: change something first."""
    INVESTIGATE = "investigate"
    """The code alone does not say."""


@dataclass(frozen=True, slots=True)
class CloseCodeInfo:
    """All that is known of one close code."""

    code: int
    name: str
    meaning: str
    advice: Advice
    advice_sentence: str
    source: str
    """Where the advice comes from."""
    sendable: bool
    """An endpoint may put it into a close frame."""
    on_wire: bool
    """It can stand in a close frame at all; False for codes that one side makes up, and for impossible ones."""


DOCUMENTED: frozenset[int] = frozenset({1000, 1001, 1006, 1008, 1011})
"""The codes that Optave's documentation names."""

_OPTAVE = "Optave's documentation"
_RFC = "RFC 6455 section 7.4.1"
_IANA = "IANA registry of close codes"
_FRESH = "Take a fresh token: each opens one connection only."


def _entry(
    code: CloseCode, name: str, meaning: str, advice: Advice, sentence: str, source: str = _RFC
) -> tuple[int, CloseCodeInfo]:
    never_sent = code in (CloseCode.NO_STATUS_RECEIVED, CloseCode.ABNORMAL_CLOSURE, CloseCode.TLS_HANDSHAKE)
    sendable = not never_sent and code is not CloseCode.RESERVED
    return int(code), CloseCodeInfo(
        int(code), name, meaning, advice, sentence, source, sendable, on_wire=not never_sent
    )


_KNOWN: dict[int, CloseCodeInfo] = dict(
    (
        _entry(
            CloseCode.NORMAL_CLOSURE,
            "Normal closure",
            "The connection has done what it was opened for.",
            Advice.NONE,
            "A clean end; nothing to do.",
            _OPTAVE,
        ),
        _entry(
            CloseCode.GOING_AWAY,
            "Going away",
            "One side leaves: the server goes down or the page is left.",
            Advice.NONE,
            f"Expected; connect again when it is needed. {_FRESH}",
            _OPTAVE,
        ),
        _entry(
            CloseCode.PROTOCOL_ERROR,
            "Protocol error",
            "One side received frames that break the WebSocket protocol.",
            Advice.DO_NOT_RETRY,
            "Find the offending frame in the log: the same frame would end the next connection too.",
        ),
        _entry(
            CloseCode.UNSUPPORTED_DATA,
            "Unsupported data",
            "One side received a kind of data that it cannot take, such as binary where it takes text.",
            Advice.DO_NOT_RETRY,
            "Send JSON in text messages only.",
        ),
        _entry(
            CloseCode.RESERVED,
            "Reserved",
            "Reserved by RFC 6455 without a meaning.",
            Advice.INVESTIGATE,
            "No endpoint should send it; ask whoever runs the other side.",
        ),
        _entry(
            CloseCode.NO_STATUS_RECEIVED,
            "No status received",
            "A close frame came without a code. This number stands for that and is never sent.",
            Advice.INVESTIGATE,
            "The other side closed in order, but gave no reason; look at the last messages before it.",
        ),
        _entry(
            CloseCode.ABNORMAL_CLOSURE,
            "Abnormal closure",
            "The connection ended without a close frame. This number stands for that and is never sent.",
            Advice.RETRY,
            f"Connect again. {_FRESH}",
            _OPTAVE,
        ),
        _entry(
            CloseCode.INVALID_FRAME_PAYLOAD_DATA,
            "Invalid frame payload data",
            "A message's content does not fit its type, such as text that is no UTF-8.",
            Advice.DO_NOT_RETRY,
            "Correct the message before connecting again.",
        ),
        _entry(
            CloseCode.POLICY_VIOLATION,
            "Policy violation",
            "A message or the connection itself broke a rule of the other side.",
            Advice.DO_NOT_RETRY,
            "Do not retry as it is: look at the token (used before, expired) and at the last message sent.",
            _OPTAVE,
        ),
        _entry(
            CloseCode.MESSAGE_TOO_BIG,
            "Message too big",
            "A message was larger than the other side takes.",
            Advice.DO_NOT_RETRY,
            "Make the message smaller; compare its size in UTF-8 bytes with 131,072.",
        ),
        _entry(
            CloseCode.MANDATORY_EXTENSION,
            "Mandatory extension",
            "The client needs an extension that the server did not agree to. Only clients send it.",
            Advice.DO_NOT_RETRY,
            "Compare the offered and the agreed extensions in the handshake.",
        ),
        _entry(
            CloseCode.INTERNAL_ERROR,
            "Internal error",
            "The server met something unexpected and could not go on.",
            Advice.BACKOFF,
            f"Connect again, waiting longer each time. {_FRESH}",
            _OPTAVE,
        ),
        _entry(
            CloseCode.SERVICE_RESTART,
            "Service restart",
            "The service restarts.",
            Advice.BACKOFF,
            f"Connect again after a random wait of 5 to 30 seconds. {_FRESH}",
            _IANA,
        ),
        _entry(
            CloseCode.TRY_AGAIN_LATER,
            "Try again later",
            "The service has too much to do.",
            Advice.MANUAL,
            f"Connect to the same address only when a person asks for it. {_FRESH}",
            _IANA,
        ),
        _entry(
            CloseCode.BAD_GATEWAY,
            "Bad gateway",
            "The server stands before another one and got an invalid response from it.",
            Advice.BACKOFF,
            f"The registry advises nothing; as with 502 in HTTP, connect again, waiting longer each time. {_FRESH}",
            _IANA,
        ),
        _entry(
            CloseCode.TLS_HANDSHAKE,
            "TLS handshake",
            "The TLS handshake failed. This number stands for that and is never sent.",
            Advice.INVESTIGATE,
            "Look at the certificate, the host name and the trusted authorities.",
        ),
        _entry(
            CloseCode.UNAUTHORIZED,
            "Unauthorized",
            "The client has not shown who it is, like 401 in HTTP.",
            Advice.DO_NOT_RETRY,
            f"Do not retry with the same token. {_FRESH}",
            _IANA,
        ),
        _entry(
            CloseCode.FORBIDDEN,
            "Forbidden",
            "The client is known, but may not do this, like 403 in HTTP.",
            Advice.DO_NOT_RETRY,
            "Ask for the permission that is missing; a new token alone changes nothing.",
            _IANA,
        ),
        _entry(
            CloseCode.TIMEOUT,
            "Timeout",
            "An operation took longer than the other side waits, like 408 in HTTP.",
            Advice.RETRY,
            f"The registry advises nothing; as with 408 in HTTP, connect again. {_FRESH}",
            _IANA,
        ),
    )
)


def explain(code: int) -> CloseCodeInfo:
    """What is known of ``code``, for any integer: by its own entry, else by its range (RFC 6455 section 7.4.2)."""
    known = _KNOWN.get(code)
    if known is not None:
        return known
    name, meaning, advice = _range(code)
    in_a_frame = 0 <= code <= 0xFFFF
    source = "RFC 6455 section 7.4.2" if in_a_frame else "RFC 6455 section 5.5.1"
    sendable = 3000 <= code <= 4999
    return CloseCodeInfo(code, name, meaning, Advice.INVESTIGATE, advice, source, sendable, on_wire=in_a_frame)


def close_problem(code: int, reason: str) -> str:
    """Why a close frame with this code and reason may not be sent, as a sentence; "" when it may."""
    info = explain(code)
    if not info.sendable:
        return f"{code} ({info.name}) may not be sent. Allowed are 1000 to 1003, 1007 to 1014 and 3000 to 4999."
    try:
        size = len(reason.encode())
    except UnicodeEncodeError:
        return "The reason holds half of a surrogate pair, which has no UTF-8 form."
    if size > MAX_REASON_BYTES:
        return f"The reason takes {size} bytes in UTF-8; a close frame has room for {MAX_REASON_BYTES}."
    return ""


def _range(code: int) -> tuple[str, str, str]:
    if not 0 <= code <= 0xFFFF:
        return "Impossible", "A close code is a number from 0 to 65,535.", "No close frame can hold it."
    if code < 1000:
        return "Unused", "Codes below 1000 are not used.", "No endpoint should send it; the peer breaks the protocol."
    if code < 3000:
        meaning = "Kept for the WebSocket protocol and its extensions, without a meaning so far."
        return "Reserved for the protocol", meaning, "No endpoint should send it; ask whoever runs the other side."
    if code < 4000:
        meaning = "Kept for libraries and frameworks, which register their codes with IANA; this one is not known here."
        return "Registered use", meaning, "Look for it in the documentation of the server's framework."
    if code < 5000:
        meaning = "Private use: client and server agree on what it means; Optave documents none."
        return "Private use", meaning, "Ask Optave what the code stands for and whether to retry."
    return (
        "Undefined",
        "Codes from 5000 on are not defined.",
        "No endpoint should send it; the peer breaks the protocol.",
    )
