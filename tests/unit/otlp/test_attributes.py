"""The table of attributes: whole, true to OpenTelemetry's names, and the page made from it."""

import importlib
import pkgutil
from pathlib import Path

import opentelemetry.semconv._incubating.attributes as unstable
import opentelemetry.semconv.attributes as stable

from optave_inspector.otlp.attributes import TABLE, Key, as_markdown

PAGE = Path(__file__).parents[3] / "docs" / "opentelemetry.md"


def known_names() -> set[str]:
    names = set()
    for package in (stable, unstable):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            found = vars(importlib.import_module(module.name))
            names |= {value for name, value in found.items() if name.isupper() and isinstance(value, str)}
    return names


def test_every_attribute_stands_in_the_table_once() -> None:
    assert sorted(row.key for row in TABLE) == sorted(Key)


def test_what_is_not_our_own_is_a_name_of_opentelemetry() -> None:
    assert {key for key in Key if not key.is_own} <= known_names()


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "Make docs/opentelemetry.md anew; its head says how."
