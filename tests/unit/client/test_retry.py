"""The retry policy: what is never tried again, how long waits may be, and what the server asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.client.events import Close, Closer, Ending, FailureKind, Handshake
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.retry import Outcome, RetryPolicy, after_ending, after_failure, decide
from optave_inspector.protocol.close_codes import Advice

ON = RetryPolicy(on=True)
chances = st.floats(0, 1, exclude_max=True)
policies = st.builds(
    RetryPolicy,
    on=st.just(True),
    attempts=st.integers(1, 1_000),
    first_wait_s=st.floats(0.01, 100),
    longest_wait_s=st.floats(0.01, 86_400),
)
outcomes = st.builds(
    Outcome,
    what=st.just("it ended"),
    advice=st.sampled_from(Advice),
    by_user=st.booleans(),
    restarting=st.booleans(),
    retry_after_s=st.none() | st.floats(0, 1e12),
)


def ended(code: int | None, **more: object) -> Outcome:
    """After a close frame of the peer's, or after none."""
    close = Close(code) if code is not None else None
    values = {"received": close, "sent": close, "first": Closer.PEER if close else Closer.NOBODY, **more}
    return after_ending(Ending(clean=close is not None, cause="", monotonic_ns=0, wall_ns=0, **values))


def refused(status: int, *headers: tuple[str, str], kind: FailureKind = FailureKind.REFUSED) -> Outcome:
    handshake = Handshake("wss://x", status=status, response_headers=headers)
    return after_failure(ConnectFailed(kind, "No.", handshake=handshake), 0)


def wait(outcome: Outcome, tries: int = 0, *, policy: RetryPolicy = ON, chance: float = 0.5) -> float | None:
    return decide(policy, outcome, tries, fresh_token=True, random=lambda: chance).wait_s


@given(policies, outcomes, st.integers(0, 10_000), chances, st.booleans())
def test_waits_are_bounded_and_so_are_the_tries(policy, outcome, tries, chance, fresh) -> None:
    decision = decide(policy, outcome, tries, fresh_token=fresh, random=lambda: chance)
    if decision.wait_s is None:
        assert decision.why or outcome.by_user
        return
    assert 0 <= decision.wait_s <= policy.longest_wait_s
    assert tries < policy.attempts
    assert fresh
    assert outcome.advice in (Advice.RETRY, Advice.BACKOFF)
    assert not outcome.by_user
    assert outcome.retry_after_s is None or decision.wait_s >= outcome.retry_after_s


@given(policies, outcomes, chances)
def test_with_the_same_luck_no_wait_is_shorter_than_the_one_before(policy, outcome, chance) -> None:
    waits = [wait(outcome, tries, policy=policy, chance=chance) for tries in range(min(policy.attempts, 60))]
    known = [each for each in waits if each is not None]
    assert known == sorted(known)
    assert len(known) in (0, len(waits))


@given(policies, st.integers(0, 100))
def test_bounds_double_and_never_fall(policy, tries) -> None:
    assert policy.bound_s(tries) <= policy.bound_s(tries + 1) <= max(2 * policy.bound_s(tries), policy.bound_s(0))
    assert policy.bound_s(tries) <= policy.longest_wait_s


@given(policies, st.integers(0, 1_000), chances, st.sampled_from([1002, 1003, 1007, 1008, 1009, 1010, 3000, 3003]))
def test_what_would_end_the_same_way_is_never_tried_again(policy, tries, chance, code) -> None:
    decision = decide(policy, ended(code), tries, fresh_token=True, random=lambda: chance)
    assert decision.wait_s is None
    assert "same way" in decision.why


@given(policies, outcomes, st.integers(0, 1_000))
def test_off_means_off(policy, outcome, tries) -> None:
    off = RetryPolicy(False, policy.attempts, policy.first_wait_s, policy.longest_wait_s)
    decision = decide(off, outcome, tries, fresh_token=True, random=lambda: 0.5)
    assert (decision.wait_s, decision.why) == (None, "")


@pytest.mark.parametrize("code", [None, 1011, 1012, 1014, 3008])
def test_what_the_advice_says_to_retry_is_retried(code) -> None:
    assert wait(ended(code)) is not None


@pytest.mark.parametrize(
    ("code", "word"), [(1000, "expected"), (1001, "expected"), (1013, "person"), (4001, "nothing")]
)
def test_other_codes_are_not_and_the_reason_is_said(code, word) -> None:
    decision = decide(ON, ended(code), 0, fresh_token=True, random=lambda: 0.5)
    assert decision.wait_s is None
    assert word in decision.why


def test_the_users_own_end_is_not_worth_a_word() -> None:
    for outcome in (ended(None, by_user=True), ended(1011, first=Closer.INSPECTOR, by_user=True)):
        assert decide(ON, outcome, 0, fresh_token=True, random=lambda: 0.5).why == ""


def test_after_rules_were_broken_on_purpose_there_is_no_retry() -> None:
    decision = decide(ON, ended(1011, on_purpose=("stop reading",)), 0, fresh_token=True, random=lambda: 0.5)
    assert decision.wait_s is None
    assert "break the rules" in decision.why


def test_a_peer_that_fell_silent_is_tried_again_and_one_that_breaks_the_protocol_is_not() -> None:
    silent = ended(None, sent=Close(1011), first=Closer.INSPECTOR, failed=True, gave_up="The server said nothing")
    broken = ended(None, sent=Close(1002), first=Closer.INSPECTOR, failed=True, fault="a reserved opcode")
    assert wait(silent) is not None
    assert wait(broken) is None


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 407, 426])
def test_a_refusal_that_says_no_is_taken_for_one(status) -> None:
    assert wait(refused(status)) is None


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_refusal_that_may_pass_is_tried_again(status) -> None:
    assert wait(refused(status)) == 0.5


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_the_server_asks_for_is_kept(status) -> None:
    for chance in (0.0, 0.999):
        found = wait(refused(status, ("Retry-After", "20")), chance=chance)
        assert found is not None
        assert 20 <= found <= 21
    too_long = decide(ON, refused(status, ("Retry-After", "3600")), 0, fresh_token=True, random=lambda: 0.5)
    assert too_long.wait_s is None
    assert "3,600 s" in too_long.why


@pytest.mark.parametrize(
    ("kind", "again"),
    [
        (FailureKind.TCP, True),
        (FailureKind.NAME, True),
        (FailureKind.TIMEOUT, True),
        (FailureKind.TLS, False),
        (FailureKind.TOKEN, False),
        (FailureKind.URL, False),
        (FailureKind.PROTOCOL, False),
        (FailureKind.CANCELLED, False),
    ],
)
def test_failures_on_the_way_are_tried_again_and_wrong_settings_are_not(kind, again) -> None:
    outcome = after_failure(ConnectFailed(kind, "It failed."), 0)
    assert (wait(outcome) is not None) is again


def test_a_restart_is_waited_for_as_the_registry_advises() -> None:
    assert wait(ended(1012), chance=0.0) == 5
    assert wait(ended(1012), chance=0.999999) == pytest.approx(30, abs=0.01)
    assert wait(ended(1012), policy=RetryPolicy(on=True, longest_wait_s=3)) == 3


def test_without_a_fresh_token_there_is_no_retry() -> None:
    decision = decide(ON, ended(1011), 0, fresh_token=False, random=lambda: 0.5)
    assert decision.wait_s is None
    assert "pasted" in decision.why
