from optave_inspector.compose.generate import fresh
from optave_inspector.protocol.ids import is_uuid7, uuid7_unix_ms


def test_ids_are_new_and_of_the_given_time():
    parts = iter([b"0123456789", b"abcdefghij", b"ABCDEFGHIJ"])
    made = fresh(1_767_323_045_678_999_999, lambda count: next(parts)[:count])
    ids = {made.correlation_id, made.trace_id, made.idempotency_key}
    assert len(ids) == 3
    assert all(is_uuid7(made_id) for made_id in ids)
    assert {uuid7_unix_ms(made_id) for made_id in ids} == {1_767_323_045_678}
    assert made.issued_at == "2026-01-02T03:04:05.678Z"
