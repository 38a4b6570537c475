"""The help is made from the table, and what it shows can be typed."""

from __future__ import annotations

import dataclasses

from optave_inspector.capture.query import help_markdown, help_text, parse
from optave_inspector.capture.query.terms import BY_ANY_NAME, KEYS, OPERATORS


def test_every_example_of_the_help_can_be_read() -> None:
    for row in help_text():
        assert not parse(row.example).is_empty
        assert row.sentence.endswith(".")


def test_the_help_has_every_key_with_its_operators_and_words() -> None:
    rows = {row.term: row for row in help_text()}
    for key in KEYS.values():
        row = rows[f"{key.name} {' '.join(key.operators)}"]
        for choice in key.choices:
            assert choice.word in row.sentence
        for alias in key.aliases:
            assert alias in row.sentence
            assert BY_ANY_NAME[alias] is key


def test_the_markdown_has_every_key_word_and_operator() -> None:
    text = help_markdown()
    for key in KEYS.values():
        assert f"| `{key.name}` |" in text
        for choice in key.choices:
            assert f"| `{key.name}:{choice.word}` | {choice.sentence} |" in text
    for operator in OPERATORS:
        assert f"| `{operator}` |" in text
    widths = [[line.count("|") for line in table.splitlines()] for table in text.strip().split("\n\n")]
    assert all(len(set(counts)) == 1 for counts in widths)


def test_every_column_of_the_table_is_a_field_of_an_entry() -> None:
    import msgspec

    from optave_inspector.capture.entry import Entry

    fields = {field.name for field in msgspec.structs.fields(Entry)}
    assert {key.column for key in KEYS.values()} <= fields
    assert not dataclasses.is_dataclass(Entry)
