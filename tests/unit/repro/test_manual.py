"""The page on how recipes are written is up to date."""

from pathlib import Path

from optave_inspector.repro.manual import page

PAGE = Path(__file__).parents[3] / "docs" / "recipes.md"


def test_the_page_is_the_one_that_is_made() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m optave_inspector.repro.manual > docs/recipes.md"
