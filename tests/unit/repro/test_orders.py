"""Orders to the tenant are read from the log as they were given."""

from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.repro.orders import order_note, read_order

_VALUES = st.booleans() | st.integers(-(10**15), 10**15) | st.text(st.characters(exclude_characters="\\"), max_size=20)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,10}", fullmatch=True), _VALUES, max_size=4))
def test_an_order_comes_back_as_it_was(parameters: dict[str, object]) -> None:
    assert read_order(order_note("close-code", parameters)) == ("close-code", parameters)


def test_another_note_is_no_order() -> None:
    assert read_order("Connecting to ws://a.example/.") is None
