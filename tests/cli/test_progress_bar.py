"""The bar of long commands: for people alone, on one line, and gone in the end."""

from __future__ import annotations

import io
import sys

import pytest

from aimux_tui.cli.progress_bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", [30, 45, 200])
def test_it_stays_on_its_line_and_goes(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    with ProgressBar("exporting", 40) as bar:
        bar.show(20, "20 of 40 turns, and many more words than a narrow terminal has room for")
    first, shown, gone = terminal.getvalue().split("\r\x1b[K")
    assert first == gone == ""
    assert len(shown) < columns
    assert "50%" in shown


def test_it_is_not_drawn_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with ProgressBar("exporting", 0) as bar:
        bar.show(1, "a turn")
    assert stream.getvalue() == ""


def test_what_was_not_expected_is_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressBar("exporting", 3) as bar:
        bar.show(5, "5 of 3 turns")
    assert "100%" in terminal.getvalue()
