"""Attempts that failed before HTTP: the kind is kept, and headline, causes and advice follow from it."""

from __future__ import annotations

import pytest

from optave_inspector.client.events import FailureDetail, FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.close_report.cause import Fit
from optave_inspector.close_report.report import HEADLINES, NOT_OPENED, report_of
from tests.unit.close_report.attempts import Log, log, times


def failed(made: Log, kind: FailureKind, detail: FailureDetail = FailureDetail.UNKNOWN, hint: str = "Do this.") -> None:
    made.begin()
    failure = ConnectFailed(kind, "It came to nothing.", hint, detail=detail)
    made.put(made.recorder.failure(failure, *times(1)))


@pytest.mark.parametrize("kind", [kind for kind in HEADLINES if kind is not FailureKind.PROTOCOL])
def test_each_kind_has_a_headline_a_likely_cause_and_advice(kind: FailureKind) -> None:
    with log() as made:
        failed(made, kind, FailureDetail.ANSWERING if kind is FailureKind.TIMEOUT else FailureDetail.UNKNOWN)
        report = report_of(made.case)
    assert report.headline == HEADLINES[kind]
    assert report.cause == "It came to nothing."
    assert report.advice.startswith("Do this. ")
    assert report.causes[0].entry == 2


@pytest.mark.parametrize(
    ("kind", "detail", "title"),
    [
        (FailureKind.NAME, FailureDetail.NO_SUCH_NAME, "The host name is wrong"),
        (FailureKind.NAME, FailureDetail.UNKNOWN, "The name server did not answer well"),
        (FailureKind.TCP, FailureDetail.REFUSED, "Nothing listens on that port"),
        (FailureKind.TCP, FailureDetail.UNREACHABLE, "This machine has no way to the server"),
        (FailureKind.TIMEOUT, FailureDetail.REACHING, "A firewall or a network on the way drops the packets"),
        (FailureKind.TIMEOUT, FailureDetail.SECURING, "The port does not speak TLS"),
        (FailureKind.TLS, FailureDetail.NOT_YET_VALID, "This machine's clock is wrong"),
        (FailureKind.TLS, FailureDetail.CLIENT_CERTIFICATE, "The server does not take the client certificate, or"),
    ],
)
def test_what_it_was_in_particular_points_to_other_causes(kind, detail, title) -> None:
    with log() as made:
        failed(made, kind, detail)
        causes = report_of(made.case).causes
    assert causes[0].title.startswith(title)
    assert [cause.fit for cause in causes] == sorted((cause.fit for cause in causes), reverse=True)
    assert all(Fit.WEAK <= cause.fit <= Fit.STRONG for cause in causes)


@pytest.mark.parametrize("state", ["", "started", "tls2/expired"])
def test_a_capture_of_another_release_gives_what_it_has(state: str) -> None:
    with log() as made:
        made.begin()
        entry, payload, seen = made.recorder.note("Nothing listens there. Check the port.", *times(1), problem=True)
        entry.state = state
        made.put((entry, payload, seen))
        report = report_of(made.case)
    assert (report.headline, report.cause) == (NOT_OPENED, "Nothing listens there. Check the port.")
    assert (report.advice, report.causes) == ("", ())


def test_a_detail_of_a_later_release_leaves_the_kind() -> None:
    with log() as made:
        made.begin()
        entry, payload, seen = made.recorder.note("No.", *times(1), problem=True)
        entry.state = "tls/by the moon"
        made.put((entry, payload, seen))
        assert report_of(made.case).headline == "TLS failed"
