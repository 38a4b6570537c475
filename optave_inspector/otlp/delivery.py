"""The account of what was handed over to be sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of all spans so far."""

    delivered: int = 0
    not_delivered: int = 0
    waiting: int = 0
    """Handed over, and neither delivered nor given up yet."""
    problem: str = ""
    """What is in the way, in words; empty while the newest batch was delivered."""
