"""The environments of Optave's documentation, ready to be filled in."""

import pytest
from msgspec.structs import replace

from optave_inspector.profiles.presets import PRESETS
from optave_inspector.profiles.profile import TokenSourceKind


@pytest.mark.parametrize(
    ("word", "url", "auth_url", "production"),
    [
        ("incubator", "wss://ws-incubator.oco.optave.tech/", "https://incubator.oco.optave.tech/", False),
        ("sandbox", "wss://ws-sandbox.oco.optave.tech/", "https://sandbox.oco.optave.tech/", False),
        ("prod", "wss://ws-prod.oco.optave.tech/", "https://prod.oco.optave.tech/", True),
    ],
)
def test_an_environment_needs_no_more_than_the_credentials(
    word: str, url: str, auth_url: str, production: bool
) -> None:
    (preset,) = [each for each in PRESETS if f"ws-{word}" in each.name]
    profile = preset.profile("Mine")
    assert [problem.field for problem in profile.problems()] == ["client_id"]
    assert profile.connection_config().url == url
    assert profile.production is production
    assert profile.token_source_kind is TokenSourceKind.CLIENT_CREDENTIALS
    source = replace(profile, client_id="c").token_source("s")
    assert source.url == f"{auth_url}auth/oauth2/token"  # type: ignore[union-attr]


def test_a_tenant_of_one_s_own_is_asked_for_its_name_and_domain() -> None:
    profile = PRESETS[0].profile("Mine")
    assert [problem.field for problem in profile.problems()] == ["fields.tenant", "fields.tld", "client_id"]
    assert not profile.production
