"""How fast spans are built, and in how much memory: `python -m benchmarks.export_otlp`.

Sessions of 1,000 and of 10,000 turns, each in processes of their own: reading every turn alone,
building the spans, and packing them into the file from which they are sent. Seconds are processor
time and memory is the growth of the peak, both once the log has been read; memory must not depend
on the number of turns.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import environment, process
from benchmarks.corpus import bench_dir, build
from benchmarks.process import Command

_PROJECT = Path(__file__).resolve().parents[1]
_STAGES = ("turns", "spans", "parcel")
_SCALES = {"1,000": 0.1, "10,000": 1.0}


def measured(stage: str, home: Path, folder: Path) -> dict[str, Any]:
    """One run of a stage."""
    output = folder / f"{stage}.json"
    argv = [sys.executable, "-m", "benchmarks.baselines.export_session"]
    argv += [str(home), stage, str(folder)]
    process.run(Command(stage, argv, {"PYTHONPATH": str(_PROJECT)}, output))
    found: dict[str, Any] = msgspec.json.decode(output.read_bytes())
    return found


def row(turns: str, stage: str, found: list[dict[str, Any]], reading: float) -> str:
    """A line of the table; the rate leaves out what reading the turns takes."""
    seconds = statistics.median(run["seconds"] for run in found)
    growth = statistics.median(run["growth"] for run in found) / 1e6
    spans = found[0]["spans"]
    cells = [turns, stage, f"{seconds:.2f}", "", "", f"{growth:.1f}", ""]
    if stage != "turns":
        cells[3] = f"{spans:,}"
        cells[4] = f"{spans / seconds:,.0f}"
        cells[6] = f"{seconds / reading:.2f}"
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure everything and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export_otlp", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    folder = bench_dir() / "scratch" / "export-otlp"
    folder.mkdir(parents=True, exist_ok=True)
    print("| turns | stage | CPU s | spans | spans/s | peak growth MB | of reading |")
    print("|---|---|---|---|---|---|---|")
    for turns, scale in _SCALES.items():
        home = build("export", scale).path / "claude"
        found: dict[str, list[dict[str, Any]]] = {stage: [] for stage in _STAGES}
        for number in range(options.runs + 1):
            for stage in _STAGES:
                run = measured(stage, home, folder)
                if number:
                    found[stage].append(run)
        reading = statistics.median(run["seconds"] for run in found["turns"])
        for stage in _STAGES:
            print(row(turns, stage, found[stage], reading))
    print(f"\n{environment.describe()}")


if __name__ == "__main__":
    main()
