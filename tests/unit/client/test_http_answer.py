"""The lenient reading of refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.client.http_answer import HttpAnswer, read_answer


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data) -> None:
    read_answer(data)
    read_answer(b"HTTP/1.1 401 No\r\n" + data)


@pytest.mark.parametrize("data", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 20", b"HTTP/1.1 abc No\r\n\r\n"])
def test_what_is_no_http_is_none(data) -> None:
    assert read_answer(data) is None


def test_an_old_version_and_repeated_headers_are_read() -> None:
    data = b"HTTP/1.0 403 Forbidden\r\nA: 1\r\nA: 2\r\nbroken\r\n\r\nno\r\n\r\nentry"
    assert read_answer(data) == HttpAnswer(403, "Forbidden", (("A", "1"), ("A", "2")), b"no\r\n\r\nentry")


def test_an_unfinished_head_and_bare_line_feeds() -> None:
    assert read_answer(b"HTTP/1.1 503\nRetry-After: 5") == HttpAnswer(503, "", (("Retry-After", "5"),), b"")
    assert read_answer(b"HTTP/2 502 Bad\n\nbody") == HttpAnswer(502, "Bad", (), b"body")
