"""Makes the corpora that the benchmarks run on, once, in a cache folder.

Each is made from a seed and comes out the same, byte for byte; `manifest.json` beside it holds
the truth about its tokens, cost and counts. The folder is $AIMUX_BENCH_DIR, else `aimux-bench`
in the folder for temporary files.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import tempfile
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.generate.claude_home import ClaudeHome, ClaudeRecipe
from benchmarks.generate.claude_log import Shape
from benchmarks.generate.codex_home import CodexHome, CodexRecipe
from benchmarks.generate.gemini_home import GeminiHome, GeminiRecipe
from benchmarks.generate.ledger import SessionTruth, manifest

_SEED = "aimux"
_HUGE = (4_700, 4_300, 3_700, 3_200, 2_700, 2_300, 1_900, 1_600, 1_300, 1_050)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A corpus: what each agent's home holds."""

    about: str
    claude: ClaudeRecipe | None = None
    codex: CodexRecipe | None = None
    gemini: GeminiRecipe | None = None


RECIPES: Mapping[str, Recipe] = {
    "c500": Recipe(
        "500 Claude sessions with 416 sub-agents, forks, torn tails and ten lines of 1 to 5 MB",
        claude=ClaudeRecipe(
            sessions=500,
            agents=416,
            lines=61_450,
            forks=15,
            torn=7,
            huge_lines=tuple(kilobytes * 1000 for kilobytes in _HUGE),
            shape=Shape(result_median=2090),
        ),
    ),
    "m": Recipe(
        "2,000 Claude sessions in 2.25 GB, the largest 106 MB",
        claude=ClaudeRecipe(
            sessions=2000,
            lines=386_500,
            spread=1.3,
            largest_session=19_300,
            torn=20,
            projects=120,
            shape=Shape(result_median=4150, result_sigma=1.35),
        ),
    ),
    "many": Recipe(
        "20,000 Claude sessions in 2 GB, with 4,000 sub-agents",
        claude=ClaudeRecipe(
            sessions=20_000,
            agents=4_000,
            lines=380_000,
            forks=100,
            torn=20,
            projects=1_000,
            shape=Shape(result_median=4150, result_sigma=1.35),
        ),
    ),
    "a": Recipe(
        "one Claude session of 300 MB in 52,000 lines, the largest 4.1 MB",
        claude=ClaudeRecipe(
            sessions=1,
            lines=52_000,
            projects=1,
            older=0.0,
            huge_lines=(3_870_000, 2_000_000, 1_200_000),
            shape=Shape(result_median=3800, result_sigma=1.35),
        ),
    ),
    "b": Recipe(
        "one Claude session of 475 MB in 500,000 lines",
        claude=ClaudeRecipe(
            sessions=1,
            lines=500_000,
            projects=1,
            older=1.0,
            shape=Shape(result_median=130, prose_median=80, progress=3.3),
        ),
    ),
    "turns": Recipe(
        "one Claude session of 100,000 short turns",
        claude=ClaudeRecipe(
            sessions=1,
            lines=441_000,
            projects=1,
            older=1.0,
            shape=Shape(steps=0, prose_median=120),
        ),
    ),
    "export": Recipe(
        "one Claude session of 10,000 turns with seven spans each",
        claude=ClaudeRecipe(sessions=1, lines=144_500, projects=1, older=1.0, shape=Shape(steps=2)),
    ),
    "codex": Recipe("60 Codex rollouts", codex=CodexRecipe(sessions=60, lines=16_000)),
    "gemini": Recipe("60 Gemini chats", gemini=GeminiRecipe(sessions=60, lines=8_000)),
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """A generated corpus on disk."""

    name: str
    path: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """Totals, line sizes and sessions (see `ledger.manifest`)."""
        loaded: dict[str, Any] = msgspec.json.decode((self.path / "manifest.json").read_bytes())
        return loaded

    @property
    def logs(self) -> list[Path]:
        """Every log file, by path."""
        return sorted(self.path.glob("*/**/*.jsonl"))

    def environment(self) -> dict[str, str]:
        """The variables that make an agent, ccusage or aimux look here and nowhere else."""
        home = self.path / "home"
        home.mkdir(exist_ok=True)
        return {
            "HOME": str(home),
            "CLAUDE_CONFIG_DIR": str(self.path / "claude"),
            "CODEX_HOME": str(self.path / "codex"),
            "GEMINI_CLI_HOME": str(self.path / "gemini"),
        }


def bench_dir() -> Path:
    """Where corpora, peers and results are kept."""
    named = os.environ.get("AIMUX_BENCH_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / "aimux-bench"


def build(name: str, scale: float = 1.0, seed: str = _SEED, under: Path | None = None) -> Corpus:
    """The corpus of that name, generated now unless it is there and made by this generator."""
    folder = (under or bench_dir()) / "corpora"
    path = folder / (name if scale == 1 else f"{name}-{scale:g}")
    corpus = Corpus(name, path)
    made_by = f"{fingerprint(RECIPES[name])}/{seed}/{scale:g}"
    if (path / "manifest.json").exists() and corpus.manifest["made_by"] == made_by:
        return corpus
    shutil.rmtree(path, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    # Made aside and renamed, so that a corpus that is there is complete.
    half_made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=folder))
    sessions, line_bytes = _write_homes(half_made, RECIPES[name], scale, f"{seed}/{name}")
    truth = {"name": name, "made_by": made_by, **manifest(sessions, list(line_bytes))}
    (half_made / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(truth)))
    half_made.chmod(0o755)
    half_made.rename(path)
    return corpus


def fingerprint(recipe: Recipe) -> str:
    """Changes with the recipe and with any source file of the generator."""
    sources = sorted((Path(__file__).parent / "generate").glob("*.py"))
    made_of = [repr(recipe).encode(), *(source.read_bytes() for source in sources)]
    return hashlib.sha256(b"".join(made_of)).hexdigest()[:12]


def _write_homes(
    path: Path, recipe: Recipe, scale: float, seed: str
) -> tuple[list[SessionTruth], array[int]]:
    homes: list[ClaudeHome | CodexHome | GeminiHome] = []
    if recipe.claude:
        homes.append(ClaudeHome(path / "claude", recipe.claude.scaled(scale), seed))
    if recipe.codex:
        homes.append(CodexHome(path / "codex", recipe.codex.scaled(scale), seed))
    if recipe.gemini:
        homes.append(GeminiHome(path / "gemini", recipe.gemini.scaled(scale), seed))
    sessions: list[SessionTruth] = []
    line_bytes: array[int] = array("I")
    for home in homes:
        home.write()
        sessions += home.sessions
        line_bytes.extend(home.line_bytes)
    return sessions, line_bytes


def main() -> None:
    """Make the corpora that are named and print what is in them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("names", nargs="+", choices=[*RECIPES, "all"])
    parser.add_argument("--scale", type=float, default=1.0, help="1 makes the full corpus")
    options = parser.parse_args()
    for name in RECIPES if "all" in options.names else options.names:
        corpus = build(name, options.scale)
        made = corpus.manifest
        totals = made["totals"]
        print(f"{name}: {RECIPES[name].about}\n  {corpus.path}")
        print(
            f"  {totals['files']} files, {totals['bytes'] / 1e6:.1f} MB, {totals['lines']} lines,"
            f" {totals['requests']} requests, ${totals['usd']:.6f}\n  line bytes"
            f" {made['line_bytes']}"
        )


if __name__ == "__main__":
    main()
