"""From what a recipe says of its connection to the settings of an attempt, with secrets from elsewhere."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ..client.config import AuthTransport, ClientCredentials, ConnectionConfig, NoToken, TokenSourceConfig
from ..errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..local_tenant.settings import TenantAddress
    from ..profiles.profile import Profile
    from .recipe import ConnectionBy

SECRET_VARIABLES = ("OPTAVE_CLIENT_SECRET", "OPTAVE__CLIENT_SECRET")
ID_VARIABLES = ("OPTAVE_CLIENT_ID", "OPTAVE__CLIENT_ID")
"""As Optave's documentation and its SDK's README spell them."""


class TenantOrders(Protocol):
    """A local tenant that takes orders, such as :class:`tenant_process.TenantProcess`."""

    async def fault(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Order a fault. Raises InspectorError."""

    async def scenario(self, name: str, *, next_: int | None = None, **parameters: Any) -> dict[str, Any]:
        """Start or arm a scenario. Raises InspectorError."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the attempts of a run connect to."""

    config: ConnectionConfig
    source: TokenSourceConfig = field(repr=False)
    tenant: TenantOrders | None = None
    """Where it is the local one."""


def to_tenant(by: ConnectionBy, address: TenantAddress, tenant: TenantOrders) -> Target:
    """The local tenant at ``address``."""
    config = _with(ConnectionConfig(address.websocket_url, ca_file=address.ca_file), by.settings)
    source = ClientCredentials(address.auth_url, address.client_id, address.client_secret, ca_file=address.ca_file)
    return Target(config, _sent(source, config), tenant)


def to_profile(by: ConnectionBy, profile: Profile, secret: str, known: Mapping[str, str]) -> Target:
    """What a profile says, with the recipe's own settings over it. Raises InspectorError.

    ``known`` are the secrets of the way to the server, by field.
    """
    config = _with(profile.connection_config(known), by.settings)
    return Target(config, _sent(profile.token_source(secret, secrets=known), config))


def to_url(by: ConnectionBy, environment: Mapping[str, str]) -> Target:
    """A URL with what belongs to it; the secret, and where it is not given the client ID, from the environment.

    Without an authentication URL, tokens can come from the environment only, or there are none. Raises InspectorError.
    """
    config = _with(ConnectionConfig(by.url), by.settings)
    if not by.auth_url:
        return Target(config, NoToken())
    client_id = by.client_id or _first(environment, ID_VARIABLES)
    secret = _first(environment, SECRET_VARIABLES)
    if not secret:
        raise InspectorError("The client secret is missing.", f"Put it into the environment as {SECRET_VARIABLES[0]}.")
    if not client_id:
        raise InspectorError("The client ID is missing.", f"Say --client-id, or set {ID_VARIABLES[0]}.")
    source = ClientCredentials(
        by.auth_url,
        client_id,
        secret,
        credentials_in=by.credentials_in,
        allow_plaintext=config.allow_plaintext,
        ca_file=config.ca_file,
    )
    return Target(config, _sent(source, config))


def _with(config: ConnectionConfig, settings: Mapping[str, Any]) -> ConnectionConfig:
    changes = dict(settings)
    if "auth_transport" in changes:
        changes["auth_transport"] = AuthTransport(changes["auth_transport"])
    return dataclasses.replace(config, **changes)


def _sent(source: TokenSourceConfig, config: ConnectionConfig) -> TokenSourceConfig:
    """No token is asked for when the transport would not send one."""
    return NoToken() if config.auth_transport is AuthTransport.NONE else source


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")
