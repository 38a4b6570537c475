"""What the SDK does when the connection ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.sdk_lens import PromiseState, SdkBuild, StepKind, lens_close


def test_a_close_of_the_tenant_rejects_all_that_is_pending_after_the_event() -> None:
    report = lens_close(1011, "Out of memory", by_own_close=False, pending=2)
    assert [step.kind for step in report.steps] == [StepKind.EVENT, StepKind.PROMISE, StepKind.READ]
    assert report.steps[0].carries == "CloseEvent {code: 1011, reason: Out of memory}"
    assert report.promise.state is PromiseState.REJECTS
    assert "code: CONNECTION_CLOSED, message: WebSocket connection closed: Out of memory" in report.promise.value
    assert report.promise.sentence.startswith("The 2 pending …Async calls are")
    assert report.faults == ()


def test_without_a_reason_the_sdk_has_words_of_its_own() -> None:
    report = lens_close(1006, "", by_own_close=False, pending=1)
    assert "closed: Connection lost" in report.promise.value
    assert report.promise.sentence.startswith("The pending …Async call is rejected")


def test_nothing_pending_nothing_rejected() -> None:
    report = lens_close(1000, "", by_own_close=False, pending=0)
    assert report.promise.state is PromiseState.NONE
    assert [step.kind for step in report.steps] == [StepKind.EVENT, StepKind.READ]


@pytest.mark.parametrize(
    ("pending", "state"), [(0, PromiseState.NONE), (1, PromiseState.WAITS), (3, PromiseState.WAITS)]
)
def test_an_own_close_is_followed_by_no_event_and_no_rejection(pending: int, state: PromiseState) -> None:
    report = lens_close(1000, "", by_own_close=True, pending=pending, build=SdkBuild.BROWSER_UMD)
    assert StepKind.EVENT not in {step.kind for step in report.steps}
    assert report.promise.state is state
    assert [bite.fault.number for bite in report.faults] == [20]
    assert report.build is SdkBuild.BROWSER_UMD


def test_the_code_and_its_advice_are_left_to_the_application() -> None:
    for code, advice in ((1011, "waiting longer each time"), (1008, "Do not retry"), (4711, "Ask Optave")):
        assert advice in lens_close(code, "", by_own_close=False, pending=0).steps[-1].sentence


@given(st.integers(), st.text(st.characters(exclude_categories=())), st.booleans(), st.integers(0, 10**9))
def test_nothing_raises(code: int, reason: str, own: bool, pending: int) -> None:
    report = lens_close(code, reason, by_own_close=own, pending=pending)
    for claim in (*report.steps, report.promise):
        assert claim.sentence.endswith(".")
        assert claim.source
    for step in report.steps:
        step.carries.encode()
