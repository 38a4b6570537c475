"""Folders and profiles to try things on."""

from pathlib import Path

import pytest

from optave_inspector.profiles.profile import Profile
from optave_inspector.profiles.store import ProfileStore


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "profiles", lock_timeout_s=10)


@pytest.fixture
def acme() -> Profile:
    """A profile that can connect."""
    return Profile(id="acme", name="Acme", fields={"tenant": "acme", "tld": "tech"}, client_id="inspector")
