"""What a run was measured on: the machine, its load, and how fast it was just then."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Any

_SPIN_ITERATIONS = 1_500_000


def spin_ms() -> float:
    """Milliseconds for a fixed loop. It grows when neighbours take the processor."""
    start = time.perf_counter()
    total = 0
    for number in range(_SPIN_ITERATIONS):
        total += number
    return (time.perf_counter() - start) * 1000


def describe() -> dict[str, Any]:
    """The machine and the interpreter."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _from_proc("/proc/cpuinfo", "model name") or platform.processor(),
        "processors": os.cpu_count(),
        "memory": _from_proc("/proc/meminfo", "MemTotal"),
        "load": round(os.getloadavg()[0], 2),
    }


def _from_proc(path: str, name: str) -> str:
    """The first `name : value` of a file below /proc; "" where there is none."""
    try:
        text = Path(path).read_text()
    except OSError:
        return ""
    values = (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith(name))
    return next(values, "")
