"""All that can be said of a request before it is sent: four verdicts, its size, and whether it is JSON at all."""

from dataclasses import dataclass
from typing import Any

from .actions import Action
from .contract import Contract
from .documentation_check import documentation_check
from .limits import Size, measure
from .read_json import read_json
from .sdk_check import sdk_check
from .verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class RequestVerdicts:
    """Independent verdicts on one request (``protocol.md`` section 11). None of them keeps it from being sent.

    Paths start in the payload for ``sdk``, ``payload`` and ``documentation``, and in the envelope for ``envelope``.
    """

    sdk: Verdict
    """The JavaScript SDK's own checks."""
    payload: Verdict
    """The payload's schema."""
    envelope: Verdict
    """The request envelope's schema."""
    documentation: Verdict
    """What the documentation asks for."""
    size: Size
    """Of the whole envelope."""
    problem: str
    """Why the text is no JSON, as a sentence; empty when it is."""

    @property
    def all_valid(self) -> bool:
        """Whether nothing at all was found."""
        verdicts = (self.sdk, self.payload, self.envelope, self.documentation)
        return not self.problem and all(verdict.valid for verdict in verdicts)


def check_request(contract: Contract, action: Action, envelope_text: str) -> RequestVerdicts:
    """Check the text of a whole request envelope as it would be sent. Never raises."""
    size = measure(envelope_text)
    reading = read_json(envelope_text)
    if reading.problem and reading.value is None:
        unread = [_unread(name, reading.problem) for name in ("SDK", "Payload", "Request envelope", "Documentation")]
        return RequestVerdicts(unread[0], unread[1], unread[2], unread[3], size, reading.problem)
    envelope: Any = reading.value
    payload = envelope.get("payload") if isinstance(envelope, dict) else None
    return RequestVerdicts(
        sdk=sdk_check(action, payload, size),
        payload=contract.payload(payload),
        envelope=contract.request_envelope(envelope),
        documentation=documentation_check(action, payload),
        size=size,
        problem=reading.problem,
    )


def _unread(name: str, problem: str) -> Verdict:
    return Verdict(name, valid=False, findings=(Finding("$", "json", problem),))
