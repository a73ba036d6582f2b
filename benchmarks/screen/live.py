"""Sessions that are being written, and homes with very many folders, for tail and idle."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks.corpus import bench_dir
from benchmarks.generate.claude_log import ClaudeLog, Shape
from benchmarks.generate.claude_records import Head, RecordWriter
from benchmarks.generate.text import TextPool

_NOW_MS = 1_795_000_000_000
_TURNS_AT_FIRST = 20


class LiveSession:
    """A session whose log grows when it is told to."""

    def __init__(
        self, home: Path, pool: TextPool, number: int, turns: int = _TURNS_AT_FIRST
    ) -> None:
        name = f"00000000-0000-4000-8000-{number:012d}"
        cwd = f"/home/dev/code/folder-{number}"
        folder = home / "projects" / cwd.replace("/", "-")
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.jsonl"
        head = Head(name, cwd, "2.1.199", "claude-sonnet-5", "5m")
        self._buffer = io.BytesIO()
        writer = RecordWriter(self._buffer, Random(number), head, _NOW_MS)
        self._log = ClaudeLog(writer, pool, Shape(result_median=800, steps=1))
        for _ in range(turns):
            self._log.write_turn()
        self._file = self.path.open("wb", buffering=0)
        self._file.write(self._buffer.getvalue())
        self._waiting: list[bytes] = []

    def lines(self, prompt: str) -> list[bytes]:
        """The lines of a further turn with this prompt; not written yet."""
        self._buffer.seek(0)
        self._buffer.truncate()
        self._log.write_turn(prompt)
        return self._buffer.getvalue().splitlines(keepends=True)

    def append(self, line: bytes) -> None:
        """Write a line in one go, as the agent does."""
        os.write(self._file.fileno(), line)

    def close(self) -> None:
        """Close the log."""
        self._file.close()


def fresh_home(name: str) -> Path:
    """An empty Claude home in the benchmark folder."""
    home = bench_dir() / "scratch" / name
    shutil.rmtree(home, ignore_errors=True)
    (home / "projects").mkdir(parents=True)
    return home


def environment(home: Path) -> dict[str, str]:
    """The variables that lead every agent and aimux into `home` alone."""
    return {
        "HOME": str(home / "nobody"),
        "CLAUDE_CONFIG_DIR": str(home),
        "CODEX_HOME": str(home / "no-codex"),
        "GEMINI_CLI_HOME": str(home / "no-gemini"),
    }


def home_of_folders(count: int) -> Path:
    """A home with `count` project folders, a small session in each; made once."""
    home = bench_dir() / "scratch" / f"folders-{count}"
    if (home / "complete").exists():
        return home
    home = fresh_home(home.name)
    pool = TextPool("folders")
    for number in range(count):
        LiveSession(home, pool, number, turns=1).close()
    (home / "complete").touch()
    return home


def marks() -> Iterator[str]:
    """Words that occur nowhere else, to be seen on the screen."""
    number = 0
    while True:
        number += 1
        yield f"mark{number:06d}"
