"""Suggestions from the given offers: recommend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .answer import Answer
from .asked import Asked, text
from .wording import listed, matter

_NAMES = ("name", "title", "label", "id")


def recommend(asked: Asked) -> Answer:
    """The offers, best fit first: by the words shared with the conversation; equal ones keep their order."""
    spoken = set(matter(f"{asked.text}\n{asked.content}"))
    ranking = [_judged(place, offer, spoken) for place, offer in enumerate(asked.offers, 1)]
    ranking.sort(key=lambda judged: -len(judged["matches"]))
    for rank, judged in enumerate(ranking, 1):
        judged["rank"] = rank
    lines = [f"{judged['rank']}. {judged['name']}: {_reason(judged['matches'])}." for judged in ranking]
    content = "\n".join(lines) if lines else "There are no offers to choose from."
    return Answer(content, {"recommendations": ranking})


def _judged(place: int, offer: Any, spoken: set[str]) -> dict[str, Any]:
    if isinstance(offer, Mapping):
        name = next((found for key in _NAMES if (found := text(offer, key))), f"Offer {place}")
        described = " ".join(value for value in offer.values() if isinstance(value, str))
        identity = offer.get("id")
    else:
        name = described = offer.strip() if isinstance(offer, str) and offer.strip() else f"Offer {place}"
        identity = None
    offered = dict.fromkeys(matter(described))
    matches = [word for word in offered if word in spoken]
    judged: dict[str, Any] = {
        "rank": 0,
        "name": name,
        "score": round(len(matches) / max(len(offered), 1), 2),
        "matches": matches,
    }
    if isinstance(identity, str | int):
        judged["id"] = identity
    return judged


def _reason(matches: list[str]) -> str:
    return (
        f"the conversation speaks of {listed(matches[:5])}" if matches else "nothing in the conversation points to it"
    )
