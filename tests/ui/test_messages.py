"""What the message bar says of endings and failures."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from optave_inspector.client.events import Close, Closer, Ending, FailureKind, Handshake
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui.messages import clock, ending_message, failure_message, notice, spoken_duration

SECOND = 10**9


def after(ending: Ending, *, exchanges: tuple[Exchange, ...] = (), attempt: int = 1) -> SimpleNamespace:
    """A session's facts after ``ending``, opened at 1 s."""
    lived_ns = ending.monotonic_ns - SECOND
    return SimpleNamespace(ending=ending, exchanges=exchanges, attempt=attempt, connected_ns=lived_ns)


def ended(
    received: Close | None, sent: Close | None, first: Closer, *, clean: bool = True, cause: str = "", at_s: float = 253
) -> Ending:
    return Ending(received, sent, first, clean, cause, int((1 + at_s) * SECOND), 0)


def test_a_lost_connection_is_not_shown_as_a_received_code() -> None:
    ending = ended(None, None, Closer.NOBODY, clean=False, cause="TCP was reset (RST), and no close frame came.")
    message = ending_message(after(ending))
    assert message.headline == "1006 Abnormal closure"
    assert "no close frame arrived" in message.text
    assert "TCP was reset (RST)" in message.text
    assert message.text.count("no close frame") == 1
    assert message.kind == "error"
    assert "Connect again" in message.advice
    assert message.retry


def test_a_close_frame_without_a_code_is_said_to_have_none() -> None:
    message = ending_message(after(ended(Close(1005), Close(1005), Closer.PEER)))
    assert "carried no code" in message.text


def test_a_policy_violation_advises_against_a_retry() -> None:
    ending = ended(Close(1008, "token already used"), Close(1008), Closer.PEER)
    message = ending_message(after(ending))
    assert message.headline == "1008 Policy violation"
    assert "“token already used”" in message.text
    assert "closed by the tenant" in message.text
    assert "after 4 min 13 s" in message.text
    assert "Do not retry" in message.advice


def test_a_server_error_advises_to_wait_longer_each_time() -> None:
    message = ending_message(after(ended(Close(1011), Close(1011), Closer.PEER)))
    assert "waiting longer each time" in message.advice


@pytest.mark.parametrize("code", [1000, 1001])
def test_an_expected_end_needs_no_advice(code: int) -> None:
    message = ending_message(after(ended(Close(code), Close(code), Closer.PEER)))
    assert (message.kind, message.advice) == ("neutral", "")


def test_the_users_own_close_is_no_alarm() -> None:
    message = ending_message(after(ended(Close(4001, "bye"), Close(4001, "bye"), Closer.INSPECTOR)))
    assert message.kind == "neutral"
    assert "closed by the inspector" in message.text


def test_a_close_that_was_never_confirmed_tells_what_was_sent() -> None:
    ending = ended(None, Close(4001, "bye"), Closer.INSPECTOR, clean=False, cause="No answer within 10 s.")
    message = ending_message(after(ending))
    assert "closed by the inspector with 4001 “bye”" in message.text
    assert "not clean" in message.text
    assert message.kind == "error"


def test_unanswered_requests_of_this_attempt_are_counted() -> None:
    def exchange(number: int, attempt: int, status: ExchangeStatus) -> Exchange:
        return Exchange(number, attempt, "adjust", "", 1, 0, status=status)

    exchanges = (
        exchange(1, 1, ExchangeStatus.CUT_OFF),
        exchange(2, 2, ExchangeStatus.COMPLETED),
        exchange(3, 2, ExchangeStatus.CUT_OFF),
    )
    message = ending_message(after(ended(Close(1011), None, Closer.PEER), exchanges=exchanges, attempt=2))
    assert "1 request unanswered" in message.text


def test_a_refused_upgrade_is_headed_by_its_status() -> None:
    refusal = Handshake("wss://x/", status=401, reason_phrase="Unauthorized")
    failure = ConnectFailed(FailureKind.REFUSED, "The server refused the upgrade.", "Take a fresh token.", refusal)
    message = failure_message(SimpleNamespace(failure=failure, attempt=1))
    assert message.headline == "HTTP 401 Unauthorized"
    assert message.text == "The server refused the upgrade."
    assert message.advice == "Take a fresh token."


@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_failure_has_a_headline_in_words(kind: FailureKind) -> None:
    failure = ConnectFailed(kind, "It did not open.")
    message = failure_message(SimpleNamespace(failure=failure, attempt=1))
    assert message.headline
    assert message.kind == ("neutral" if kind is FailureKind.CANCELLED else "error")


def test_a_notice_says_its_kind_in_words_too() -> None:
    assert notice("warning", "Mind the token.").headline == "Note"
    assert notice("error", "It broke.").headline == "Error"
    assert notice("unheard of", "x").kind == "neutral"


def test_all_of_a_message_can_be_copied() -> None:
    text = ending_message(after(ended(Close(1011, "oops"), Close(1011), Closer.PEER))).in_full()
    assert "1011 Internal error" in text
    assert "“oops”" in text
    assert "Connect again" in text


@pytest.mark.parametrize(
    ("nanoseconds", "spoken"),
    [
        (48_400_000, "48 ms"),
        (1_440_000_000, "1.4 s"),
        (41 * SECOND, "41 s"),
        (761 * SECOND, "12 min 41 s"),
        (10920 * SECOND, "3 h 02 min"),
        (-5, "0 ms"),
    ],
)
def test_durations_are_spoken(nanoseconds: int, spoken: str) -> None:
    assert spoken_duration(nanoseconds) == spoken


def test_the_clock_shows_hours_only_when_there_are_any() -> None:
    assert clock(761) == "12:41"
    assert clock(3761) == "1:02:41"
