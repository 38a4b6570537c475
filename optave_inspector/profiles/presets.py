"""What a new profile begins with: the address forms of Optave's documentation (``protocol.md`` 1.1 and 1.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..protocol.url_template import DEFAULT_AUTH_TEMPLATE, DEFAULT_TEMPLATE
from .defaults import unset
from .profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_TEMPLATE = "wss://{{wsEnv}}.oco.optave.tech/"
ENVIRONMENT_AUTH_TEMPLATE = "https://{{authEnv}}.oco.optave.tech/auth/oauth2/token"


@dataclass(frozen=True, slots=True)
class Preset:
    """Where a profile connects to, before anything is filled in."""

    name: str
    url_template: str
    auth_url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    production: bool = False

    def profile(self, name: str) -> Profile:
        """A profile of this kind, not saved yet and without an ID."""
        return unset(
            Profile(
                id="",
                name=name,
                url_template=self.url_template,
                auth_url=self.auth_url,
                fields=dict(self.fields),
                production=self.production,
            )
        )


def _environment(called: str, name: str, *, production: bool = False) -> Preset:
    fields = {"wsEnv": f"ws-{name}", "authEnv": name}
    return Preset(
        f"{called} (ws-{name})", ENVIRONMENT_TEMPLATE, ENVIRONMENT_AUTH_TEMPLATE, fields, production=production
    )


PRESETS = (
    Preset("Tenant of your own, as documented", DEFAULT_TEMPLATE, DEFAULT_AUTH_TEMPLATE),
    _environment("Incubator", "incubator"),
    _environment("Sandbox", "sandbox"),
    _environment("Production", "prod", production=True),
)
"""The first is the one to begin with."""
