"""How each kind of step is done."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from ..client.config import AuthTransport, ClientCredentials, NoToken, PastedToken
from ..client.failures import ConnectFailed
from ..client.made_frames import MadeFrame
from ..client.masking import secrets_of
from ..client.token_sources import TokenError, UsedTokens, take_token
from ..compose.generate import fresh
from ..compose.templates import templates
from ..compose.variables import Values
from ..protocol.envelope import Overrides, build_request
from ..protocol.scenarios import SCENARIOS
from ..protocol.states import ConnectionState
from .durations import duration
from .messages import Messages
from .orders import order_note
from .outcome import mismatches, outcome_of
from .recipe import (
    OPENING_S,
    Close,
    Connect,
    Doing,
    EndingKind,
    ExpectedEnding,
    ExpectEnding,
    ExpectMessage,
    ExpectNothing,
    ExpectState,
    Opcode,
    OrderTenant,
    Recipe,
    Repeat,
    Reset,
    SendAction,
    SendFile,
    SendFrame,
    SendText,
    TokenKind,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ..client.config import TokenSourceConfig
    from ..session import Session
    from .connecting import Target

_OPCODES = {
    Opcode.CONTINUATION: 0,
    Opcode.TEXT: 1,
    Opcode.BINARY: 2,
    Opcode.RESERVED: 3,
    Opcode.CLOSE: 8,
    Opcode.PING: 9,
    Opcode.PONG: 10,
}
_MAX_FILE_BYTES = 64 * 2**20
_AFTER_EXPIRY_S = 0.1


class StepFailed(Exception):  # noqa: N818 - an outcome, like ConnectFailed
    """A step did not go as it should; the text says what came instead."""


class Done(NamedTuple):
    """What came of a step that went as it should."""

    sentence: str
    entry: int = 0


class Doer:
    """Does the steps of one run on ``session``. Close it when the run is over."""

    def __init__(
        self,
        recipe: Recipe,
        session: Session,
        target: Target,
        folder: Path | None,
        environment: Mapping[str, str],
        random: Callable[[int], bytes],
    ) -> None:
        self._session = session
        self._target = target
        self._folder = folder
        self._environment = environment
        self._random = random
        self._before = session.attempt
        self._token = ""
        self._values = values = Values(recipe.variables, random=random)
        self.put_into = values.put_into
        self._messages = Messages(session, values.put_into)
        self._moved = asyncio.Event()
        self._signals = (session.state_changed, session.ended, session.failed)
        for signal in self._signals:
            signal.connect(self._told)

    def close(self) -> None:
        """Listen no longer, and forget the token."""
        self._messages.close()
        self._token = ""
        for signal in self._signals:
            signal.disconnect(self._told)

    async def do(self, doing: Doing, following: Doing | ExpectedEnding) -> Done:
        """Do one step; ``following`` is what comes next. Raises StepFailed and InspectorError."""
        match doing:
            case Connect():
                return await self._connect(doing, refusal_is_fine=_expects_refusal(following))
            case SendAction() | SendText() | SendFile() | SendFrame():
                return await self._send(doing)
            case ExpectMessage():
                entry, instead = await self._messages.expect(doing.checks, doing.text, doing.within_s)
                if entry is None:
                    raise StepFailed(f"{instead}{self._ended_words()}")
                return Done(f"Message #{entry.number} came.", entry.number)
            case ExpectNothing():
                entry = await self._messages.expect_none(doing.checks, doing.text, doing.within_s)
                if entry is not None:
                    raise StepFailed(f"Message #{entry.number} came.")
                return Done("None came.")
            case ExpectState():
                return await self._expect_state(doing)
            case ExpectEnding():
                return await self._expect_ending(doing.ending)
            case Wait():
                await asyncio.sleep(doing.seconds)
                return Done("")
            case Close():
                return await self._close(doing)
            case Reset():
                return await self._reset()
            case OrderTenant():
                return await self._order(doing)
            case Repeat():
                return Done("")

    async def await_ending(self, ending: ExpectedEnding) -> None:
        """Wait for the last attempt to end, where it is expected to, for as long as that may take."""
        if ending.kind is not EndingKind.OPEN and self._session.attempt > self._before:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ending.within_s):
                    await self._until(lambda: self._session.state is ConnectionState.CLOSED)
        await self._session.settled()

    # Connecting

    async def _connect(self, doing: Connect, *, refusal_is_fine: bool) -> Done:
        config = self._target.config
        if doing.within_s is not None and doing.token is not TokenKind.EXPIRED:
            config = dataclasses.replace(config, open_timeout_s=doing.within_s)
        source = await self._source(doing)
        if isinstance(source, NoToken):
            config = dataclasses.replace(config, auth_transport=AuthTransport.NONE)
        try:
            handshake = await self._session.connect(config, source)
        except ConnectFailed as failure:
            self._keep_token(failure.handshake)
            if refusal_is_fine:
                return Done(f"It did not open: {failure}")
            raise StepFailed(f"It did not open: {failure}") from None
        self._keep_token(handshake)
        return Done(f"Open after {duration(handshake.timings.total_ms / 1000)}.")

    async def _source(self, doing: Connect) -> TokenSourceConfig:
        match doing.token:
            case TokenKind.FRESH:
                return self._target.source
            case TokenKind.NONE:
                return NoToken()
            case TokenKind.WRONG_SECRET:
                if not isinstance(self._target.source, ClientCredentials):
                    raise StepFailed("This connection asks for tokens without a client secret.")
                return dataclasses.replace(self._target.source, client_secret=f"wrong-{self._random(8).hex()}")
            case TokenKind.ENVIRONMENT:
                token = self._environment.get(doing.variable, "")
                if not token:
                    raise StepFailed(f"There is no environment variable {doing.variable}, or it is empty.")
                return PastedToken(token, allow_reuse=True, origin=f"environment variable {doing.variable}")
            case TokenKind.USED:
                if not self._token:
                    raise StepFailed("No token was sent by the attempt before.")
                return PastedToken(self._token, allow_reuse=True, origin="the attempt before")
            case TokenKind.EXPIRED:
                return await self._expired(OPENING_S if doing.within_s is None else doing.within_s)

    async def _expired(self, within_s: float) -> TokenSourceConfig:
        try:
            token = await take_token(self._target.source, UsedTokens())
        except TokenError as error:
            raise StepFailed(str(error)) from None
        if token is None or token.expires_unix_s is None:
            raise StepFailed("The token does not say when it expires, so that cannot be waited for.")
        left_s = token.expires_unix_s - time.time()
        if left_s > within_s:
            raise StepFailed(
                f"The token expires in {duration(left_s)} only, and the step waits for {duration(within_s)}: "
                "give it more time by within."
            )
        await asyncio.sleep(max(0.0, left_s + _AFTER_EXPIRY_S))
        return PastedToken(token.text, allow_reuse=True, origin="fresh, left to expire")

    def _keep_token(self, handshake: object) -> None:
        made = self._session.handshake
        if handshake is not None and made is not None:
            self._token = next(iter(secrets_of(made)), "")

    # Sending

    async def _send(self, doing: SendAction | SendText | SendFile | SendFrame) -> Done:
        session = self._session
        match doing:
            case SendAction():
                await session.send_text(self._request(doing))
            case SendText():
                await session.send_text(doing.text if doing.verbatim else self.put_into(doing.text))
            case SendFile():
                data = self._file(doing.name)
                if doing.binary:
                    await session.send_binary(data)
                else:
                    try:
                        await session.send_text(data.decode())
                    except UnicodeDecodeError:
                        raise StepFailed(f"The file {doing.name} is no UTF-8 text; say binary = true.") from None
            case SendFrame(on_purpose=True):
                number = _OPCODES[doing.opcode]
                await session.send_made(MadeFrame(number, doing.data, fin=doing.fin, masked=doing.masked))
            case SendFrame(opcode=Opcode.PING):
                await session.ping(doing.data)
            case SendFrame(opcode=Opcode.BINARY):
                await session.send_binary(doing.data)
            case SendFrame():
                await session.send_text(doing.data.decode())
        await session.settled()
        return Done("Sent.", session.store.count)

    def _request(self, doing: SendAction) -> str:
        payload = doing.payload
        if payload is None:
            wanted = doing.template or "minimal"
            payload = next(each.text for each in templates(doing.action) if each.name == wanted)
        else:
            payload = self._values.put_into(payload, as_json=True)
        given = {name: self.put_into(text) for name, text in doing.headers.items()}
        overrides = Overrides(
            correlation_id=given.get("correlationId"),
            trace_id=given.get("traceId"),
            idempotency_key=given.get("idempotencyKey"),
            timestamp=given.get("timestamp"),
            tenant_id=given.get("tenantId"),
        )
        return build_request(doing.action, payload, fresh(time.time_ns(), self._random), overrides)

    def _file(self, name: str) -> bytes:
        if self._folder is None:
            raise StepFailed("This recipe was not opened from a file, so nothing stands beside it.")
        try:
            folder = self._folder.resolve(strict=True)
            path = folder.joinpath(*PurePosixPath(name.replace("\\", "/")).parts).resolve(strict=True)
            if not path.is_relative_to(folder):
                raise StepFailed(f"The file {name} leads out of the recipe's folder.")
            with path.open("rb") as file:
                data = file.read(_MAX_FILE_BYTES + 1)
        except (OSError, RuntimeError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise StepFailed(f"The file {name} cannot be read: {reason}.") from None
        if len(data) > _MAX_FILE_BYTES:
            raise StepFailed(f"The file {name} is larger than {_MAX_FILE_BYTES:,} bytes.")
        return data

    # Expecting and ending

    async def _expect_state(self, doing: ExpectState) -> Done:
        wanted = ConnectionState[doing.state]
        try:
            async with asyncio.timeout(doing.within_s):
                await self._until(lambda: self._session.state is wanted)
        except TimeoutError:
            raise StepFailed(f"The state is {self._session.state.name}.{self._ended_words()}") from None
        return Done(f"The state is {doing.state}.")

    async def _expect_ending(self, ending: ExpectedEnding) -> Done:
        await self.await_ending(ending)
        came = outcome_of(self._session, self._before)
        wrong = mismatches(ending, came, self.put_into)
        if wrong:
            raise StepFailed(" ".join(wrong))
        return Done(came.words, self._session.store.count)

    async def _close(self, doing: Close) -> Done:
        self._must_be_open()
        ending = await self._session.close(doing.code, self.put_into(doing.reason))
        return Done(ending.cause if ending is not None else "")

    async def _reset(self) -> Done:
        self._must_be_open()
        self._session.abort()
        await self._until(lambda: self._session.state is ConnectionState.CLOSED)
        return Done("TCP was dropped.")

    def _must_be_open(self) -> None:
        if self._session.state is not ConnectionState.OPEN:
            raise StepFailed(f"Nothing is open: the state is {self._session.state.name}.{self._ended_words()}")

    async def _order(self, doing: OrderTenant) -> Done:
        if self._target.tenant is None:
            raise StepFailed("Only the local tenant takes orders.")
        parameters = {
            name: self.put_into(value) if isinstance(value, str) else value for name, value in doing.parameters.items()
        }
        self._session.note_order(order_note(doing.name, parameters, doing.connections))
        if doing.name in SCENARIOS:
            said = await self._target.tenant.scenario(doing.name, next_=doing.connections, **parameters)
            return Done("Armed." if said.get("armed") else "Started.")
        if doing.name == "close" and parameters.get("code") == 1005:
            parameters["code"] = None  # TOML has no null
        await self._target.tenant.fault(doing.name, **parameters)
        return Done("Ordered.")

    def _ended_words(self) -> str:
        if self._session.state is not ConnectionState.CLOSED:
            return ""
        return f" The attempt ended: {outcome_of(self._session, self._before).words}"

    async def _until(self, met: Callable[[], bool]) -> None:
        while not met():
            self._moved.clear()
            await self._moved.wait()

    def _told(self, _news: object) -> None:
        self._moved.set()


def _expects_refusal(following: Doing | ExpectedEnding) -> bool:
    ending = following.ending if isinstance(following, ExpectEnding) else following
    return isinstance(ending, ExpectedEnding) and ending.kind is EndingKind.REFUSED
