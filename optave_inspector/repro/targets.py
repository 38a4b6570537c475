"""Where the runs of a recipe connect to: the local tenant, a profile of whoever runs it, or a URL; secrets included."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..compose.variables import nearest
from ..errors import InspectorError
from ..paths import approved_commands_file
from ..profiles.approved_commands import ApprovedCommands
from ..profiles.network import known_secrets
from ..profiles.profile import LOCAL_TENANT_ID, TokenSourceKind
from ..profiles.secrets import TOKEN
from .connecting import SECRET_VARIABLES, Target, to_profile, to_tenant, to_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..profiles.profile import Profile
    from ..profiles.secrets import SecretStore
    from .recipe import ConnectionBy
    from .tenants import Tenants

TOKEN_VARIABLE = "OPTAVE_TOKEN"  # noqa: S105 - a variable's name


@dataclass(frozen=True, slots=True)
class Targets:
    """Finds out what to connect to. ``profiles`` gives those of the user as they are now."""

    tenants: Tenants
    profiles: Callable[[], Sequence[Profile]]
    secrets: SecretStore
    environment: Mapping[str, str]

    async def target(self, by: ConnectionBy) -> Target:
        """What to connect to; a local tenant is started for it. Raises InspectorError."""
        if by.profile:
            profile = self._profile(by.profile)
            if profile.id != LOCAL_TENANT_ID:
                await asyncio.to_thread(_check_leave, profile)
                known = await known_secrets(profile, self.secrets)
                return to_profile(by, profile, await self._secret(profile), known)
            by = replace(by, profile="", local_tenant=True)
        if by.local_tenant:
            tenant = await self.tenants.lend(by.tenant_settings)
            return to_tenant(by, tenant.address, tenant)
        return to_url(by, self.environment)

    def _profile(self, name: str) -> Profile:
        profiles = self.profiles()
        found = [each for each in profiles if each.name.casefold() == name.casefold()]
        if len(found) == 1:
            return found[0]
        if found:
            raise InspectorError(f"Several profiles are called {name}.", "Rename all but one in the window.")
        meant = nearest(name, [each.name for each in profiles])
        if meant:
            hint = f"Did you mean {meant}?"
        elif profiles:
            hint = f"There are: {', '.join(each.name for each in profiles)}."
        else:
            hint = "Make it in the window, or say --url and --auth-url."
        raise InspectorError(f"There is no profile {name}.", hint)

    async def _secret(self, profile: Profile) -> str:
        field = profile.secret_field
        if not field:
            return ""
        names = (TOKEN_VARIABLE,) if field == TOKEN else SECRET_VARIABLES
        given = next((self.environment[name] for name in names if self.environment.get(name)), "")
        if given:
            return given
        kept = await self.secrets.get(profile.id, field)
        if kept:
            return kept
        what = "token" if field == TOKEN else "secret"
        why = f" {self.secrets.notice}" if self.secrets.notice else ""
        raise InspectorError(
            f"The {what} of the profile {profile.name} is not in the keyring.{why}",
            f"Save it in the window, or put it into the environment as {names[0]}.",
        )


def _check_leave(profile: Profile) -> None:
    runs = profile.token_command if profile.token_source_kind is TokenSourceKind.COMMAND else ""
    if runs and profile.sends_token and runs not in ApprovedCommands(approved_commands_file()):
        raise InspectorError(
            f"The profile {profile.name} runs a command for its token, which you have not agreed to yet: {runs}",
            "Connect once with it in the window, and agree there.",
        )
