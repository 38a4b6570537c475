"""Scenarios of frames that break RFC 6455, or are sound but hard."""

from __future__ import annotations

from .parts import choice, count, failed, stays_open
from .values import Expected, Parameter, Scenario, ScenarioKind


def _scenario(name: str, title: str, sentence: str, expected: Expected, *parameters: Parameter) -> Scenario:
    return Scenario(name, ScenarioKind.FRAMES, title, sentence, expected, parameters)


FRAMES = (
    _scenario(
        "invalid-utf8",
        "Text that is not UTF-8",
        "The tenant sends a text message that is no UTF-8.",
        failed(1007),
        choice("way", "In one frame, or cut in the middle of a character.", "whole", "fragmented"),
    ),
    _scenario(
        "reserved-opcode",
        "Reserved opcode",
        "The tenant sends a frame with an opcode that has no meaning.",
        failed(1002),
        choice("opcode", "The opcode.", "3", "4", "5", "6", "7", "11", "12", "13", "14", "15"),
    ),
    _scenario(
        "reserved-bits",
        "Reserved bits set",
        "The tenant sets a bit in the frame's header that no extension gives a meaning.",
        failed(1002),
        choice("bit", "The bit.", "rsv2", "rsv3"),
    ),
    _scenario(
        "bad-mask",
        "Masked frame from the server",
        "The tenant masks a frame, which only clients may do.",
        failed(1002),
    ),
    _scenario(
        "bad-continuation",
        "Continuation out of place",
        "The tenant breaks the order of fragments.",
        failed(1002),
        choice(
            "way",
            "A continuation without a beginning, or a new message inside a fragmented one.",
            "without-start",
            "new-message",
        ),
    ),
    _scenario(
        "fragmented-control",
        "Fragmented control frame",
        "The tenant sends a ping whose end is to follow, though control frames must be whole.",
        failed(1002),
    ),
    _scenario(
        "oversized-control",
        "Oversized control frame",
        "The tenant sends a ping with more than 125 bytes.",
        failed(1002),
        count("bytes", 126, "Payload bytes of the ping.", 126, 65_535),
    ),
    _scenario(
        "oversized-frame",
        "Oversized frame (1009)",
        "The tenant begins a frame that is longer than the client takes; only its beginning is sent.",
        failed(1009),
        count("bytes", 1 << 40, "Payload bytes that the header announces.", 1 << 10, (1 << 62)),
    ),
    _scenario(
        "long-length",
        "Length not in the fewest bytes",
        "The tenant writes a frame's length in more bytes than it takes.",
        stays_open("problem"),
    ),
    _scenario(
        "oversized-message",
        "Oversized inbound message",
        "The tenant sends a sound message far beyond the 128 KB that clients may send.",
        stays_open("orphan"),
        count("bytes", 400_000, "Size of the message, roughly.", 1_000, 64 << 20),
    ),
    _scenario(
        "binary-answer",
        "Binary message",
        "The tenant sends an answer in a binary message, where JSON in text is due.",
        stays_open("binary"),
    ),
)
