"""Programs that aimux is compared with: how to get them and what they say.

ccusage is installed by npm into the benchmark folder, once: `python -m benchmarks.peers`.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.corpus import Corpus, bench_dir
from benchmarks.process import Command

CCUSAGE_VERSION = "20.0.24"
_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


class PeerMissingError(RuntimeError):
    """A peer that cannot be had on this machine."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a program says that a corpus used and cost."""

    input: int
    cache_read: int
    cache_write: int
    output: int
    usd: float

    def difference(self, other: Bill) -> str:
        """How this differs from `other`; "" if it does not, to a millionth of a dollar."""
        found = [
            f"{kind} {getattr(self, kind)} against {getattr(other, kind)}"
            for kind in ("input", "cache_read", "cache_write", "output")
            if getattr(self, kind) != getattr(other, kind)
        ]
        if abs(self.usd - other.usd) > 1e-6:
            found.append(f"${self.usd:.6f} against ${other.usd:.6f}")
        return ", ".join(found)


def install_ccusage() -> Path:
    """The folder with ccusage in it, installed now unless it is there."""
    folder = bench_dir() / "peers" / f"ccusage-{CCUSAGE_VERSION}"
    if not (folder / "node_modules" / ".bin" / "ccusage").exists():
        npm = shutil.which("npm")
        if npm is None:
            raise PeerMissingError("ccusage is installed by npm, which is not on the PATH")
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(folder), "--no-audit", "--no-fund", "--silent"]
        package = f"ccusage@{CCUSAGE_VERSION}"
        subprocess.run([npm, "install", *options, package], check=True, timeout=300)
    return folder


def ccusage(corpus: Corpus, *, output: Path | None = None) -> Command:
    """All sessions with exact cost, as the command that npm installs."""
    program = install_ccusage() / "node_modules" / ".bin" / "ccusage"
    return _ccusage("ccusage 20, as installed", program, corpus, output)


def ccusage_binary(corpus: Corpus, *, output: Path | None = None) -> Command:
    """The same without its node wrapper: the native program alone."""
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform, sys.platform)
    name = f"ccusage-{system}-{_ARCHITECTURES.get(platform.machine().lower(), 'x64')}"
    program = install_ccusage() / "node_modules" / "@ccusage" / name / "bin" / "ccusage"
    if not program.exists():
        raise PeerMissingError(f"ccusage has no {name}")
    return _ccusage("ccusage 20, native binary alone", program, corpus, output)


def _ccusage(name: str, program: Path, corpus: Corpus, output: Path | None) -> Command:
    argv = [str(program), "session", "--json", "--offline", "--no-color"]
    return Command(name, argv, corpus.environment(), output)


def ccusage_bill(written: bytes) -> Bill:
    """The totals of `ccusage session --json`."""
    totals: dict[str, Any] = msgspec.json.decode(written)["totals"]
    return Bill(
        input=totals["inputTokens"],
        cache_read=totals["cacheReadTokens"],
        cache_write=totals["cacheCreationTokens"],
        output=totals["outputTokens"],
        usd=totals["totalCost"],
    )


def true_bill(corpus: Corpus) -> Bill:
    """What the corpus's generator wrote down."""
    totals = corpus.manifest["totals"]
    tokens = totals["tokens"]
    return Bill(
        input=tokens["input"],
        cache_read=tokens["cache_read"],
        cache_write=tokens["cache_write_5m"] + tokens["cache_write_1h"],
        output=tokens["output"],
        usd=totals["usd"],
    )


def count_lines(paths: Sequence[Path]) -> Command:
    """`wc -l` over all files."""
    return Command("wc -l", ["wc", "-l", *map(str, paths)])


def read_lines(paths: Sequence[Path]) -> Command:
    """Python reading the lines and dropping them."""
    return _baseline("Python, read lines", "read", paths)


def decode_lines(paths: Sequence[Path]) -> Command:
    """Python decoding the least of each line with msgspec."""
    return _baseline("Python, msgspec typed decode of each line", "decode", paths)


def decode_objects(paths: Sequence[Path]) -> Command:
    """Python decoding each line whole with msgspec."""
    return _baseline("Python, msgspec decode of each whole line", "objects", paths)


def decode_whole_lines(paths: Sequence[Path]) -> Command:
    """Python decoding each line with the standard library."""
    return _baseline("Python, json.loads each line", "json", paths)


def _baseline(name: str, mode: str, paths: Sequence[Path]) -> Command:
    module = "benchmarks.baselines.lines"
    project = Path(__file__).resolve().parents[1]
    argv = [sys.executable, "-m", module, mode, *map(str, paths)]
    return Command(name, argv, {"PYTHONPATH": str(project)})


if __name__ == "__main__":
    print(install_ccusage())
