"""The table of faults and the page made from it."""

from pathlib import Path

from optave_inspector.protocol.known_faults import KNOWN_FAULTS, as_markdown

PAGE = Path(__file__).parents[3] / "docs" / "sdk-faults.md"


def test_faults_are_numbered_without_gaps() -> None:
    assert list(KNOWN_FAULTS) == list(range(1, 31))
    assert all(fault.number == number for number, fault in KNOWN_FAULTS.items())
    assert KNOWN_FAULTS[16].source == "protocol.md section 10, item 16"


def test_every_fault_is_written_in_sentences() -> None:
    for fault in KNOWN_FAULTS.values():
        assert fault.what.endswith("."), fault.number
        assert fault.remedy.endswith("."), fault.number
        assert not fault.title.endswith("."), fault.number


def test_the_page_has_every_fault_once() -> None:
    headings = [line for line in as_markdown().splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(f"### {fault.number}. {fault.title}" for fault in KNOWN_FAULTS.values())


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "Make docs/sdk-faults.md anew; its head says how."
