"""From a line appended to a log to the frame that shows it, with one agent and with ten."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.generate.text import TextPool
from benchmarks.process import tree_cpu
from benchmarks.screen import live, programs
from benchmarks.screen.figures import Figures
from benchmarks.screen.live import LiveSession
from benchmarks.screen.programs import Program
from benchmarks.terminal import Terminal, TerminalError

_AGENTS = 10
_LINES_PER_SECOND = 20


def one_agent(runs: int, scale: float) -> list[Figures]:
    """A prompt appended now and then to the one session that is open."""
    del scale
    target = "p50 20 ms, p99 40 ms; at most 0.25 of watchfiles with its defaults"
    figures = Figures("append to painted, one agent", "ms", target)

    def measure(terminal: Terminal, sessions: list[LiveSession], name: str) -> None:
        rng, mark = Random(1), live.marks()
        for _ in range(runs * 8):
            word = next(mark)
            lines = sessions[0].lines(f"{word} and then the rest of it")
            terminal.settle(0.06, 0.6)
            time.sleep(rng.random() * 0.08)  # not in step with anybody's clock
            at = time.perf_counter()
            prompt = next(index for index, line in enumerate(lines) if word.encode() in line)
            sessions[0].append(b"".join(lines[: prompt + 1]))
            figures.add(name, (terminal.wait_for_text(word, 5) - at) * 1000)
            sessions[0].append(b"".join(lines[prompt + 1 :]))

    _with_each(figures, 1, measure)
    return [figures]


def ten_agents(runs: int, scale: float) -> list[Figures]:
    """Ten sessions that get 20 lines a second each; one of them is open."""
    del scale
    target = "p99 60 ms; CPU at most 25 % of a core"
    figures = Figures("append to painted, ten agents", "ms", target)
    seconds = runs * 2.0

    def measure(terminal: Terminal, sessions: list[LiveSession], name: str) -> None:
        cpu, start = tree_cpu(terminal.pid), time.perf_counter()
        missed = _write_for(terminal, sessions, seconds, lambda ms: figures.add(name, ms))
        spent = (tree_cpu(terminal.pid) - cpu) / (time.perf_counter() - start)
        figures.notes.append(
            f"{name}: {spent:.0%} of a core over {seconds:.0f} s; {missed} prompts were not"
            " painted before the next came"
        )

    _with_each(figures, _AGENTS, measure)
    return [figures]


def _write_for(
    terminal: Terminal, sessions: list[LiveSession], seconds: float, seen: Callable[[float], None]
) -> int:
    """Append at random moments; reports each prompt of the first session when it is painted.

    Returns how many were not seen before the next one came.
    """
    rng, mark = Random(2), live.marks()
    queues: list[list[bytes]] = [[] for _ in sessions]
    due = [time.perf_counter() + rng.expovariate(_LINES_PER_SECOND) for _ in sessions]
    end = time.perf_counter() + seconds
    awaited, written, missed = b"", 0.0, 0
    while (now := time.perf_counter()) < end:
        number = min(range(len(due)), key=due.__getitem__)
        if due[number] > now:
            if terminal.pump(due[number] - now) and awaited and terminal.shows(awaited):
                seen((terminal.last_byte - written) * 1000)
                awaited = b""
            continue
        word = ""
        if not queues[number]:
            word = next(mark)
            queues[number] = sessions[number].lines(f"{word} and then the rest of it")
        line = queues[number].pop(0)
        if number == 0 and b'"content":"mark' in line:
            missed += bool(awaited)
            terminal.forget()
            awaited = line[line.index(b'"content":"mark') + 11 :][:10]
            written = time.perf_counter()
        sessions[number].append(line)
        due[number] += rng.expovariate(_LINES_PER_SECOND)
    return missed


def _with_each(
    figures: Figures,
    agents: int,
    measure: Callable[[Terminal, list[LiveSession], str], None],
) -> None:
    """Run `measure` with each program, on sessions made anew."""
    pool = TextPool("live")
    for is_aimux in (False, True):
        home = live.fresh_home("live")
        sessions = [LiveSession(home, pool, number) for number in range(agents)]
        program = _program(home, sessions[0].path, is_aimux=is_aimux)
        figures.spin()
        try:
            with program.start() as terminal:
                terminal.wait_for_text(program.sign)
                terminal.settle(0.5)
                measure(terminal, sessions, program.name)
        except TerminalError as error:
            done = len(figures.samples.get(program.name, []))
            figures.not_runnable[program.name] = programs.not_runnable(error, done)
        for session in sessions:
            session.close()


def _program(home: Path, path: Path, *, is_aimux: bool) -> Program:
    if is_aimux:
        return programs.aimux_open(path, live.environment(home), index="live")
    return programs.watch_tail(home)
