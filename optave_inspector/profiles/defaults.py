"""Defaults for all profiles of this user: a profile takes from here what it does not set itself."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec.structs import fields, replace

from .profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

INHERITABLE = (
    "open_timeout_s",
    "close_timeout_s",
    "request_timeout_s",
    "token_timeout_s",
    "ping_interval_s",
    "compression",
    "ca_file",
    "proxy_kind",
    "proxy_address",
    "proxy_user",
    "address_family",
    "max_message_bytes",
    "retry",
    "retry_attempts",
    "retry_longest_wait_s",
)
"""What can be set for all profiles: where the user sits, not which tenant is meant. What weakens encryption is decided
for each profile."""
BUILT_IN: Mapping[str, Any] = {
    field.name: field.default_factory() if callable(field.default_factory) else field.default
    for field in fields(Profile)
    if field.name in INHERITABLE
}
"""What the app says where the user said nothing."""


class Origin(StrEnum):
    """Where the value of a profile's field comes from."""

    OWN = "own"
    FOR_ALL = "for all"
    BUILT_IN = "built in"


def inherit(profile: Profile, for_all: Mapping[str, Any]) -> Profile:
    """``profile`` with today's defaults wherever it has no value of its own."""
    values = {field: for_all.get(field, BUILT_IN[field]) for field in INHERITABLE if field in profile.inherits}
    return replace(profile, **values, inherited=values)


def unset(profile: Profile) -> Profile:
    """``profile`` with every value that is the built-in one taken for not set, as in one that is new."""
    values = {field: value for field, value in BUILT_IN.items() if getattr(profile, field) == value}
    return replace(profile, inherited=values)


def own(profile: Profile, field: str) -> Profile:
    """``profile`` with the value that it has in ``field`` as its own, whatever the defaults say from now on."""
    return replace(profile, inherited={name: each for name, each in profile.inherited.items() if name != field})


def reset(profile: Profile, field: str, for_all: Mapping[str, Any]) -> Profile:
    """``profile`` with the default in ``field``, today's and each later one."""
    value = for_all.get(field, BUILT_IN[field])
    return replace(profile, **{field: value, "inherited": {**profile.inherited, field: value}})


def origin(profile: Profile, field: str, for_all: Mapping[str, Any]) -> Origin:
    """Where the value in ``field`` comes from."""
    if field not in profile.inherits:
        return Origin.OWN
    return Origin.FOR_ALL if field in for_all else Origin.BUILT_IN
