"""Tokens: read, and fitted into a handshake."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.headers import validate_subprotocols

from optave_inspector.protocol.token import mask, read_token, strip_bearer, subprotocol_problem


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwt(claims: Any, header: Any = None) -> str:
    return f"{part(header or {'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


@pytest.mark.parametrize("text", ["", " ", "Bearer", "bearer  \n"])
def test_no_token_is_said_to_be_none(text: str) -> None:
    assert read_token(text).problem == "There is no token."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("opaque-token", "opaque"),
        ("a.b", "opaque"),
        ("a.b.c.d", "opaque"),
        (f"{part({'alg': 'dir', 'enc': 'A256GCM'})}.k.i.c.t", "encrypted (JWE, RFC 7516)"),
        ("!.!.!", "header part is no base64url text"),
        (f"{part({})}.a b.c", "claims part is no base64url text"),
        (f"{part({})}.ä.c", "claims part is no base64url text"),
        (f"{part({})}.a.c", "claims part is cut or not base64url"),
        (f"{part({})}..c", "claims part is no JSON object"),
        (jwt([1]), "claims part is no JSON object"),
        (jwt(b"\xff\xfe"), "claims part is no JSON object"),
        (jwt({}, header=b"5"), "header part is no JSON object"),
        (jwt(b"[" * 100_000), "claims part is no JSON object"),
        (jwt(b'{"exp":NaN}'), "NaN is no JSON value"),
    ],
)
def test_a_token_that_shows_no_claims_says_why(text: str, problem: str) -> None:
    reading = read_token(text)
    assert problem in reading.problem
    assert reading.problem.endswith(".")
    assert reading.expires_unix_s is None


def test_an_encrypted_token_still_shows_its_header() -> None:
    assert read_token(f"{part({'alg': 'dir'})}.k.i.c.t").header == {"alg": "dir"}


def test_claims_are_read() -> None:
    reading = read_token(
        "Bearer " + jwt({"exp": 1_800_000_000, "iat": 1_700_000_000.5, "sub": "acme", "jti": "j-1", "x": [1]})
    )
    assert reading.problem == ""
    assert (reading.expires_unix_s, reading.issued_unix_s) == (1_800_000_000, 1_700_000_000.5)
    assert (reading.subject, reading.token_id) == ("acme", "j-1")
    assert reading.claims["x"] == [1]
    assert reading.header == {"alg": "RS256"}


def test_padding_is_tolerated() -> None:
    claims = base64.urlsafe_b64encode(b'{"sub":"a"}').decode()
    assert claims.endswith("=")
    assert read_token(f"{part({})}.{claims}.x").subject == "a"


@pytest.mark.parametrize("value", [True, None, "1800000000", [], {}, 10**400])
def test_a_claim_of_the_wrong_type_is_no_time(value: Any) -> None:
    reading = read_token(jwt({"exp": value, "iat": value, "sub": 5, "jti": None}))
    assert reading.expires_unix_s is None
    assert reading.issued_unix_s is None
    assert reading.subject == reading.token_id == ""
    assert reading.problem == ""


def test_an_infinite_expiry_is_no_time() -> None:
    assert read_token(jwt(b'{"exp":1e999}')).expires_unix_s is None


def test_nothing_of_a_token_shows_in_its_representation() -> None:
    assert "acme" not in repr(read_token(jwt({"secret": "acme"})))


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer\t abc ", "abc"),
        (" abc\n", "abc"),
        ("BEARER abc", "abc"),
        ("Bearer", ""),
        ("bearerabc", "bearerabc"),
        ("Bearer-abc", "Bearer-abc"),
        ("Basic abc", "Basic abc"),
        ("", ""),
    ],
)
def test_a_leading_bearer_is_removed(text: str, token: str) -> None:
    assert strip_bearer(text) == token


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("", ["empty"]),
        ("Bearer abc", ["A space at position 7", "Remove the word Bearer"]),
        ("abc\n", ["A line break at position 4", "Remove the white space"]),
        ("ab\u00a0c", ["A character (U+00A0) at position 3", "Remove the white space"]),
        ("abc=", ["= (U+003D) at position 4", "base64url form without padding"]),
        ("a/b", ["/ (U+002F) at position 2", "base64url"]),
        ("a,b", ["A comma at position 2", "query transport"]),
        ('"a"', ["A double quote at position 1"]),
        ("é", ["é (U+00E9) at position 1"]),
        ("a\x00", ["A character (U+0000) at position 2"]),
    ],
)
def test_what_keeps_a_token_out_of_a_subprotocol_is_named_with_a_way_out(token: str, parts: list[str]) -> None:
    problem = subprotocol_problem(token)
    assert all(part in problem for part in parts), problem
    assert problem.endswith(".")


def test_a_jwt_fits_into_a_subprotocol() -> None:
    assert subprotocol_problem(jwt({"sub": "a" * 100})) == ""


@given(st.text(max_size=20) | st.text("abcXYZ019-._~!#$%&'*+^`|=/, ", max_size=20))
def test_what_fits_is_what_the_websocket_library_takes(token: str) -> None:
    try:
        validate_subprotocols([token])
    except ValueError:
        assert subprotocol_problem(token)
    else:
        assert subprotocol_problem(token) == ""


@given(
    st.text()
    | st.text("abc.=-_", max_size=30)
    | st.tuples(st.binary(max_size=20), st.binary(max_size=20)).map(lambda pair: f"{part(pair[0])}.{part(pair[1])}.x")
)
def test_no_token_raises(text: str) -> None:
    reading = read_token(text)
    assert reading.problem == "" or reading.problem.endswith(".")
    strip_bearer(text)


def test_a_masked_token_keeps_its_length_alone() -> None:
    assert mask("abcdef") == "•••• (6 characters)"
    assert mask("") == ""
