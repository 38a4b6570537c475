"""Reading a JSON file piece by piece."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture.formats import json_stream
from optave_inspector.capture.formats.errors import FormatError
from optave_inspector.capture.formats.json_stream import JsonStream

if TYPE_CHECKING:
    from pathlib import Path

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


def stream_of(data: bytes, tmp_path: Path) -> JsonStream:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    return JsonStream(io.BytesIO(data), path)


def read(stream: JsonStream, deep: int) -> Any:
    """The value at the cursor, entered down to a depth and taken whole below it."""
    if deep and stream.at_object():
        return {key: read(stream, deep - 1) for key in stream.members()}
    if deep and stream.at_array():
        return [read(stream, deep - 1) for _ in stream.items()]
    return json.loads(stream.take())


def refused(data: bytes, tmp_path: Path) -> FormatError:
    """How the text is refused."""
    stream = stream_of(data, tmp_path)

    def all_of_it() -> None:
        read(stream, 5)
        stream.end()

    with pytest.raises(FormatError) as caught:
        all_of_it()
    return caught.value


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(0, 4), st.integers(1, 40), st.sampled_from([None, 0, 2]), st.booleans())
def test_what_is_read_is_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, value: Any, deep: int, piece: int, indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode() + b" \n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_READ_BYTES", piece)
        stream = stream_of(data, tmp_path_factory.getbasetemp())
        assert read(stream, deep) == value
        stream.end()
        assert stream.position == len(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, min_size=3, max_size=3), st.integers(1, 40))
def test_what_is_skipped_is_passed_over_exactly(
    tmp_path_factory: pytest.TempPathFactory, values: list[Any], piece: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_READ_BYTES", piece)
        stream = stream_of(json.dumps(values).encode(), tmp_path_factory.getbasetemp())
        found = []
        for index in stream.items():
            if index == 1:
                found.append(json.loads(stream.take()))
            else:
                stream.skip()
        stream.end()
        assert found == [values[1]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[",
        '{"a"',
        '{"a":',
        '{"a":1',
        '{"a":1,',
        "[1",
        "[1,",
        '"abc',
        '["a\\"',
        "[1 2]",
        "{1:2}",
        '{"a" 1}',
    ],
)
def test_what_ends_too_early_is_said_with_its_place(tmp_path: Path, text: str) -> None:
    assert refused(text.encode(), tmp_path).position is not None


@pytest.mark.parametrize(
    "text",
    ["[,]", '{"a":}', "]", "[}", '{"\\ud800":1}', '{"\xff":1}', "1 2"],
)
def test_what_is_no_json_is_said_with_its_place(tmp_path: Path, text: str) -> None:
    error = refused(text.encode("latin-1"), tmp_path)
    assert error.position is not None
    assert error.line == 1


def test_lines_are_counted_to_the_place(tmp_path: Path) -> None:
    stream = stream_of(b'{\n"a": 1,\n"b" 2}', tmp_path)
    with pytest.raises(FormatError) as caught:
        read(stream, 1)
    assert (caught.value.line, caught.value.position) == (3, 14)


def test_a_key_and_a_value_of_any_length_end_somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stream_of(b'{"' + b"k" * 5_000 + b'":1}', tmp_path)
    with pytest.raises(FormatError, match="key is too long"):
        read(stream, 1)
    monkeypatch.setattr(json_stream, "_READ_BYTES", 100)
    monkeypatch.setattr(json_stream, "LONGEST_VALUE", 1_000)
    for text in (b'["' + b"x" * 5_000 + b'"]', b"[" + b"1" * 5_000 + b"]", b"[[" + b"1," * 5_000 + b"1]]"):
        stream = stream_of(text, tmp_path)
        with pytest.raises(FormatError, match="too long"):
            read(stream, 1)


def test_what_is_skipped_does_not_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_READ_BYTES", 100)
    monkeypatch.setattr(json_stream, "LONGEST_VALUE", 1_000)
    stream = stream_of(b'{"a":[' + b'"x",' * 5_000 + b'{"b":[]}],"c":2}', tmp_path)
    assert [key for key in stream.members() if stream.skip() is None] == ["a", "c"]


def test_a_mark_of_the_byte_order_is_passed_over(tmp_path: Path) -> None:
    assert read(stream_of(b"\xef\xbb\xbf[1]", tmp_path), 1) == [1]
