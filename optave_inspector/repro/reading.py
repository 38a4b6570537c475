"""From a recipe's text to a recipe, with every problem told at its place."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from ..client.events import FailureKind
from ..compose.templates import templates
from ..errors import InspectorError
from ..protocol.actions import Action
from ..protocol.close_codes import MAX_REASON_BYTES, close_problem
from . import keys
from .problems import Problem, RecipeError
from .recipe import (
    DEFAULT_WITHIN_S,
    SUFFIX,
    By,
    Check,
    Close,
    Connect,
    ConnectionBy,
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
    Step,
    TokenKind,
    Wait,
    every_step,
)
from .tables import Tables
from .toml_places import MAX_CHARACTERS, TomlText
from .variables import nearest
from .wording import words

if TYPE_CHECKING:
    from .toml_places import Path

_MOST_STEPS = 2_000
_DEEPEST = 5
_LONGEST_RUN_STEPS = 20_000
_MAX_FRAME_DATA = 125
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


class _Reader(Tables):
    def __init__(self, toml: TomlText, name: str) -> None:
        super().__init__(toml)
        self._name = name
        self._count = 0

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
        steps = self._steps(("step",), top.get("step", []), 0)
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
            if len(name) > 100 or not name or any(each in "{}" or each.isspace() for each in name):
                self.wrong(self.toml.of_key(("variables", name)), "A variable's name has no spaces and no braces.")

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
            secret_in_body=given.get("secret_in_body", False),
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
        return self._expected_ending(kind, given)

    @staticmethod
    def _expected_ending(kind: EndingKind, given: dict[str, Any]) -> ExpectedEnding:
        return ExpectedEnding(
            kind,
            code=given.get("code"),
            reason=given.get("reason"),
            by=By(given["by"]) if "by" in given else None,
            clean=given.get("clean"),
            sent=given.get("sent"),
            status=given.get("status"),
            failure=str(FailureKind(given["failure"])) if "failure" in given else "",
            body=given.get("body"),
            within_s=given.get("within", DEFAULT_WITHIN_S),
        )

    # Steps

    def _steps(self, path: Path, values: list[Any], depth: int) -> tuple[Step, ...]:
        if depth > _DEEPEST:
            self.wrong(self.toml.of_key(path), f"Repeats stand at most {_DEEPEST} deep in each other.")
            return ()
        if not values and not self.problems:
            self.wrong(self.toml.of_key(path), "There are no steps.", "Begin with [[step]] and connect = “fresh”.")
        steps = []
        for index, value in enumerate(values):
            here = (*path, index)
            self._count += 1
            number = self._count
            if number > _MOST_STEPS:
                self.wrong(self.toml.of_key(here), f"A recipe has at most {_MOST_STEPS:,} steps.")
                break
            doing = self._step(here, value, depth)
            if doing is not None:
                steps.append(Step(number, doing, words(doing), self.toml.of_key(here)))
        return tuple(steps)

    def _step(self, path: Path, value: Any, depth: int) -> Doing | None:
        if not isinstance(value, dict):
            self.wrong(self.toml.of_value(path), "A step must be a table.", "Begin it with [[step]].")
            return None
        mains = list(dict.fromkeys(each.main.name for each in keys.STEPS))
        named = [name for name in mains if name in value]
        if len(named) > 1:
            self.wrong(
                self.toml.of_key((*path, named[1])), f"A step does one thing: {named[0]} or {named[1]}, not both."
            )
            return None
        if not named:
            self._no_step(path, value, mains)
            return None
        main = named[0]
        of_name = [each for each in keys.STEPS if each.main.name == main]
        chosen = next((each for each in of_name if value[main] in each.main.choices), None)
        if chosen is None:
            choices = tuple(choice for each in of_name for choice in each.main.choices)
            chosen = of_name[0]._replace(main=of_name[0].main._replace(choices=choices))
            if choices:
                self.value((*path, main), value[main], chosen.main)
                return None
        called = f"{main} {value[main]}" if main == "expect" else main
        before = len(self.problems)
        given = self.table(path, value, (chosen.main, *chosen.options), called)
        if len(self.problems) > before or main not in given:
            if main == "repeat" and isinstance(value.get("step"), list):
                self._steps((*path, "step"), value["step"], depth + 1)
            return None
        return self._doing(path, main, given, depth)

    def _no_step(self, path: Path, value: dict[str, Any], mains: list[str]) -> None:
        meant = next(((name, near) for name in value if (near := nearest(name, mains))), None)
        if meant is None:
            self.wrong(self.toml.of_key(path), "This step does nothing.", f"It has one of: {', '.join(mains)}.")
        else:
            self.wrong(
                self.toml.of_key((*path, meant[0])), f"There is no step {meant[0]}.", f"Did you mean {meant[1]}?"
            )

    def _doing(self, path: Path, main: str, given: dict[str, Any], depth: int) -> Doing | None:
        match main:
            case "connect":
                return self._connect(path, given)
            case "send":
                return self._send(path, given)
            case "send_text":
                return SendText(given["send_text"], given.get("verbatim", False))
            case "send_file":
                return self._send_file(path, given)
            case "send_frame":
                return self._send_frame(path, given)
            case "expect":
                return self._expect(path, given)
            case "wait":
                return Wait(given["wait"])
            case "close":
                return self._close(path, given)
            case "reset":
                if given["reset"]:
                    return Reset()
                self.wrong(self.toml.of_value((*path, "reset")), "reset = false does nothing.", "Take the step out.")
            case "tenant":
                return OrderTenant(given["tenant"], given.get("with", {}))
            case "repeat":
                return Repeat(given["repeat"], self._steps((*path, "step"), given["step"], depth + 1))
        return None

    def _connect(self, path: Path, given: dict[str, Any]) -> Connect | None:
        token = TokenKind(given["connect"])
        variable = given.get("variable", "")
        if token is TokenKind.ENVIRONMENT and not variable:
            self.wrong(self.toml.of_key(path), "connect environment needs variable: which holds the token.")
        elif variable and token is not TokenKind.ENVIRONMENT:
            self.wrong(
                self.toml.of_key((*path, "variable")),
                f"variable does not go with a token that is {token}.",
                "It goes with connect = “environment”.",
            )
        return Connect(token, variable, given.get("within"))

    def _send(self, path: Path, given: dict[str, Any]) -> SendAction:
        action = Action(given["send"])
        template = given.get("template", "")
        if template and "payload" in given:
            self.wrong(self.toml.of_key((*path, "payload")), "A request has a template or a payload, not both.")
        known = [each.name for each in templates(action)]
        if template and template not in known:
            meant = nearest(template, known)
            hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(known)}."
            self.wrong(self.toml.of_value((*path, "template")), f"{action} has no template {template}.", hint)
        headers = given.get("headers", {})
        self.table((*path, "headers"), headers, keys.HEADERS, "headers")
        return SendAction(action, template, given.get("payload"), headers)

    def _send_file(self, path: Path, given: dict[str, Any]) -> SendFile | None:
        name = given["send_file"]
        parts = FilePath(name.replace("\\", "/")).parts
        if not parts or ".." in parts or parts[0].endswith(("/", ":")) or "\0" in name or name.startswith("~"):
            self.wrong(
                self.toml.of_value((*path, "send_file")),
                "The file must be in the recipe's folder or below it.",
                "Write its name, without .. and without a drive or a slash before it.",
            )
            return None
        return SendFile(name, given.get("binary", False))

    def _send_frame(self, path: Path, given: dict[str, Any]) -> SendFrame:
        opcode = Opcode(given["send_frame"])
        if "data" in given and "hex" in given:
            self.wrong(self.toml.of_key((*path, "hex")), "A frame has data or hex, not both.")
        data: bytes = given.get("hex", b"")
        place = (*path, "hex" if "hex" in given else "data")
        if "data" in given:
            data = given["data"].encode("utf-8", "surrogatepass")
        if opcode is Opcode.PING and len(data) > _MAX_FRAME_DATA:
            self.wrong(self.toml.of_value(place), f"A ping carries at most {_MAX_FRAME_DATA} bytes.")
        if opcode is Opcode.TEXT:
            try:
                data.decode()
            except UnicodeDecodeError:
                self.wrong(self.toml.of_value(place), "A text frame carries UTF-8 only; this is none.")
        return SendFrame(opcode, data)

    def _expect(self, path: Path, given: dict[str, Any]) -> Doing | None:
        kind = given["expect"]
        within = given.get("within")
        match kind:
            case "message" | "nothing":
                checks = self._checks((*path, "where"), given.get("where", []))
                text = given.get("text")
                if kind == "message":
                    return ExpectMessage(checks, text, DEFAULT_WITHIN_S if within is None else within)
                return ExpectNothing(checks, text, 1.0 if within is None else within)
            case "state":
                return ExpectState(given["state"], DEFAULT_WITHIN_S if within is None else within)
        return ExpectEnding(self._expected_ending(EndingKind(kind), given))

    def _checks(self, path: Path, values: list[Any]) -> tuple[Check, ...]:
        found = []
        for index, value in enumerate(values):
            here = (*path, index)
            given = self.table(here, value, keys.CHECK, "A check")
            demands = [name for name in ("is", "matches", "exists") if isinstance(value, dict) and name in value]
            if len(demands) != 1:
                self.wrong(self.toml.of_value(here), "A check has one of is, matches and exists.")
            elif "path" in given and demands[0] in given:
                found.append(
                    Check(
                        given["path"],
                        given.get("is"),
                        equals="is" in given,
                        pattern=given.get("matches"),
                        exists=given.get("exists"),
                    )
                )
        return tuple(found)

    def _close(self, path: Path, given: dict[str, Any]) -> Close | None:
        code, reason = given["close"], given.get("reason", "")
        if code == 1005 and not reason:
            return Close(None)
        problem = "A close frame without a code (1005) has no reason." if code == 1005 else close_problem(code, "")
        if not problem and "{{" not in reason and len(reason.encode("utf-8", "replace")) > MAX_REASON_BYTES:
            problem = close_problem(code, reason)
        if problem:
            self.wrong(self.toml.of_value((*path, "close")), problem)
            return None
        return Close(code, reason)

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
