"""How long from the command to the first screen, and to the first answered key."""

from __future__ import annotations

from benchmarks.corpus import Corpus, build
from benchmarks.screen import programs
from benchmarks.screen.figures import Figures
from benchmarks.screen.programs import Program
from benchmarks.terminal import TerminalError

_DOWN = b"\x1b[B"
_UP = b"\x1b[A"
_END = b"\x1b[F"


def start_list(runs: int, scale: float) -> list[Figures]:
    """The list of 2,000 sessions with a warm index, against the smallest Textual app."""
    corpus = build("m", scale)
    aimux = programs.aimux_list(corpus, warm=True)
    programs.fill_index(aimux)
    painted = Figures("start to the list of all sessions painted", "ms", "at most 1.3, then 1.0")
    answered = Figures("start to the first key answered", "ms", "as above")
    contestants = [programs.minimal(), aimux, programs.aimux_list(corpus, warm=False)]
    _take_turns(contestants, runs, painted, answered, _DOWN)
    if aimux.name in painted.samples:
        painted.notes.append(_completeness(aimux, corpus))
    return [painted, answered]


def _completeness(aimux: Program, corpus: Corpus) -> str:
    """Whether the list reaches down to the oldest session."""
    oldest = min(programs.main_logs(corpus), key=lambda path: path.stat().st_mtime_ns)
    word = programs.word_of(next(programs.prompts(oldest.read_bytes().splitlines())))
    with aimux.start() as terminal:
        terminal.wait_for_text(aimux.sign)
        terminal.send(_END)
        try:
            terminal.wait_for_text(word, 5)
        except TerminalError:
            return "the oldest session was NOT found at the list's end"
    return "the list's end shows the oldest session"


def start_open(runs: int, scale: float) -> list[Figures]:
    """One session of 300 MB opened at its end, against a pager."""
    corpus = build("a", scale)
    (path,) = corpus.logs
    aimux = programs.aimux_open(path, corpus.environment(), index="a")
    contestants = [programs.less(path), aimux, programs.minimal()]
    target = "at most 0.3 of less without a painted preview, 0.05 with one"
    painted = Figures("start to the end of 300 MB painted", "ms", target)
    answered = Figures("start to the first key answered there", "ms", target)
    answered.notes.append("less paints early but counts lines before it takes a key")
    _take_turns(contestants, runs, painted, answered, _UP)
    return [painted, answered]


def _take_turns(
    contestants: list[Program], runs: int, painted: Figures, answered: Figures, key: bytes
) -> None:
    """Start each in turn; the first round warms up and decides who can take part."""
    able: list[Program] = []
    for program in contestants:
        if why := program.why_not():
            painted.not_runnable[program.name] = why
        else:
            able.append(program)
    for number in range(runs):
        painted.spin()
        shift = number % max(1, len(able))
        for program in able[shift:] + able[:shift]:
            try:
                _start(program, painted, answered, key)
            except TerminalError as error:
                done = len(painted.samples.get(program.name, []))
                painted.not_runnable[program.name] = programs.not_runnable(error, done)
                able.remove(program)
    answered.not_runnable = dict(painted.not_runnable)
    _order(painted, contestants)
    _order(answered, contestants)
    answered.spins = painted.spins


def _start(program: Program, painted: Figures, answered: Figures, key: bytes) -> None:
    """Start once, until the first key is answered."""
    with program.start() as terminal:
        shown = terminal.wait_for_text(program.sign)
        painted.add(program.name, (shown - terminal.started) * 1000)
        terminal.send(key)
        answered.add(program.name, (terminal.wait_for_frame() - terminal.started) * 1000)


def _order(figures: Figures, contestants: list[Program]) -> None:
    """The baseline first, whoever was measured first."""
    names = [program.name for program in contestants if program.name in figures.samples]
    figures.samples = {name: figures.samples[name] for name in names}
