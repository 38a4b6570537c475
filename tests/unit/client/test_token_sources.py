"""Pasted tokens, and remembering which were used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.client.config import NoToken, PastedToken
from optave_inspector.client.token_sources import TokenError, UsedTokens, take_token

JWT = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTAwMDAwMDB9.c2ln"


@pytest.mark.parametrize("text", ["", "  ", "Bearer", "bearer  "])
async def test_an_empty_token_is_refused(used, text) -> None:
    with pytest.raises(TokenError, match="There is no token"):
        await take_token(PastedToken(text), used)


async def test_a_used_token_is_refused_without_leave_and_the_error_does_not_hold_it(used) -> None:
    used.add(f"Bearer {JWT}")
    with pytest.raises(TokenError) as caught:
        await take_token(PastedToken(f" {JWT}\n"), used)
    assert "was already sent once" in caught.value.sentence
    assert "allow sending it again" in caught.value.hint
    assert JWT not in repr(caught.value)
    token = await take_token(PastedToken(JWT, allow_reuse=True), used)
    assert token.text == JWT


async def test_taking_a_token_does_not_use_it(used) -> None:
    token = await take_token(PastedToken(f"Bearer {JWT}"), used)
    assert (token.text, token.source, token.expires_unix_s, token.bearer_removed) == (JWT, "pasted", 1790000000.0, True)
    assert len(used) == 0
    token = await take_token(PastedToken("opaque"), used)
    assert (token.text, token.expires_unix_s, token.bearer_removed) == ("opaque", None, False)


async def test_no_token_is_none(used) -> None:
    assert await take_token(NoToken(), used) is None


@given(st.text())
def test_used_tokens_keep_digests_only(text) -> None:
    used = UsedTokens()
    used.add(text)
    assert text in used
    assert len(used) == 1
    assert all(len(digest) == 32 for digest in used._digests)
