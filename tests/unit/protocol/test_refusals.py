"""What a refused handshake means, and how long the server asks to wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.close_codes import Advice
from optave_inspector.protocol.refusals import http_date_unix_s, is_page, refusal, retry_after_s

NOON = 1_764_417_600.0
"""2025-11-29 12:00:00 GMT."""


@given(st.integers(-1, 2000))
def test_every_status_is_explained(status: int) -> None:
    known = refusal(status)
    assert known.meaning.endswith(".")
    assert known.hint.endswith(".")
    assert known.source


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 405, 407, 426, 451, 501])
def test_what_would_be_refused_again_is_not_to_be_tried_again(status: int) -> None:
    assert refusal(status).advice is Advice.DO_NOT_RETRY


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_to_be_tried_again_with_backoff(status: int) -> None:
    assert refusal(status).advice is Advice.BACKOFF


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 29 Nov 2025 12:01:30 GMT", 90.0),
        ("Sat, 29 Nov 2025 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("Sat, 99 Nov 2025 12:01:30 GMT", None),
    ],
)
def test_a_wait_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s([("retry-AFTER", value)], NOON) == seconds


def test_without_the_header_no_wait_is_asked_for() -> None:
    assert retry_after_s([("Date", "Sat, 29 Nov 2025 12:01:30 GMT")], NOON) is None


@given(st.text(max_size=40))
def test_any_text_is_read_as_a_date_or_as_none(text: str) -> None:
    found = http_date_unix_s(text)
    assert found is None or isinstance(found, float)


def test_a_page_is_told_from_an_answer_of_the_service() -> None:
    assert is_page([("Content-Type", "text/html; charset=utf-8")], b"")
    assert is_page([], b"\n <!DOCTYPE HTML><title>Blocked</title>")
    assert not is_page([("Content-Type", "application/json")], b'{"error":"<html>"}')
    assert not is_page([], b"")
