"""What makes sense as a collector, and what the environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from optave_inspector.otlp.settings import (
    CollectorError,
    collector,
    compression,
    effective_endpoint,
    environment_headers,
    parse_headers,
)

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "canary-value"


@pytest.mark.parametrize(
    ("given", "goes_to"),
    [
        ("http://localhost:4318", "http://localhost:4318/v1/traces"),
        ("http://localhost:4318/", "http://localhost:4318/v1/traces"),
        ("https://gateway.example/otlp", "https://gateway.example/otlp/v1/traces"),
        ("https://gateway.example/v1/traces", "https://gateway.example/v1/traces"),
        ("  http://[::1]:4318 ", "http://[::1]:4318/v1/traces"),
    ],
)
def test_a_base_url_gets_the_usual_path(given: str, goes_to: str) -> None:
    assert collector(given, environment={}).endpoint == goes_to


@pytest.mark.parametrize(
    "given",
    [
        "",
        "localhost:4318",
        "ftp://h",
        "http://",
        "http://h:99999",
        "http://h:0",
        "http://a b",
        "http://[::1",
        "http://h?k=v",
    ],
)
def test_what_is_no_endpoint_is_refused_in_words(given: str) -> None:
    with pytest.raises(CollectorError) as error:
        collector(given, environment={})
    assert error.value.sentence.endswith(".")
    assert error.value.hint


def test_a_password_in_the_endpoint_is_refused_and_not_repeated() -> None:
    for given in (f"http://me:{SECRET}@host", f"{SECRET}://host", f"http://host?key={SECRET}", f"me:{SECRET}@host"):
        with pytest.raises(CollectorError) as error:
            collector(given, environment={})
        assert SECRET not in str(error.value)


def test_the_environment_counts_where_nothing_is_given() -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://base:4318"}
    assert effective_endpoint("", environment) == "http://base:4318/v1/traces"
    environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://exact/v2/odd"
    assert effective_endpoint("", environment) == "http://exact/v2/odd"
    assert effective_endpoint("http://given", environment) == "http://given/v1/traces"


def test_headers_of_the_environment_go_under_those_that_are_given() -> None:
    environment = {"OTEL_EXPORTER_OTLP_HEADERS": "Api-Key=a%20b, X-Team=support"}
    made = collector("http://h", {"API-KEY": "mine"}, environment=environment)
    assert made.headers == {"api-key": "mine", "x-team": "support"}
    assert environment_headers(environment) == ["api-key", "x-team"]
    environment["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = "only=this"
    assert environment_headers(environment) == ["only"]


def test_a_wrong_header_of_the_environment_is_said_without_its_value(caplog: pytest.LogCaptureFixture) -> None:
    for text in (SECRET, f"a=b,{SECRET}", f"content-type={SECRET}", f"bad name={SECRET}"):
        with pytest.raises(CollectorError) as error:
            collector("http://h", environment={"OTEL_EXPORTER_OTLP_HEADERS": text})
        assert SECRET not in str(error.value)
    assert SECRET not in caplog.text


def test_headers_are_name_and_value() -> None:
    assert parse_headers(["Authorization=Basic YTpi==", " X-Empty = "]) == {
        "authorization": "Basic YTpi==",
        "x-empty": "",
    }


@pytest.mark.parametrize(
    "line",
    [SECRET, f"Bad Name={SECRET}", f"=x{SECRET}", f"X={SECRET}\r\nY: z", f"X={SECRET}é", f"Content-Type={SECRET}"],
)
def test_a_wrong_header_is_refused_without_its_value(line: str) -> None:
    with pytest.raises(CollectorError) as error:
        parse_headers([line])
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_time_limit_is_a_time(timeout_s: float) -> None:
    with pytest.raises(CollectorError):
        collector("http://h", timeout_s=timeout_s, environment={})


def test_a_ca_file_must_be_there_and_hold_a_certificate(tmp_path: Path) -> None:
    with pytest.raises(CollectorError, match="cannot be read"):
        collector("http://h", ca_file=str(tmp_path / "no.pem"), environment={})
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(CollectorError, match="holds no certificate"):
        collector("http://h", ca_file=str(tmp_path / "ca.pem"), environment={})


def test_gzip_unless_the_environment_says_otherwise() -> None:
    assert compression({}) == compression({"OTEL_EXPORTER_OTLP_COMPRESSION": "zip"}) == "gzip"
    assert compression({"OTEL_EXPORTER_OTLP_COMPRESSION": "none"}) == "none"
