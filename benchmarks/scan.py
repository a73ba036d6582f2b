"""How fast each provider scans its logs: `python -m benchmarks.scan [claude codex gemini]`.

One process over all logs of a corpus, without index and without printing, next to decoding the
least of each line and to `wc -l`. The sums are compared with the corpus's manifest.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from benchmarks import measure, peers, process
from benchmarks.corpus import Corpus, bench_dir, build
from benchmarks.process import Command

_PROJECT = Path(__file__).resolve().parents[1]
_CORPORA = {"claude": "c500", "codex": "codex", "gemini": "gemini"}


def provider_home(corpus: Corpus, provider: str) -> Path:
    """The agent's home within a corpus."""
    return corpus.path / "gemini" / ".gemini" if provider == "gemini" else corpus.path / provider


def scan_command(provider: str, home: str, output: Path | None = None) -> Command:
    """Scan a home in a process of its own."""
    module = "benchmarks.baselines.scan_logs"
    name = "imports alone" if home == "imports" else f"aimux scan, {provider}"
    argv = [sys.executable, "-m", module, provider, home]
    return Command(name, argv, {"PYTHONPATH": str(_PROJECT)}, output)


def compare_with_truth(corpus: Corpus, found: Mapping[str, int]) -> str:
    """How the sums of a scan differ from the manifest's, each log taken alone."""
    logs = [log for session in corpus.manifest["sessions"] for log in session["logs"]]
    truth = {name: sum(log[name] for log in logs) for name in ("requests", "turns", "tool_calls")}
    truth |= {"edits": sum(log["edits"] for log in logs), "logs": len(logs)}
    truth["output"] = sum(log["tokens"]["output"] for log in logs)
    wrong = [
        f"{name} {found[name]} of {truth[name]}" for name in truth if found[name] != truth[name]
    ]
    return ", ".join(wrong) or "all sums exact"


def benchmark(provider: str, runs: int, scale: float) -> None:
    """Measure one provider and print its table."""
    corpus = build(_CORPORA[provider], scale)
    home = str(provider_home(corpus, provider))
    output = bench_dir() / "scratch" / f"scan-{provider}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    scan = scan_command(provider, home, output)
    if trouble := process.why_not_runnable(scan):
        print(f"{provider}: {trouble}\n")
        return
    commands = [
        peers.decode_lines(corpus.logs),
        scan,
        scan_command(provider, "imports"),
        peers.count_lines(corpus.logs),
    ]
    report = measure.compare(f"{provider} logs", commands, runs=runs)
    size = corpus.manifest["totals"]["bytes"] / 1e6
    busy = report.row(scan.name).wall.median - report.row("imports alone").wall.median
    print(report.to_markdown())
    print(f"\n{size:.0f} MB scanned at {size / busy:.0f} MB/s (imports not counted);")
    print(compare_with_truth(corpus, msgspec.json.decode(output.read_bytes())))
    print(f"{report.save(bench_dir() / 'results', f'scan-{provider}')}\n")


def main() -> None:
    """Measure the providers that are named, else all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan", description=__doc__)
    parser.add_argument("providers", nargs="*", default=list(_CORPORA), metavar="PROVIDER")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    for provider in options.providers:
        benchmark(provider, options.runs, options.scale)


if __name__ == "__main__":
    main()
