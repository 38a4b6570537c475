"""Finished URLs."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.urls import MASK, add_query, is_loopback, mask_url

PAIRS = st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=8)), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("wss://h", "wss://h?n=v"),
        ("wss://h/", "wss://h/?n=v"),
        ("wss://h/?", "wss://h/?n=v"),
        ("wss://h/?x=1", "wss://h/?x=1&n=v"),
        ("wss://h/?x=1&", "wss://h/?x=1&n=v"),
        ("wss://h/?x=a+b%20c", "wss://h/?x=a+b%20c&n=v"),
        ("wss://h/?x#f", "wss://h/?x&n=v#f"),
    ],
)
def test_a_parameter_is_added_and_the_query_before_it_kept(url: str, expected: str) -> None:
    assert add_query(url, [("n", "v")]) == expected


def test_without_parameters_nothing_changes() -> None:
    assert add_query("wss://h/?", []) == "wss://h/?"


def test_everything_but_unreserved_characters_is_encoded() -> None:
    added = add_query("wss://h", [("a b", "1+2/3=4&5?#é~-._"), ("empty", "")])
    assert added == "wss://h?a%20b=1%2B2%2F3%3D4%265%3F%23%C3%A9~-._&empty="


@given(PAIRS)
def test_added_parameters_are_read_back_alike_by_form_and_by_plain_decoding(pairs: list[tuple[str, str]]) -> None:
    clean = [(name.encode(errors="replace").decode(), value.encode(errors="replace").decode()) for name, value in pairs]
    query = urlsplit(add_query("wss://h/?x=1", clean)).query
    assert parse_qsl(query, keep_blank_values=True) == [("x", "1"), *clean]
    plain = [tuple(unquote(part) for part in pair.split("=")) for pair in query.split("&")]
    assert plain == [("x", "1"), *clean]


def test_lone_surrogates_are_sent_as_replacement_characters() -> None:
    assert add_query("wss://h", [("a", "\ud800")]) == "wss://h?a=%EF%BF%BD"


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("wss://h/?Authorization=abc", f"wss://h/?Authorization={MASK}"),
        ("wss://h/?x=1&authorization=abc&y=2", f"wss://h/?x=1&authorization={MASK}&y=2"),
        ("wss://h/?x=1?Authorization=abc", f"wss://h/?x=1?Authorization={MASK}"),
        ("wss://h/?Authorization=abc=;def?g=h", f"wss://h/?Authorization={MASK}"),
        ("wss://h/?Authorization=Bearer abc", f"wss://h/?Authorization={MASK}"),
        ("https://h/token?client_id=i&client_secret=s", f"https://h/token?client_id=i&client_secret={MASK}"),
        ("https://h/#access_token=abc&x=1", f"https://h/#access_token={MASK}&x=1"),
        ("wss://h/?%41uthorization=abc", f"wss://h/?%41uthorization={MASK}"),
        ("wss://h/?Authorization=", "wss://h/?Authorization="),
        ("wss://h/?Authorization=a&Authorization=b", f"wss://h/?Authorization={MASK}&Authorization={MASK}"),
        ("wss://user:pass@h/", f"wss://{MASK}@h/"),
        ("wss://h/?OptaveTraceChatSessionId=s", "wss://h/?OptaveTraceChatSessionId=s"),
        ("Authorization=abc", "Authorization=abc"),
        ("", ""),
    ],
)
def test_tokens_and_secrets_are_masked_and_the_rest_is_kept(url: str, masked: str) -> None:
    assert mask_url(url) == masked


@given(st.text(), st.text("abc=;?/%+.-_ ", min_size=1), st.text())
def test_a_token_in_the_query_never_shows(before: str, token: str, after: str) -> None:
    secret = f"S3CR3T{token}S3CR3T"
    assert "S3CR3T" not in mask_url(
        f"wss://h/{before.replace('S3CR3T', '')}&Authorization={secret}&{after.replace('S3CR3T', '')}"
    )


@pytest.mark.parametrize(
    "url",
    [
        "ws://127.0.0.1:8765",
        "ws://127.255.0.1",
        "ws://localhost",
        "ws://LOCALHOST:1/p?q",
        "ws://localhost.",
        "ws://tenant.localhost",
        "ws://[::1]:80",
        "ws://[::ffff:127.0.0.1]",
    ],
)
def test_loopback_is_told_by_its_spelling(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ws://",
        "ws://[::1",
        "ws://0.0.0.0",
        "ws://10.0.0.1",
        "ws://localhost.example.com",
        "ws://notlocalhost",
        "ws://localhost@example.com",
        "ws://example.com/?h=localhost",
        "ws://[2001:db8::1]",
        "ws://127.0.0.1.example.com",
        "ws://127.1",
    ],
)
def test_everything_else_is_elsewhere(url: str) -> None:
    assert not is_loopback(url)


@given(st.text())
def test_no_text_breaks_masking_or_the_loopback_question(text: str) -> None:
    mask_url(text)
    is_loopback(text)
    is_loopback(f"ws://{text}")
    add_query(text, [(text, text)])
