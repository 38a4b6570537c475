"""Which answer belongs to which action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...protocol.actions import Action
from .answer import Answer
from .asked import Asked, read_asked
from .conversations import customer_interaction, insights, interaction, reception
from .drafts import adjust, elevate
from .offers import recommend
from .texts import summarize, translate
from .wording import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ANSWERS: Mapping[Action, Callable[[Asked], Answer]] = {
    Action.ADJUST: adjust,
    Action.ELEVATE: elevate,
    Action.INTERACTION: interaction,
    Action.RECEPTION: reception,
    Action.CUSTOMER_INTERACTION: customer_interaction,
    Action.SUMMARIZE: summarize,
    Action.TRANSLATE: translate,
    Action.RECOMMEND: recommend,
    Action.INSIGHTS: insights,
}


def answer(action: Action, payload: Any) -> Answer:
    """The answer to ``payload``, no longer than its ``maxResponseLength`` characters. Any JSON value is taken."""
    asked = read_asked(payload)
    given = _ANSWERS[action](asked)
    if not asked.max_length:
        return given
    return Answer(shorten(given.content, asked.max_length), given.details)
