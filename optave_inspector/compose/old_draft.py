"""The one draft that each session had before drafts were kept by profile; the window's layout held it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from ..protocol.actions import Action, parse_action
from .drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def draft_of_old_layout(state: Mapping[str, Any], templates: Callable[[Action], Mapping[str, str]]) -> Draft | None:
    """The draft in what a composer's layout held; None where there is none, or none that anybody had touched.

    ``templates`` gives the texts of an action's templates by name.
    """
    text, headers, template = state.get("text"), state.get("headers"), state.get("template")
    if not isinstance(text, str):
        return None
    action = parse_action(str(state.get("action"))) or Action.INTERACTION
    if text == templates(action).get(str(template)) and not headers:
        return None
    given = headers if isinstance(headers, dict) else {}
    return Draft(
        # The same each time: a crash before the layout is written again must not make it two.
        id=hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:32],
        action=action.value,
        whole=state.get("whole") is True,
        text=text,
        template=template if isinstance(template, str) else "",
        headers={name: value for name, value in given.items() if isinstance(value, str) and value},
    )
