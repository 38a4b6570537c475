"""The nine request actions and what each must carry (``protocol.md`` section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Action(StrEnum):
    """A request action by its wire name, as it stands in ``headers.action``."""

    ADJUST = "adjust"
    ELEVATE = "elevate"
    INTERACTION = "interaction"
    RECEPTION = "reception"
    CUSTOMER_INTERACTION = "customerinteraction"
    SUMMARIZE = "summarize"
    TRANSLATE = "translate"
    RECOMMEND = "recommend"
    INSIGHTS = "insights"

    @property
    def sdk_name(self) -> str:
        """The name of the SDK's method; differs from the wire name for ``customerInteraction`` only."""
        return "customerInteraction" if self is Action.CUSTOMER_INTERACTION else self.value

    @property
    def deprecated(self) -> bool:
        """Whether Optave asks to use another action; ``interaction`` takes the place of ``customerInteraction``."""
        return self is Action.CUSTOMER_INTERACTION


_BY_NAME = {action.value: action for action in Action}
_LONGEST = max(map(len, _BY_NAME))


def parse_action(text: str) -> Action | None:
    """The action that ``text`` names, in any case, as wire name or as SDK name; None for anything else."""
    return _BY_NAME.get(text.lower()) if text.isascii() and len(text) <= _LONGEST else None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One field that a request must carry. ``path`` is dotted and starts in the payload, without ``$``."""

    path: str
    sentence: str
    non_empty_array: bool = False
    """The field must be an array with at least one item; otherwise it must have a value."""


@dataclass(frozen=True, slots=True)
class ActionRules:
    """What one action is for, and what three authorities demand of its request."""

    purpose: str
    sdk: tuple[Requirement, ...]
    """The JavaScript SDK's check before it sends."""
    schema: tuple[Requirement, ...]
    """The request envelope's JSON Schema, beyond types and enums."""
    documentation: tuple[Requirement, ...]
    """Optave's developer pages."""


_SESSION = Requirement("session", "A request carries a session object.")
_REQUEST = Requirement("request", "A request carries a request object.")
_REQUEST_ID = Requirement("request.requestId", "requestId names this request and must be a string, which may be empty.")
_THREAD = Requirement(
    "request.connections.threadId", "threadId ties all requests of one conversation, case or ticket together."
)
_PARENT = Requirement("request.connections.parentId", "parentId names the request whose answer is worked on.")
_CONTENT = Requirement("request.attributes.content", "content is the text to be worked on.")
_INSTRUCTION = Requirement("request.attributes.instruction", "instruction says in plain words how to change the text.")
_ORGANIZATION = Requirement(
    "request.context.organizationId", "organizationId says on whose behalf the request is made."
)
_CONVERSATIONS = Requirement(
    "request.scope.conversations", "conversations holds at least one conversation to work on.", non_empty_array=True
)
_OFFERS = Requirement(
    "request.resources.offers", "offers holds at least one offer to choose from.", non_empty_array=True
)


def _rules(
    purpose: str,
    *more: Requirement,
    sdk_conversations: bool = True,
    schema_conversations: bool = True,
) -> ActionRules:
    return ActionRules(
        purpose,
        sdk=(_THREAD, *more, *([_CONVERSATIONS] if sdk_conversations else [])),
        schema=(_SESSION, _REQUEST, _REQUEST_ID, *([_CONVERSATIONS] if schema_conversations else [])),
        documentation=(_THREAD, _ORGANIZATION, *more, _CONVERSATIONS),
    )


RULES: Mapping[Action, ActionRules] = MappingProxyType(
    {
        Action.ADJUST: _rules(
            "Refine an earlier reply by an instruction in plain language.", _CONTENT, _INSTRUCTION, _PARENT
        ),
        Action.ELEVATE: _rules("Improve an agent's draft, with feedback and a score.", _CONTENT, _PARENT),
        Action.INTERACTION: _rules("Analyse a customer interaction and suggest a reply."),
        Action.RECEPTION: _rules(
            "Take in and route a customer's first contact.", sdk_conversations=False, schema_conversations=False
        ),
        Action.CUSTOMER_INTERACTION: _rules(
            "Analyse a conversation for sentiment and risk. Deprecated: use interaction.", schema_conversations=False
        ),
        Action.SUMMARIZE: _rules("Condense a conversation."),
        Action.TRANSLATE: _rules("Translate text and keep its formatting."),
        Action.RECOMMEND: _rules("Suggest offers that fit the conversation.", _OFFERS),
        Action.INSIGHTS: _rules("Judge the agent's work and the customer's mood; suggests nothing."),
    }
)
"""The rules of every action."""
