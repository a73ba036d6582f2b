"""Records the demo sessions: real agents, a scripted model, a shop that is made up.

    python -m scripts.record_demo [STORY ...]

needs npm, installs the agents into a cache, and writes aimux_tui/demo/sessions. Without a story's
name all of them are recorded. Nothing leaves the machine but the installation.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from aimux_tui.demo.manifest import MANIFEST, SESSIONS, DemoFile, DemoSession, Manifest, stamp_of
from scripts.demo_stories import (
    claude_checkout,
    claude_limits,
    claude_login,
    claude_small,
    codex_stories,
    cut,
    cut_claude,
    cut_codex,
    cut_gemini,
    gemini_stories,
)
from scripts.demo_stories.retime import Clock, Stretch, retimed
from scripts.demo_stories.stage import LOGS, Stage, Story, staged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

STORIES: Sequence[Story] = (
    claude_small.EXPORT_STORY,
    claude_small.CLEAN_STORY,
    claude_login.STORY,
    codex_stories.CENTS_STORY,
    gemini_stories.DOCS_STORY,
    claude_small.UPGRADE_STORY,
    claude_checkout.STORY,
    codex_stories.SLOW_STORY,
    claude_limits.STORY,
    gemini_stories.CSS_STORY,
)
PRESENT = "2026-06-01T12:00:00.000Z"
"""The moment at which the newest recorded session ends; the demo moves it to now."""
SUMMARY_SECONDS = 14.0
CUTS: Mapping[str, Callable[[list[cut.Record]], list[cut.Record]]] = {
    "claude": cut_claude.cut,
    "codex": cut_codex.cut,
    "gemini": cut_gemini.cut,
}
STATE = (
    "pid", "sessionId", "cwd", "startedAt", "version", "kind", "entrypoint", "status", "updatedAt",
    "statusUpdatedAt", "waitingFor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A file that an agent left, its text made neutral."""

    path: str
    """Below the home."""
    text: str

    @property
    def is_log(self) -> bool:
        """Whether it holds records, one a line."""
        return self.path.endswith(".jsonl")


def main() -> int:
    """Record what was asked for; keep the other sessions as they are."""
    names = [story.name for story in STORIES]
    parser = argparse.ArgumentParser(description="Record the demo sessions with the real agents.")
    parser.add_argument("stories", nargs="*", metavar="STORY", help=f"of {', '.join(names)}")
    wanted = parser.parse_args().stories or names
    for name in wanted:
        if name not in names:
            parser.error(f"no story {name!r}")
    known = _known()
    for story in STORIES:
        if story.name in wanted:
            known[story.name] = record(story)
            sys.stderr.write(f"{story.name}: {len(known[story.name].files)} files\n")
            sessions = tuple(known[item.name] for item in STORIES if item.name in known)
            encoded = msgspec.json.format(msgspec.json.encode(Manifest(PRESENT, sessions)))
            (SESSIONS / MANIFEST).write_bytes(encoded + b"\n")
    return 0


def _known() -> dict[str, DemoSession]:
    path = SESSIONS / MANIFEST
    if not path.exists():
        return {}
    told = msgspec.json.decode(path.read_bytes(), type=Manifest)
    return {session.name: session for session in told.sessions}


def record(story: Story) -> DemoSession:
    """Play a story and keep what its agent wrote, cut and retimed."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        root = Path(folder).resolve()
        with staged(story, root) as stage:
            story.play(stage)
            stage.wait_quiet()
            found = list(_collected(stage, root))
    clock = _clock(stage, found)
    target = SESSIONS / story.name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    names = _names([item.path for item in found])
    files = [_written(item, names[item.path], story, clock, target) for item in found]
    for file in target.iterdir():
        left = cut.leaks(file.read_text(encoding="utf-8"), root)
        if left:
            raise SystemExit(f"{story.name}: {file.name} still holds {left}")
    return DemoSession(story.name, story.agent, tuple(_named(files)), _live_from(story, target))


def _collected(stage: Stage, root: Path) -> Iterator[Found]:
    home = stage.sandbox.home
    patterns = [f"{logs}/**/*.jsonl" for logs in LOGS]
    patterns += [".claude/projects/**/*.meta.json", ".gemini/projects.json"]
    patterns += [".gemini/tmp/*/.project_root"]
    if stage.story.keeps_live_state:
        patterns += [".claude/sessions/*.json"]
    for pattern in patterns:
        for path in sorted(home.glob(pattern)):
            name = cut.neutral(str(path.relative_to(home)), root)
            text = cut.neutral(path.read_text(encoding="utf-8"), root)
            if text:
                yield Found(name, text)


def _clock(stage: Stage, found: Sequence[Found]) -> Clock:
    """Makes the model take its time and the user think, and ends when the story says."""
    stretches = [Stretch(pause.at, pause.at + 0.1, pause.seconds) for pause in stage.pauses]
    for item in stage.model.served:
        if item.purpose in {"turn", "summary"} and item.status == 200:
            seconds = SUMMARY_SECONDS if item.purpose == "summary" else item.seconds
            passed = item.ended - item.started
            stretches.append(Stretch(item.started, item.ended, seconds - passed))
    clock = Clock(stretches)
    records = (json.loads(line) for log in found if log.is_log for line in _lines(log.text))
    stamps = [record["timestamp"] for record in records if record.get("timestamp")]
    end = datetime.fromisoformat(PRESENT) - stage.story.ended
    clock.end_at(datetime.fromisoformat(max(stamps)).timestamp(), end.timestamp())
    return clock


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def _names(paths: Sequence[str]) -> dict[str, str]:
    """Short names for the recorded files, the same with each recording."""
    names: dict[str, str] = {}
    agents = 0
    for path in sorted(paths, key=lambda path: (path.endswith(".meta.json"), path)):
        log, _, kind = path.partition(".meta.")
        if kind:
            names[path] = names[f"{log}.jsonl"].replace(".jsonl", ".meta.json")
        elif not path.endswith(".jsonl"):
            names[path] = path.rsplit("/", 1)[-1].lstrip(".")
        elif (
            "/subagents/" in path
            or re.search(r"/chats/[^/]+/", path)
            or ("/rollout-" in path and "session.jsonl" in names.values())
        ):
            agents += 1
            names[path] = f"agent-{agents}.jsonl"
        else:
            names[path] = "session.jsonl"
    return names


def _written(found: Found, name: str, story: Story, clock: Clock, target: Path) -> DemoFile:
    text, path = found.text, found.path
    if found.is_log:
        records = [json.loads(line) for line in _lines(text)]
        cut_down = CUTS[story.agent](records)
        text = cut.written(retimed(record, clock) for record in cut_down)
    elif "/sessions/" in path:
        state = {**cut.only(json.loads(text), STATE), "pid": 0}
        text = cut.written([retimed(state, clock)])
        name, path = "state.json", ".claude/sessions/1.json"
    elif path.endswith(".meta.json"):
        text = cut.written([json.loads(text)])
    (target / name).write_text(text, encoding="utf-8")
    return DemoFile(f"{story.name}/{name}", path, stamp_of(text))


def _named(files: Sequence[DemoFile]) -> Iterator[DemoFile]:
    """The files with their names made to follow the clock where the agent's own do."""
    starts = {file.path: file.started for file in files}
    for file in files:
        folder, _, name = file.path.rpartition("/")
        if name.startswith("rollout-"):
            path = f".codex/sessions/%Y/%m/%d/rollout-%Y-%m-%dT%H-%M-%S-{name[-42:-6]}.jsonl"
            yield msgspec.structs.replace(file, path=path, named_by="local")
        elif name.startswith("session-"):
            path = f"{folder}/session-%Y-%m-%dT%H-%M-{name.rpartition('-')[2]}"
            yield msgspec.structs.replace(file, path=path, named_by="utc")
        elif name.endswith(".meta.json"):
            log = file.path.removesuffix(".meta.json") + ".jsonl"
            yield msgspec.structs.replace(file, started=starts[log])
        else:
            yield file


def _live_from(story: Story, target: Path) -> str:
    """When the prompt was typed from which on the session is replayed."""
    if not story.live_prompt:
        return ""
    sign = json.dumps(story.live_prompt, ensure_ascii=False)
    for path in target.glob("*.jsonl"):
        for line in _lines(path.read_text(encoding="utf-8")):
            if f'"content":{sign}' in line and '"type":"user"' in line:
                return stamp_of(line)
    raise SystemExit(f"{story.name}: the live prompt was not recorded")


if __name__ == "__main__":
    sys.exit(main())
