"""UUIDs of version 7."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.ids import is_uuid7, uuid7, uuid7_unix_ms, uuid_version

SOUND = "01997e6f-03b0-71ae-8ea3-435b459a9b3b"
# The SDK's own format, as JavaScript reads it.
FORMAT = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z", re.IGNORECASE | re.ASCII)


@pytest.mark.parametrize("unix_ms", [-1, 1 << 48])
def test_a_time_outside_48_bits_is_refused(unix_ms: int) -> None:
    with pytest.raises(ValueError, match="holds times"):
        uuid7(unix_ms, bytes(10))


@pytest.mark.parametrize("size", [0, 9, 11])
def test_another_number_of_random_bytes_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        uuid7(0, bytes(size))


@given(st.integers(0, (1 << 48) - 1), st.binary(min_size=10, max_size=10))
def test_a_made_uuid_is_a_uuid7_and_keeps_its_time(unix_ms: int, random: bytes) -> None:
    text = uuid7(unix_ms, random)
    known = uuid.UUID(text)
    assert known.version == 7
    assert known.variant == uuid.RFC_4122
    assert is_uuid7(text)
    assert uuid7_unix_ms(text) == unix_ms
    assert uuid_version(text) == 7
    assert text == text.lower()


def test_random_bytes_show_in_the_uuid() -> None:
    assert uuid7(0x01997E6F03B0, bytes(range(10, 20))) == "01997e6f-03b0-7a0b-8c0d-0e0f10111213"


def test_uuids_of_later_times_sort_later() -> None:
    made = [uuid7(unix_ms, b"\xff" * 10) for unix_ms in (0, 1, 255, 256, 1 << 40)]
    assert made == sorted(made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        SOUND + "\n",
        " " + SOUND,
        SOUND.replace("-", ""),
        "20e35101-61e8-46e0-89ab-0123456789ab",
        SOUND.replace("8ea3", "cea3"),
        SOUND.replace("0", "٠"),
        SOUND.replace("0", "０"),
        f"{{{SOUND}}}",
        f"urn:uuid:{SOUND}",
    ],
)
def test_what_is_no_uuid7_has_no_time(text: str) -> None:
    assert not is_uuid7(text)
    assert uuid7_unix_ms(text) is None


@given(st.text() | st.from_regex(FORMAT) | st.text("0123456789abcdefABCDEF-7\n", max_size=40))
def test_the_format_is_the_sdks(text: str) -> None:
    assert is_uuid7(text) is bool(FORMAT.match(text))


def test_the_version_of_other_uuids_is_told() -> None:
    assert uuid_version("20e35101-61e8-46e0-89ab-0123456789ab") == 4
    assert uuid_version(SOUND.upper()) == 7
    assert uuid_version("00000000-0000-0000-0000-000000000000") == 0
    assert uuid_version("89012345-6789-0123-456789abcdef") is None
