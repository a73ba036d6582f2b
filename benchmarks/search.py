"""Searching all sessions: `python -m benchmarks.search [build] [queries]`.

build    the index from nothing, next to decoding every line with msgspec in one process
queries  from the key to the first 20 hits, each looked up in the log, next to ripgrep over the
         raw logs; every query by both, one after the other, in rounds
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.discovery import Home, find_logs
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library
from aimux_tui.store.search.index import SearchIndex
from aimux_tui.store.search.needle import Needle
from aimux_tui.store.search.request import SearchRequest
from aimux_tui.store.search.text_search import TextSearch
from benchmarks import environment, measure, peers
from benchmarks.corpus import Corpus, bench_dir, build
from benchmarks.process import Command
from benchmarks.scan import provider_home

_PROJECT = Path(__file__).resolve().parents[1]
_HITS = 20
_WORD = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    kind: str
    words: tuple[str, ...]
    literal: str
    """What ripgrep looks for: one literal."""


def queries(corpus: Corpus, provider: str) -> list[Query]:
    """Words, parts of words, phrases and pairs out of the logs, and what is nowhere in them."""
    chance = random.Random("search")
    logs = list(find_logs([Home(provider, provider_home(corpus, provider))]))
    passages = load_provider(provider).passages
    texts: list[str] = []
    while len(texts) < 12:
        file = chance.choice(logs).file
        lines = Path(file.path).read_bytes()[:400_000].split(b"\n")
        said = [
            p.text
            for line in chance.sample(lines, min(8, len(lines)))
            for p in passages(file, line)
        ]
        texts += [text for text in said if len(_WORD.findall(text)) > 6][:1]
    found = []
    for number, text in enumerate(texts):
        words = _WORD.findall(text)
        word = chance.choice(words)
        pair = chance.sample(words, 2)
        place = text.find(word)
        phrase = text[place : place + 18].split("\n")[0].strip()
        match number % 4:
            case 0:
                found.append(Query("word", (word,), word))
            case 1:
                found.append(Query("part of a word", (word[1:4],), word[1:4]))
            case 2:
                found.append(Query("phrase", (phrase,), phrase))
            case _:
                found.append(Query("two words", tuple(pair), max(pair, key=len)))
    found += [Query("common", (word,), word) for word in ("pytest", "self", "home/dev")]
    found += [
        Query("nowhere", (word,), word) for word in ("xyzzyplugh", "no such phrase", "QqqZzz")
    ]
    return found


def benchmark_build(corpus: Corpus, provider: str, runs: int) -> None:
    """The index from nothing."""
    folder = _folder(corpus)
    home = provider_home(corpus, provider)
    module = "benchmarks.baselines.search_build"
    argv = [sys.executable, "-m", module, provider, str(home), str(folder)]
    command = Command("aimux search index, 2 processes", argv, {"PYTHONPATH": str(_PROJECT)})

    def before(next_command: Command) -> None:
        if next_command is command:
            shutil.rmtree(folder, ignore_errors=True)

    baseline = peers.decode_objects(corpus.logs)
    commands = [baseline, command, peers.count_lines(corpus.logs)]
    report = measure.compare(f"search index of {corpus.name}", commands, runs=runs, before=before)
    print(report.to_markdown())
    raw = corpus.manifest["totals"]["bytes"]
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"\n{size / 1e6:.0f} MB of index, {100 * size / raw:.1f} % of {raw / 1e6:.0f} MB of logs")
    print(f"{report.save(bench_dir() / 'results', f'search-build-{corpus.name}')}\n")


def _folder(corpus: Corpus) -> Path:
    return bench_dir() / "scratch" / f"search-{corpus.name}"


def _open(corpus: Corpus, provider: str) -> TextSearch:
    """A search over the corpus whose index is complete."""
    scratch = bench_dir() / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    home = Home(provider, provider_home(corpus, provider))
    index = Index(scratch / f"search-{corpus.name}-summaries.db")
    library = Library([home], index, PriceTable())
    library.load_fully()
    search = TextSearch(library, SearchIndex(_folder(corpus)))
    for _ in search.index.build(search.logs(), lambda: False):
        pass
    return search


def _ask(search: TextSearch, query: Query) -> tuple[float, int]:
    """(seconds until 20 hits are there or all have been found, hits)."""
    start = time.perf_counter()
    request = SearchRequest(tuple(Needle(word) for word in query.words))
    hits = list(islice(search.search(request), _HITS))
    return time.perf_counter() - start, len(hits)


def _ripgrep(query: Query, folder: Path) -> float:
    start = time.perf_counter()
    argv = ["rg", "-j2", "-c", "-F", "--no-ignore", "-e", query.literal, str(folder)]
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def benchmark_queries(corpus: Corpus, provider: str, runs: int) -> None:
    """From the key to the hits."""
    if shutil.which("rg") is None:
        print("ripgrep is not on the PATH")
        return
    search, asked = _open(corpus, provider), queries(corpus, provider)
    folder = provider_home(corpus, provider)
    rounds: list[list[tuple[float, int, float]]] = []
    for number in range(-1, runs):
        spin = environment.spin_ms()
        rows = [(*_ask(search, query), _ripgrep(query, folder)) for query in asked]
        if number >= 0:
            rounds.append(rows)
            print(f"round {number + 1}: spin {spin:.0f} ms", file=sys.stderr)
    print(f"| {corpus.name}: query | hits | aimux ms | ripgrep ms | ratio |\n|---|---|---|---|---|")
    for index, query in enumerate(asked):
        ours = [rows[index][0] for rows in rounds]
        theirs = [rows[index][2] for rows in rounds]
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        hits = rounds[0][index][1]
        times = f"{1e3 * statistics.median(ours):.1f} | {1e3 * statistics.median(theirs):.0f}"
        print(f"| {query.kind}: `{' '.join(query.words)}` | {hits} | {times} | {ratio:.3f} |")
    everything = sorted(_column(rounds, 0))
    ratios = [ours / theirs for ours, _, theirs in (row for rows in rounds for row in rows)]
    p95 = everything[int(len(everything) * 0.95)]
    theirs_p50 = 1e3 * statistics.median(_column(rounds, 2))
    print(
        f"\nall: p50 {1e3 * statistics.median(everything):.1f} ms, p95 {1e3 * p95:.1f} ms;"
        f" ripgrep p50 {theirs_p50:.0f} ms; ratio {statistics.median(ratios):.3f}"
    )


def _column(rounds: list[list[tuple[float, int, float]]], index: int) -> Iterator[float]:
    return (row[index] for rows in rounds for row in rows)


def main() -> None:
    """Measure what is named, else all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("what", nargs="*", default=["build", "queries"], metavar="WHAT")
    parser.add_argument("--corpus", default="m")
    parser.add_argument("--provider", default="claude")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    corpus = build(options.corpus, options.scale)
    if "build" in options.what:
        benchmark_build(corpus, options.provider, options.runs)
    if "queries" in options.what:
        benchmark_queries(corpus, options.provider, options.runs)


if __name__ == "__main__":
    main()
