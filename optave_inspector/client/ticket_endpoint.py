"""A token from an endpoint of one's own back end, such as ``/api/optave/ws-ticket`` (``protocol.md`` section 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol.header_rules import header_problem
from .config import SECRET_PLACEHOLDER
from .token_request import TokenRequest, checked_url, request_token
from .token_sources import TokenError

if TYPE_CHECKING:
    from .config import TicketEndpoint

USUAL_FIELDS = (("token",), ("access_token",))
"""Where the SDK's default token provider looks, in this order."""


def field_path(text: str) -> tuple[str, ...]:
    """The steps to a field: ``token``, ``data.token``, ``$.data.token`` or ``tickets[0].jwt``; empty for the usual."""
    bare = text.strip().removeprefix("$").strip(".")
    return tuple(step for step in bare.replace("[", ".").replace("]", "").split(".") if step)


async def ask_ticket_endpoint(source: TicketEndpoint) -> str:
    """Ask for a new token. Raises TokenError; its sentence never holds the secret."""
    wants_secret = any(SECRET_PLACEHOLDER in value for _, value in source.headers)
    if wants_secret and not source.secret:
        raise TokenError(
            f"A header of the ticket endpoint holds {SECRET_PLACEHOLDER}, and there is no secret.", "Enter the secret."
        )
    for name, value in source.headers:
        problem = header_problem(name, value)
        if problem:
            raise TokenError(problem, "Correct the headers of the ticket endpoint.")
    url = checked_url(source.url, called="The ticket URL", secret=wants_secret, allow_plaintext=source.allow_plaintext)
    request = TokenRequest(
        source.method,
        url,
        tuple((name, value.replace(SECRET_PLACEHOLDER, source.secret)) for name, value in source.headers),
        secrets=(source.secret,) if source.secret else (),
        timeout_s=source.timeout_s,
        ca_file=source.ca_file,
        tls=source.tls,
        proxy=source.proxy,
        address_family=source.address_family,
        who="ticket endpoint",
        whose_url="the ticket URL",
    )
    path = field_path(source.token_field)
    return await request_token(request, [path] if path else USUAL_FIELDS)
