"""The values behind the composer's braces, and the IDs of the next message: shown before they go, then renewed."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from ...capture.query.json_path import parse_path, values_at
from ...capture.schema import StoreError
from ...capture.secret_patterns import kind_of_name
from ...compose.generate import fresh
from ...compose.variables import GENERATORS, MissingValue, Preview, Resolved, name_problem
from ...protocol.read_json import json_text, read_json
from ...protocol.timestamps import iso_millis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...compose.rows import Row
    from ...profiles.profile import Profile
    from ...protocol.envelope import Generated
    from ...tracing.exchange import Exchange
    from ..bridge import SessionBridge

_SEARCHED = 500
"""Of so many exchanges the last answer is looked for."""
_LARGEST_ANSWER = 4 * 2**20
_OF_REQUEST = {
    "exchange": lambda one: str(one.number),
    "correlationId": lambda one: one.correlation_id,
    "traceId": lambda one: one.trace_id,
    "threadId": lambda one: one.thread_id,
    "sessionId": lambda one: one.session_id,
}


class Variable(NamedTuple):
    """One that can be put in, as a list shows it."""

    name: str
    value: str
    """What would be put in now; empty where there is none."""
    about: str


class ComposerVariables(QObject):
    """Resolves texts of the draft in front. ``environment`` are the draft's own variables."""

    changed = Signal()
    """Other values, or another set of variables."""

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = bridge.session
        self._preview = Preview(os.urandom)
        self._profile: dict[str, str] = {}
        self._answer: tuple[int, Any] = (0, None)
        self._generated = fresh(time.time_ns(), os.urandom)
        self.environment: dict[str, str] = {}
        self.verbatim = False
        """Nothing is put in: braces are sent as they are."""
        self._sample: Row = {}
        """Values of one row, for a draft that is to be sent over many."""

    # -- what others may do

    @property
    def generated(self) -> Generated:
        """The IDs of the next message; the time is that of now."""
        return replace(self._generated, issued_at=iso_millis(time.time_ns()))

    def renew(self) -> None:
        """A message was sent: the next one has other IDs and other generated values."""
        self._preview.renew()
        self._generated = fresh(time.time_ns(), os.urandom)
        self.changed.emit()

    def resolve(self, text: str, scope: str = "", *, as_json: bool = True) -> Resolved:
        """``text`` with the values of now in their places."""
        if self.verbatim or "{{" not in text:
            return Resolved(text)
        variables = _with_row(self.environment, self._sample)
        return self._preview.resolve(text, variables, self.sources(), scope=scope, as_json=as_json)

    def frozen(self) -> Callable[[Row], Callable[..., Resolved]]:
        """What resolves as :meth:`resolve` does now, whatever becomes of the draft, with new values for each row."""
        preview, sources = Preview(os.urandom), self.sources()
        environment, verbatim = dict(self.environment), self.verbatim

        def of(row: Row) -> Callable[..., Resolved]:
            preview.renew()
            variables = _with_row(environment, row)

            def resolve(text: str, scope: str, *, as_json: bool) -> Resolved:
                if verbatim:
                    return Resolved(text)
                return preview.resolve(text, variables, sources, scope=scope, as_json=as_json)

            return resolve

        return of

    def set_sample(self, row: Row) -> None:
        """A row whose columns are variables as well, to be looked at; an empty one for none."""
        if row != self._sample:
            self._sample = row
            self.changed.emit()

    def sources(self) -> dict[str, Callable[[str], str]]:
        """Where values come from that are neither declared nor generated."""
        return {"profile": self._of_profile, "session": self._of_session, "answer": self._of_answer}

    def set_profile(self, values: Mapping[str, str]) -> None:
        """The values of the current profile; no secret is among them."""
        if dict(values) != self._profile:
            self._profile = dict(values)
            self.changed.emit()

    def set_environment(self, variables: Mapping[str, str]) -> None:
        """Other variables of the draft's own; those with an impossible name are left out."""
        kept = {name: text for name, text in variables.items() if not name_problem(name)}
        if kept != self.environment:
            self.environment = kept
            self.changed.emit()

    def set_verbatim(self, verbatim: bool) -> None:
        """Whether braces are sent as they are."""
        if verbatim != self.verbatim:
            self.verbatim = verbatim
            self.changed.emit()

    def save(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept with the draft, beside what others have ``kept`` with it."""
        others = {name: value for name, value in kept.items() if name not in ("variables", "verbatim")}
        own: dict[str, Any] = {"variables": dict(self.environment)} if self.environment else {}
        return others | own | ({"verbatim": True} if self.verbatim else {})

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Put it back; what is of another kind is left out."""
        variables = kept.get("variables")
        texts = variables.items() if isinstance(variables, dict) else ()
        self.verbatim = kept.get("verbatim") is True
        self.environment = {name: text for name, text in texts if isinstance(text, str) and not name_problem(str(name))}
        self.changed.emit()

    def offered(self) -> list[Variable]:
        """All that can be put in, the draft's own first."""
        found = [
            Variable(name, self._now(name), f"this draft's: {text}" if "{{" in text else "this draft's")
            for name, text in self.environment.items()
        ]
        found += [Variable(name, value, "of the first row") for name, value in self._sample.items()]
        found += [Variable(f"profile.{name}", value, "the profile's") for name, value in self._profile.items()]
        found += [
            Variable(name, self._now(name), "of the newest request")
            for name in (f"session.{each}" for each in _OF_REQUEST)
        ]
        found.append(Variable("session.attempt", self._now("session.attempt"), "connection attempts so far"))
        path = "answer:$.payload.state"
        found.append(Variable(path, self._now(path), "the last answer, by JSON path"))
        for name, about in GENERATORS.items():
            example = "random:16" if name == "random:N" else name
            found.append(Variable(example, self._now(example), about))
        return found

    # -- inside

    def _now(self, name: str) -> str:
        text = f"{{{{{name}}}}}"
        variables = _with_row(self.environment, self._sample)
        made = self._preview.resolve(text, variables, self.sources(), scope="list", as_json=False)
        return "" if made.absent else made.text

    def _of_profile(self, name: str) -> str:
        if name in self._profile:
            return self._profile[name]
        known = ", ".join(self._profile) or "nothing"
        raise MissingValue(f"The profile has no {name}.", f"It has {known}.")

    def _of_session(self, name: str) -> str:
        if name == "attempt":
            return str(self._session.attempt)
        if name not in _OF_REQUEST:
            raise MissingValue(f"The session has no {name}.", f"It has attempt, {', '.join(_OF_REQUEST)}.")
        newest: Exchange | None = self._session.exchanges[-1] if self._session.exchanges else None
        value = _OF_REQUEST[name](newest) if newest is not None else ""
        if not value:
            raise MissingValue(f"There is no {name} yet.", "It is that of the newest request of this session.")
        return value

    def _of_answer(self, path: str) -> str:
        number = max((one.answers[-1] for one in self._session.exchanges[-_SEARCHED:] if one.answers), default=0)
        if not number:
            raise MissingValue("No answer has come yet.", "Send a request first.")
        if self._answer[0] != number:
            self._answer = number, self._read(number)
        try:
            found = list(values_at(self._answer[1], parse_path(path)))
        except ValueError as error:
            raise MissingValue(f"{path} is no JSON path: {error}", "Write it as $.payload.state.") from None
        if not found:
            raise MissingValue(f"The last answer, entry {number:,}, has nothing at {path}.")
        return found[0] if isinstance(found[0], str) else json_text(found[0])

    def _read(self, number: int) -> Any:
        try:
            payload = self._session.store.payload(number)
        except (KeyError, StoreError):
            raise MissingValue("The last answer cannot be read.") from None
        if len(payload) > _LARGEST_ANSWER:
            raise MissingValue("The last answer is too large to look into.")
        return read_json(payload).value


def _with_row(variables: Mapping[str, str], row: Row) -> dict[str, str]:
    """The values of a row, which win, before variables that may use them; they are not looked into."""
    values = {name: value.replace("{{", "{{!") for name, value in row.items()}
    return values | {name: text for name, text in variables.items() if name not in row}


def values_of(profile: Profile) -> dict[str, str]:
    """What variables may use of a profile: names and fields, nothing that is secret."""
    given = {
        **{name: text for name, text in profile.fields.items() if not kind_of_name(name)},
        "name": profile.name,
        "tenantId": profile.tenant_id,
        "clientId": profile.client_id,
        "chatSessionId": profile.chat_session_id,
    }
    return {name: text for name, text in given.items() if text and not name_problem(name)}
