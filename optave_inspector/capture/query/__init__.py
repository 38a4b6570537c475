"""The query language of the frame log: reading queries, judging entries, completion and help.

``parse(text)`` gives a :class:`Query`; :func:`numbers_matching` finds its entries in a capture, and
:meth:`Query.matches` judges a new one with the same verdict. :mod:`.terms` is the one table of the keys.
"""

from .completion import Completion, KnownValues, complete
from .errors import QueryError
from .help import HelpRow, help_markdown, help_text
from .json_path import EVERY, parse_path, path_text
from .parse import parse
from .query import Query
from .search import numbers_matching
from .writing import and_, exclude, term_at, term_for, text_term

__all__ = [
    "EVERY",
    "Completion",
    "HelpRow",
    "KnownValues",
    "Query",
    "QueryError",
    "and_",
    "complete",
    "exclude",
    "help_markdown",
    "help_text",
    "numbers_matching",
    "parse",
    "parse_path",
    "path_text",
    "term_at",
    "term_for",
    "text_term",
]
