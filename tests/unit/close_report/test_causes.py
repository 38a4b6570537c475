"""Which causes the evidence points to, how well they fit, and which it does not point to."""

from __future__ import annotations

import pytest

from optave_inspector.client.events import Close, Closer, TcpEnd, TokenUse
from optave_inspector.close_report.cause import Fit
from optave_inspector.close_report.causes import causes_of
from tests.unit.close_report.attempts import START_S, Log, log


def found(made: Log) -> dict[str, Fit]:
    return {cause.title: cause.fit for cause in causes_of(made.case)}


@pytest.mark.parametrize("idle_s", [599.6, 600.0, 601.9])
def test_idle_for_ten_minutes_points_to_an_idle_time_out(idle_s) -> None:
    with log() as made:
        made.open(0)
        made.frame(100)
        made.close(100 + idle_s, 1001)
        titles = found(made)
    assert titles["An idle time-out of 10 minutes, of the server or a proxy"] is Fit.STRONG
    assert not any("may live" in title for title in titles)


@pytest.mark.parametrize("idle_s", [583.0, 598.9, 604.0])
def test_idle_for_about_ten_minutes_does_not(idle_s) -> None:
    with log() as made:
        made.open(0)
        made.frame(100)
        made.close(100 + idle_s, 1001)
        assert not any("time-out" in title for title in found(made))


def test_a_ping_counts_as_use() -> None:
    with log() as made:
        made.open(0)
        made.frame(100)
        made.frame(400, b"", sent=True, opcode=9)
        made.close(700, 1001)
        titles = found(made)
    assert not any("10 minutes" in title for title in titles)
    assert any("5 minutes" in title for title in titles)


def test_two_hours_point_to_the_longest_life_of_a_connection() -> None:
    with log() as made:
        made.open(0)
        made.frame(7195)
        made.close(7201, 1001)
        assert found(made)["Connections may live for 2 hours at most"] is Fit.STRONG


def test_a_code_with_another_reason_does_not_point_to_the_clock() -> None:
    with log() as made:
        made.open(0)
        made.close(600, 1008, "bad request")
        assert not any("time-out" in title or "may live" in title for title in found(made))


def test_the_users_own_close_points_nowhere_else() -> None:
    with log() as made:
        made.open(0, token=TokenUse("pasted", START_S - 5, reused=True))
        made.close(600, 1000, ours=True)
        assert list(found(made)) == ["You closed the connection"]


@pytest.mark.parametrize(
    ("text", "code", "title"),
    [
        ("é" * 70_000, 1009, "The message is too big in bytes, though not in units"),
        ("x" * 131_073, 1009, "The message is too big"),
        ("x" * 40_000, 1009, "The frame is too big for a gateway"),
        ("x" * 32_768, 1009, None),
    ],
)
def test_the_size_of_the_last_message_is_judged_in_both_measures(text, code, title) -> None:
    with log() as made:
        made.open(0)
        made.frame(50, f'"{text[2:]}"'.encode(), sent=True)
        made.close(51, code)
        titles = [each for each in found(made) if "too big" in each]
    assert titles == ([title] if title else [])


def test_a_size_over_the_limit_is_only_possible_when_the_code_does_not_say_it() -> None:
    with log() as made:
        made.open(0)
        made.frame(50, f'"{"é" * 70_000}"'.encode(), sent=True)
        made.cut(51)
        assert found(made)["The message is too big in bytes, though not in units"] is Fit.FAIR


@pytest.mark.parametrize("code", [1007, 1008])
def test_broken_json_just_before_is_a_cause(code) -> None:
    with log() as made:
        made.open(0)
        made.frame(50, b'{"action":', sent=True)
        made.close(50.2, code)
        (cause, *_) = causes_of(made.case)
        assert (cause.title, cause.fit) == (
            "The last message is not what the server expects: broken JSON",
            Fit.STRONG,
        )
        assert cause.entry == 3


def test_broken_json_long_before_an_expected_end_is_none() -> None:
    with log() as made:
        made.open(0)
        made.frame(50, b'{"action":', sent=True)
        made.close(90, 1000)
        assert not found(made)


@pytest.mark.parametrize(
    ("code", "title", "fit"),
    [
        (1012, "The service restarted", Fit.STRONG),
        (1001, "The server went down or was replaced", Fit.FAIR),
        (1013, "The service was overloaded", Fit.STRONG),
        (1014, "The server behind a gateway failed", Fit.STRONG),
    ],
)
def test_what_the_server_says_by_its_code(code, title, fit) -> None:
    with log() as made:
        made.open(0)
        made.close(77, code)
        assert found(made)[title] is fit


@pytest.mark.parametrize(
    ("tcp", "words"),
    [
        (TcpEnd.RESET, "crashed"),
        (TcpEnd.FIN, "ended TCP"),
        (TcpEnd.TIMED_OUT, "network was lost"),
        (TcpEnd.TLS, "encrypted stream"),
    ],
)
def test_how_tcp_ended_points_to_who_cut_it(tcp, words) -> None:
    with log() as made:
        made.open(0)
        made.cut(7, tcp)
        assert any(words in title for title in found(made))


def test_a_token_that_expired_before_or_at_the_end() -> None:
    for expires_s, code, title, fit in (
        (-3, 1008, "The token had expired", Fit.STRONG),
        (-3, 1011, "The token had expired", Fit.FAIR),
        (302, 1008, "The server ends connections when their token expires", Fit.STRONG),
        (200, 1008, "The token expired while the connection was open", Fit.FAIR),
    ):
        with log() as made:
            made.open(0, token=TokenUse("pasted", START_S + expires_s))
            made.close(300, code)
            assert found(made).get(title) is fit, (expires_s, code)


def test_clocks_that_differ_matter_to_tokens_only() -> None:
    for code, expected in ((1008, True), (1011, False)):
        with log() as made:
            made.open(0, skew_s=95)
            made.close(3, code)
            assert ("The clocks differ" in found(made)) is expected


def test_a_token_used_twice_is_worth_ruling_out_even_where_the_code_says_nothing() -> None:
    with log() as made:
        made.open(0, token=TokenUse("pasted", reused=True))
        made.close(77, 1011)
        assert found(made)["The token was used twice"] is Fit.WEAK


def test_a_failed_keepalive_is_not_blamed_on_the_protocol() -> None:
    with log() as made:
        made.open(0)
        made.end(
            40,
            None,
            Close(1011, "keepalive"),
            Closer.INSPECTOR,
            clean=False,
            failed=True,
            gave_up="The server said nothing for 20 s after a keepalive ping",
            tcp=TcpEnd.DROPPED,
        )
        assert list(found(made)) == ["The server no longer answered"]


def test_what_the_user_did_on_purpose_is_named_first() -> None:
    with log() as made:
        made.open(0)
        made.end(
            9, Close(1002), Close(1002), Closer.PEER, clean=True, tcp=TcpEnd.FIN, on_purpose=("send 1 broken frame",)
        )
        (first, *_) = causes_of(made.case)
    assert first.title == "What you did on purpose"
    assert "send 1 broken frame" in first.reasons[0]


def test_the_best_fit_stands_first() -> None:
    with log() as made:
        made.open(0, token=TokenUse("pasted", reused=True))
        made.frame(2.9, b"{", sent=True)
        made.close(3, 1008, "token already used")
        fits = [cause.fit for cause in causes_of(made.case)]
    assert fits == sorted(fits, reverse=True)
    assert len(fits) >= 3


def test_without_a_sign_no_cause_is_made_up() -> None:
    with log() as made:
        made.open(0)
        made.close(77, 4001)
        assert causes_of(made.case) == ()
