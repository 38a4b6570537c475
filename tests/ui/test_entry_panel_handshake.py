"""The Handshake tab: every line of what was offered and chosen, and what a refusal says."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtTest import QTest

from optave_inspector.client.events import Handshake, Timings
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.panels.entry import CHECKS, HANDSHAKE, RAW, SDK, EntryPanel
from tests.ui.wire import Wire, new_session

pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing)")
TOKEN = "aaaa.bbbb.cccc"
# Key and accept value are the example of RFC 6455 section 1.3.
ASKED = (
    ("Host", "ws-acme.oco.optave.tech"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Protocol", f"optave-v1, {TOKEN}"),
    ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
)
ANSWERED = (
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ("Sec-WebSocket-Protocol", "optave-v1"),
    ("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover; client_max_window_bits=12"),
)
SOUND = Handshake(
    "wss://ws-acme.oco.optave.tech/",
    ASKED,
    101,
    "Switching Protocols",
    ANSWERED,
    offered_subprotocols=("optave-v1", TOKEN),
    selected_subprotocol="optave-v1",
    extensions=("permessage-deflate",),
    timings=Timings(tcp_ms=1.25, upgrade_ms=20),
    peer_address="192.0.2.7:443",
    tls="TLSv1.3, TLS_AES_256_GCM_SHA384",
)


@pytest.fixture
def session(aio):
    made = new_session()
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def wire(aio, session):
    return Wire(session, aio)


@pytest.fixture
def bridge(aio, session):
    made = SessionBridge(session)
    yield made
    aio(made.stop())


@pytest.fixture
def panel(qtbot, bridge):
    theme.theme_switch().apply(dark=False)
    made = EntryPanel(bridge)
    qtbot.addWidget(made)
    made.resize(300, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def show(wire, bridge, panel, session):
    """Tell of a handshake and select its entry; gives the rows of the tab."""

    def run(handshake, **changes):
        made = dataclasses.replace(handshake, **changes)
        wire._waiting.append(lambda: session.on_handshake(made))
        bridge.select_entry(wire.settle())
        QTest.qWait(1)
        assert panel.tabs.currentIndex() == HANDSHAKE
        return panel.handshake.list.texts()

    return run


def without(pairs, *names):
    return tuple(pair for pair in pairs if pair[0] not in names)


def changed(pairs, name, value):
    return (*without(pairs, name), (name, value))


def the(texts, start):
    (found,) = (text for text in texts if text.startswith(start))
    return found


def test_a_sound_handshake_is_explained_line_by_line(show):
    texts = show(SOUND)
    assert texts[0] == "✓ Upgrade  101 Switching Protocols"
    subprotocol = the(texts, "✓ Subprotocol")
    assert "offered  optave-v1, ••••" in subprotocol
    assert "chosen  optave-v1\nThe server speaks Optave's protocol." in subprotocol
    extensions = the(texts, "✓ Extensions")
    assert "compressed one by one (RFC 7692)" in extensions
    assert "client_max_window_bits 12: our compression window" in extensions
    assert the(texts, "✓ Accept key")
    assert "offered as a subprotocol" in the(texts, "✓ Token")
    assert "TLSv1.3" in the(texts, "✓ Encryption")
    assert the(texts, "Peer") == "Peer\n192.0.2.7:443"
    assert "upgrade: 20.0 ms" in texts
    assert "Request headers" in texts
    assert TOKEN not in "".join(texts)


def test_a_refusal_shows_its_body_and_what_it_means(show):
    texts = show(
        SOUND,
        status=401,
        reason_phrase="Unauthorized",
        response_headers=(("Content-Type", "application/json"),),
        body=b'{"message":"Unauthorized"}',
        selected_subprotocol=None,
        extensions=(),
    )
    assert texts[0] == "✗ Upgrade  401 Unauthorized"
    assert texts[1].startswith("The token was not accepted")
    assert texts[2:4] == ["✗ Body of the response", '{"message":"Unauthorized"}']
    assert "where the upgrade is refused" in the(texts, "• Subprotocol")
    assert "where the upgrade is refused" in the(texts, "• Extensions")


@pytest.mark.parametrize(
    ("changes", "start", "words"),
    [
        ({"response_headers": without(ANSWERED, "Sec-WebSocket-Protocol")}, "⚠ Subprotocol", "chose none of those"),
        ({"response_headers": changed(ANSWERED, "Sec-WebSocket-Protocol", TOKEN)}, "⚠ Subprotocol", "sent the token"),
        ({"response_headers": changed(ANSWERED, "Sec-WebSocket-Protocol", "x")}, "✗ Subprotocol", "was not offered"),
        (
            {
                "request_headers": changed(ASKED, "Sec-WebSocket-Protocol", "chat"),
                "response_headers": changed(ANSWERED, "Sec-WebSocket-Protocol", "chat"),
            },
            "⚠ Subprotocol",
            "It is not optave-v1.",
        ),
        (
            {
                "request_headers": without(ASKED, "Sec-WebSocket-Protocol"),
                "response_headers": without(ANSWERED, "Sec-WebSocket-Protocol"),
            },
            "✓ Subprotocol",
            "None was offered",
        ),
        ({"response_headers": without(ANSWERED, "Sec-WebSocket-Extensions")}, "✓ Extensions", "uncompressed"),
        ({"response_headers": changed(ANSWERED, "Sec-WebSocket-Extensions", "x-a; b")}, "✓ Extensions", "x-a is not"),
        ({"response_headers": changed(ANSWERED, "Sec-WebSocket-Accept", "no")}, "✗ Accept key", "asks for s3pPLMB"),
        ({"response_headers": (*ANSWERED, ("Sec-WebSocket-Version", "12"))}, "⚠ Version", "versions that it speaks"),
        ({"url": f"wss://a.example/?Authorization={TOKEN}"}, "⚠ Token", "in the query"),
        (
            {
                "request_headers": (*without(ASKED, "Sec-WebSocket-Protocol"), ("Authorization", f"Bearer {TOKEN}")),
                "offered_subprotocols": (),
            },
            "✓ Token",
            "Authorization header",
        ),
        (
            {"request_headers": without(ASKED, "Sec-WebSocket-Protocol"), "offered_subprotocols": ()},
            "• Token",
            "None was sent.",
        ),
        ({"url": "ws://a.example/", "tls": ""}, "⚠ Encryption", "can be read on the way"),
        ({"tls": ""}, "• Encryption", "did not come to"),
        ({"warnings": ("The token was echoed.",)}, "⚠ Deserves a look", "The token was echoed."),
        ({"status": 302, "response_headers": (("Location", "https://b.example/"),)}, "The server points", "b.example"),
        ({"status": 503, "reason_phrase": ""}, "The server is overloaded", "maintenance"),
        ({"status": 418, "reason_phrase": ""}, "The server did not switch", "no connection was opened"),
        ({"status": None, "body": b"SSH-2.0"}, "✗ Upgrade  no HTTP response", ""),
        ({"body": b"x" * 20_010}, "xxx", "… 10 more characters, in Raw"),
    ],
)
def test_what_is_unusual_is_named(show, changes, start, words):
    assert words in the(show(SOUND, **changes), start)


def test_messages_have_tabs_of_their_own_and_each_kind_keeps_its_choice(panel, bridge, wire, show):
    wire.request()
    wire.settle()
    show(SOUND)
    assert [panel.tabs.isTabVisible(tab) for tab in (CHECKS, SDK, HANDSHAKE)] == [False, False, True]
    bridge.select_entry(1)
    panel.tabs.setCurrentIndex(SDK)
    assert [panel.tabs.isTabVisible(tab) for tab in (CHECKS, SDK, HANDSHAKE)] == [True, True, False]
    bridge.select_entry(2)
    assert panel.tabs.currentIndex() == HANDSHAKE
    panel.tabs.setCurrentIndex(RAW)
    bridge.select_entry(1)
    assert panel.tabs.currentIndex() == SDK
    bridge.select_entry(2)
    assert panel.tabs.currentIndex() == RAW
    assert panel.save_state()["tab"] == SDK


def test_the_tabs_fit_a_narrow_panel(panel, show):
    show(SOUND)
    QTest.qWait(20)
    assert panel.width() == 300
    bar = panel.tabs.tabBar()
    assert bar.tabRect(HANDSHAKE).right() <= panel.tabs.width()
