"""From a recipe's text to a recipe, with every problem told at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..client.config import CredentialsIn
from ..compose.variables import name_problem
from ..errors import InspectorError
from ..protocol.scenarios import SCENARIOS
from . import keys
from .problems import Problem, RecipeError
from .recipe import (
    SUFFIX,
    Connect,
    ConnectionBy,
    EndingKind,
    ExpectedEnding,
    OrderTenant,
    Recipe,
    Repeat,
    Step,
    TokenKind,
    every_step,
)
from .step_reading import StepReader, expected_ending
from .toml_places import MAX_CHARACTERS, TomlText

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from .toml_places import Path

_LONGEST_RUN_STEPS = 20_000
_CONFIG_FIELDS = {
    "chat_session_id": "chat_session_id",
    "open_within": "open_timeout_s",
    "close_within": "close_timeout_s",
    "answers_within": "request_timeout_s",
    "ping_every": "ping_interval_s",
    "ping_within": "ping_timeout_s",
    "compression": "compression",
    "max_message_bytes": "max_message_bytes",
    "allow_plaintext": "allow_plaintext",
    "ca_file": "ca_file",
    "transport": "auth_transport",
}
_TENANT_FIELDS = {
    "tls": ("tls", 1),
    "strict": ("strict", 1),
    "token_lifetime": ("token_lifetime_s", 1),
    "latency": ("latency_ms", 1000),
    "stream_interval": ("stream_interval_ms", 1000),
}
_HOW_TO_CONNECT = 'Write use = "local tenant", profile = "its name", or url = "wss://…".'


def read_recipe(text: str, name: str = "") -> Recipe:
    """The recipe that ``text`` holds. Raises :class:`RecipeError` with all problems, and nothing else."""
    try:
        toml = TomlText(text)
    except RecipeError as error:
        raise RecipeError(error.problems, name) from None
    reader = _Reader(toml, name)
    recipe = reader.read()
    if reader.problems:
        raise RecipeError(sorted(reader.problems, key=lambda problem: problem.place.start), name)
    assert recipe is not None  # what could not be read is a problem
    return recipe


def problems_of(text: str) -> list[Problem]:
    """All that is wrong with ``text``, in its order; empty for a sound recipe."""
    try:
        read_recipe(text)
    except RecipeError as error:
        return error.problems
    return []


def load_recipe(path: FilePath) -> Recipe:
    """The recipe in a file. Raises :class:`RecipeError`, or InspectorError when the file cannot be read."""
    return read_recipe(load_text(path), path.name.removesuffix(SUFFIX).removesuffix(".toml"))


def load_text(path: FilePath) -> str:
    """The text of a recipe's file. Raises InspectorError."""
    try:
        with path.open("rb") as file:
            data = file.read(4 * MAX_CHARACTERS + 1)
    except OSError as error:
        raise InspectorError(f"The recipe {path} cannot be read: {error.strerror or error}.") from error
    if len(data) > 4 * MAX_CHARACTERS:
        raise InspectorError(f"{path} is too large for a recipe.")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InspectorError(f"{path} is no UTF-8 text, from byte {error.start + 1:,} on.") from None


class _Reader(StepReader):
    def __init__(self, toml: TomlText, name: str) -> None:
        super().__init__(toml)
        self._name = name

    def read(self) -> Recipe | None:
        values = dict(self.toml.values)
        version = values.get("version")
        if isinstance(version, int) and not isinstance(version, bool) and version > 1:
            self.wrong(
                self.toml.of_value(("version",)),
                f"This recipe is of version {version}, and this release reads version 1.",
                "Use a newer release.",
            )
            return None
        declared = values.get("variables")
        connection, ending = values.pop("connection", None), values.pop("ending", None)
        # Each variable may use those before it.
        self.names = tuple(declared) if isinstance(declared, dict) else ()
        top = self.table((), values, (*keys.TOP, *_ELSEWHERE), "A recipe")
        variables = top.get("variables", {})
        self._variables(variables)
        by = self._connection(connection)
        steps = self.steps(("step",), top.get("step", []), 0)
        ends = self._ending(ending)
        self._together(by, steps)
        if self.problems or by is None or ends is None:
            return None
        return Recipe(
            top["title"].strip(),
            top.get("description", "").strip(),
            by,
            steps,
            ends,
            variables,
            self._name,
            self.toml.of_key(("ending",)),
        )

    def _variables(self, variables: dict[str, str]) -> None:
        for name in variables:
            problem = name_problem(name)
            if problem:
                self.wrong(self.toml.of_key(("variables", name)), problem)

    # Connection

    def _connection(self, value: Any) -> ConnectionBy | None:
        path: Path = ("connection",)
        if value is None:
            self.wrong(self.toml.place(0, 0), "A recipe needs a connection.", _HOW_TO_CONNECT)
            return None
        if isinstance(value, str):
            value = {"use": value} if value == keys.LOCAL_TENANT else {"profile": value}
        given = self.table(path, value, keys.CONNECTION, "The connection")
        if not isinstance(value, dict):
            return None
        ways = [way for way in keys.CONNECTION_GROUPS if way in value]
        if len(ways) != 1:
            problem = (
                "The connection must be said in one way, not in several." if ways else "The connection is not said."
            )
            self.wrong(self.toml.of_key(path), problem, _HOW_TO_CONNECT)
            return None
        allowed = {ways[0], *(key.name for key in keys.CONNECTION_GROUPS[ways[0]])}
        for name in given:
            if name not in allowed:
                self.wrong(self.toml.of_key((*path, name)), f"{name} does not go with {ways[0]}.", _HOW_TO_CONNECT)
        tenant = {}
        for name, (field, factor) in _TENANT_FIELDS.items():
            if name in given:
                tenant[field] = round(given[name] * factor) if factor > 1 else given[name]
        if tenant.get("stream_interval_ms") == 0:
            self.wrong(self.toml.of_value((*path, "stream_interval")), "stream_interval must be at least 1 ms.")
        for name in ("open_within", "close_within", "answers_within", "ping_every", "ping_within", "token_lifetime"):
            if given.get(name) == 0:
                self.wrong(self.toml.of_value((*path, name)), f"{name} must be more than 0.")
        return ConnectionBy(
            local_tenant=ways[0] == "use",
            tenant_settings=tenant,
            profile=given.get("profile", ""),
            url=given.get("url", ""),
            auth_url=given.get("auth_url", ""),
            client_id=given.get("client_id", ""),
            settings={field: given[name] for name, field in _CONFIG_FIELDS.items() if name in given},
            credentials_in=CredentialsIn(given.get("credentials_in", "query")),
            place=self.toml.of_key(path),
        )

    # Ending

    def _ending(self, value: Any) -> ExpectedEnding | None:
        if value is None:
            self.wrong(
                self.toml.place(len(self.toml.text), len(self.toml.text)),
                "A recipe needs an ending: how the last attempt stands at the end.",
                'Write [ending] and below it expect = "close", "refused" or "open".',
            )
            return None
        given = self.table(("ending",), value, keys.ENDING, "The ending")
        if "expect" not in given:
            return None
        kind = EndingKind(given["expect"])
        fitting = {EndingKind.CLOSED: keys.CLOSED, EndingKind.REFUSED: keys.REFUSED, EndingKind.OPEN: ()}[kind]
        allowed = {"expect", "within", *(key.name for key in fitting)}
        for name in given:
            if name not in allowed:
                self.wrong(self.toml.of_key(("ending", name)), f"{name} does not go with expect = “{kind}”.")
        return expected_ending(kind, given)

    # What only shows in the whole

    def _together(self, by: ConnectionBy | None, steps: tuple[Step, ...]) -> None:
        if self.problems or by is None:
            return
        connected = False
        for step in every_step(steps):
            doing = step.doing
            if isinstance(doing, Connect):
                if doing.token is TokenKind.USED and not connected:
                    self.wrong(step.place, "There is no attempt before this one whose token could be used again.")
                connected = True
            elif isinstance(doing, OrderTenant) and not by.local_tenant:
                self.wrong(
                    step.place,
                    "Only the local tenant takes orders.",
                    f'Write use = "{keys.LOCAL_TENANT}" in the connection, or take the step out.',
                )
            elif isinstance(doing, OrderTenant) and not by.tenant_settings.get("tls"):
                scenario = SCENARIOS.get(doing.name)
                if scenario is not None and scenario.needs_tls:
                    self.wrong(
                        step.place,
                        f"{doing.name} needs a tenant that serves TLS.",
                        "Write tls = true in the connection.",
                    )
        if not connected:
            self.wrong(self.toml.of_key(("step",)), "No step connects.", "Begin with connect = “fresh”.")
        if _runs(steps) > _LONGEST_RUN_STEPS:
            self.wrong(
                self.toml.of_key(("step",)), f"With its repeats this has more than {_LONGEST_RUN_STEPS:,} steps."
            )


_ELSEWHERE = (
    keys.Key("connection", keys.Kind.VALUE, "How to connect."),
    keys.Key("ending", keys.Kind.VALUE, "How the last attempt stands at the end."),
)


def _runs(steps: tuple[Step, ...]) -> int:
    return sum(
        1 + step.doing.times * _runs(step.doing.steps) if isinstance(step.doing, Repeat) else 1 for step in steps
    )
