"""Fair runs: several commands take turns, and each is compared with one of them.

    python -m benchmarks.measure --runs 7 'wc=wc -l big.jsonl' 'cat=cat big.jsonl'

The first command is the baseline unless --baseline names another. Ratios are medians of the
ratios within a round, so that a slow minute of the machine slows both sides of each.
"""

from __future__ import annotations

import argparse
import shlex
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import environment, process
from benchmarks.process import Command, Sample

_WARM_UP_ROUNDS = 1


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and extremes."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Row:
    """What one command came to."""

    name: str
    wall: Spread
    cpu: Spread
    peak_rss: Spread
    wall_ratio: float
    cpu_ratio: float
    rss_ratio: float


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run."""

    title: str
    baseline: str
    rows: list[Row]
    machine: dict[str, Any]
    spin_ms: Spread
    """The calibration loop, once before each round."""
    at: str

    def row(self, name: str) -> Row:
        """The row of that name."""
        return next(row for row in self.rows if row.name == name)

    def to_markdown(self) -> str:
        """A table, and the note without which it says little."""
        rows = [
            f"| {row.name} | **{row.wall.median:.3f}** ({row.wall.least:.3f} to"
            f" {row.wall.most:.3f}) | {row.wall_ratio:.2f} | {row.cpu.median:.2f} |"
            f" {row.cpu_ratio:.2f} | {row.peak_rss.median / 1e6:.0f} | {row.rss_ratio:.2f} |"
            for row in self.rows
        ]
        return "\n".join(
            [
                f"| {self.title} | wall s (min to max) | ratio | CPU s | ratio | peak MB | ratio |",
                "|---|---|---|---|---|---|---|",
                *rows,
                "",
                self.note(),
            ]
        )

    def note(self) -> str:
        """Where and how it was measured."""
        machine = self.machine
        return (
            f"Against {self.baseline}; {machine['processors']} x {machine['processor']},"
            f" Python {machine['python']}, load {machine['load']},"
            f" spin {self.spin_ms.median:.0f} ms ({self.spin_ms.least:.0f} to"
            f" {self.spin_ms.most:.0f}), {self.at}"
        )

    def save(self, folder: Path, name: str) -> Path:
        """Write it as JSON; returns the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}-{self.at.replace(':', '')}.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(asdict(self))))
        return path


def compare(
    title: str,
    commands: Sequence[Command],
    *,
    baseline: str = "",
    runs: int = 7,
    before: Callable[[Command], None] | None = None,
    after: Callable[[Command], None] | None = None,
) -> Report:
    """Run the commands in turn, `runs` rounds after one that only warms up.

    `before` and `after` are called around each run and are not measured. Every round starts with
    another command, so that none always follows the same one.
    """
    samples: dict[str, list[Sample]] = {command.name: [] for command in commands}
    spins: list[float] = []
    machine = environment.describe()
    for number in range(-_WARM_UP_ROUNDS, runs):
        spins.append(environment.spin_ms())
        shift = number % len(commands)
        for command in [*commands[shift:], *commands[:shift]]:
            if before:
                before(command)
            sample = process.run(command)
            if after:
                after(command)
            if number >= 0:
                samples[command.name].append(sample)
    baseline = baseline or commands[0].name
    return Report(
        title=title,
        baseline=baseline,
        rows=[_row(name, found, samples[baseline]) for name, found in samples.items()],
        machine=machine,
        spin_ms=Spread.of(spins),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _row(name: str, found: list[Sample], base: list[Sample]) -> Row:
    def ratio(value: Callable[[Sample], float]) -> float:
        rounds = zip(found, base, strict=True)
        return statistics.median(value(one) / (value(other) or 1e-9) for one, other in rounds)

    return Row(
        name=name,
        wall=Spread.of([sample.wall for sample in found]),
        cpu=Spread.of([sample.cpu for sample in found]),
        peak_rss=Spread.of([float(sample.peak_rss) for sample in found]),
        wall_ratio=ratio(lambda sample: sample.wall),
        cpu_ratio=ratio(lambda sample: sample.cpu),
        rss_ratio=ratio(lambda sample: float(sample.peak_rss)),
    )


def main() -> None:
    """Compare commands given on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.measure",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--baseline", default="")
    options = parser.parse_args()
    pairs = [text.partition("=") for text in options.commands]
    commands = [Command(name, shlex.split(line)) for name, _, line in pairs]
    report = compare("command", commands, baseline=options.baseline, runs=options.runs)
    print(report.to_markdown())


if __name__ == "__main__":
    main()
