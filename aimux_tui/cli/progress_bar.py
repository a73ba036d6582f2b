"""A bar on the standard error while something takes long, if a person looks at it."""

from __future__ import annotations

import sys
import time
from typing import Self

from aimux_tui.cli.tables import crop

_EVERY = 0.1
"""Seconds between two looks."""
_WIDTH = 24
"""Columns of the bar at most; a quarter of a narrow terminal."""


class ProgressBar:
    """`with ProgressBar("exporting", total) as bar: bar.show(done, "12 turns")`."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total
        self._is_shown = sys.stderr.isatty()
        self._at = 0.0

    def show(self, done: int, words: str) -> None:
        """How far it has come; cheap to call often."""
        now = time.monotonic()
        if not self._is_shown or now - self._at < _EVERY:
            return
        self._at = now
        from shutil import get_terminal_size

        columns = get_terminal_size().columns
        width = min(_WIDTH, columns // 4)
        share = min(1.0, done / self._total) if self._total else 0.0
        filled = round(share * width)
        bar = "█" * filled + "░" * (width - filled)
        line = crop(f"{self._title} {bar} {share:4.0%}  {words}", columns - 1)
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown and self._at:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
