"""Samples of several programs, next to each other."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import environment


@dataclass(slots=True)
class Figures:
    """One thing measured of several programs."""

    title: str
    unit: str
    target: str
    samples: dict[str, list[float]] = field(default_factory=dict)
    """Program → values; the first program is the baseline."""
    not_runnable: dict[str, str] = field(default_factory=dict)
    """Program → why it could not be measured."""
    notes: list[str] = field(default_factory=list)
    spins: list[float] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=environment.describe)
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def add(self, program: str, *values: float) -> None:
        """Add samples of a program."""
        self.samples.setdefault(program, []).extend(values)

    def spin(self) -> None:
        """Run the calibration loop; once before each round."""
        self.spins.append(environment.spin_ms())

    def to_markdown(self) -> str:
        """A table; the ratios are of p50 and p99 to the first row's."""
        lines = [
            f"| {self.title} ({self.unit}) | p50 | p90 | p99 | max | n | p50 ratio | p99 ratio |",
            "|---|---|---|---|---|---|---|---|",
        ]
        base = next(iter(self.samples.values()), [])
        for program, values in self.samples.items():
            middle, late = percentile(values, 50), percentile(values, 99)
            lines.append(
                f"| {program} | **{_short(middle)}** | {_short(percentile(values, 90))} |"
                f" {_short(late)} | {_short(max(values))} | {len(values)} |"
                f" {_ratio(middle, percentile(base, 50))} | {_ratio(late, percentile(base, 99))} |"
            )
        lines += [f"| {name} | {why} | | | | | | |" for name, why in self.not_runnable.items()]
        spin = statistics.median(self.spins) if self.spins else 0.0
        note = f"Target: {self.target}. Load {self.machine['load']}, spin {spin:.0f} ms, {self.at}"
        return "\n".join([*lines, "", *(f"- {text}" for text in self.notes), note])

    def save(self, folder: Path, name: str) -> Path:
        """Write it as JSON; returns the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}-{self.at.replace(':', '')}.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(asdict(self))))
        return path


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank; 0 if there is none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))] if ranked else 0.0


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _ratio(value: float, base: float) -> str:
    return f"{value / base:.2f}" if base else ""
