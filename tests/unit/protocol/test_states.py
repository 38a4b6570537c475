"""Connection states."""

from optave_inspector.protocol.states import ConnectionState


def test_states_have_the_documented_numbers_and_only_open_sends() -> None:
    assert {state.name: int(state) for state in ConnectionState} == {
        "CONNECTING": 0,
        "OPEN": 1,
        "CLOSING": 2,
        "CLOSED": 3,
    }
    assert [state for state in ConnectionState if state.can_send] == [ConnectionState.OPEN]
