"""The measuring frame measures what it says, and fails loudly."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import measure, process
from benchmarks.process import Command, CommandFailedError
from benchmarks.screen.figures import Figures, percentile

MEGABYTE = 1_000_000


def python(name: str, code: str, output: Path | None = None) -> Command:
    return Command(name, [sys.executable, "-c", code], output=output)


def test_memory_is_that_of_the_whole_tree() -> None:
    hold = "kept = bytes(range(256)) * 150_000; import time; time.sleep(0.2)"
    child = f"import subprocess, sys; {hold}; subprocess.run([sys.executable, '-c', {hold!r}])"
    assert process.run(python("two", child)).peak_rss > 70 * MEGABYTE


def test_memory_of_a_small_program_is_not_ours() -> None:
    mine = bytes(range(256)) * 300_000
    assert process.run(Command("sleep", ["sleep", "0.1"])).peak_rss < len(mine)


def test_output_goes_where_it_should(tmp_path: Path) -> None:
    process.run(python("print", "print('here')", tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "here\n"


def test_a_failing_command_says_why() -> None:
    with pytest.raises(CommandFailedError, match="no such luck"):
        process.run(python("fails", "raise SystemExit('no such luck')"))


def test_a_flood_of_complaints_does_not_block() -> None:
    process.run(python("floods", "import sys; sys.stderr.write('x' * 2_000_000)"))


def test_why_not_runnable() -> None:
    assert not process.why_not_runnable(python("works", ""))
    assert "luck" in process.why_not_runnable(python("fails", "raise SystemExit('no luck')"))
    assert process.why_not_runnable(Command("absent", ["/no/such/program"]))


def test_commands_take_turns(tmp_path: Path) -> None:
    log = tmp_path / "log"
    commands = [
        python(name, f"open({str(log)!r}, 'a').write({name!r})") for name in ("a", "b", "c")
    ]
    report = measure.compare("turns", commands, baseline="b", runs=3)
    rounds = [log.read_text()[start : start + 3] for start in range(0, 12, 3)]
    assert all(sorted(order) == ["a", "b", "c"] for order in rounds)
    assert len({order[0] for order in rounds[1:]}) == 3
    assert report.row("b").wall_ratio == 1.0
    assert "| a | " in report.to_markdown()
    assert report.save(tmp_path, "turns").exists()


def test_percentile_is_by_rank() -> None:
    assert percentile([3, 1, 2], 50) == 2
    assert percentile(list(range(100)), 99) == 99
    assert percentile([], 50) == 0


def test_figures_name_what_could_not_run() -> None:
    figures = Figures("key to frame", "ms", "at most 1")
    figures.add("baseline", 10, 20, 30)
    figures.add("ours", 5, 10, 15)
    figures.not_runnable["other"] = "not installed"
    text = figures.to_markdown()
    assert "| ours | **10** | 15 | 15 | 15 | 3 | 0.50 | 0.50 |" in text
    assert "| other | not installed |" in text
