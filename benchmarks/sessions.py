"""The headless list against ccusage: `python -m benchmarks.sessions`.

`aimux sessions --json` over 500 sessions and 241 MB with exact tokens and cost, once without
and once with its index, next to ccusage over the same files and to what reading and decoding
them takes at the least. Totals are compared with the corpus's manifest and with ccusage's.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import measure, peers, process
from benchmarks.corpus import Corpus, bench_dir, build
from benchmarks.peers import Bill
from benchmarks.process import Command

_PROJECT = Path(__file__).resolve().parents[1]
_TARGETS = """
target: aimux without index at most 1.0 of ccusage's time and 0.5 of its memory; warm 80 ms
"""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program that prints every session with its cost."""

    command: Command
    bill: Callable[[bytes], Bill]


def aimux(corpus: Corpus, *, warm: bool, scratch: Path) -> Contestant:
    """`aimux sessions --json` with its own folders in `scratch`."""
    name = "aimux, warm index" if warm else "aimux, no index yet"
    own = scratch / ("warm" if warm else "cold")
    folders = {
        f"AIMUX_{kind}": str(own / kind.lower()) for kind in ("HOME", "CACHE_DIR", "STATE_DIR")
    }
    env = {**corpus.environment(), **folders, "PYTHONPATH": str(_PROJECT)}
    argv = [sys.executable, "-m", "aimux_tui", "sessions", "--json"]
    return Contestant(Command(name, argv, env, scratch / f"{own.name}.json"), aimux_bill)


def aimux_bill(written: bytes) -> Bill:
    """The totals of `aimux sessions --json`."""
    total: dict[str, Any] = msgspec.json.decode(written)["total"]
    tokens = total["tokens"]
    return Bill(
        input=tokens["input"],
        cache_read=tokens["cache_read"],
        cache_write=tokens["cache_write_5m"] + tokens["cache_write_1h"],
        output=tokens["output"],
        usd=total["cost"]["usd"] or 0.0,
    )


def check(corpus: Corpus, contestants: list[Contestant]) -> list[str]:
    """A line for each program that wrote its totals: how they compare with the truth."""
    truth = peers.true_bill(corpus)
    found = [f"- truth: ${truth.usd:.6f}, output {truth.output:,}, cache read {truth.cache_read:,}"]
    for contestant in contestants:
        output = contestant.command.output
        if output is None or not output.exists():
            continue
        bill = contestant.bill(output.read_bytes())
        verdict = bill.difference(truth) or "exact"
        found.append(f"- {contestant.command.name}: ${bill.usd:.6f}, {verdict}")
    return found


def check_each_session(corpus: Corpus, written: bytes) -> str:
    """How many of aimux's sessions have exactly the manifest's cost and counts."""
    truths = {session["id"]: session for session in corpus.manifest["sessions"]}
    sessions = msgspec.json.decode(written)["sessions"]
    right: dict[str, int] = {"cost": 0, "turns": 0, "tool_calls": 0, "edits": 0}
    for session in sessions:
        truth = truths.get(session["session_id"])
        if truth is None:
            continue
        usd = session["total"]["cost"]["usd"] or 0.0
        right["cost"] += any(abs(usd - truth[part]["usd"]) < 1e-6 for part in ("own", "alone"))
        for count in ("turns", "tool_calls", "edits"):
            right[count] += session[count] == truth["logs"][0][count]
    parts = ", ".join(f"{name} {count}" for name, count in right.items())
    return f"- aimux lists {len(sessions)} of {len(truths)} sessions; right: {parts}"


def ccusages(corpus: Corpus, scratch: Path) -> list[Contestant]:
    """ccusage, as npm installs it and bare; none where npm is missing."""
    try:
        commands = [
            peers.ccusage(corpus, output=scratch / "ccusage.json"),
            peers.ccusage_binary(corpus, output=scratch / "ccusage-binary.json"),
        ]
    except (peers.PeerMissingError, subprocess.SubprocessError) as error:
        print(f"without ccusage: {error}")
        return []
    return [Contestant(command, peers.ccusage_bill) for command in commands]


def main() -> None:
    """Measure, compare, print and save."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sessions", description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--corpus", default="c500")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--baseline", default="", help="ccusage unless named otherwise")
    options = parser.parse_args()
    corpus = build(options.corpus, options.scale)
    scratch = bench_dir() / "scratch" / "sessions"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)

    cold = aimux(corpus, warm=False, scratch=scratch)
    warm = aimux(corpus, warm=True, scratch=scratch)
    contestants = ccusages(corpus, scratch)
    # This run also fills the warm index.
    trouble = process.why_not_runnable(warm.command)
    if not trouble:
        contestants += [cold, warm]
    limits = [
        peers.decode_lines(corpus.logs),
        peers.read_lines(corpus.logs),
        peers.count_lines(corpus.logs),
    ]

    def forget_index(command: Command) -> None:
        if command.name == cold.command.name:
            shutil.rmtree(scratch / "cold", ignore_errors=True)

    report = measure.compare(
        f"sessions of {corpus.name}",
        [*(contestant.command for contestant in contestants), *limits],
        baseline=options.baseline,
        runs=options.runs,
        before=forget_index,
    )
    print(report.to_markdown())
    print(_TARGETS)
    print("\n".join(check(corpus, contestants)))
    if trouble:
        print(f"- aimux: {trouble}")
    else:
        print(check_each_session(corpus, (scratch / "cold.json").read_bytes()))
    print(f"\n{report.save(bench_dir() / 'results', f'sessions-{corpus.name}')}")


if __name__ == "__main__":
    main()
