"""What a request asks, read from its payload without trusting any of its types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CUSTOMER_ROLES = frozenset({"user", "customer", "enduser"})
AGENT_ROLES = frozenset({"operator", "agent", "bot", "system"})


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    speaker: str
    """The name to call them by; the role where no name is known."""
    role: str
    """``user``, ``operator`` or ``bot`` in Optave's words; lower case, empty when unknown."""
    text: str

    @property
    def by_customer(self) -> bool:
        """Said by the customer, as far as is known."""
        return self.role not in AGENT_ROLES


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a payload that the answers are made from."""

    content: str = ""
    instruction: str = ""
    turns: tuple[Turn, ...] = ()
    offers: tuple[Any, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Label and URL of each link that is not blank."""
    language: str = ""
    """Tag of the language that the answer is wanted in, such as ``fr-CA``."""
    max_length: int = 0
    """Longest answer in characters; 0 for no limit."""
    customer: str = ""
    """The customer's name; empty when unknown."""

    @property
    def customer_text(self) -> str:
        """All that the customer said."""
        return "\n".join(turn.text for turn in self.turns if turn.by_customer)

    @property
    def last_customer_text(self) -> str:
        """The customer's latest message."""
        return next((turn.text for turn in reversed(self.turns) if turn.by_customer), "")

    @property
    def text(self) -> str:
        """All that was said, by anybody."""
        return "\n".join(turn.text for turn in self.turns)


def read_asked(payload: Any) -> Asked:
    """Read ``payload``. What is missing or of another type counts as not given."""
    request = get(payload, "request")
    turns = tuple(_turns(get(request, "scope")))
    settings = get(request, "settings")
    limit = get(settings, "maxResponseLength")
    language = (
        text(settings, "overrideOutputLanguage")
        or text(get(payload, "session", "channel"), "language")
        or text(get(payload, "session", "interface"), "language")
    )
    return Asked(
        content=text(get(request, "attributes"), "content"),
        instruction=text(get(request, "attributes"), "instruction"),
        turns=turns,
        offers=tuple(items(get(request, "resources"), "offers")) or tuple(items(get(request, "scope"), "offers")),
        links=tuple(
            (text(link, "label") or text(link, "url"), text(link, "url"))
            for link in items(get(request, "resources"), "links")
            if text(link, "url")
        ),
        language=language,
        max_length=int(limit) if isinstance(limit, int | float) and limit is not True and limit >= 1 else 0,
        customer=next(
            (turn.speaker for turn in turns if turn.role in CUSTOMER_ROLES and turn.speaker != turn.role), ""
        ),
    )


def get(value: Any, *path: str) -> Any:
    """The value at ``path`` in nested objects; None where there is none."""
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def text(value: Any, name: str) -> str:
    """The text at ``name``, stripped; empty where there is none."""
    found = get(value, name)
    return found.strip() if isinstance(found, str) else ""


def items(value: Any, name: str) -> Sequence[Any]:
    """The array at ``name``; empty where there is none."""
    found = get(value, name)
    return found if isinstance(found, list) else ()


def _turns(scope: Any) -> list[Turn]:
    turns: list[Turn] = []
    for conversation in items(scope, "conversations"):
        people: dict[str, tuple[str, str]] = {}
        for person in items(conversation, "participants"):
            role = text(person, "role").lower()
            name = text(person, "displayName") or role
            people[text(person, "participantId") or text(person, "id")] = (name, role)
        for message in items(conversation, "messages"):
            said = text(message, "content")
            role = text(message, "role").lower()
            name, role = people.get(text(message, "participantId"), (role, role))
            if said:
                turns.append(Turn(name or "somebody", role, said))
    for interaction in items(scope, "interactions"):
        said = text(interaction, "content")
        role = text(interaction, "role").lower()
        if said:
            turns.append(Turn(text(interaction, "name") or role or "somebody", role, said))
    return turns
