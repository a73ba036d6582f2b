"""How fast sessions are exported, and in how much memory: `python -m benchmarks.exports`.

`aimux export` over all sessions of a corpus, as JSONL in each profile and in the other formats,
next to a typed decode of every line of the same logs and to copying them. A second table exports
a session of 1,000 turns and one of 10,000, whose memory may differ only by what the scan keeps of
each turn. What was exported is compared with the corpus's manifest.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import msgspec

from benchmarks import measure, peers, process
from benchmarks.corpus import Corpus, bench_dir, build
from benchmarks.process import Command

_PROJECT = Path(__file__).resolve().parents[1]
_CASES = (
    ("jsonl", "full"),
    ("jsonl", "bounded"),
    ("jsonl", "redacted"),
    ("openai", "bounded"),
    ("html", "bounded"),
)


def export_command(
    corpus: Corpus, scratch: Path, format_name: str, profile: str, *, name: str = ""
) -> Command:
    """`aimux export --all` into a file, its index warm; what came of it goes to `output`."""
    title = name or f"aimux export, {format_name}, {profile}"
    target = scratch / f"{corpus.name}-{format_name}-{profile}"
    folders = {
        f"AIMUX_{kind}": str(scratch / corpus.name / kind.lower())
        for kind in ("HOME", "CACHE_DIR", "STATE_DIR")
    }
    argv = [sys.executable, "-m", "aimux_tui", "export", "--all", "--json"]
    argv += ["--format", format_name, "--redact", profile, "--out", str(target)]
    env = {**corpus.environment(), **folders, "PYTHONPATH": str(_PROJECT)}
    return Command(title, argv, env, target.with_suffix(".result.json"))


def compare_with_truth(corpus: Corpus, written: bytes) -> str:
    """What an export says it wrote, and how that differs from the manifest."""
    result = msgspec.json.decode(written)
    counts = result["counts"]
    logs = [log for session in corpus.manifest["sessions"] for log in session["logs"]]
    truth = {"tool_calls": sum(log["tool_calls"] for log in logs)}
    truth["agents"] = len(logs) - len(corpus.manifest["sessions"])
    wrong = [
        f"{name} {counts[name]} of {truth[name]}" for name in truth if counts[name] != truth[name]
    ]
    spans = sum(counts.values())
    return (
        f"{counts['turns']:,} turns, {counts['tool_calls']:,} tool calls, {spans:,} spans,"
        f" {result['bytes'] / 1e6:.0f} MB: {', '.join(wrong) or 'as in the manifest'}"
    )


def speed(corpus: Corpus, scratch: Path, runs: int) -> None:
    """Each format and profile over many sessions."""
    exports = [export_command(corpus, scratch, *case) for case in _CASES]
    if trouble := process.why_not_runnable(exports[0]):
        print(f"exports: {trouble}")
        return
    copy = Command("cat", ["cat", *map(str, corpus.logs)], {}, scratch / "copy")
    commands = [peers.decode_lines(corpus.logs), copy, *exports]
    report = measure.compare(f"exports of {corpus.name}", commands, runs=runs)
    print(report.to_markdown())
    size = corpus.manifest["totals"]["bytes"] / 1e6
    for command in exports:
        assert command.output is not None
        facts = compare_with_truth(corpus, command.output.read_bytes())
        row = report.row(command.name)
        rate = f"{size / row.wall.median:.1f} MB/s of log ({size / row.cpu.median:.1f} by CPU time)"
        print(f"- {command.name}: {rate}; {facts}")
    print(f"\n{report.save(bench_dir() / 'results', f'exports-{corpus.name}')}\n")


def memory(scratch: Path, runs: int) -> None:
    """A long session and a short one."""
    corpora = [build("turns", scale) for scale in (0.01, 0.1)]
    commands = [
        export_command(corpus, scratch, "jsonl", "bounded", name=f"{corpus.name}: {turns:,} turns")
        for corpus in corpora
        for turns in [corpus.manifest["totals"]["turns"]]
    ]
    report = measure.compare("one session", commands, baseline=commands[0].name, runs=runs)
    print(report.to_markdown())
    print(f"\n{report.save(bench_dir() / 'results', 'exports-memory')}")


def main() -> None:
    """Measure, compare, print and save."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--corpus", default="c500")
    parser.add_argument("--scale", type=float, default=0.2)
    options = parser.parse_args()
    scratch = bench_dir() / "scratch" / "exports"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    speed(build(options.corpus, options.scale), scratch, options.runs)
    memory(scratch, options.runs)


if __name__ == "__main__":
    main()
