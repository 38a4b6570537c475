"""Errors that nobody catches reach the log and the user, wherever they come from."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import qCritical, qWarning

from optave_inspector.ui.lost_errors import LostErrors


@pytest.fixture
def told():
    """Hooks entered as the app does, with the sentences they told."""
    sentences: list[str] = []
    with LostErrors() as lost:
        lost.tell = sentences.append
        yield lost, sentences


def test_an_error_in_a_slot_is_logged_with_its_trace_and_told(told, caplog: pytest.LogCaptureFixture) -> None:
    _lost, sentences = told
    try:
        raise ValueError("broken slot")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert "ValueError: broken slot" in sentences[0]
    assert any(record.exc_info for record in caplog.records)


def test_an_error_of_a_thread_is_told_on_the_loops_thread(aio, told, wait_until) -> None:
    lost, sentences = told
    threads: list[threading.Thread] = []
    lost.tell = lambda sentence: (sentences.append(sentence), threads.append(threading.current_thread()))

    def work() -> None:
        raise OSError("no disk")

    async def run() -> None:
        # Any error of the loop makes the loop known.
        lost.on_loop_error(asyncio.get_running_loop(), {"message": "first"})
        thread = threading.Thread(target=work, name="writer")
        thread.start()
        await wait_until(lambda: len(sentences) == 2)
        thread.join()

    aio(run())
    assert "OSError: no disk" in sentences[1]
    assert threads == [threading.main_thread()] * 2


def test_an_error_of_the_loop_is_told(aio, told, caplog: pytest.LogCaptureFixture) -> None:
    lost, sentences = told

    async def run() -> None:
        loop = asyncio.get_running_loop()
        lost.on_loop_error(loop, {"message": "a callback failed", "exception": KeyError("x")})
        lost.on_loop_error(loop, {"message": "a transport closed badly"})

    aio(run())
    assert "KeyError" in sentences[0]
    assert "a transport closed badly" in sentences[1]
    assert "a callback failed" in caplog.text


def test_an_error_in_a_finalizer_is_told(told) -> None:
    _lost, sentences = told

    class Bad:
        def __del__(self) -> None:
            raise RuntimeError("in a finalizer")

    Bad()
    gc.collect()
    assert "in a finalizer" in sentences[0]


def test_messages_of_qt_go_to_the_log_and_grave_ones_are_told(told, caplog: pytest.LogCaptureFixture) -> None:
    _lost, sentences = told
    with caplog.at_level(logging.DEBUG):
        qWarning("a warning of Qt")
        qWarning("This plugin does not support propagateSizeHints()")
        assert sentences == []
        qCritical("a grave one")
    assert "a warning of Qt" in caplog.text
    assert "propagateSizeHints" not in caplog.text
    assert "a grave one" in sentences[0]


def test_the_hooks_of_before_come_back() -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    with LostErrors():
        assert sys.excepthook != before[0]
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_an_interruption_is_left_to_python() -> None:
    code = (
        "from optave_inspector.ui.lost_errors import LostErrors\n"
        "with LostErrors() as lost:\n"
        "    lost.tell = print\n"
        "    raise KeyboardInterrupt\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert ended.stdout == ""
