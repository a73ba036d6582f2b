"""What the processor has to do while nothing happens."""

from __future__ import annotations

import sys
import time

from benchmarks.process import tree_cpu
from benchmarks.screen import live, programs
from benchmarks.screen.figures import Figures
from benchmarks.screen.programs import Program

_FOLDERS = 5000
_ROUNDS = 2


def idle(runs: int, scale: float) -> list[Figures]:
    """Processor time with 5,000 folders watched and no change in any."""
    home = live.home_of_folders(max(10, round(_FOLDERS * scale)))
    figures = Figures(
        "idle, 5,000 folders watched", "% of a core", "at most 0.7; watchfiles' defaults beside it"
    )
    aimux = Program(
        "aimux",
        [sys.executable, "-m", "aimux_tui"],
        "folder-",
        {**live.environment(home), **programs.own_folders("folders")},
    )
    contestants = [programs.watch_tail(home), programs.minimal(), aimux]
    for program in list(contestants):
        if why := program.why_not():
            figures.not_runnable[program.name] = why
            contestants.remove(program)
    seconds = runs * 1.5
    for _ in range(_ROUNDS):
        figures.spin()
        for program in contestants:
            with program.start() as terminal:
                terminal.wait_for_text(program.sign)
                terminal.settle(2.0)
                cpu, start = tree_cpu(terminal.pid), time.perf_counter()
                while (left := start + seconds - time.perf_counter()) > 0:
                    terminal.pump(left)
                spent = (tree_cpu(terminal.pid) - cpu) / (time.perf_counter() - start)
                figures.add(program.name, spent * 100)
    figures.notes.append(f"{_ROUNDS} times {seconds:.0f} s each")
    return [figures]
