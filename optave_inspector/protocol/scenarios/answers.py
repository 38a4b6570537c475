"""Scenarios of answers that are wrong in content, in their ID, in their order or their time."""

from __future__ import annotations

from .parts import REQUESTS, choice, count, seconds, stays_open
from .values import Expected, Need, Parameter, ParameterKind, Scenario, ScenarioKind


def _scenario(
    name: str,
    title: str,
    sentence: str,
    expected: Expected,
    *parameters: Parameter,
    needs: Need = Need.REQUEST,
) -> Scenario:
    return Scenario(name, ScenarioKind.ANSWERS, title, sentence, expected, (*parameters, REQUESTS), needs=needs)


ANSWERS = (
    _scenario(
        "broken-json",
        "Broken JSON",
        "The answer breaks off in the middle of its JSON.",
        stays_open("problem", request="unanswered"),
    ),
    _scenario(
        "wrong-schema",
        "Wrong schema",
        "The answer breaks the response schema.",
        stays_open("schema", request="completed"),
        choice("way", "What is wrong.", "missing-headers", "wrong-type", "unknown-schema"),
    ),
    _scenario(
        "unknown-state",
        "Unknown state",
        "The answer's state is streaming, which no schema knows, and nothing follows.",
        stays_open("schema", request="unanswered"),
    ),
    Scenario(
        "orphan-answer",
        ScenarioKind.ANSWERS,
        "Orphan answer",
        "The tenant sends an answer to a request that nobody made.",
        stays_open("orphan"),
    ),
    _scenario(
        "duplicate-answer",
        "Duplicate answer",
        "The answer comes twice.",
        stays_open("duplicate", request="completed"),
    ),
    _scenario(
        "late-answer",
        "Late answer",
        "The answer comes after the client has given up waiting.",
        stays_open("late", request="unanswered"),
        seconds("delay", 31, "How long the answer takes.", 0, 3_600),
    ),
    Scenario(
        "out-of-order",
        ScenarioKind.ANSWERS,
        "Answers out of order",
        "The answers of several requests are held back and come in reverse order.",
        stays_open(request="completed"),
        (
            count("requests", 2, "How many requests are held back.", 2, 1_000),
            seconds("wait", 5, "What was held back goes out after this time in any case.", 0.01, 3_600),
        ),
        needs=Need.REQUESTS,
    ),
    _scenario(
        "id-case",
        "Correlation ID in another case",
        "The answer's correlation ID is written in capitals.",
        stays_open("orphan", "similar", request="unanswered"),
    ),
    _scenario(
        "id-type",
        "Correlation ID of another type",
        "The answer's correlation ID is no text.",
        stays_open("orphan", request="unanswered"),
        choice("type", "What it is instead: a number, or a list or an object around it.", "number", "list", "object"),
    ),
    _scenario(
        "bare-superpower",
        "Bare superpower without ID",
        "The answer is a superpower without an envelope, and so without a correlation ID.",
        stays_open("guessed", request="completed"),
    ),
    _scenario(
        "error-answer",
        "Error answer",
        "The request is answered by an error envelope.",
        stays_open(request="error"),
        Parameter("code", ParameterKind.TEXT, "ORCHESTRATOR_ERROR", "The error code.", maximum=200),
        Parameter(
            "content",
            ParameterKind.TEXT,
            "The local tenant was told to answer with an error.",
            "The error's text.",
            maximum=10_000,
        ),
    ),
    _scenario(
        "bare-error",
        "Error at the top level",
        "The answer is an error without an envelope, the only form in which the SDK sees an error.",
        stays_open(request="error"),
        choice("way", "What says that it is an error.", "error", "state", "action-type"),
        Parameter("code", ParameterKind.TEXT, "ORCHESTRATOR_ERROR", "The error code.", maximum=200),
    ),
    _scenario(
        "no-answer",
        "No answer",
        "The request is never answered; pings are.",
        stays_open(request="unanswered"),
    ),
)
