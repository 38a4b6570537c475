"""Which known faults a request meets when the SDK makes it (``protocol.md`` section 10)."""

from typing import Any

from .actions import Action
from .contract import Contract
from .contract_sentences import described
from .documentation_check import documentation_check
from .ids import is_uuid7
from .javascript import UNDEFINED, get, truthy
from .limits import Size
from .sdk_lens_report import ReportBuilder, listed


def misplaced_keys(builder: ReportBuilder, action: Action, payload: Any) -> None:
    """For a payload refused because of its top-level keys."""
    found = [key for key in ("context", "conversations") if isinstance(payload, dict) and key in payload]
    if action is Action.RECEPTION and found:
        builder.fault(7, f"{' and '.join(found)} beside session and request: this is how the generated example has it.")


def leaking_fields(builder: ReportBuilder, payload: Any) -> None:
    """For a payload that is merged, whether or not it is sent in the end."""
    request = get(payload, "request")
    if isinstance(request, dict) and "attributes" not in request:
        found = [key for key in ("content", "variation") if truthy(get(request, key))]
        if found:
            builder.fault(11, f"request.{found[0]} is given, and request.attributes is not.")


def sent_request(
    builder: ReportBuilder, contract: Contract, action: Action, frame: Any, payload: Any, size: Size
) -> None:
    """For a request that is sent; ``size`` is that of the SDK's envelope."""
    _ids(builder, contract, frame, payload)
    _given_headers(builder, frame, payload)
    if not size.fits_bytes:
        builder.fault(13, f"{size.units:,} UTF-16 code units pass the check, and are {size.utf8_bytes:,} bytes.")
    unknown = [path for path in _INVENTED if get(payload, *path.split(".")) is not UNDEFINED]
    links = get(payload, "request", "resources", "links")
    if isinstance(links, list) and any(get(link, "expiresAt") is not UNDEFINED for link in links):
        unknown.append("request.resources.links[].expiresAt")
    if unknown:
        builder.fault(24, f"This request has {listed(unknown)}, which the contract does not know.")
    missing = [finding for finding in documentation_check(action, payload).findings if finding.rule == "required"]
    if missing:
        builder.fault(26, f"The SDK sends it all the same: {missing[0].sentence}")


_INVENTED = ("request.scope.resources", "request.context.tenantId", "request.settings.overrideChannelMedium")


def _ids(builder: ReportBuilder, contract: Contract, frame: Any, payload: Any) -> None:
    request_id = get(payload, "request", "requestId")
    copied = truthy(request_id) and not truthy(get(payload, "headers", "correlationId"))
    if copied and not (isinstance(request_id, str) and is_uuid7(request_id)):
        builder.fault(8, f"request.requestId is {described(request_id)}, and becomes the correlation ID.")
    for finding in contract.request_envelope(frame).findings:
        if finding.rule == "format" and finding.path.startswith("$.headers."):
            builder.fault(9, f"Given to the SDK, it goes out unchecked: {finding.sentence}")


def _given_headers(builder: ReportBuilder, frame: Any, payload: Any) -> None:
    if truthy(get(payload, "headers")):
        builder.fault(12, "payload.headers goes out inside of the payload too.")
        return
    given = [name for name in ("timestamp", "networkLatencyMs") if get(frame, "headers", name) is not UNDEFINED]
    if given:
        builder.fault(
            12, f"{' and '.join(given)} can only be given in headers, which go out inside of the payload too."
        )
