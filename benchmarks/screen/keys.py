"""From a key press to the complete frame, and what memory moving about takes."""

from __future__ import annotations

from random import Random

from benchmarks.corpus import build
from benchmarks.process import peak_tree_rss
from benchmarks.screen import programs
from benchmarks.screen.figures import Figures
from benchmarks.screen.programs import Program

_DOWN, _UP = b"\x1b[B", b"\x1b[A"
_PAGE_DOWN, _PAGE_UP = b"\x1b[6~", b"\x1b[5~"
_HOME, _END = b"\x1b[H", b"\x1b[F"
_SESSIONS_OF_KEYS = 3


def key_to_frame(runs: int, scale: float) -> list[Figures]:
    """Arrow keys in a session of 100,000 turns, against Textual's list of 2,000 rows."""
    corpus = build("turns", scale)
    (path,) = corpus.logs
    aimux = programs.aimux_open(path, corpus.environment(), index="turns")
    target = "at most 0.7 of OptionList; p50 6 ms, p99 12 ms"
    figures = Figures("key to painted frame, 100,000 turns", "ms", target)
    contestants = _able([programs.option_list(), aimux], figures)
    presses = max(20, runs * 20 // _SESSIONS_OF_KEYS)
    for _ in range(_SESSIONS_OF_KEYS):
        figures.spin()
        for program in contestants:
            with program.start() as terminal:
                terminal.wait_for_text(program.sign)
                terminal.settle()
                key = _UP if program is aimux else _DOWN
                for _ in range(presses):
                    at = terminal.send(key)
                    figures.add(program.name, (terminal.wait_for_frame() - at) * 1000)
                    terminal.settle(0.02)
    return [figures]


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
