"""A recipe: how to connect, what to do step by step, and the ending that is expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..client.config import CredentialsIn
from .problems import Place

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from ..protocol.actions import Action

VERSION = 1
SUFFIX = ".optave-recipe.toml"

DEFAULT_WITHIN_S = 10.0
OPENING_S = 30.0
"""How long a connection may take to open where the recipe says nothing else, as in a profile."""


class TokenKind(StrEnum):
    """Which token a connection is opened with."""

    FRESH = "fresh"
    USED = "used"
    """The token of the attempt before, once more."""
    EXPIRED = "expired"
    """A fresh one, sent only after it has expired."""
    NONE = "none"
    WRONG_SECRET = "wrong secret"  # noqa: S105 - a word, not a secret
    """None, for the token endpoint is asked with a secret that cannot be right."""
    ENVIRONMENT = "environment"
    """From an environment variable."""


class Opcode(StrEnum):
    """The frames that a step can send by themselves."""

    TEXT = "text"
    BINARY = "binary"
    PING = "ping"
    # Only on purpose: by themselves they break RFC 6455, or end the connection behind the session's back.
    PONG = "pong"
    CLOSE = "close"
    CONTINUATION = "continuation"
    RESERVED = "reserved"


class EndingKind(StrEnum):
    """How the last attempt of a run stands at its end."""

    CLOSED = "close"
    """A connection that was open ended, with a close frame or without."""
    REFUSED = "refused"
    """It never opened."""
    OPEN = "open"
    """It is still open."""


class By(StrEnum):
    """Who sent the first close frame."""

    TENANT = "tenant"
    CLIENT = "client"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ExpectedEnding:
    """What an ending must be; None and "" leave open what they stand for."""

    kind: EndingKind
    code: int | None = None
    reason: str | None = None
    by: By | None = None
    clean: bool | None = None
    sent: int | None = None
    """The code of the close frame that this side sent."""
    status: int | None = None
    failure: str = ""
    """A :class:`client.events.FailureKind`."""
    body: re.Pattern[str] | None = None
    within_s: float = DEFAULT_WITHIN_S


@dataclass(frozen=True, slots=True)
class Check:
    """One demand on a message: what stands at ``path``."""

    path: str
    """As written; a JSON path."""
    value: Any = None
    """Together with ``equals``."""
    equals: bool = False
    pattern: re.Pattern[str] | None = None
    exists: bool | None = None


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a connection."""

    token: TokenKind
    variable: str = ""
    within_s: float | None = None


@dataclass(frozen=True, slots=True)
class SendAction:
    """Send a request of one action in an envelope of its own, as the composer would."""

    action: Action
    template: str = ""
    payload: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SendText:
    """Send a text message as it stands."""

    text: str
    verbatim: bool = False
    """No variables are put in."""


@dataclass(frozen=True, slots=True)
class SendFile:
    """Send a file that stands beside the recipe."""

    name: str
    binary: bool = False


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Send one frame."""

    opcode: Opcode
    data: bytes = b""
    on_purpose: bool = False
    """As it is told, whatever the rules say."""
    fin: bool = True
    masked: bool = True


@dataclass(frozen=True, slots=True)
class ExpectMessage:
    """Wait for a message that meets every check."""

    checks: tuple[Check, ...] = ()
    text: re.Pattern[str] | None = None
    within_s: float = DEFAULT_WITHIN_S


@dataclass(frozen=True, slots=True)
class ExpectNothing:
    """See that no message (that meets every check) comes for a while."""

    checks: tuple[Check, ...] = ()
    text: re.Pattern[str] | None = None
    within_s: float = 1.0


@dataclass(frozen=True, slots=True)
class ExpectState:
    """Wait for a connection state."""

    state: str
    within_s: float = DEFAULT_WITHIN_S


@dataclass(frozen=True, slots=True)
class ExpectEnding:
    """Wait for the end of the attempt."""

    ending: ExpectedEnding


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Close:
    """Send a close frame; None for one without a code."""

    code: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reset:
    """Drop TCP without a close frame."""


@dataclass(frozen=True, slots=True)
class OrderTenant:
    """Order a scenario, or one of the plain faults, of the local tenant."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    connections: int | None = None
    """Arm it for so many connections to come instead of starting it on those that are open."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Do some steps several times."""

    times: int
    steps: tuple[Step, ...] = ()


Doing = (
    Connect
    | SendAction
    | SendText
    | SendFile
    | SendFrame
    | ExpectMessage
    | ExpectNothing
    | ExpectState
    | ExpectEnding
    | Wait
    | Close
    | Reset
    | OrderTenant
    | Repeat
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and where it stands in the text."""

    number: int
    """From 1 in the order of the text, those within a repeat included."""
    doing: Doing
    words: str
    """What it does, for a list."""
    place: Place = field(default=Place(), compare=False)
    """Of its header."""


@dataclass(frozen=True, slots=True)
class ConnectionBy:
    """How a recipe says to connect: the local tenant, a profile, or settings of its own."""

    local_tenant: bool = False
    tenant_settings: Mapping[str, Any] = field(default_factory=dict)
    """Of :class:`local_tenant.settings.TenantSettings`."""
    profile: str = ""
    url: str = ""
    auth_url: str = ""
    client_id: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields of :class:`client.config.ConnectionConfig` that differ from its defaults."""
    credentials_in: CredentialsIn = CredentialsIn.QUERY
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe that was read and found sound."""

    title: str
    description: str
    connection: ConnectionBy
    steps: tuple[Step, ...]
    ending: ExpectedEnding
    variables: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    """Of the file, without its suffix."""
    ending_place: Place = field(default=Place(), compare=False)

    @property
    def orders_tenant(self) -> bool:
        """Whether a step orders something of the local tenant."""
        return any(isinstance(step.doing, OrderTenant) for step in every_step(self.steps))


def every_step(steps: tuple[Step, ...]) -> list[Step]:
    """All steps in the order of the text, those within repeats included."""
    found = []
    for step in steps:
        found.append(step)
        if isinstance(step.doing, Repeat):
            found += every_step(step.doing.steps)
    return found
