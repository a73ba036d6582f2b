"""The programs that are put on the screen, and the text by which each shows that it is up."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import process
from benchmarks.corpus import Corpus, bench_dir
from benchmarks.process import Command
from benchmarks.terminal import Terminal, TerminalError

PROJECT_PATH = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
_TAIL = 4 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A command line for a terminal."""

    name: str
    argv: Sequence[str]
    sign: str
    """Text that stands on its first complete screen."""
    env: Mapping[str, str] = field(default_factory=dict)
    forgets: bool = False
    """Whether aimux's own folders are emptied before each start."""

    def start(self) -> Terminal:
        """Run it in a terminal of its own, 140 columns by 45 rows."""
        if self.forgets:
            for name in own_folders(""):
                shutil.rmtree(self.env[name], ignore_errors=True)
        return Terminal(self.argv, {**PROJECT_PATH, **self.env})

    def why_not(self) -> str:
        """Why it cannot be measured; "" if it comes up."""
        try:
            with self.start() as terminal:
                terminal.wait_for_text(self.sign, 60)
        except TerminalError as error:
            return not_runnable(error)
        return ""


def not_runnable(error: TerminalError, samples: int = 0) -> str:
    """The reason as a cell of a table, after so many samples."""
    said = str(error).replace("|", "/")
    return f"stopped after {samples}: {said}" if samples else f"not runnable yet: {said}"


def minimal() -> Program:
    """The smallest Textual app."""
    return _baseline("minimal Textual app", "textual_minimal", "minimal-app-is-up")


def option_list() -> Program:
    """Textual's own list."""
    return _baseline("OptionList, 2,000 rows", "option_list", "row-0003")


def watch_tail(folder: Path) -> Program:
    """A tail with the defaults of watchfiles."""
    name = "watchfiles with its defaults"
    return _baseline(name, "watch_tail", "watch-tail-is-up", str(folder))


def less(path: Path) -> Program:
    """A pager at the end of a file."""
    last = tail_lines(path)[-1]
    return Program("less -S +G", ["less", "-S", "+G", str(path)], last[:60].decode())


def aimux_list(corpus: Corpus, *, warm: bool) -> Program:
    """aimux over all sessions of a corpus; up when it shows the newest one."""
    newest = max(main_logs(corpus), key=lambda path: path.stat().st_mtime_ns)
    sign = word_of(next(prompts(newest.read_bytes().splitlines())))
    argv = [sys.executable, "-m", "aimux_tui"]
    name = "aimux, warm index" if warm else "aimux, no index yet"
    own = own_folders(corpus.name if warm else f"{corpus.name}-cold")
    return Program(name, argv, sign, {**corpus.environment(), **own}, forgets=not warm)


def fill_index(aimux: Program) -> None:
    """Let the headless list fill the index that the screen starts from."""
    fill = [*aimux.argv, "sessions", "--json"]
    process.why_not_runnable(Command("fill", fill, {**aimux.env, **PROJECT_PATH}))


def aimux_open(path: Path, env: Mapping[str, str], *, index: str) -> Program:
    """aimux opening one log; up when it shows the newest prompt."""
    sign = word_of(list(prompts(tail_lines(path)))[-1])
    argv = [sys.executable, "-m", "aimux_tui", str(path)]
    return Program("aimux", argv, sign, {**env, **own_folders(index)})


def own_folders(index: str) -> dict[str, str]:
    """aimux's folders below the benchmark folder; runs with the same `index` share them."""
    own = bench_dir() / "scratch" / f"aimux-{index}"
    kinds = ("HOME", "CACHE_DIR", "STATE_DIR")
    return {f"AIMUX_{kind}": str(own / kind.lower()) for kind in kinds}


def main_logs(corpus: Corpus) -> list[Path]:
    """The sessions' own logs, without their sub-agents'."""
    return [path for path in corpus.logs if "subagents" not in path.parts]


def tail_lines(path: Path) -> list[bytes]:
    """The whole lines in the last megabytes of a file."""
    with path.open("rb") as log:
        size = log.seek(0, 2)
        log.seek(max(0, size - _TAIL))
        lines = log.read().splitlines()
    return lines[1:] if size > _TAIL else lines


def prompts(lines: Sequence[bytes]) -> Iterator[str]:
    """The text of every prompt among lines of a generated Claude log."""
    for line in lines:
        if b'"toolUseResult"' in line or b'"isCompactSummary"' in line:
            continue
        try:
            record: dict[str, Any] = msgspec.json.decode(line)
        except msgspec.DecodeError:
            continue
        if record.get("type") == "user":
            yield record["message"]["content"]


def word_of(prompt: str) -> str:
    """The longest word of a prompt's beginning, by which it can be known on the screen."""
    words = [word.strip(".,:;?-") for word in prompt[:40].split()]
    # The last one may be cut.
    return max((word for word in words[:-1] or words if word.isascii()), key=len)


def _baseline(name: str, module: str, sign: str, *arguments: str) -> Program:
    argv = [sys.executable, "-m", f"benchmarks.baselines.{module}", *arguments]
    return Program(name, argv, sign)
