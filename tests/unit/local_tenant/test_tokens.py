"""Single-use tokens."""

import base64
import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from optave_inspector.local_tenant.tokens import InvalidTokenError, TokenIssuer


class Clock:
    """Unix time that a test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def issuer(clock):
    return TokenIssuer(600, clock)


def part(token, number):
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "..", "null.null.null", "e30.e30.", "\ud800.a.b"])
def test_text_that_is_no_token_is_refused(issuer, token):
    with pytest.raises(InvalidTokenError) as refused:
        issuer.check(token)
    assert refused.value.error == "invalid_token"


def test_a_changed_claim_breaks_the_signature(issuer):
    header, _, signature = issuer.issue("me").split(".")
    claims = base64.urlsafe_b64encode(b'{"sub":"other","jti":"1","exp":9999999999}').decode().rstrip("=")
    with pytest.raises(InvalidTokenError, match="signature"):
        issuer.check(f"{header}.{claims}.{signature}")


def test_a_token_of_another_issuer_is_refused(issuer):
    with pytest.raises(InvalidTokenError):
        issuer.check(TokenIssuer(600).issue("me"))


def test_a_token_without_a_signature_is_refused(issuer):
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    with pytest.raises(InvalidTokenError):
        issuer.check(f"{header}.{issuer.issue('me').split('.')[1]}.")


def test_a_token_signed_with_a_guessed_key_is_refused(issuer):
    claims = {"sub": "me", "jti": "1", "exp": 9_999_999_999}
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("guess" * 10))
    with pytest.raises(InvalidTokenError):
        issuer.check(forged)


def test_a_token_expires_after_its_lifetime_and_the_refusal_says_so(issuer, clock):
    token = issuer.issue("me")
    clock.now += 599
    issuer.check(token)
    clock.now += 2
    with pytest.raises(InvalidTokenError, match=r"expired.*600 seconds"):
        issuer.check(token)


def test_a_lifetime_below_a_second_holds(clock):
    issuer = TokenIssuer(0.25, clock)
    token = issuer.issue("me")
    issuer.check(token)
    clock.now += 0.3
    with pytest.raises(InvalidTokenError):
        issuer.check(token)


def test_a_token_can_be_spent_once(issuer):
    grant = issuer.check(issuer.issue("me"))
    assert issuer.spend(grant)
    assert not issuer.spend(grant)
    assert issuer.check(issuer.issue("me")).token_id != grant.token_id


def test_spent_tokens_are_forgotten_once_expired(issuer, clock):
    for _ in range(50):
        issuer.spend(issuer.check(issuer.issue("me")))
    clock.now += 601
    issuer.spend(issuer.check(issuer.issue("me")))
    assert len(issuer._spent) == 1


def test_a_token_is_a_jwt_with_the_registered_claims_and_fits_a_subprotocol(issuer, clock):
    token = issuer.issue("me")
    assert part(token, 0) == {"alg": "HS256", "typ": "JWT"}
    claims = part(token, 1)
    assert set(claims) == {"iss", "aud", "sub", "iat", "exp", "jti"}
    assert claims["sub"] == "me"
    assert claims["iat"] == int(clock.now)
    assert claims["exp"] == claims["iat"] + 600
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
