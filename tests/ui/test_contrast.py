"""Colours that everybody can tell: contrast by WCAG 2.2 AA in both themes, and status colours for colour-blind eyes."""

from __future__ import annotations

import itertools

import pytest

from optave_inspector.ui.theme import DARK, LIGHT, Theme

TEXT, LARGE = 4.5, 3.0
"""Success criteria 1.4.3, and 1.4.11 for glyphs and lines that carry meaning."""
BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])

SURFACES = ("window", "panel", "base", "alternate")
ON_SURFACES = ("text", "muted", "accent", "ok", "warning", "error", "sent", "received")
PAIRS = [
    *itertools.product(ON_SURFACES, SURFACES),
    *itertools.product(("json_key", "json_string", "json_number", "json_literal"), ("base", "panel", "alternate")),
    ("accent_text", "accent"),
    ("selection_text", "selection"),
    *((name, f"{name}_back") for name in ("ok", "warning", "error")),
    *(("text", f"{name}_back") for name in ("ok", "warning", "error", "neutral")),
    ("muted", "neutral_back"),
]


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@BOTH
@pytest.mark.parametrize(("text", "back"), PAIRS, ids=["-on-".join(pair) for pair in PAIRS])
def test_text_can_be_read(theme: Theme, text: str, back: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, back)) >= TEXT


@BOTH
def test_what_colours_an_id_can_be_read_where_ids_stand(theme: Theme) -> None:
    for color in theme.correlation:
        for back in ("base", "alternate"):
            assert contrast(color, getattr(theme, back)) >= TEXT


@BOTH
def test_the_focus_and_glyphs_can_be_seen(theme: Theme) -> None:
    for back in SURFACES:
        assert contrast(theme.accent, getattr(theme, back)) >= LARGE


# -- Colour-blind eyes: Viénot, Brettel and Mollon (1999), by way of linear RGB.

BLIND = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}
STATUS = [*itertools.combinations(("ok", "warning", "error"), 2), ("sent", "received")]
DISTINCT = 15.0
"""CIE76 in Lab; 2.3 can just be seen, side by side."""


def linear(color: str) -> tuple[float, ...]:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = rgb
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(color: str, kind: str) -> tuple[float, float, float]:
    rgb = linear(color)
    mixed = tuple(sum(share * part for share, part in zip(row, rgb, strict=True)) for row in BLIND[kind])
    return lab(tuple(min(max(part, 0.0), 1.0) for part in mixed))


def distance(one: str, other: str, kind: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, kind), seen(other, kind), strict=True)) ** 0.5


def test_the_simulation_takes_red_from_green_and_leaves_blue_and_yellow() -> None:
    for kind in BLIND:
        assert distance("#ff0000", "#00ff00", kind) < distance("#0000ff", "#ffff00", kind)
        assert seen("#ffffff", kind)[0] == pytest.approx(100, abs=1)


@BOTH
@pytest.mark.parametrize("kind", list(BLIND))
@pytest.mark.parametrize(
    ("one", "other"), [*itertools.combinations(("ok", "warning", "error"), 2), ("sent", "received")]
)
def test_status_colours_stay_apart(theme: Theme, kind: str, one: str, other: str) -> None:
    assert distance(getattr(theme, one), getattr(theme, other), kind) >= DISTINCT
