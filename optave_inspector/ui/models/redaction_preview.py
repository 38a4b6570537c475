"""What an export would take out, gathered for people to read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...capture.redaction import Redactor, Removal, preview

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...capture.progress import Stop
    from ...capture.redaction import RedactionRules
    from ...capture.store import CaptureStore

_LINES = 500
"""As many places are listed; more are counted."""
_WORDS = {
    "mail": ("mail address", "mail addresses"),
    "phone": ("phone number", "phone numbers"),
    "value": ("value by its path", "values by their path"),
}


@dataclass
class RedactionPreview:
    """Counts of all, and the first places."""

    first: list[Removal] = field(default_factory=list)
    places: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """How often something of each kind is taken out."""
    entries: int = 0
    """From how many entries; they come in ascending order."""
    last: int = 0
    percent: int = 0
    """How much was looked through."""
    is_whole: bool = False

    def add(self, removal: Removal) -> None:
        """Count one, and list it where there is room."""
        self.places += 1
        self.kinds[removal.kind] += removal.count
        self.entries += removal.number != self.last
        self.last = removal.number
        if len(self.first) < _LINES:
            self.first.append(removal)

    def summary(self) -> str:
        """In a sentence, while it is looked for and after."""
        head = "" if self.is_whole else f"Looking ({self.percent} %): "
        if not self.places:
            return f"{head}nothing to take out so far." if head else "Nothing has to be taken out."
        kinds = ", ".join(counted(kind, count) for kind, count in self.kinds.most_common())
        where = "1 entry" if self.entries == 1 else f"{self.entries:,} entries"
        return f"{head}{kinds} in {where}. Equal secrets get equal placeholders."

    def lines(self) -> list[str]:
        """One for each place that is listed."""
        lines = [
            f"#{each.number}  {each.place}: {each.kind} → {each.placeholder}"
            + (f" ({each.count} times)" if each.count > 1 else "")
            for each in self.first
        ]
        if self.places > len(self.first):
            lines.append(f"… and {self.places - len(self.first):,} places more")
        return lines


def look(
    store: CaptureStore,
    rules: RedactionRules,
    numbers: Sequence[int] | None,
    report: Callable[[RedactionPreview], None],
    stop: Stop,
) -> RedactionPreview:
    """Go through these entries, all for None; ``report`` gets how it stands now and then. For a thread of its own."""
    found = RedactionPreview()

    def progress(done: int, total: int) -> None:
        percent = done * 100 // max(total, 1)
        # A copy: this one goes on changing while the window reads.
        report(RedactionPreview([], found.places, Counter(found.kinds), found.entries, percent=percent))

    for removal in preview(store, Redactor(rules), numbers, progress, stop):
        found.add(removal)
    found.is_whole = True
    return found


def counted(kind: str, count: int) -> str:
    """``1 token``, ``3 mail addresses``."""
    one, many = _WORDS.get(kind, (kind, f"{kind}s"))
    return f"{count:,} {one if count == 1 else many}"
