"""What a profile makes of its settings, and what it says about those it cannot use."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from optave_inspector.client.config import (
    AuthTransport,
    ClientCredentials,
    ConnectionConfig,
    CredentialsIn,
    EnvironmentToken,
    NoToken,
    PastedToken,
    ProxyKind,
    ProxySettings,
    TicketEndpoint,
    TokenCommand,
)
from optave_inspector.client.retry import RetryPolicy
from optave_inspector.errors import InspectorError
from optave_inspector.profiles.profile import (
    Profile,
    ProfileError,
    TokenSourceKind,
    local_tenant_profile,
)

SYSTEM = ProxySettings(ProxyKind.SYSTEM)

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"


def found(profile: Profile) -> dict[str, str]:
    return {problem.field: problem.sentence for problem in profile.problems()}


def test_an_untouched_profile_says_everything_that_is_still_missing() -> None:
    problems = found(Profile(id="x", name=""))
    assert problems == {
        "name": "The name is empty.",
        "fields.tenant": "tenant is missing.",
        "fields.tld": "tld is missing.",
        "client_id": "The client ID is missing.",
    }


def test_a_value_that_serves_both_urls_is_complained_about_once(acme: Profile) -> None:
    sentences = [problem.field for problem in replace(acme, fields={"tenant": "a/b", "tld": "tech"}).problems()]
    assert sentences == ["fields.tenant"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": "  "}, "name", "empty"),
        ({"name": "x" * 101}, "name", "longer than 100"),
        ({"name": "two\nlines"}, "name", "one line"),
        ({"name": "half \ud83d"}, "name", "half a character"),
        ({"url_template": ""}, "url_template", "The URL: The URL is empty"),
        ({"url_template": "https://acme.example"}, "url_template", "wss://"),
        ({"url_template": "wss://{{tenant"}, "url_template", "braces"),
        ({"url_template": "wss://user:word@acme.example"}, "url_template", "password"),
        ({"url_template": "wss://acme.example/?Authorization=abc"}, "url_template", "token or a password"),
        ({"url_template": "ws://acme.example"}, "url_template", "ws:// to acme.example is not encrypted"),
        ({"auth_url": "wss://acme.example"}, "auth_url", "https://"),
        ({"auth_url": "http://acme.example/token"}, "auth_url", "http:// to acme.example is not encrypted"),
        ({"auth_url": "https://acme.example/token?client_secret=abc"}, "auth_url", "token or a password"),
        ({"auth_url": "https://{{realm}}.example"}, "fields.realm", "realm is missing"),
        ({"fields": {"tenant": "a/b", "tld": "tech"}}, "fields.tenant", "a slash"),
        ({"fields": {"tenant": "acme", "tld": "te ch"}}, "fields.tld", "a space"),
        ({"fields": {"tenant": JWT, "tld": "tech"}}, "fields.tenant", "must not have a dot"),
        ({"client_id": ""}, "client_id", "missing"),
        ({"client_id": JWT}, "client_id", "token or a password"),
        ({"chat_session_id": f"Bearer {JWT}"}, "chat_session_id", "token or a password"),
        ({"tenant_id": "\udc00"}, "tenant_id", "half a character"),
        ({"open_timeout_s": 0.0}, "open_timeout_s", "The time limit for connecting must be more than 0"),
        ({"close_timeout_s": -1.0}, "close_timeout_s", "closing"),
        ({"request_timeout_s": 86_401.0}, "request_timeout_s", "at most 86,400"),
        ({"request_timeout_s": float("nan")}, "request_timeout_s", "answers"),
        ({"token_timeout_s": float("inf")}, "token_timeout_s", "token"),
        ({"ping_interval_s": 0.0}, "ping_interval_s", "pings"),
        ({"retry_longest_wait_s": 0.0}, "retry_longest_wait_s", "retry"),
        ({"retry_attempts": 0}, "retry_attempts", "Retries"),
        ({"ca_file": "/no/such/ca.pem"}, "ca_file", "There is no file /no/such/ca.pem"),
        ({"ca_file": "\0"}, "ca_file", "There is no file"),
        ({"ca_file": "~no-such-user-9/ca.pem"}, "ca_file", "There is no file"),
    ],
)
def test_each_problem_is_told_at_its_field(change: dict[str, object], field: str, words: str, acme: Profile) -> None:
    assert words in found(replace(acme, **change))[field]


def test_several_bad_values_are_all_told(acme: Profile) -> None:
    problems = found(replace(acme, fields={"tenant": "-", "tld": "a b"}, close_timeout_s=0, ca_file="/no/such"))
    assert {"fields.tld", "close_timeout_s", "ca_file"} <= set(problems)


def test_values_that_are_fine_alone_but_make_no_host_together_are_told(acme: Profile) -> None:
    template = "wss://{{tenant}}{{tld}}.example"
    problems = found(replace(acme, url_template=template, fields={"tenant": "x" * 40, "tld": "y" * 40}))
    assert "longer than 63 characters" in problems["fields.tenant"]
    problems = found(replace(acme, url_template=template, fields={"tenant": "1", "tld": "-"}))
    assert "ends with a hyphen" in problems["url_template"]


@pytest.mark.parametrize("field", ["name", "url_template", "auth_url", "client_id", "tenant_id", "chat_session_id"])
@given(text=st.text())
def test_any_text_in_any_field_gives_problems_or_settings_but_no_other_error(field: str, text: str) -> None:
    profile = Profile(id="x", name="x", fields={"tenant": "a", "tld": "b"}, client_id="c")
    profile = replace(profile, **{field: text})
    told = {problem.field for problem in profile.problems()}
    for use in (profile.connection_config, lambda: profile.token_source("s")):
        try:
            use()
        except ProfileError as error:
            told.remove(error.field)


@given(values=st.dictionaries(st.sampled_from(["tenant", "tld", "other"]), st.text()))
def test_any_values_give_problems_or_a_url(values: dict[str, str]) -> None:
    profile = Profile(id="x", name="x", fields=values, client_id="c")
    if not profile.problems():
        assert profile.connection_config().url.startswith("wss://ws-")


def test_the_first_problem_is_raised_with_its_field(acme: Profile) -> None:
    with pytest.raises(ProfileError, match="tenant is missing") as caught:
        replace(acme, fields={}).connection_config()
    assert caught.value.field == "fields.tenant"
    assert isinstance(caught.value, InspectorError)
    with pytest.raises(ProfileError, match="client ID is missing"):
        replace(acme, client_id="").token_source("s")


def test_the_documented_defaults_are_used(acme: Profile) -> None:
    assert acme.problems() == []
    assert acme.connection_config() == ConnectionConfig(
        url="wss://ws-acme.oco.optave.tech",
        auth_transport=AuthTransport.SUBPROTOCOL,
        open_timeout_s=30,
        close_timeout_s=10,
        request_timeout_s=30,
        ping_interval_s=None,
        allow_plaintext=False,
        proxy=SYSTEM,
    )
    assert acme.token_source("s3cret") == ClientCredentials(
        url="https://acme.oco.optave.tech/auth/oauth2/token",
        client_id="inspector",
        client_secret="s3cret",
        credentials_in=CredentialsIn.QUERY,
        timeout_s=30,
        proxy=SYSTEM,
    )


def test_every_setting_reaches_the_connection(acme: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "ca.pem").write_text("", encoding="utf-8")
    profile = replace(
        acme,
        url_template="ws://{tenant}.example:8080/x?a=1",
        auth_transport=AuthTransport.QUERY,
        chat_session_id="chat 1",
        open_timeout_s=1.5,
        close_timeout_s=2,
        request_timeout_s=3,
        ping_interval_s=20,
        allow_plaintext=True,
        compression=False,
        ca_file="~/ca.pem",
    )
    assert profile.connection_config() == ConnectionConfig(
        url="ws://acme.example:8080/x?a=1",
        auth_transport=AuthTransport.QUERY,
        chat_session_id="chat 1",
        open_timeout_s=1.5,
        close_timeout_s=2,
        request_timeout_s=3,
        ping_interval_s=20,
        allow_plaintext=True,
        compression=False,
        ca_file=str(tmp_path / "ca.pem"),
        proxy=SYSTEM,
    )


def test_a_pasted_token_goes_on_as_it_is(acme: Profile) -> None:
    profile = replace(acme, token_source_kind=TokenSourceKind.PASTED, client_id="", auth_url="")
    assert profile.problems() == []
    assert profile.token_source(JWT) == PastedToken(JWT)
    assert profile.token_source(JWT, allow_reuse=True) == PastedToken(JWT, allow_reuse=True)
    with pytest.raises(ProfileError, match="No token was pasted") as caught:
        profile.token_source(" \n")
    assert caught.value.field == "token"


def test_a_missing_client_secret_is_never_sent(acme: Profile) -> None:
    with pytest.raises(ProfileError, match="client secret is missing") as caught:
        acme.token_source("")
    assert caught.value.field == "client_secret"


@pytest.mark.parametrize(
    "change", [{"token_source_kind": TokenSourceKind.NONE}, {"auth_transport": AuthTransport.NONE}]
)
def test_no_token_is_taken_where_none_would_be_sent(change: dict[str, object], acme: Profile) -> None:
    profile = replace(acme, **change, auth_url="", client_id="")
    assert profile.token_source("s") == NoToken()
    assert profile.problems() == []
    assert not profile.sends_token
    assert not profile.secret_field


def test_loopback_needs_no_permission_for_plain_text(acme: Profile) -> None:
    profile = replace(acme, url_template="ws://127.0.0.1:9/", auth_url="http://localhost:9/token")
    assert profile.problems() == []


def test_the_local_tenant_s_profile_connects_and_has_no_place_for_its_secret(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("", encoding="utf-8")
    profile = local_tenant_profile("wss://127.0.0.1:7001", "https://127.0.0.1:7002/token", "local", ca_file=str(ca))
    assert profile.name == "Local tenant"
    assert profile.problems() == []
    assert profile.connection_config().url == "wss://127.0.0.1:7001"
    expected = ClientCredentials("https://127.0.0.1:7002/token", "local", "s", ca_file=str(ca), proxy=SYSTEM)
    assert profile.token_source("s") == expected


def test_what_the_user_set_for_the_local_tenant_outlives_its_new_address() -> None:
    saved = replace(local_tenant_profile("ws://127.0.0.1:1", "http://127.0.0.1:2", "a"), request_timeout_s=5, stamp="s")
    again = local_tenant_profile("ws://127.0.0.1:3", "http://127.0.0.1:4", "b", saved=saved)
    assert again == replace(saved, url_template="ws://127.0.0.1:3", auth_url="http://127.0.0.1:4", client_id="b")


def test_a_plain_text_in_place_of_an_enum_never_sends_the_client_secret_as_a_token() -> None:
    pasted = replace(Profile(id="p", name="p"), token_source_kind="pasted", auth_transport="query")
    assert pasted.token_source_kind is TokenSourceKind.PASTED
    assert pasted.auth_transport is AuthTransport.QUERY
    assert not pasted.token_url_field
    with pytest.raises(ValueError, match="something"):
        Profile(id="p", name="p", token_source_kind="something")


def test_the_token_endpoint_is_trusted_and_allowed_like_the_connection(acme: Profile) -> None:
    profile = replace(acme, ca_file="/ca.pem", allow_plaintext=True)
    source = profile.token_source("secret")
    assert isinstance(source, ClientCredentials)
    assert (source.ca_file, source.allow_plaintext) == ("/ca.pem", True)


def test_retries_are_off_unless_the_profile_says_otherwise(acme: Profile) -> None:
    assert acme.retry_policy == RetryPolicy(on=False)
    on = replace(acme, retry=True, retry_attempts=2, retry_longest_wait_s=9)
    assert on.retry_policy == RetryPolicy(on=True, attempts=2, longest_wait_s=9)


def test_a_pasted_token_is_no_source_of_fresh_ones(acme: Profile) -> None:
    assert acme.gives_fresh_tokens
    assert not replace(acme, token_source_kind=TokenSourceKind.PASTED).gives_fresh_tokens
    assert replace(acme, auth_transport=AuthTransport.NONE).gives_fresh_tokens


def test_a_ticket_endpoint_takes_its_secret_only_where_a_header_wants_it(acme: Profile) -> None:
    profile = replace(
        acme,
        token_source_kind=TokenSourceKind.TICKET_ENDPOINT,
        ticket_url="https://api.{{tenant}}.example/ticket",
        ticket_method="GET",
        token_field="data.jwt",
    )
    assert profile.secret_field == ""
    assert profile.token_source("") == TicketEndpoint(
        "https://api.acme.example/ticket", "GET", token_field="data.jwt", timeout_s=30, proxy=SYSTEM
    )
    with_key = replace(profile, ticket_headers={"X-Api-Key": "{{secret}}"})
    assert with_key.secret_field == "ticket_secret"
    with pytest.raises(ProfileError, match="secret of the ticket endpoint is missing"):
        with_key.token_source(" ")
    assert with_key.token_source("k").secret == "k"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"ticket_url": ""}, "ticket_url", "ticket URL"),
        ({"ticket_url": "https://{{nowhere}}.test"}, "fields.nowhere", "nowhere"),
        ({"ticket_method": "PUT"}, "ticket_method", "POST or GET"),
        ({"ticket_headers": {"X Key": "v"}}, "ticket_headers", "no name of a header"),
        ({"ticket_headers": {"Authorization": "Bearer abc"}}, "ticket_headers", "{{secret}}"),
        ({"token_source_kind": TokenSourceKind.COMMAND}, "token_command", "missing"),
        ({"token_source_kind": TokenSourceKind.COMMAND, "token_command": "a 'b"}, "token_command", "cannot be read"),
        ({"token_source_kind": TokenSourceKind.ENVIRONMENT}, "token_variable", "missing"),
        ({"token_source_kind": TokenSourceKind.ENVIRONMENT, "token_variable": "A-B"}, "token_variable", "A-B"),
    ],
)
def test_what_is_wrong_with_a_token_source_is_told_at_its_field(
    acme: Profile, change: dict[str, Any], field: str, words: str
) -> None:
    base = {"token_source_kind": TokenSourceKind.TICKET_ENDPOINT, "ticket_url": "https://api.test/ticket"}
    problems = replace(acme, **{**base, **change}).problems()
    assert any(problem.field == field and words in problem.sentence for problem in problems), problems


def test_commands_and_variables_need_no_secret(acme: Profile) -> None:
    command = replace(acme, token_source_kind=TokenSourceKind.COMMAND, token_command="print-token --now")
    assert command.problems() == []
    assert command.token_source("") == TokenCommand("print-token --now", 30)
    variable = replace(acme, token_source_kind=TokenSourceKind.ENVIRONMENT, token_variable="OPTAVE_TOKEN")
    assert variable.token_source("", allow_reuse=True) == EnvironmentToken("OPTAVE_TOKEN", allow_reuse=True)
