"""An HTTP proxy asked to open a way (CONNECT, RFC 9110 section 9.3.6), and its refusals in words."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from typing import TYPE_CHECKING

from .. import __version__
from .http_answer import HttpAnswer, read_answer
from .proxies import Proxy, ProxyFailed, address_of

if TYPE_CHECKING:
    import socket

_MOST_HEAD_BYTES = 1 << 16
_MOST_BODY_BYTES = 1 << 14
_BODY_WAIT_S = 0.5
"""Of a refusal's page only the title is wanted: what does not come soon is done without."""
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<title")
_NAME_PROBLEM = re.compile(rb"dns|resolv|unknown host|host not found|name lookup", re.IGNORECASE)
_CREDENTIALS = "Enter the user and the password of the proxy in the profile."


async def open_by_connect(sock: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    """Have the proxy at the other end of ``sock`` connect to ``host``. Raises ProxyFailed or OSError."""
    loop = asyncio.get_running_loop()
    target = address_of(host, port)
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", f"User-Agent: optave-inspector/{__version__}"]
    if proxy.user or proxy.password:
        pair = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {pair}")
    await loop.sock_sendall(sock, "\r\n".join([*lines, "", ""]).encode("ascii"))
    came = bytearray()
    while _HEAD_END.search(came) is None:
        more = await loop.sock_recv(sock, 4096)
        if not more:
            raise _no_answer(bytes(came), proxy, target)
        came += more
        if len(came) > _MOST_HEAD_BYTES or not came.startswith(b"HTTP/"[: len(came)]):
            raise _no_answer(bytes(came), proxy, target)
    answer = read_answer(came)
    if answer is None:
        raise _no_answer(bytes(came), proxy, target)
    if not 200 <= answer.status < 300:
        raise _refusal(answer, await _rest(sock, answer), proxy, target)
    if answer.body:  # a server says nothing before it was spoken to
        raise ProxyFailed(
            f"The proxy {proxy.address} says that the way to {target} is open, but sends {_what(answer.body)} on it.",
            "It may be a sign-in page: open a web page through this proxy in a browser first.",
        )


async def _rest(sock: socket.socket, answer: HttpAnswer) -> bytes:
    body = bytearray(answer.body)
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(_BODY_WAIT_S):
            while len(body) < min(_length(answer), _MOST_BODY_BYTES):
                more = await asyncio.get_running_loop().sock_recv(sock, 4096)
                if not more:
                    break
                body += more
    return bytes(body)


def _length(answer: HttpAnswer) -> int:
    text = _header(answer, "content-length")
    return int(text) if text.isdecimal() and len(text) < 10 else _MOST_BODY_BYTES


def _refusal(answer: HttpAnswer, body: bytes, proxy: Proxy, target: str) -> ProxyFailed:
    shown = f"{answer.status} {answer.reason_phrase}".strip()
    page = f" with {_what(body)}" if body.lstrip()[:64].lower().startswith(_HTML) else ""
    said = b" ".join([answer.reason_phrase.encode(), _header(answer, "x-squid-error").encode(), body])
    match answer.status:
        case 407:
            return _credentials(answer, proxy, shown)
        case 403 | 401 | 451:
            return ProxyFailed(
                f"The proxy {proxy.address} does not let anybody connect to {target} ({shown}){page}.",
                "Ask whoever runs it to allow that host and port, or choose another way in the profile.",
            )
        case 405 | 501:
            return ProxyFailed(
                f"The proxy {proxy.address} opens no ways at all ({shown}): it does not take CONNECT.",
                "It may be a web server, or a proxy for plain HTTP only; check its address.",
            )
        case 404 | 500 | 502 | 503 | 504 if _NAME_PROBLEM.search(said):
            return ProxyFailed(
                f"The proxy {proxy.address} cannot resolve the name {target.rpartition(':')[0]} ({shown}).",
                "Check the host name; the proxy looks it up with its own name server.",
            )
        case 502 | 503 | 504:
            return ProxyFailed(
                f"The proxy {proxy.address} cannot reach {target} ({shown}){page}.",
                "Check host and port; the proxy's own network may not lead there.",
            )
    return ProxyFailed(
        f"The proxy {proxy.address} answered CONNECT to {target} with {shown}{page}.",
        "Check that the address is a proxy's, and not a web server's.",
    )


def _credentials(answer: HttpAnswer, proxy: Proxy, shown: str) -> ProxyFailed:
    schemes = [
        value.partition(" ")[0].strip(",")
        for name, value in answer.headers
        if name.lower() == "proxy-authenticate" and value.strip()
    ]
    if schemes and not any(each.lower() == "basic" for each in schemes):
        return ProxyFailed(
            f"The proxy {proxy.address} wants credentials by {' or '.join(schemes)} ({shown}).",
            "Only Basic is spoken here. A local helper (such as Px or CNTLM) can stand between.",
        )
    if proxy.user or proxy.password:
        return ProxyFailed(f"The proxy {proxy.address} does not take this user and password ({shown}).", _CREDENTIALS)
    return ProxyFailed(f"The proxy {proxy.address} wants a user and a password ({shown}).", _CREDENTIALS)


def _no_answer(came: bytes, proxy: Proxy, target: str) -> ProxyFailed:
    if not came:
        return ProxyFailed(
            f"The proxy {proxy.address} ended the connection without answering CONNECT to {target}.",
            "Check that it is an HTTP proxy: it may speak SOCKS, or TLS.",
        )
    return ProxyFailed(
        f"What answers at the proxy's address {proxy.address} does not speak HTTP.",
        "It may be a SOCKS proxy: choose SOCKS5, or check the port.",
    )


def _what(body: bytes) -> str:
    if not body.lstrip()[:64].lower().startswith(_HTML):
        return "something else"
    title = _TITLE.search(body)
    words = " ".join(title[1].decode("utf-8", "replace").split()) if title else ""
    return f"the page “{words[:80]}”" if words else "an HTML page"


def _header(answer: HttpAnswer, name: str) -> str:
    return next((value for key, value in answer.headers if key.lower() == name), "")
