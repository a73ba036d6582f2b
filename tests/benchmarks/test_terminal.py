"""The terminal knows when a text and when a frame was complete."""

from __future__ import annotations

import sys

import pytest

from benchmarks.terminal import Terminal, TerminalError

RAW = "import sys, termios, tty; tty.setraw(0);"


def start(code: str) -> Terminal:
    return Terminal([sys.executable, "-u", "-c", code], {})


def test_text_is_found_across_styles_and_stamped_after_the_start() -> None:
    with start(r"print('\x1b[1mhel\x1b[31mlo\x1b[0m there')") as terminal:
        assert terminal.wait_for_text("hello there") > terminal.started


def test_text_that_never_comes_is_an_error_with_the_last_line() -> None:
    with (
        start("print('first'); raise SystemExit('all over')") as terminal,
        pytest.raises(TerminalError, match="program ended; last line: all over"),
    ):
        terminal.wait_for_text("never")


def test_a_program_that_waits_is_not_waited_for_too_long() -> None:
    with (
        start("print('up'); input()") as terminal,
        pytest.raises(TerminalError, match="not painted; last line: up"),
    ):
        terminal.wait_for_text("never", seconds=0.3)


def test_a_text_counts_when_its_frame_is_finished() -> None:
    code = (
        RAW
        + r"""
print('\x1b[?2026h', end='')
print('word', end='')
sys.stdin.read(1)
print('\x1b[?2026l', end='')
sys.stdin.read(1)
"""
    )
    with start(code) as terminal:
        with pytest.raises(TerminalError):
            terminal.wait_for_text("word", seconds=0.3)
        terminal.type(b"x")
        terminal.wait_for_text("word")


def test_the_question_for_frames_is_answered() -> None:
    code = (
        RAW
        + r"""
print('\x1b[?2026$p', end='')
print('answer ' + repr(sys.stdin.read(11)))
"""
    )
    with start(code) as terminal:
        terminal.wait_for_text(r"answer '\x1b[?2026;2$y'")


def test_a_key_is_followed_by_its_frame() -> None:
    code = (
        RAW
        + r"""
print('up', end='')
while key := sys.stdin.read(1):
    print(f'\x1b[?2026h<{key}>\x1b[?2026l', end='')
"""
    )
    with start(code) as terminal:
        terminal.wait_for_text("up")
        for key in (b"a", b"b"):
            at = terminal.send(key)
            assert terminal.wait_for_frame() > at
            assert terminal.shows(b"<" + key + b">")


def test_without_frames_silence_ends_one() -> None:
    with start(RAW + "print('up', end=''); sys.stdin.read(1); print('x' * 9000)") as terminal:
        terminal.wait_for_text("up")
        at = terminal.send(b"k")
        assert terminal.wait_for_frame() > at
        assert terminal.shows(b"x" * 9000)


def test_size_is_what_was_asked_for() -> None:
    code = "import os; print(os.get_terminal_size())"
    with Terminal([sys.executable, "-c", code], {}, columns=77, rows=11) as terminal:
        terminal.wait_for_text("columns=77, lines=11")
