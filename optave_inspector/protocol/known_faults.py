"""The known faults of Optave's JavaScript SDK v3.2.3, of its documentation and its contract.

``python -m optave_inspector.protocol.known_faults > docs/sdk-faults.md`` writes the page for people.
"""

import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from .sdk_build import SDK_RELEASE


class Bites(StrEnum):
    """Where a fault shows."""

    ANSWERS = "Answers"
    REQUESTS = "Requests"
    CONNECTION = "Connecting and closing"
    READING = "Documentation, types and examples"


class Evidence(StrEnum):
    """How a fault is known."""

    RUN = "Seen by running it"
    READ = "Read in code or documentation"


@dataclass(frozen=True, slots=True)
class KnownFault:
    """One fault. Its number is that of ``protocol.md`` section 10 and stays."""

    number: int
    title: str
    what: str
    """What happens, in full sentences."""
    remedy: str
    """What a client can do about it."""
    bites: Bites
    evidence: Evidence = Evidence.RUN

    @property
    def source(self) -> str:
        """Where the fault is written up."""
        return f"protocol.md section 10, item {self.number}"


_A, _Q, _C, _R = Bites.ANSWERS, Bites.REQUESTS, Bites.CONNECTION, Bites.READING
_READ = Evidence.READ
_WIDTH = 120

_TABLE = (
    KnownFault(
        1,
        "Enveloped errors count as success",
        "Only state, actionType and error at the top level make an answer an error. An envelope whose payload has state"
        " error passes for a success: superpower.response is emitted, and the promise of an …Async call resolves.",
        "Look at payload.state and headers.schemaRef of every resolved answer.",
        _A,
    ),
    KnownFault(
        2,
        "Sound error envelopes break the contract",
        "The contract wants an answer's payload to fit either the superpower or the error form. A sound error fits"
        " both, which oneOf forbids; only errors with an item that has no content pass.",
        "Judge by payload.state and headers.schemaRef, not by the contract's verdict on the whole envelope.",
        _A,
    ),
    KnownFault(
        3,
        "Strict validation holds answers to the request's schema",
        "With strictValidation every enveloped answer is checked as if it were a request and fails, so that an"
        " INBOUND_ENVELOPE_SCHEMA_MISMATCH error is emitted before the answer is handled as usual. The CSP-safe"
        " validator spares answers to reception alone.",
        "Set strictValidation to false, or pass over INBOUND_ENVELOPE_SCHEMA_MISMATCH.",
        _A,
    ),
    KnownFault(
        4,
        "Strict validation is off in Node and on in browsers",
        "The source turns strictValidation on outside production, but the shipped files had that decided when they were"
        " built: off wherever a global process exists, on in plain browsers. In Node wrong types and enum values go out"
        " silently; in browsers fault 3 strikes out of the box.",
        "Set strictValidation explicitly.",
        _Q,
    ),
    KnownFault(
        5,
        "customerInteraction is spelled in a way the contract forbids",
        "The method writes customerInteraction into headers.action, where the contract allows customerinteraction only."
        " Sending with the legal spelling is INVALID_ACTION. The contract's rule on conversations names the illegal"
        " spelling, so that it never applies to the legal one.",
        "Use interaction, which takes its place.",
        _Q,
    ),
    KnownFault(
        6,
        "The customerinteraction example calls a missing method",
        "The generated example ends in a TypeError.",
        "Use interaction.",
        _R,
    ),
    KnownFault(
        7,
        "The reception example is refused by the SDK itself",
        "It puts context and conversations beside session and request, which is PAYLOAD_SCHEMA_MISMATCH, and has no"
        " thread ID.",
        "Put them into request.context and request.scope.conversations.",
        _Q,
    ),
    KnownFault(
        8,
        "A request ID that is no UUIDv7 becomes the correlation ID",
        "request.requestId is copied into headers.correlationId unchecked. The contract wants a UUID of version 7"
        " there; the request IDs of the generated examples are none.",
        "Leave requestId empty, or make it a UUID of version 7.",
        _Q,
    ),
    KnownFault(
        9,
        "Outgoing envelopes are never checked",
        "IDs and times in the headers go out as they are given. The documentation's own examples have IDs of version 4"
        " and words such as trace-456 where the contract wants a UUID of version 7.",
        "Check the envelope against the contract before it is sent.",
        _Q,
    ),
    KnownFault(
        10,
        "The documented message handler fails on every answer",
        "README and examples parse the payload of the message event, which is an object already: JSON.parse throws a"
        " SyntaxError, and with Node's EventEmitter the later events of that frame never come.",
        "Take the object as it is, or listen to superpower.response.",
        _A,
    ),
    KnownFault(
        11,
        "Old field names leak into later messages",
        "Without request.attributes, the SDK writes request.content and request.variation into its shared defaults."
        " They go out with every later message of the process, other customers' messages included.",
        "Use request.attributes.content and request.attributes.variant.",
        _Q,
    ),
    KnownFault(
        12,
        "Given headers are sent twice",
        "The headers given to a method set the envelope's headers, and the whole object goes out in payload.headers as"
        " well, keys that were ignored included.",
        "Give as few headers as possible, and nothing secret.",
        _Q,
    ),
    KnownFault(
        13,
        "The size limit counts UTF-16 units, not bytes",
        "The check takes 131,072 code units for 128 KB. Text outside ASCII has up to three times as many bytes, which a"
        " server that counts bytes refuses.",
        "Measure UTF-8 bytes.",
        _Q,
    ),
    KnownFault(
        14,
        "Errors come twice and without help",
        "Each error is emitted as error, superpower.error and error again. superpower.error has no correlationId, and"
        " suggestions is always empty, although the documentation promises advice.",
        "Listen to one of the two events; take the correlation ID from error.",
        _A,
    ),
    KnownFault(
        15,
        "The message of a bare error is an object",
        "For a superpower with state error and no envelope, the error's message is the object with the results, the"
        ' text of superpower.error is "[object Object]", and there is no correlation ID.',
        "Read message.results of the details.",
        _A,
    ),
    KnownFault(
        16,
        "Answers without an envelope reach no promise",
        "A superpower in the documented form has no correlation ID, so that nothing is resolved: the …Async call ends"
        " in REQUEST_TIMEOUT although the answer came.",
        "Use the events instead of …Async calls.",
        _A,
    ),
    KnownFault(
        17,
        "No …Async call works on Node 20",
        "They read the global WebSocket, which Node has from version 22 on. Before, every call on an open connection"
        " rejects with a ReferenceError and sends nothing, although the package asks for Node 20.",
        "Use Node 22, or set globalThis.WebSocket from the ws package first.",
        _Q,
    ),
    KnownFault(
        18,
        "Two …Async calls with one request ID spoil each other",
        "The second takes the first one's place. Unanswered, the first times out and removes the second, which then"
        " never settles.",
        "Give each call its own request ID, or none.",
        _Q,
    ),
    KnownFault(
        19,
        "A refused large …Async call stays on the list",
        "PAYLOAD_TOO_LARGE rejects the promise, but its entry waits for its timer, and an answer with the same ID would"
        " be taken for its own.",
        "Do not use the request ID again before the timeout.",
        _Q,
    ),
    KnownFault(
        20,
        "Closing and opening leave things behind",
        "closeConnection() emits no close event and rejects no pending promise. A connection timeout ends a Node"
        " process with an uncaught exception. Opening twice leaves the first socket open. openConnectionAsync leaves an"
        " unhandled rejection when it fails.",
        "Call cancelPendingRequests() before closeConnection(); never open twice.",
        _C,
    ),
    KnownFault(
        21,
        "Tokens and URLs are joined carelessly",
        "A token with Bearer before it or with padding makes the subprotocol illegal. A missing secret is sent as the"
        " text undefined. An authentication URL that ends in token/ becomes token/token, and a WebSocket URL with a"
        " query gets a second question mark.",
        "Give a bare token, and URLs without a query or a slash at the end.",
        _C,
    ),
    KnownFault(
        22,
        "server.umd.js cannot authenticate",
        "authenticate() is UNSUPPORTED_IN_BROWSER there, although the README allows it a client secret. Its sample says"
        " that only the query transport works, which is neither enforced nor the default.",
        "Use server.mjs, or fetch the token yourself.",
        _C,
    ),
    KnownFault(
        23,
        "Documentation on REST disagrees with itself",
        "One page says that messages have no REST form; the API pages give one for each action.",
        "Ask Optave before relying on it.",
        _R,
        _READ,
    ),
    KnownFault(
        24,
        "Documented fields that do not exist",
        "The page on sending messages has request.scope.resources, expiresAt, context.tenantId and"
        " settings.overrideChannelMedium. The contract knows none of them and lets all unknown keys pass, so that"
        " nobody notices that they are not read.",
        "Use request.resources, expires_at and the header tenantId; the last one is gone.",
        _Q,
    ),
    KnownFault(
        25,
        "A blank medium is no missing medium",
        "The contract describes chat as the default, but an empty text in session.channel.medium is none of the allowed"
        " values and fails a strict check.",
        "Leave medium out, or write chat, voice or email.",
        _Q,
    ),
    KnownFault(
        26,
        "Required fields that nothing requires",
        "The documentation requires thread ID, organization ID and parent ID, and conversations for reception. The"
        " contract requires none of these, and the SDK only some.",
        "Give them all the same.",
        _Q,
    ),
    KnownFault(
        27,
        "The sample for servers cannot connect",
        "It has no authentication URL and opens the connection without a token.",
        "Call authenticate() first and hand its token to openConnection().",
        _R,
    ),
    KnownFault(
        28,
        "The README quotes another error text",
        "For INVALID_WEBSOCKET_URL the SDK says something else than the README.",
        "Compare error codes, not texts.",
        _R,
        _READ,
    ),
    KnownFault(
        29,
        "Version numbers disagree",
        "The generated configuration says 3.2.1, the package 3.2.3, the documentation 3.2.x and 3.2.1.",
        "Go by the package.",
        _R,
        _READ,
    ),
    KnownFault(
        30,
        "Types promise what is not there",
        "disconnect(), isConnected(), the events connection:…, and promises returned by the action methods are declared"
        " and do not exist; await on such a method gives undefined at once.",
        "Use closeConnection(), the events open and close, and the …Async methods.",
        _R,
    ),
)

KNOWN_FAULTS: Mapping[int, KnownFault] = MappingProxyType({fault.number: fault for fault in _TABLE})
"""All known faults by their numbers, in order."""


def as_markdown() -> str:
    """The page ``docs/sdk-faults.md``."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield f"# Known faults of Optave's JavaScript SDK {SDK_RELEASE}"
    yield ""
    yield "Where the SDK, its documentation or the contract do not do what one would expect. The inspector names these"
    yield "faults by the same numbers wherever it says what the SDK would have done with a message. This page is made"
    yield "from the table that the inspector itself uses:"
    yield ""
    yield "    python -m optave_inspector.protocol.known_faults > docs/sdk-faults.md"
    for place in Bites:
        yield ""
        yield f"## {place.value}"
        for fault in (fault for fault in _TABLE if fault.bites is place):
            yield ""
            yield f"### {fault.number}. {fault.title}"
            yield ""
            yield from textwrap.wrap(fault.what, _WIDTH)
            yield ""
            yield from textwrap.wrap(f"What helps: {fault.remedy}", _WIDTH)
            yield ""
            yield f"*{fault.evidence.value}.*"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
