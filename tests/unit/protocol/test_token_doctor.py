"""What the token doctor finds, and what it does not claim."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.token_doctor import Examination, Severity, TokenCase, examine

NOW = 1_800_000_000.0


def jwt(header: dict[str, Any] | None = None, **claims: Any) -> str:
    def part(content: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part(header or {'alg': 'HS256'})}.{part(claims)}.c2lnbmF0dXJl"


def good(**claims: Any) -> str:
    return jwt(**{"iat": NOW - 10, "exp": NOW + 590, **claims})


def look(text: str, **known: Any) -> Examination:
    return examine(TokenCase(text, NOW, **known))


def worst(found: Examination) -> Severity | None:
    return found.findings[0].severity if found.findings else None


def words(found: Examination) -> str:
    return " ".join(f"{each.sentence} {each.hint}" for each in found.findings)


def test_nothing_is_found_on_a_sound_token() -> None:
    found = look(
        good(aud="https://ws-acme.oco.optave.tech", tenant="acme"), host="ws-acme.oco.optave.tech", tenant="acme"
    )
    assert found.findings == ()
    assert found.left_s == pytest.approx(590)


def test_times_count_by_the_servers_clock_where_it_is_known() -> None:
    token = jwt(iat=NOW - 600, exp=NOW - 5)
    assert "expired 5 s ago by this machine's clock" in words(look(token))
    behind = look(token, server_ahead_s=-60.0)
    assert "expired" not in words(behind)
    assert behind.left_s == pytest.approx(55)
    assert "by the server's clock" in words(look(token, server_ahead_s=2.0))


@pytest.mark.parametrize(
    ("text", "severity", "says"),
    [
        ("", Severity.ERROR, "no token"),
        (f"Bearer {good()}", Severity.NOTE, "“Bearer” stands before it"),
        (f"  {good()}\n", Severity.NOTE, "White space stands around it"),
        (good()[:30] + " " + good()[30:], Severity.ERROR, "A space"),
        (good() + "==", Severity.ERROR, "="),
        ("opaque-text", Severity.WARNING, "opaque"),
        (jwt({"alg": "none"}, iat=NOW, exp=NOW + 600), Severity.ERROR, "not signed"),
        (good(nonce="n"), Severity.WARNING, "ID token"),
        (good(typ="Refresh"), Severity.ERROR, "refresh token"),
        (jwt(iat=NOW), Severity.WARNING, "does not say when it expires"),
        (good(exp=NOW + 10), Severity.WARNING, "expires in 10 s"),
        (good(nbf=NOW + 120), Severity.ERROR, "from the future"),
        (good(iat=NOW + 120), Severity.WARNING, "from the future"),
        (good(exp=NOW + 90_000), Severity.NOTE, "recommends 5 to 15 minutes"),
    ],
)
def test_each_fault_is_told_with_its_weight(text: str, severity: Severity, says: str) -> None:
    found = look(text)
    assert worst(found) is severity
    assert says in words(found)


def test_a_secret_that_was_pasted_as_a_token_is_recognised() -> None:
    found = look("hunter2-hunter2", client_secret="hunter2-hunter2")
    assert "client secret, not a token" in words(found)
    assert "hunter2" not in words(found)


def test_a_used_token_is_told_before_everything_odd() -> None:
    found = look(good(nonce="n"), used=True)
    assert "was sent already" in found.findings[0].sentence


@pytest.mark.parametrize(
    ("audience", "fits"),
    [
        ("https://ws-acme.oco.optave.tech/", True),
        ("oco.optave.tech", True),
        ("ws-acme.oco.optave.tech:443", True),
        (["api", "https://other.optave.tech"], True),
        ("https://ws-acme.oco.example.com", False),
        ("optave-client", True),
    ],
)
def test_an_audience_is_held_against_the_host_only_where_it_names_one(audience: Any, fits: bool) -> None:
    found = look(good(aud=audience), host="ws-acme.oco.optave.tech")
    assert ("claim aud" not in words(found)) is fits


def test_a_token_of_another_tenant_is_told() -> None:
    assert "for the tenant globex" in words(look(good(tenant_id="globex"), tenant="acme"))
    assert "tenant" not in words(look(good(tenant_id="ACME"), tenant="acme"))


def test_padding_does_not_matter_in_the_query() -> None:
    assert worst(look(good() + "=", by_subprotocol=False)) is None


def test_claims_are_shown_with_their_meaning_and_times_as_dates() -> None:
    claims = {claim.name: claim for claim in look(good(sub="me", scope=["a", "b"], jti="j")).claims}
    assert claims["sub"].value == "me"
    assert claims["scope"].value == "a, b"
    assert claims["exp"].value.endswith("= 2027-01-15 08:09:50 UTC")
    assert "second use" in claims["jti"].meaning


@given(
    st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,9}"),
    st.floats(allow_nan=False),
)
def test_no_text_makes_it_fail(text: str, ahead: float) -> None:
    found = examine(TokenCase(text, NOW, host="a.test", tenant="t", client_secret=text, server_ahead_s=ahead))
    assert isinstance(found, Examination)


@given(
    st.dictionaries(
        st.sampled_from(["exp", "iat", "nbf", "aud", "tenant", "typ"]),
        st.none() | st.floats() | st.text() | st.lists(st.integers()),
    )
)
def test_no_claims_make_it_fail(claims: dict[str, Any]) -> None:
    found = examine(TokenCase(jwt(**claims), NOW, host="a.test", tenant="t"))
    assert isinstance(found, Examination)
