"""A speaker's mood by simple word lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .wording import vocabulary, words

_GOOD = vocabulary(
    "amazing appreciate awesome best brilliant delighted excellent fantastic fine friendly glad good grateful "
    "great happy helpful kind love lovely nice perfect pleased quick resolved satisfied solved super thank "
    "thanks welcome wonderful works"
)
_BAD = vocabulary(
    "angry annoyed annoying awful bad broken complaint confused damaged delay delayed disappointed "
    "disappointing error fail failed fails failure fault faulty frustrated frustrating furious hate horrible "
    "impossible late lost mistake missing never nobody outrageous overcharged pathetic poor problem rude sad "
    "slow stuck terrible ticked unacceptable unhappy upset useless waiting waste worst wrong"
)
_NOT = vocabulary("aren't can't didn't doesn't don't hardly isn't never no not wasn't won't")
_LEAVING = {
    "cancel": 3,
    "cancelled": 3,
    "cancelling": 3,
    "chargeback": 3,
    "competitor": 3,
    "leave": 2,
    "leaving": 3,
    "switch": 2,
    "switching": 3,
    "lawyer": 4,
    "legal": 3,
    "refund": 2,
    "complaint": 2,
    "review": 1,
    "unacceptable": 2,
    "furious": 2,
    "terminate": 3,
    "close": 1,
}


@dataclass(frozen=True, slots=True)
class Mood:
    """How a text sounds."""

    score: float
    """From -1 (only bad words) to 1 (only good ones); 0 for none of either."""
    signals: tuple[str, ...]
    """The words that decided it, each once, in order."""

    @property
    def label(self) -> str:
        """``positive``, ``neutral`` or ``negative``."""
        return "positive" if self.score > 0.2 else "negative" if self.score < -0.2 else "neutral"

    def as_json(self) -> dict[str, Any]:
        """For the response item."""
        return {"label": self.label, "score": self.score, "signals": list(self.signals)}


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely the customer is to leave or to escalate."""

    score: int
    """0 to 10."""
    signals: tuple[str, ...]

    @property
    def level(self) -> str:
        """``low``, ``medium`` or ``high``."""
        return "high" if self.score >= 5 else "medium" if self.score >= 2 else "low"

    def as_json(self) -> dict[str, Any]:
        """For the response item."""
        return {"level": self.level, "score": self.score, "signals": list(self.signals)}


def mood(text: str) -> Mood:
    """Count good and bad words; ``not`` up to two words before one turns it round."""
    good = bad = 0
    signals: dict[str, None] = {}
    spoken = words(text)
    for place, word in enumerate(spoken):
        if word not in _GOOD and word not in _BAD:
            continue
        turned = not _NOT.isdisjoint(spoken[max(place - 2, 0) : place])
        signals[f"not {word}" if turned else word] = None
        if (word in _GOOD) is not turned:
            good += 1
        else:
            bad += 1
    score = round((good - bad) / (good + bad), 2) if signals else 0.0
    return Mood(score, tuple(signals))


def risk(text: str) -> Risk:
    """Add up the words that people say before they leave, and a bad mood."""
    signals = dict.fromkeys(word for word in words(text) if word in _LEAVING)
    score = sum(_LEAVING[word] for word in signals) + (2 if mood(text).label == "negative" else 0)
    return Risk(min(score, 10), tuple(signals))
