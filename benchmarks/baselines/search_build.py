"""Builds the search index of a home from nothing: `python -m benchmarks.baselines.search_build`.

Takes the provider, the home, the folder for the index.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aimux_tui.sources.discovery import Home, find_logs
from aimux_tui.store.search.index import SearchIndex


def build(provider: str, home: Path, folder: Path) -> str:
    """Build it; returns what went wrong."""
    index = SearchIndex(folder)
    logs = list(find_logs([Home(provider, home)]))
    for _ in index.build(logs, lambda: False):
        pass
    coverage = index.coverage(logs)
    index.close()
    return index.trouble or (f"{coverage.uncovered_bytes} left" * bool(coverage.uncovered_bytes))


if __name__ == "__main__":
    sys.exit(build(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])) or 0)
