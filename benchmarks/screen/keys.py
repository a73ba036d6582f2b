"""From a key press to the complete frame, and what memory moving about takes."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING

from benchmarks.corpus import build
from benchmarks.process import peak_tree_rss, tree_cpu
from benchmarks.screen import programs
from benchmarks.screen.figures import Figures
from benchmarks.screen.programs import Program

if TYPE_CHECKING:
    from benchmarks.terminal import Terminal

_DOWN, _UP = b"\x1b[B", b"\x1b[A"
_PAGE_DOWN, _PAGE_UP = b"\x1b[6~", b"\x1b[5~"
_HOME, _END = b"\x1b[H", b"\x1b[F"
_SESSIONS_OF_KEYS = 3
_REST = 0.05
"""Seconds of processor time in a second: less is rest."""


def key_to_frame(runs: int, scale: float) -> list[Figures]:
    """Arrow keys in a session of 100,000 turns, against Textual's list of 2,000 rows.

    Once all of the log is read, and while it is being read and its end alone is shown.
    """
    corpus = build("turns", scale)
    (path,) = corpus.logs
    aimux = programs.aimux_open(path, corpus.environment(), index="turns")
    target = "at most 0.7 of OptionList; p50 6 ms, p99 12 ms"
    figures = Figures("key to painted frame, 100,000 turns", "ms", target)
    _press(figures, {programs.option_list(): _DOWN, aimux: _UP}, runs, rests=True)
    reading = Figures("key to painted frame while the log is read", "ms", "as above")
    _press(reading, {programs.option_list(): _DOWN, aimux: _UP}, runs, rests=False)
    return [figures, reading]


def key_while_indexing(runs: int, scale: float) -> list[Figures]:
    """Arrow keys in the list of 2,000 sessions while 2.25 GB are indexed, and with a full index."""
    corpus = build("m", scale)
    idle = programs.aimux_list(corpus, warm=True)
    busy = programs.aimux_list(corpus, warm=False)
    figures = Figures("key to painted frame in the list", "ms", "p50 at most 1.5 of the idle list")
    programs.fill_index(idle)
    _press(figures, {idle: _DOWN, busy: _DOWN}, runs, rests=False)
    return [figures]


def _press(figures: Figures, keys: dict[Program, bytes], runs: int, *, rests: bool) -> None:
    """Press each program's key again and again, in several sessions of its own.

    With `rests` the program may first finish all that it does at its start.
    """
    contestants = _able(list(keys), figures)
    presses = max(20, runs * 20 // _SESSIONS_OF_KEYS)
    for _ in range(_SESSIONS_OF_KEYS):
        figures.spin()
        for program in list(contestants):
            with program.start() as terminal:
                terminal.wait_for_text(program.sign)
                if rests:
                    _wait_for_rest(terminal)
                terminal.settle(0.05, 0.2)
                for _ in range(presses):
                    at = terminal.send(keys[program])
                    figures.add(program.name, (terminal.wait_for_frame() - at) * 1000)
                    terminal.settle(0.02, 0.1)


def _wait_for_rest(terminal: Terminal, seconds: float = 60) -> None:
    """Wait until the program has used next to no processor time for a second."""
    deadline = time.perf_counter() + seconds
    before = -1.0
    while (now := tree_cpu(terminal.pid)) - before > _REST and time.perf_counter() < deadline:
        before = now
        terminal.pump(0.01)
        time.sleep(1)
    terminal.settle()


def memory(runs: int, scale: float) -> list[Figures]:
    """Peak memory with one huge session open, after random jumps."""
    target = "at most 60 MB more with A, 80 MB more with B, than the smallest Textual app"
    figures = Figures("peak memory after random jumps", "MB", target)
    jumps = runs * 130
    contestants = [programs.minimal()]
    for name in ("a", "b"):
        corpus = build(name, scale)
        (path,) = corpus.logs
        aimux = programs.aimux_open(path, corpus.environment(), index=name)
        label = f"aimux, {name.upper()} open"
        contestants.append(Program(label, aimux.argv, aimux.sign, aimux.env))
    for program in _able(contestants, figures):
        figures.spin()
        rng = Random(jumps)
        with program.start() as terminal:
            terminal.wait_for_text(program.sign)
            terminal.settle()
            for _ in range(jumps):
                terminal.send(rng.choice((_HOME, _END, _PAGE_UP, _PAGE_UP, _PAGE_DOWN, _UP)))
                terminal.pump(0.05)
            terminal.settle(1.0)
            figures.add(program.name, peak_tree_rss(terminal.pid) / 1e6)
    figures.notes.append(f"{jumps} jumps; the sum of each process's own peak")
    return [figures]


def _able(contestants: list[Program], figures: Figures) -> list[Program]:
    able = []
    for program in contestants:
        if why := program.why_not():
            figures.not_runnable[program.name] = why
        else:
            able.append(program)
    return able
