"""The draft as it is at one moment, from which many messages are made while it may be edited."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ...compose.generate import fresh
from ...compose.outgoing import FROM_PROFILE, names_of, put_together
from ...errors import InspectorError
from .composer_headers import overrides_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...compose.outgoing import Outgoing
    from ...compose.rows import Row
    from ...compose.variables import Resolved
    from .composer import ComposerPanel


def frozen_draft(composer: ComposerPanel) -> Callable[[Row], Outgoing]:
    """What makes a message of the draft as it is now, with the values of a row; raises InspectorError for what lacks.

    Raises InspectorError where the headers can not be made.
    """
    action, whole, text = composer.action(), composer.whole(), composer.text()
    headers, tenant_id = composer.headers.texts(), composer.headers.tenant_id
    problem = "" if whole else composer.headers.problem()
    if problem:
        raise InspectorError(problem)
    resolver = composer.variables.frozen()

    def make(row: Row) -> Outgoing:
        resolve = resolver(row)

        def of_header(given: str, name: str) -> Resolved:
            made = resolve(given, f"header {name}", as_json=False)
            if made.problem:
                raise InspectorError(f"{name}: {made.problem}")
            return made

        body = resolve(text, "", as_json=True)
        if body.problem:
            raise InspectorError(body.problem)
        overrides = overrides_of(headers, tenant_id, of_header)
        origins = {name: names_of(of_header(given, name)) for name, given in headers.items() if "{{" in given}
        if tenant_id and not headers.get("tenantId"):
            origins["tenantId"] = FROM_PROFILE
        generated = fresh(time.time_ns(), os.urandom)
        given = {name: origin for name, origin in origins.items() if origin}
        return put_together(action, body, generated, overrides, whole=whole, given=given)

    return make
