"""Follows the logs below a folder with watchfiles as it comes and shows the newest prompts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
from textual.app import App, ComposeResult
from textual.widgets import Static
from watchfiles import awatch

_SHOWN = 40


class Tail(App[None]):
    """The last prompts of all logs, one a line."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._read_to = {path: path.stat().st_size for path in folder.rglob("*.jsonl")}
        self._prompts: list[str] = []

    def compose(self) -> ComposeResult:
        """The lines."""
        yield Static("watch-tail-is-up", markup=False)

    def on_mount(self) -> None:
        """Start to watch."""
        self.run_worker(self._watch())

    async def _watch(self) -> None:
        async for changes in awatch(self._folder):
            for _, name in changes:
                if name.endswith(".jsonl"):
                    self._read(Path(name))
            self.query_one(Static).update("\n".join(self._prompts[-_SHOWN:]))

    def _read(self, path: Path) -> None:
        with path.open("rb") as log:
            log.seek(self._read_to.get(path, 0), os.SEEK_SET)
            for line in log.read().splitlines():
                record = msgspec.json.decode(line)
                content = record.get("message", {}).get("content")
                if record.get("type") == "user" and isinstance(content, str):
                    self._prompts.append(content[:80])
            self._read_to[path] = log.tell()


if __name__ == "__main__":
    Tail(Path(sys.argv[1])).run()
