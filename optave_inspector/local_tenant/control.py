"""Faults by order: ``POST /control/<fault>`` and ``GET /control/status`` on the token endpoint's port.

Every order carries the header ``X-Control-Key``. Its parameters are a JSON object, or absent for none:

- ``close``: ``code`` (0 to 65535, 1000 when not given, null for an empty close frame), ``reason``, ``connection``
- ``drop``: ``connection``
- ``silent``: ``on`` (true when not given), ``connection``
- ``orphan``: ``action``, ``connection``
- ``error``: ``next`` (how many requests, 1 when not given), ``code``, ``content``, ``connection``
- ``ping``: ``data``, ``connection``
- ``scenario``: ``name`` and ``parameters`` of a scenario of ``protocol/scenarios``, ``connection``, ``next`` (arm it
  for so many connections yet to come instead of starting it on the open ones)
- ``calm``: nothing; takes all faults and scenarios back

The answer names what was reached. An order that cannot be carried out is answered by 400, 404 or 409 and a sentence.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ..protocol.actions import Action, parse_action
from ..protocol.scenarios import Moment, ScenarioError, find_scenario
from ..tasks import Tasks
from . import faults
from .bench import MAX_ARMED
from .token_endpoint import TokenEndpoint, refusal

if TYPE_CHECKING:
    from ..protocol.scenarios import Scenario, Value
    from .connection import Orders, TenantConnection
    from .server import WebSocketSide

PATH = "/control"
KEY_HEADER = "X-Control-Key"
_Parameters = Mapping[str, Any]
_MAX_NEXT = 1_000_000


class _OrderError(Exception):
    """An order that cannot be carried out."""

    def __init__(self, error: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.response = refusal(status, error, sentence)


class Control:
    """Carries out fault orders on the connections of ``side``.

    close, drop, orphan and ping reach all open connections, or the one named by ``connection``. silent and error hold
    for the whole tenant, connections yet to come included, or for the one named by ``connection``.
    """

    def __init__(self, side: WebSocketSide, endpoint: TokenEndpoint, key: str, *, tls: bool = False) -> None:
        self._side = side
        self._tls = tls
        self._endpoint = endpoint
        self._key = key
        self._tasks = Tasks("local tenant control")
        self._faults: Mapping[str, Callable[[_Parameters], Awaitable[dict[str, Any]]]] = {
            "close": self._close,
            "drop": self._drop,
            "silent": self._silent,
            "orphan": self._orphan,
            "error": self._error,
            "ping": self._ping,
            "scenario": self._scenario,
            "calm": self._calm,
        }

    def add_to(self, app: web.Application) -> None:
        """Serve the orders in ``app``."""
        app.router.add_get(f"{PATH}/status", self._status)
        app.router.add_post(f"{PATH}/{{fault}}", self._order)

    async def stop(self) -> None:
        """Give up closings that still wait for the client."""
        await self._tasks.cancel()

    async def _status(self, request: web.Request) -> web.Response:
        if not self._allowed(request):
            return _not_allowed()
        side = self._side
        return web.json_response(
            {
                "connections": [connection.status() for connection in side.connections],
                "opened": side.opened,
                "handshakes_refused": side.refused,
                "tokens_issued": self._endpoint.issued,
                "silent": side.orders.silent,
                "errors_ordered": side.orders.errors,
                "bench": side.bench.status(),
            }
        )

    async def _order(self, request: web.Request) -> web.Response:
        if not self._allowed(request):
            return _not_allowed()
        fault = self._faults.get(request.match_info["fault"])
        if fault is None:
            return refusal(404, "unknown_fault", f"Known faults are {', '.join(self._faults)}.")
        try:
            return web.json_response(await fault(await _read_parameters(request)))
        except _OrderError as wrong:
            return wrong.response

    def _allowed(self, request: web.Request) -> bool:
        given = request.headers.get(KEY_HEADER, "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._key.encode())

    def _open(self, parameters: _Parameters) -> list[TenantConnection]:
        named = parameters.get("connection")
        found = [one for one in self._side.connections if named is None or one.identity == named]
        if not found:
            words = "No connection is open." if named is None else f"No open connection is called {named!r}."
            raise _OrderError("no_connection", words, 409)
        return found

    def _orders(self, parameters: _Parameters) -> Orders:
        return self._side.orders if parameters.get("connection") is None else self._open(parameters)[0].orders

    async def _close(self, parameters: _Parameters) -> dict[str, Any]:
        code = parameters.get("code", 1000)
        reason = _text(parameters, "reason")
        if code is not None and (not isinstance(code, int) or isinstance(code, bool) or not 0 <= code <= 0xFFFF):
            raise _OrderError(
                "invalid_code", "code must be a whole number from 0 to 65535, or null for an empty close frame."
            )
        if len(reason.encode()) > (faults.MAX_REASON_BYTES if code is not None else 0):
            raise _OrderError("invalid_reason", "reason may have 123 bytes of UTF-8, and none without a code.")
        return self._each(parameters, lambda one: faults.close(one, code, reason), "close")

    async def _drop(self, parameters: _Parameters) -> dict[str, Any]:
        found = self._open(parameters)
        for connection in found:
            faults.drop(connection)
        return _reached(found)

    async def _silent(self, parameters: _Parameters) -> dict[str, Any]:
        on = parameters.get("on", True)
        if not isinstance(on, bool):
            raise _OrderError("invalid_value", "on must be true or false.")
        self._orders(parameters).silent = on
        return {"silent": on}

    async def _error(self, parameters: _Parameters) -> dict[str, Any]:
        count = parameters.get("next", 1)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise _OrderError("invalid_value", "next must be a whole number from 0.")
        orders = self._orders(parameters)
        orders.errors = count
        orders.error_code = _text(parameters, "code") or "ORCHESTRATOR_ERROR"
        orders.error_content = _text(parameters, "content") or "The local tenant was told to answer with an error."
        return {"errors_ordered": count}

    async def _orphan(self, parameters: _Parameters) -> dict[str, Any]:
        action = parse_action(_text(parameters, "action") or Action.INTERACTION)
        if action is None:
            raise _OrderError("invalid_value", f"action must be one of {', '.join(Action)}.")
        named = {one.identity: one.service.stamps.correlation_id() for one in self._open(parameters)}
        sent = self._each(parameters, lambda one: faults.orphan(one, action, named[one.identity]), "orphan")
        return sent | {"correlation_ids": list(named.values())}

    async def _ping(self, parameters: _Parameters) -> dict[str, Any]:
        data = _text(parameters, "data").encode()
        if len(data) > 125:
            raise _OrderError("invalid_value", "data may have 125 bytes of UTF-8.")
        return self._each(parameters, lambda one: faults.ping(one, data), "ping")

    async def _scenario(self, parameters: _Parameters) -> dict[str, Any]:
        given = parameters.get("parameters", {})
        if not isinstance(given, dict):
            raise _OrderError("invalid_value", "parameters must be an object.")
        try:
            scenario = find_scenario(_text(parameters, "name"))
            values = scenario.values(given)
        except ScenarioError as error:
            raise _OrderError("invalid_scenario", str(error)) from error
        if scenario.needs_tls and not self._tls:
            raise _OrderError("needs_tls", f"{scenario.name} needs a tenant that serves TLS.", 409)
        named = parameters.get("connection")
        if scenario.moment is Moment.HANDSHAKE:
            if named is not None:
                raise _OrderError("invalid_value", f"{scenario.name} is for a handshake, not for a connection.")
            return self._armed(scenario, values, int(values["times"]))
        if "next" in parameters:
            count = parameters["next"]
            if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= _MAX_NEXT:
                raise _OrderError("invalid_value", f"next must be a whole number from 1 to {_MAX_NEXT}.")
            return self._armed(scenario, values, count)
        if named is None and not self._side.connections:
            return self._armed(scenario, values, 1)
        found = self._open(parameters)
        self._side.bench.start(scenario, values, found)
        return _reached(found) | {"scenario": scenario.name, "armed": 0}

    def _armed(self, scenario: Scenario, values: Mapping[str, Value], times: int) -> dict[str, Any]:
        if len(self._side.bench) >= MAX_ARMED:
            raise _OrderError("too_many", f"{MAX_ARMED} scenarios are armed already; calm takes them back.", 409)
        self._side.bench.arm(scenario, values, times)
        return {"scenario": scenario.name, "armed": times, "connections": []}

    async def _calm(self, _parameters: _Parameters) -> dict[str, Any]:
        side = self._side
        side.orders.silent, side.orders.errors = False, 0
        side.bench.calm(side.connections)
        return {"calm": True}

    def _each(self, parameters: _Parameters, do: Callable[[TenantConnection], Any], name: str) -> dict[str, Any]:
        found = self._open(parameters)
        for connection in found:
            self._tasks.start(do(connection), f"{name} {connection.identity}")
        return _reached(found)


def _reached(connections: list[TenantConnection]) -> dict[str, Any]:
    return {"connections": [connection.identity for connection in connections]}


def _not_allowed() -> web.Response:
    return refusal(401, "invalid_key", f"The header {KEY_HEADER} must carry the control key that the tenant printed.")


def _text(parameters: _Parameters, name: str) -> str:
    value = parameters.get(name, "")
    if not isinstance(value, str):
        raise _OrderError("invalid_value", f"{name} must be text.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _OrderError("invalid_value", f"{name} holds half a character, which UTF-8 cannot carry.") from error
    return value


async def _read_parameters(request: web.Request) -> _Parameters:
    body = await request.read()
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _OrderError("invalid_json", f"The parameters are not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise _OrderError("invalid_json", "The parameters must be a JSON object.")
    return value
