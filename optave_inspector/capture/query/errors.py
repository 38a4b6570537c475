"""What is wrong with a query, and where."""

from __future__ import annotations

from ...errors import InspectorError


class QueryError(InspectorError):
    """A query that cannot be read. Its hint says what would be right.

    ``start`` and ``end`` tell what to underline, as offsets of code points in the text; they may be equal, where
    something is missing. (Qt counts UTF-16 units: text before them that holds such characters shifts by one each.)
    """

    def __init__(self, sentence: str, hint: str, start: int, end: int) -> None:
        super().__init__(sentence, hint)
        self.start = start
        self.end = end


class ValueProblem(ValueError):  # noqa: N818 - it becomes an error when its place is known
    """A value, a path or a pattern that makes no sense, before its place in the query is known."""

    def __init__(self, sentence: str, hint: str = "", start: int = 0, end: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.start = start
        """From where on in the value it is wrong."""
        self.end = end
        """Up to where; None for the end of the value."""
