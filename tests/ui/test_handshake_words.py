"""A handshake in words."""

from __future__ import annotations

from optave_inspector.client.events import Handshake, Timings
from optave_inspector.ui.handshake_words import Line, at_a_glance, in_full, summary

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
OFFERED = ("optave-v1", TOKEN)


def line(handshake: Handshake, label: str) -> Line:
    (found,) = [each for each in summary(handshake) if each.label == label]
    return found


def accepted(selected: str | None, **more: object) -> Handshake:
    return Handshake(
        "wss://x.example/", status=101, offered_subprotocols=OFFERED, selected_subprotocol=selected, **more
    )


def test_the_documented_subprotocol_is_fine() -> None:
    assert line(accepted("optave-v1"), "Subprotocol") == Line("Subprotocol", "✓ optave-v1", "ok")


def test_no_subprotocol_deserves_a_warning() -> None:
    assert line(accepted(None), "Subprotocol").role == "warning"


def test_the_token_as_subprotocol_is_named_without_being_shown() -> None:
    found = line(accepted(TOKEN), "Subprotocol")
    assert found.role == "warning"
    assert "the token itself" in found.words
    assert TOKEN not in found.words


def test_another_subprotocol_is_named() -> None:
    assert "graphql-ws" in line(accepted("graphql-ws"), "Subprotocol").words


def test_a_refusal_names_its_status_even_without_a_reason_phrase() -> None:
    assert line(Handshake("wss://x/", status=401), "Status") == Line("Status", "✗ 401 Unauthorized", "problem")
    assert line(Handshake("wss://x/", status=799), "Status").words == "✗ 799"


def test_no_response_is_said_so() -> None:
    handshake = Handshake("wss://x/")
    assert line(handshake, "Status").words == "✗ no HTTP response"
    assert in_full(handshake)["Response"] == "No HTTP response came."


def test_the_times_are_shown_by_phase() -> None:
    timings = Timings(dns_ms=4.2, tcp_ms=31, tls_ms=64, upgrade_ms=83, token_ms=120)
    text = line(accepted("optave-v1", timings=timings), "Times").words
    assert text == "302 ms in all (token 120 · DNS 4 · TCP 31 · TLS 64 · upgrade 83)"
    assert line(accepted("optave-v1"), "Times").words == "not measured"


def test_an_unencrypted_connection_is_said_so() -> None:
    assert "not encrypted" in line(accepted("optave-v1", peer_address="127.0.0.1:1"), "TLS").words
    secure = accepted("optave-v1", peer_address="1.2.3.4:443", tls="TLSv1.3, TLS_AES_256_GCM_SHA384")
    assert "TLSv1.3" in line(secure, "TLS").words


def test_extensions_are_named_with_their_parameters() -> None:
    handshake = accepted("optave-v1", extensions=("permessage-deflate; server_max_window_bits=12",))
    words = [each.words for each in summary(handshake)]
    assert "permessage-deflate" in words
    assert "server_max_window_bits=12" in words
    assert line(accepted("optave-v1"), "Extensions").words == "none"


def test_warnings_stand_at_the_end() -> None:
    last = summary(accepted("optave-v1", warnings=("The token is in the query.",)))[-1]
    assert last == Line("", "⚠ The token is in the query.", "warning")


def test_everything_is_there_in_full_but_the_token() -> None:
    handshake = Handshake(
        f"wss://x.example/?Authorization={TOKEN}",
        request_headers=(("Sec-WebSocket-Protocol", f"optave-v1, {TOKEN}"),),
        status=401,
        reason_phrase="Unauthorized",
        response_headers=(("X-Token", TOKEN), ("Set-Cookie", "a=secret-value")),
        body=f'{{"token": "{TOKEN}"}}'.encode(),
        offered_subprotocols=OFFERED,
    )
    texts = in_full(handshake)
    assert list(texts) == ["Request", "Response", "Body"]
    assert not any(TOKEN in text or "secret-value" in text for text in texts.values())
    assert "HTTP 401 Unauthorized" in texts["Response"]
    assert "Sec-WebSocket-Protocol: optave-v1, ••••" in texts["Request"]


def test_a_long_body_is_cut_and_says_so() -> None:
    text = in_full(Handshake("wss://x/", status=500, body=b"x" * 30_000))["Body"]
    assert text.endswith("… 10,000 more bytes")


def test_at_a_glance_it_is_status_time_and_subprotocol_without_the_token() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
    opened = Handshake("wss://x", status=101, selected_subprotocol="optave-v1", timings=Timings(upgrade_ms=12.4))
    echoed = Handshake("wss://x", status=101, offered_subprotocols=("optave-v1", token), selected_subprotocol=token)
    assert at_a_glance(opened) == "101 · 12 ms · optave-v1"
    assert at_a_glance(Handshake("wss://x", status=101)) == "101 · 0 ms · no subprotocol"
    assert at_a_glance(Handshake("wss://x", status=401)) == "401 · 0 ms"
    assert at_a_glance(Handshake("wss://x")) == "no answer · 0 ms"
    assert token not in at_a_glance(echoed)
