"""Reading the steps of a recipe."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..client.events import FailureKind
from ..compose.templates import templates
from ..compose.variables import nearest
from ..protocol.actions import Action
from ..protocol.close_codes import MAX_REASON_BYTES, close_problem
from ..protocol.scenarios import SCENARIOS, Moment, ParameterKind, ScenarioError
from . import keys
from .durations import seconds
from .recipe import (
    DEFAULT_WITHIN_S,
    By,
    Check,
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
    Repeat,
    Reset,
    SendAction,
    SendFile,
    SendFrame,
    SendText,
    Step,
    TokenKind,
    Wait,
)
from .tables import Tables
from .wording import words

if TYPE_CHECKING:
    from ..protocol.scenarios import Scenario
    from .toml_places import Path, TomlText

_FAULTS = ("close", "drop", "silent", "orphan", "error", "ping")
"""Plain orders besides the scenarios (``local_tenant/control.py``)."""
_MOST_STEPS = 2_000
_DEEPEST = 5
_MAX_FRAME_DATA = 125


class StepReader(Tables):
    """Reads steps, also those within repeats."""

    def __init__(self, toml: TomlText) -> None:
        super().__init__(toml)
        self._count = 0

    def steps(self, path: Path, values: list[Any], depth: int) -> tuple[Step, ...]:
        """The steps at ``path``, numbered in the order of the text."""
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
                self.steps((*path, "step"), value["step"], depth + 1)
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
                return self._order(path, given)
            case "repeat":
                return Repeat(given["repeat"], self.steps((*path, "step"), given["step"], depth + 1))
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
        parts = PurePosixPath(name.replace("\\", "/")).parts
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
        if given.get("on_purpose"):
            return SendFrame(opcode, data, True, given.get("fin", True), given.get("masked", True))  # noqa: FBT003
        if opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.PING) or "fin" in given or "masked" in given:
            self.wrong(
                self.toml.of_key(path), "Such a frame is sent on purpose only.", "Add on_purpose = true to the step."
            )
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
        return ExpectEnding(expected_ending(EndingKind(kind), given))

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

    def _order(self, path: Path, given: dict[str, Any]) -> OrderTenant | None:
        name, parameters, connections = given["tenant"], given.get("with", {}), given.get("next")
        scenario = SCENARIOS.get(name)
        if scenario is None and name not in _FAULTS:
            meant = nearest(name, (*SCENARIOS, *_FAULTS))
            hint = (
                f"Did you mean {meant}?"
                if meant
                else f"It knows {len(SCENARIOS)} scenarios, such as tcp-reset and refuse-401."
            )
            self.wrong(self.toml.of_value((*path, "tenant")), f"The local tenant knows no {name}.", hint)
            return None
        if connections is not None and (scenario is None or scenario.moment is Moment.HANDSHAKE):
            self.wrong(
                self.toml.of_key((*path, "next")), f"next does not go with {name}.", "It may have the parameter times."
            )
        if scenario is not None:
            parameters = self._parameters((*path, "with"), scenario, parameters)
        return OrderTenant(name, parameters, connections)

    def _parameters(self, path: Path, scenario: Scenario, given: dict[str, Any]) -> dict[str, Any]:
        known = {parameter.name: parameter for parameter in scenario.parameters}
        read: dict[str, Any] = {}
        for name, value in given.items():
            if name not in known:
                meant = nearest(name, known)
                hint = f"Did you mean {meant}?" if meant else f"It takes: {', '.join(known) or 'none'}."
                self.wrong(self.toml.of_key((*path, name)), f"{scenario.name} has no parameter {name}.", hint)
                continue
            as_time = seconds(value) if isinstance(value, str) else None
            plain = as_time if known[name].kind is ParameterKind.SECONDS and as_time is not None else value
            if isinstance(plain, str) and "{{" in plain:
                read[name] = plain
                continue
            try:
                read[name] = known[name].check(plain)
            except ScenarioError as error:
                self.wrong(self.toml.of_value((*path, name)), str(error), known[name].sentence)
        return read


def expected_ending(kind: EndingKind, given: dict[str, Any]) -> ExpectedEnding:
    """The ending that is made of what was read of its table."""
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
