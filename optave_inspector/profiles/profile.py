"""A profile: the named settings from which connections are made. It never holds a secret."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..client.config import (
    MAX_MESSAGE_BYTES,
    SECRET_PLACEHOLDER,
    AddressFamily,
    AuthTransport,
    ClientCredentials,
    ConnectionConfig,
    CredentialsIn,
    EnvironmentToken,
    NoToken,
    PastedToken,
    ProxyKind,
    TicketEndpoint,
    TlsVersion,
    TokenCommand,
    TokenSourceConfig,
)
from ..client.retry import RetryPolicy
from ..errors import InspectorError
from ..protocol.url_template import DEFAULT_AUTH_TEMPLATE, DEFAULT_TEMPLATE
from . import checks, network
from .problem import ProfileProblem
from .secrets import CLIENT_SECRET, HEADER_SECRET, TICKET_SECRET, TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LOCAL_TENANT_ID", "Profile", "ProfileError", "ProfileProblem", "TokenSourceKind", "local_tenant_profile"]

LOCAL_TENANT_ID = "local-tenant"
LOCAL_TENANT_NAME = "Local tenant"
COLOURS = ("red", "orange", "green", "blue", "violet", "grey")


class TokenSourceKind(StrEnum):
    """Where a fresh token comes from."""

    CLIENT_CREDENTIALS = "client_credentials"
    TICKET_ENDPOINT = "ticket_endpoint"
    COMMAND = "command"
    ENVIRONMENT = "environment"
    PASTED = "pasted"
    NONE = "none"


class ProfileError(InspectorError):
    """A profile cannot be used or saved because of one of its fields."""

    def __init__(self, problem: ProfileProblem, hint: str = "") -> None:
        super().__init__(problem.sentence, hint)
        self.field = problem.field


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one tenant and one way to connect to it. Change it with ``msgspec.structs.replace``.

    Any value is allowed here, half-typed ones too; :meth:`problems` says what is wrong with them.
    """

    id: str
    """Names the file and the secrets; never shown."""
    name: str
    url_template: str = DEFAULT_TEMPLATE
    fields: dict[str, str] = {}
    """Values of the placeholders, for the URL and the authentication URL alike; unused ones are kept."""
    auth_transport: AuthTransport = AuthTransport.SUBPROTOCOL
    token_source_kind: TokenSourceKind = TokenSourceKind.CLIENT_CREDENTIALS
    auth_url: str = DEFAULT_AUTH_TEMPLATE
    """A template too."""
    client_id: str = ""
    credentials_in: CredentialsIn = CredentialsIn.QUERY
    ticket_url: str = ""
    """A template too: the endpoint of one's own that hands out tokens."""
    ticket_method: str = "POST"
    ticket_headers: dict[str, str] = {}
    """By name. ``{{secret}}`` in a value stands for a secret, which is kept where secrets are."""
    token_field: str = ""
    """See :attr:`TicketEndpoint.token_field`."""
    token_command: str = ""
    token_variable: str = ""
    """Name of the environment variable with the token."""
    chat_session_id: str = ""
    tenant_id: str = ""
    """Goes into the header ``tenantId`` of the envelopes when not empty."""
    open_timeout_s: float = 30.0
    close_timeout_s: float = 10.0
    request_timeout_s: float = 30.0
    token_timeout_s: float = 30.0
    """For one answer of the token endpoint."""
    ping_interval_s: float | None = None
    allow_plaintext: bool = False
    """Allow ``ws://`` and ``http://`` to hosts other than loopback."""
    compression: bool = True
    ca_file: str = ""
    client_certificate: str = ""
    """File with the certificate for servers that ask for one: PEM, or PKCS#12."""
    client_key: str = ""
    """File with its private key, where that is a file of its own."""
    server_name: str = ""
    """See :attr:`TlsSettings.server_name`."""
    minimum_tls: TlsVersion = TlsVersion.TLS_1_2
    proxy_kind: ProxyKind = ProxyKind.SYSTEM
    proxy_address: str = ""
    """``host`` or ``host:port``, for a proxy of the profile's own."""
    proxy_user: str = ""
    address_family: AddressFamily = AddressFamily.BOTH
    headers: dict[str, str] = {}
    """More headers of the upgrade request. ``{{secret}}`` in a value stands for a secret, kept where secrets are."""
    origin: str = ""
    """The header Origin, which browsers send."""
    max_message_bytes: int = MAX_MESSAGE_BYTES
    retry: bool = False
    """Connect again by itself where the code's advice says so; off, as it changes the case under study."""
    retry_attempts: int = 5
    """So many in a row at most."""
    retry_longest_wait_s: float = 60.0
    colour: str = ""
    """One of COLOURS, by which the profile is known at a glance; anything else is none."""
    production: bool = False
    """Real customers are behind it: marked in the window, and much at once is asked about first."""
    inherited: dict[str, Any] = {}
    """What the defaults for all profiles gave, by field; a value that differs from it is the profile's own."""
    unknown: dict[str, Any] = {}
    """What a file of the same version holds besides the fields above; kept when it is saved."""
    stamp: str = ""
    """By which the store tells whether the file has changed since; empty when there is no file."""

    def __post_init__(self) -> None:
        """Make sure of the enums: a plain text in their place would send a client secret where a token belongs."""
        msgspec.structs.force_setattr(self, "auth_transport", AuthTransport(self.auth_transport))
        msgspec.structs.force_setattr(self, "token_source_kind", TokenSourceKind(self.token_source_kind))
        msgspec.structs.force_setattr(self, "credentials_in", CredentialsIn(self.credentials_in))
        msgspec.structs.force_setattr(self, "minimum_tls", TlsVersion(self.minimum_tls))
        msgspec.structs.force_setattr(self, "proxy_kind", ProxyKind(self.proxy_kind))
        msgspec.structs.force_setattr(self, "address_family", AddressFamily(self.address_family))

    def problems(self) -> list[ProfileProblem]:
        """All that keeps this profile from being used, each once; empty when it can connect."""
        return checks.problems(self)

    def connection_config(self, secrets: Mapping[str, str] | None = None) -> ConnectionConfig:
        """The settings of an attempt. Raises ProfileError, naming the field, for the first problem.

        ``secrets`` are those that :attr:`network_secrets` names, as far as they are known.
        """
        url, problems = checks.connection(self)
        if problems:
            raise ProfileError(problems[0])
        return ConnectionConfig(
            url=url,
            auth_transport=self.auth_transport,
            chat_session_id=self.chat_session_id,
            open_timeout_s=self.open_timeout_s,
            close_timeout_s=self.close_timeout_s,
            request_timeout_s=self.request_timeout_s,
            ping_interval_s=self.ping_interval_s,
            allow_plaintext=self.allow_plaintext,
            compression=self.compression,
            max_message_bytes=self.max_message_bytes,
            ca_file=self._ca_path,
            tls=network.tls(self, secrets or {}),
            proxy=network.proxy(self, secrets or {}),
            address_family=self.address_family,
            origin=self.origin,
            headers=tuple(self.headers.items()),
            header_secret=(secrets or {}).get(HEADER_SECRET, ""),
        )

    def token_source(
        self, secret: str, *, allow_reuse: bool = False, secrets: Mapping[str, str] | None = None
    ) -> TokenSourceConfig:
        """Where the token of an attempt comes from. ``secret`` is what :attr:`secret_field` names.

        ``secrets`` are those that :attr:`network_secrets` names, as far as they are known.

        No token is asked for when the transport would not send one: it would be spent for nothing.
        Raises ProfileError for the first problem, and when ``secret`` is missing.
        """
        if not self.sends_token:
            return NoToken()
        url, problems = checks.token(self)
        if problems:
            raise ProfileError(problems[0])
        if self.secret_field and not secret.strip():
            raise _no_secret(self.secret_field)
        match self.token_source_kind:
            case TokenSourceKind.PASTED:
                return PastedToken(secret, allow_reuse=allow_reuse)
            case TokenSourceKind.COMMAND:
                return TokenCommand(self.token_command, self.token_timeout_s)
            case TokenSourceKind.ENVIRONMENT:
                return EnvironmentToken(self.token_variable, allow_reuse=allow_reuse)
            case TokenSourceKind.TICKET_ENDPOINT:
                return TicketEndpoint(
                    url=url,
                    method=self.ticket_method,
                    headers=tuple(self.ticket_headers.items()),
                    secret=secret if self.secret_field else "",
                    token_field=self.token_field,
                    timeout_s=self.token_timeout_s,
                    allow_plaintext=self.allow_plaintext,
                    ca_file=self._ca_path,
                    tls=network.tls(self, secrets or {}),
                    proxy=network.proxy(self, secrets or {}),
                    address_family=self.address_family,
                )
        return ClientCredentials(
            url=url,
            client_id=self.client_id,
            client_secret=secret,
            credentials_in=self.credentials_in,
            timeout_s=self.token_timeout_s,
            allow_plaintext=self.allow_plaintext,
            ca_file=self._ca_path,
            tls=network.tls(self, secrets or {}),
            proxy=network.proxy(self, secrets or {}),
            address_family=self.address_family,
        )

    @property
    def inherits(self) -> frozenset[str]:
        """The fields whose values come from the defaults for all profiles, or are built in."""
        return frozenset(field for field, value in self.inherited.items() if getattr(self, field, None) == value)

    @property
    def retry_policy(self) -> RetryPolicy:
        """When to connect again by itself."""
        return RetryPolicy(self.retry, self.retry_attempts, longest_wait_s=self.retry_longest_wait_s)

    @property
    def gives_fresh_tokens(self) -> bool:
        """Whether a further attempt can have a token that was not used, or needs none."""
        stale = (TokenSourceKind.PASTED, TokenSourceKind.ENVIRONMENT)
        return not self.sends_token or self.token_source_kind not in stale

    @property
    def _ca_path(self) -> str:
        return str(Path(self.ca_file).expanduser()) if self.ca_file else ""

    @property
    def sends_token(self) -> bool:
        """Whether an attempt takes a token at all."""
        return self.auth_transport is not AuthTransport.NONE and self.token_source_kind is not TokenSourceKind.NONE

    @property
    def secret_field(self) -> str:
        """Which secret :meth:`token_source` takes, as :mod:`.secrets` names it; empty for none."""
        if not self.sends_token:
            return ""
        match self.token_source_kind:
            case TokenSourceKind.CLIENT_CREDENTIALS:
                return CLIENT_SECRET
            case TokenSourceKind.PASTED:
                return TOKEN
            case TokenSourceKind.TICKET_ENDPOINT:
                return TICKET_SECRET if any(SECRET_PLACEHOLDER in each for each in self.ticket_headers.values()) else ""
        return ""

    @property
    def network_secrets(self) -> tuple[str, ...]:
        """Which secrets the way to the server may need, as :mod:`.secrets` names them."""
        return network.secrets_of(self)

    @property
    def token_url_field(self) -> str:
        """Which attribute holds the template of the URL that is asked for a token; empty where none is asked."""
        if not self.sends_token:
            return ""
        fields = {TokenSourceKind.CLIENT_CREDENTIALS: "auth_url", TokenSourceKind.TICKET_ENDPOINT: "ticket_url"}
        return fields.get(self.token_source_kind, "")


def _no_secret(field: str) -> ProfileError:
    if field == TOKEN:
        return ProfileError(ProfileProblem(field, "No token was pasted."), "Paste a fresh one.")
    called = "The client secret" if field == CLIENT_SECRET else "The secret of the ticket endpoint"
    return ProfileError(ProfileProblem(field, f"{called} is missing."), "Enter it, or paste a token instead.")


def local_tenant_profile(
    websocket_url: str, auth_url: str, client_id: str, *, ca_file: str = "", saved: Profile | None = None
) -> Profile:
    """The profile "Local tenant" for the address that a running local tenant has told.

    The client secret is not part of it: it is new with every start and goes to the connection directly.
    ``saved`` is the user's own version from an earlier run, of which everything but the address is kept. It inherits
    nothing: a proxy for all profiles does not lead to this machine.
    """
    untouched = Profile(id=LOCAL_TENANT_ID, name=LOCAL_TENANT_NAME)
    base = saved or untouched
    built_in = {field: getattr(untouched, field) for field in base.inherits}
    base = msgspec.structs.replace(base, **built_in, inherited={})
    return msgspec.structs.replace(
        base,
        url_template=websocket_url,
        auth_url=auth_url,
        client_id=client_id,
        ca_file=ca_file,
        token_source_kind=TokenSourceKind.CLIENT_CREDENTIALS,
    )
