"""Sizes as the SDK and as a server count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.limits import MAX_ENVELOPE_UNITS, Size, measure


@pytest.mark.parametrize(
    ("text", "units", "utf8_bytes"),
    [("", 0, 0), ("abc", 3, 3), ("é", 1, 2), ("中", 1, 3), ("😀", 2, 4), ("\ud800", 1, 3), ("\U0010ffff", 2, 4)],
)
def test_units_and_bytes_are_counted_apart(text: str, units: int, utf8_bytes: int) -> None:
    assert measure(text) == Size(units, utf8_bytes)


@given(st.text())
def test_units_are_what_javascript_calls_length(text: str) -> None:
    size = measure(text)
    assert size.units == sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    assert size.utf8_bytes == len(text.encode(errors="surrogatepass"))


def test_the_limit_is_inclusive() -> None:
    assert MAX_ENVELOPE_UNITS == 128 * 1024
    assert measure("x" * MAX_ENVELOPE_UNITS).fits_units
    assert not measure("x" * (MAX_ENVELOPE_UNITS + 1)).fits_units


def test_text_that_fits_in_units_may_be_too_large_in_bytes() -> None:
    size = measure("中" * 125_000)
    assert size.fits_units
    assert not size.fits_bytes
    assert size.utf8_bytes == 375_000
