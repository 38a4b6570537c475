"""A handshake line by line, what was offered beside what was chosen: what the Handshake tab shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...client.certificate_words import certificate_lines
from ...client.events import PeerCertificate
from ...protocol.accept_key import accept_of
from ...protocol.refusals import refusal
from .detail_row import DetailRow, Piece, heading, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .entry_content import EntryContent

_PROTOCOL = "optave-v1"
_MASK = "••••"
_MOST_OF_BODY = 20_000
_PARAMETERS = {
    "server_no_context_takeover": "the server compresses each message on its own",
    "client_no_context_takeover": "we compress each message on its own",
    "server_max_window_bits": "the server's compression window, as a power of two",
    "client_max_window_bits": "our compression window, as a power of two",
}


def handshake_rows(content: EntryContent) -> list[DetailRow]:
    """All that a handshake entry holds, explained; no rows where its payload cannot be read."""
    value = content.reading.value if content.reading is not None else None
    return list(_rows(value)) if isinstance(value, dict) else []


def _rows(value: dict[str, Any]) -> Iterator[DetailRow]:
    asked, answered = _headers(value.get("request")), _headers(value.get("response"))
    status, url = value.get("status"), f"{value.get('url') or ''}"
    accepted = status == 101
    phrase = f"{status} {value.get('reasonPhrase') or ''}".strip() if status is not None else "no HTTP response"
    yield heading("Upgrade", "ok" if accepted else "error", phrase)
    yield DetailRow((Piece(_outcome(status, answered)), Piece(f"\n{url}", "code")))
    if value.get("body"):
        body = f"{value['body']}"
        more = len(body) - _MOST_OF_BODY
        pieces = [Piece(body[:_MOST_OF_BODY], "code")]
        if more > 0:
            pieces.append(Piece(f"\n… {more:,} more characters, in Raw", "muted"))
        yield heading("Body of the response", "error" if not accepted else "warning")
        yield DetailRow(tuple(pieces))
    yield heading("Offered and chosen")
    yield _subprotocol(asked, answered, accepted=accepted)
    yield _extensions(asked, answered, accepted=accepted)
    yield from _version(asked, answered)
    yield from _key(asked, answered, accepted=accepted)
    yield _token(url, asked)
    yield _encryption(url, f"{value.get('tls') or ''}")
    yield from _certificates(value)
    warnings = value.get("warnings") or ()
    if warnings:
        yield heading("Warnings", "warning")
        yield from (told("warning", "Deserves a look", f"{warning}") for warning in warnings)
    yield from _timings(value)
    for title, pairs in (("Request headers", value.get("request")), ("Response headers", value.get("response"))):
        if isinstance(pairs, dict) and pairs:
            yield heading(title)
            for name, text in pairs.items():
                yield DetailRow((Piece(f"{name}: ", "muted"), Piece(f"{text}", "code")))


def _outcome(status: Any, answered: dict[str, str]) -> str:
    if status is None:
        return "Nothing came that HTTP would call a response."
    if status == 101:
        return "The server switched protocols; from here on both sides speak WebSocket."
    if isinstance(status, int) and 300 <= status < 400:
        return f"The server points elsewhere, to {answered.get('location') or 'no place that it names'}."
    return refusal(status).meaning if isinstance(status, int) else "No connection was opened."


def _line(look: str, name: str, offered: str, chosen: str, sentence: str) -> DetailRow:
    more = [
        Piece("\noffered  ", "muted"),
        Piece(offered or "nothing", "code" if offered else "muted"),
        Piece("\nchosen  ", "muted"),
        Piece(chosen or "nothing", "code" if chosen else "muted"),
        Piece(f"\n{sentence}"),
    ]
    return told(look, name, "", more=more)


def _subprotocol(asked: dict[str, str], answered: dict[str, str], *, accepted: bool) -> DetailRow:
    name = "sec-websocket-protocol"
    offered, chosen = asked.get(name, ""), answered.get(name, "")
    if not accepted:
        look, sentence = "muted", "No subprotocol is chosen where the upgrade is refused."
    elif not chosen and not offered:
        look, sentence = "ok", "None was offered, so none could be chosen."
    elif not chosen:
        look, sentence = (
            "warning",
            "The server chose none of those offered, where browsers and the JavaScript SDK fail the connection.",
        )
    elif chosen == _PROTOCOL:
        look, sentence = "ok", "The server speaks Optave's protocol."
    elif _MASK in chosen:
        look, sentence = "warning", "The server sent the token back as the subprotocol, where logs may keep it."
    elif chosen not in [one.strip() for one in offered.split(",")]:
        look, sentence = "error", "It was not offered, for which a client has to fail the connection (RFC 6455 4.1)."
    else:
        look, sentence = "warning", f"It is not {_PROTOCOL}."
    return _line(look, "Subprotocol", offered, chosen, sentence)


def _extensions(asked: dict[str, str], answered: dict[str, str], *, accepted: bool) -> DetailRow:
    name = "sec-websocket-extensions"
    offered, chosen = asked.get(name, ""), answered.get(name, "")
    if not accepted:
        return _line("muted", "Extensions", offered, chosen, "No extension is chosen where the upgrade is refused.")
    if not chosen:
        return _line("ok", "Extensions", offered, chosen, "Messages go uncompressed.")
    sentences = []
    for one in chosen.split(","):
        extension, *parameters = [part.strip() for part in one.split(";")]
        if extension == "permessage-deflate":
            sentences.append("Messages are compressed one by one (RFC 7692).")
        else:
            sentences.append(f"{extension} is not known here.")
        for parameter in parameters:
            key, _, setting = parameter.partition("=")
            meaning = _PARAMETERS.get(key.strip(), "not known here")
            sentences.append(f"{key.strip()}{f' {setting.strip()}' if setting else ''}: {meaning}.")
    return _line("ok", "Extensions", offered, chosen, "\n".join(sentences))


def _version(asked: dict[str, str], answered: dict[str, str]) -> Iterator[DetailRow]:
    offered, wanted = asked.get("sec-websocket-version", ""), answered.get("sec-websocket-version", "")
    if wanted:
        sentence = "The server names the versions that it speaks (RFC 6455 4.4)."
        yield _line("warning", "Version", offered, wanted, sentence)
    elif offered:
        yield told("muted", "Version", f"{offered}, the one of RFC 6455.")


def _key(asked: dict[str, str], answered: dict[str, str], *, accepted: bool) -> Iterator[DetailRow]:
    key, accept = asked.get("sec-websocket-key", ""), answered.get("sec-websocket-accept", "")
    if not accepted or not key:
        return
    wanted = accept_of(key)
    if accept == wanted:
        yield told("ok", "Accept key", "It fits the key of the request: the answer is for this request, from no cache.")
    else:
        yield _line("error", "Accept key", key, accept, f"The key asks for {wanted} (RFC 6455 4.2.2).")


def _token(url: str, asked: dict[str, str]) -> DetailRow:
    if "authorization=" in url.lower():
        return told("warning", "Token", "It went in the query, where servers and proxies keep it in their logs.")
    if _MASK in asked.get("sec-websocket-protocol", ""):
        return told("ok", "Token", f"It was offered as a subprotocol beside {_PROTOCOL}, as browsers have to.")
    if asked.get("authorization"):
        return told("ok", "Token", "It went in the Authorization header, which browsers cannot set.")
    return told("muted", "Token", "None was sent.")


def _encryption(url: str, tls: str) -> DetailRow:
    if tls:
        return told("ok", "Encryption", tls)
    if url.startswith("wss:"):
        return told("muted", "Encryption", "It did not come to an encrypted connection.")
    return told("warning", "Encryption", "None: the token and all messages can be read on the way.")


def _certificates(value: dict[str, Any]) -> Iterator[DetailRow]:
    """The chain that the server showed, its own certificate first; from a file, so anything may stand there."""
    listed = value.get("certificates")
    shown = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    if not shown:
        return
    distrust = value.get("distrust")
    look = "error" if distrust else "warning" if value.get("acceptedByUser") else ""
    yield heading("Certificates", *((look,) if look else ()))
    if distrust:
        yield told("error", "Not trusted", f"{distrust}")
    if value.get("acceptedByUser"):
        yield told("warning", "Accepted", "Nothing vouches for it: the user accepted it by its fingerprint.")
    for number, one in enumerate(shown, 1):
        names = one.get("names")
        certificate = PeerCertificate(
            sha256=f"{one.get('sha256') or ''}",
            subject=f"{one.get('subject') or ''}",
            issuer=f"{one.get('issuer') or ''}",
            not_before_unix_s=_number(one.get("notBefore")),
            not_after_unix_s=_number(one.get("notAfter")),
            names=tuple(f"{name}" for name in names) if isinstance(names, list) else (),
            problem=f"{one.get('problem') or ''}",
        )
        pieces = [Piece("The server's own" if number == 1 else f"Certificate {number}")]
        for label, text in certificate_lines(certificate):
            pieces += [Piece(f"\n{label}  ", "muted"), Piece(text, "code")]
        yield DetailRow(tuple(pieces))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _timings(value: dict[str, Any]) -> Iterator[DetailRow]:
    timings = value.get("timingsMs")
    phases = timings.items() if isinstance(timings, dict) else ()
    known = [(name, ms) for name, ms in phases if isinstance(ms, int | float)]
    peer = value.get("peerAddress")
    if not known and not peer:
        return
    yield heading("Way and time")
    if peer:
        yield told("text", "Peer", f"{peer}")
    if value.get("proxy"):
        yield told("text", "Proxy", f"{value['proxy']}; name lookup and TCP are the way to it")
    names = {"dns": "name lookup", "tcp": "TCP", "proxy": "proxy", "tls": "TLS", "token": "token", "upgrade": "upgrade"}
    for name, ms in known:
        yield DetailRow((Piece(f"{names.get(name, name)}: ", "muted"), Piece(f"{ms:,.1f} ms")))


def _headers(pairs: Any) -> dict[str, str]:
    return {name.lower(): f"{text}" for name, text in pairs.items()} if isinstance(pairs, dict) else {}
