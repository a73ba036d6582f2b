"""Scans every log of a home with aimux's provider, as the library does, and prints the sums.

`python -m benchmarks.baselines.scan_logs claude HOME`; with `imports` for HOME it scans nothing.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.reader import LogReader


def scan(name: str, home: Path) -> dict[str, int]:
    """Requests, turns, tool calls, edits and output tokens over all logs, forks counted twice."""
    provider = load_provider(name)
    sums = dict.fromkeys(("logs", "requests", "turns", "tool_calls", "edits", "output"), 0)
    for file in provider.find(home):
        log = provider.scan(file)
        for chunk in LogReader(file).read(is_final=True):
            log.feed(chunk.data, chunk.offset)
        summary = log.summary()
        sums["logs"] += 1
        sums["requests"] += summary.usage.requests
        sums["turns"] += summary.turns
        sums["tool_calls"] += summary.tool_calls
        sums["edits"] += summary.edits
        sums["output"] += summary.usage.output
    return sums


if __name__ == "__main__":
    gc.disable()  # as the command line does
    if sys.argv[2] == "imports":
        load_provider(sys.argv[1])
    else:
        print(json.dumps(scan(sys.argv[1], Path(sys.argv[2]))))
