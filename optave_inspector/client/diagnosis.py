"""Why no connection opens, looked at step by step: name, TCP, proxy, TLS, and, where the user wants it, the upgrade.

Each step is one of a real attempt and says what it found. No token is taken for any of them but the upgrade with one,
which has to be asked for.
"""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from websockets.uri import parse_uri

from .certificate_words import certificate_lines
from .certificates import read_chain
from .config import AuthTransport, NoToken, ProxyKind
from .connection import Connection, NotOpen
from .dialling import Dial, Phase, ms_since, proxy_words
from .events import Handshake
from .failures import ConnectFailed, Situation, explain
from .handshakes import checked_url, own_headers
from .masking import masked
from .proxies import ProxyFailed, address_of, proxy_for
from .tls_context import WatchedTls
from .tls_words import tls_words
from .trust import TrustError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ..protocol.states import ConnectionState
    from .config import ConnectionConfig, TokenSourceConfig
    from .events import Ending, Frame, TokenUse
    from .proxies import Proxy
    from .token_sources import UsedTokens

_MOST_ADDRESSES = 8


class Verdict(StrEnum):
    """How a step went."""

    OK = "ok"
    BAD = "bad"
    NOTE = "note"
    """Nothing is wrong, but it deserves a look."""
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one step found. No part of it holds a secret."""

    step: str
    verdict: Verdict
    sentence: str
    hint: str = ""
    details: tuple[tuple[str, str], ...] = ()


class _Broken(Exception):  # noqa: N818 - it ends the diagnosis, and is no error
    """Nothing further can be tried."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


class _Deaf:
    """Hears nothing of a connection: only its handshake counts."""

    def on_state(self, state: ConnectionState) -> None:
        """The state changed."""

    def on_token(self, use: TokenUse) -> None:
        """A token is about to be sent."""

    def on_handshake(self, handshake: Handshake) -> None:
        """The upgrade was answered."""

    def on_frame(self, frame: Frame) -> None:
        """A frame came or went."""

    def on_ending(self, ending: Ending) -> None:
        """The connection ended."""


async def diagnose(config: ConnectionConfig) -> AsyncIterator[Finding]:
    """Try everything up to TLS, one by one; the findings come as they are made. Cancelling leaves no socket behind."""
    look = _Look(config)
    try:
        for step in (look.url, look.proxy, look.name, look.tcp, look.way, look.tls):
            async with asyncio.timeout(config.open_timeout_s):
                found = await step()
            for finding in found:
                yield finding
    except TimeoutError:
        yield Finding(
            look.step,
            Verdict.BAD,
            f"Nothing came within {config.open_timeout_s:g} s.",
            "A firewall may drop the packets without a word; check host, port, network and proxy.",
        )
    except _Broken as broken:
        yield broken.finding
    finally:
        look.close()


def connect_once(
    config: ConnectionConfig, source: TokenSourceConfig, used: UsedTokens
) -> Callable[[], Awaitable[Handshake]]:
    """An attempt for :func:`diagnose_upgrade`: connects with a token of ``source``, and closes at once."""

    async def attempt() -> Handshake:
        connection = Connection(config, source, _Deaf(), used)
        handshake = await connection.open()
        with suppress(NotOpen):
            await connection.close(1000, "diagnosis")
            await connection.wait_ended()
        return handshake

    return attempt


async def diagnose_upgrade(
    config: ConnectionConfig, attempt: Callable[[], Awaitable[Handshake]], *, with_token: bool
) -> AsyncIterator[Finding]:
    """Make ``attempt`` and say what came of the upgrade and the subprotocol."""
    step = "Upgrade with a token" if with_token else "Upgrade without a token"
    spent = "One token was taken and sent for this." if with_token else "No token was taken."
    try:
        handshake = masked(await attempt())
    except ConnectFailed as failure:
        status = failure.handshake.status if failure.handshake is not None else None
        if not with_token and status in (401, 403):
            yield Finding(
                step,
                Verdict.OK,
                f"The server refuses a connection without a token with HTTP {status}, as it should.",
                "The way is sound. Try it with a token.",
                (("Token", spent),),
            )
            return
        yield Finding(step, Verdict.BAD, failure.sentence, failure.hint, (("Token", spent),))
        return
    yield Finding(
        step,
        Verdict.OK,
        f"The server switched protocols ({handshake.timings.upgrade_ms or 0:.0f} ms); the connection was closed again.",
        details=(("Token", spent),),
    )
    selected = handshake.selected_subprotocol
    if config.auth_transport is AuthTransport.QUERY and with_token:
        yield Finding("Subprotocol", Verdict.SKIPPED, "None is offered where the token travels in the query.")
    elif selected == "optave-v1":
        yield Finding("Subprotocol", Verdict.OK, "The server chose optave-v1.")
    elif selected:
        yield Finding(
            "Subprotocol", Verdict.NOTE, f"The server chose {selected}, not optave-v1.", "Ask whoever runs it."
        )
    else:
        yield Finding(
            "Subprotocol",
            Verdict.NOTE,
            "The server chose none.",
            "Browsers and Optave's SDK fail such a connection; the server should choose optave-v1.",
        )


class _Look:
    """The steps, each standing on the former ones."""

    def __init__(self, config: ConnectionConfig) -> None:
        self.step = "URL"
        self._config = config
        self._proxy: Proxy | None = None
        self._host, self._port, self._secure = "", 0, False
        self._dial = Dial()
        self._addresses: list[tuple[int, str, int]] = []
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Leave no socket behind."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def url(self) -> list[Finding]:
        """Whether the settings make a URL that can be connected to."""
        self.step = "URL"
        try:
            url = checked_url(self._config)
            own_headers(self._config)
        except ConnectFailed as failure:
            raise self._broken(failure.sentence, failure.hint) from None
        where = parse_uri(url)
        self._host, self._port, self._secure = where.host, where.port, where.secure
        scheme = "wss" if where.secure else "ws"
        return [Finding(self.step, Verdict.OK, f"{scheme}://{address_of(where.host, where.port)} can be connected to.")]

    async def proxy(self) -> list[Finding]:
        """Which way is taken."""
        self.step = "Way"
        try:
            self._proxy = await proxy_for(self._config.proxy, self._host, self._port, secure=self._secure)
        except ProxyFailed as failure:
            raise self._broken(failure.sentence, failure.hint) from None
        self._dial = Dial(self._proxy, self._config.address_family)
        if self._proxy is not None:
            return [Finding(self.step, Verdict.OK, f"Through the {self._proxy}.")]
        if self._config.proxy.kind is ProxyKind.SYSTEM:
            return [Finding(self.step, Verdict.OK, "Directly: the system names no proxy for this host.")]
        return [Finding(self.step, Verdict.OK, "Directly, without a proxy.")]

    async def name(self) -> list[Finding]:
        """The addresses of the name, this side's or the proxy's."""
        self.step = "Name"
        host, port = (self._proxy.host, self._proxy.port) if self._proxy is not None else (self._host, self._port)
        try:
            found = await self._dial.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise self._failed(error, Phase.NAME) from None
        self._addresses = list(dict.fromkeys((each[0], each[4][0], each[4][1]) for each in found))[:_MOST_ADDRESSES]
        shown = ", ".join(address for _, address, _ in self._addresses)
        took = f" ({self._dial.dns_ms:.0f} ms)" if self._dial.dns_ms is not None else ""
        note = "; the proxy resolves the server's name itself" if self._proxy is not None else ""
        return [Finding(self.step, Verdict.OK, f"{host} is {shown}{took}{note}.")]

    async def tcp(self) -> list[Finding]:
        """Each address by itself: one that hangs delays every connection, though another answers."""
        self.step = "TCP"
        results = await asyncio.gather(*(self._try(*each) for each in self._addresses))
        details = tuple(
            (address_of(each[1], each[2]), words) for each, (_, words) in zip(self._addresses, results, strict=True)
        )
        good = sum(error is None for error, _ in results)
        if not good:
            error = results[0][0]
            assert error is not None
            broken = self._failed(error, Phase.TCP)
            finding = broken.finding
            raise _Broken(Finding(self.step, Verdict.BAD, finding.sentence, finding.hint, details))
        if good < len(results):
            sentence = f"{good} of {len(results)} addresses take connections."
            hint = "The others make connecting slower, or fail it for clients that try one address only."
            return [Finding(self.step, Verdict.NOTE, sentence, hint, details)]
        return [Finding(self.step, Verdict.OK, "Every address takes connections.", "", details)]

    async def way(self) -> list[Finding]:
        """The socket that TLS is tried on, through the proxy where there is one."""
        self.step = "Proxy" if self._proxy is not None else "TCP"
        try:
            self._socket = await self._dial.open(self._host, self._port)
        except (OSError, UnicodeError, ProxyFailed) as error:
            raise self._failed(error, self._dial.phase) from None
        if self._proxy is None:
            return []
        target = address_of(self._host, self._port)
        return [Finding("Proxy", Verdict.OK, f"It opened the way to {target} ({self._dial.proxy_ms or 0:.0f} ms).")]

    async def tls(self) -> list[Finding]:
        """The TLS handshake, and what the server shows in it."""
        self.step = "TLS"
        if not self._secure:
            sentence = "None: ws:// is not encrypted."
            return [Finding(self.step, Verdict.SKIPPED, sentence)]
        try:
            tls = await asyncio.to_thread(_tls, address_of(self._host, self._port), self._config)
        except TrustError as error:
            raise self._broken(error.sentence, error.hint) from None
        started = time.perf_counter()
        sock, self._socket = self._socket, None  # the event loop closes it from now on
        name = self._config.tls.server_name or self._host
        try:
            transport, _ = await asyncio.get_running_loop().create_connection(
                asyncio.Protocol, sock=sock, ssl=tls.context, server_hostname=name
            )
        except ssl.SSLError as error:
            seen = tls.seen(read_chain(tls.watch.chain))
            sentence, hint = tls_words(error, name, "ws", seen)
            details = certificate_lines(seen.certificates[0]) if seen.certificates else []
            raise _Broken(Finding(self.step, Verdict.BAD, sentence, hint, tuple(details))) from None
        except OSError as error:
            raise self._failed(error, Phase.TLS) from None
        took = ms_since(started)
        spoken = transport.get_extra_info("ssl_object")
        transport.abort()
        certificates = read_chain(tls.watch.chain)
        details = certificate_lines(certificates[0]) if certificates else []
        if tls.watch.asked_for_certificate:
            shown = "this profile shows one" if tls.shows_certificate else "this profile has none"
            details.append(("Client certificate", f"the server asks for one; {shown}"))
        sentence = f"{spoken.version()} with {name} ({took:.0f} ms)."
        if tls.accepts:
            hint = "Nothing vouches for the certificate: you accepted it for this session."
            return [Finding(self.step, Verdict.NOTE, sentence, hint, tuple(details))]
        return [Finding(self.step, Verdict.OK, sentence, "", tuple(details))]

    async def _try(self, family: int, address: str, port: int) -> tuple[OSError | None, str]:
        started = time.perf_counter()
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.settimeout(0)  # the event loop waits
            try:
                await asyncio.get_running_loop().sock_connect(sock, (address, port))
            except OSError as error:
                return error, error.strerror or "failed"
        return None, f"answers ({ms_since(started):.0f} ms)"

    def _failed(self, error: Exception, phase: Phase) -> _Broken:
        if self._proxy is not None and phase in (Phase.NAME, Phase.TCP, Phase.PROXY):
            return self._broken(*proxy_words(error, phase, self._proxy))
        failure = explain(
            error,
            Situation(
                phase, self._host, self._port, self._secure, self._config.open_timeout_s,
                overdue=False, reset=False, handshake=Handshake(""), family=self._config.address_family,
            ),
        )  # fmt: skip
        return self._broken(failure.sentence, failure.hint)

    def _broken(self, sentence: str, hint: str) -> _Broken:
        return _Broken(Finding(self.step, Verdict.BAD, sentence, hint))


def without_token(config: ConnectionConfig) -> tuple[ConnectionConfig, NoToken]:
    """The same connection with no token at all."""
    return dataclasses.replace(config, auth_transport=AuthTransport.NONE), NoToken()


def findings_text(findings: list[Finding]) -> str:
    """All findings as text, to hand to somebody else."""
    marks = {Verdict.OK: "ok", Verdict.BAD: "BREAKS HERE", Verdict.NOTE: "note", Verdict.SKIPPED: "not tried"}
    lines = []
    for finding in findings:
        lines.append(f"{finding.step}: {marks[finding.verdict]}. {finding.sentence}")
        if finding.hint:
            lines.append(f"  -> {finding.hint}")
        lines += [f"  {label}: {value}" for label, value in finding.details]
    return "\n".join(lines)


def _tls(address: str, config: ConnectionConfig) -> WatchedTls:
    import_module("cryptography.x509")
    return WatchedTls(address, config.ca_file, config.tls)
