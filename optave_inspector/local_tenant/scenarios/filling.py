"""Answers that nobody asked for, of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...protocol.actions import Action
from ..envelopes import COMPLETED, reply_to

if TYPE_CHECKING:
    from ..connection import TenantConnection

_SENTENCE = "Nobody asked for this answer. "


def orphan_of(connection: TenantConnection, size: int) -> str:
    """An answer of about ``size`` bytes, at least what an envelope takes, under an ID that nobody has used."""
    stamps = connection.service.stamps
    reply = reply_to({"action": Action.INTERACTION, "correlationId": stamps.correlation_id()}, stamps, readable=True)
    spare = max(size - len(reply.response(COMPLETED, {"content": ""})), len(_SENTENCE))
    content = (_SENTENCE * (spare // len(_SENTENCE) + 1))[:spare]
    return reply.response(COMPLETED, {"content": content})
