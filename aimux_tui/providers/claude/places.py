"""Where Claude Code keeps its logs, and what a log's path tells about it."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from aimux_tui.providers.base import LogFile
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object
from aimux_tui.providers.packing import PACKED, unpacked_head

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from aimux_tui.providers.base import LogFormat

NAME = "claude"

_AGENT_FILE = re.compile(r"agent-(?P<id>.+?)\.jsonl(?:\.zst)?")
_SESSION_FILE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl(?:\.zst)?")
_OURS = re.compile(rb'"(?:isSidechain|parentUuid|leafUuid|messageId|userType|toolUseResult)":')
_FOREIGN = ("payload", "projectHash", "$set", "$rewindTo", "$patch")
_SUBAGENTS = "subagents"
SPILLED = "tool-results"
"""The folder of outputs that were too large for the model."""


def roots(env: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """The configured home, else both that Claude Code has used."""
    if configured := env.get("CLAUDE_CONFIG_DIR"):
        return (Path(unicodedata.normalize("NFC", configured)).expanduser(),)
    return (home / ".claude", home / ".config" / "claude")


def find(root: Path) -> Iterator[LogFile]:
    """Main transcripts, flat sub-agents beside them, nested ones below their session's folder."""
    home = str(root)
    for project in _folders(f"{home}/projects"):
        entries = _entries(project)
        packed_twins = _packed_twins(entries)
        for entry in entries:
            form = _format_of(entry.name)
            if form is not None:
                if entry.name not in packed_twins and _is_log(entry):
                    yield LogFile(NAME, entry.path, form, home)
            elif "." not in entry.name and entry.is_dir():
                for path in _nested(f"{entry.path}/{_SUBAGENTS}"):
                    form = _format_of(path) or "lines"
                    yield LogFile(NAME, path, form, home, parent_hint=entry.name)


def _format_of(name: str) -> LogFormat | None:
    if name.endswith(".jsonl"):
        return "lines"
    return "zstd-lines" if name.endswith(".jsonl.zst") else None


def _packed_twins(entries: Sequence[os.DirEntry[str]]) -> Collection[str]:
    """Names of compressed logs that lie beside the log itself."""
    packed = [entry.name for entry in entries if entry.name.endswith(PACKED)]
    if not packed:
        return ()
    names = {entry.name for entry in entries}
    return {name for name in packed if name.removesuffix(PACKED) in names}


def _is_log(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _nested(folder: str) -> Iterator[str]:
    """Sub-agent files in a `subagents` folder and in the folders of workflow runs below it."""
    entries = _entries(folder)
    packed_twins = _packed_twins(entries)
    for entry in entries:
        if _AGENT_FILE.fullmatch(entry.name):
            if entry.name not in packed_twins:
                yield entry.path
        elif "." not in entry.name and entry.is_dir(follow_symlinks=False):
            yield from _nested(entry.path)


def _folders(path: str) -> Iterator[str]:
    for entry in _entries(path):
        if entry.is_dir():
            yield entry.path


def _entries(path: str) -> Sequence[os.DirEntry[str]]:
    """The entries of a folder by name; none if it cannot be read."""
    try:
        with os.scandir(path) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return ()


def watched(root: Path) -> tuple[Path, ...]:
    """The folders in which logs and live states appear."""
    return (root / "projects", root / "sessions")


def recognise(path: Path, head: bytes) -> LogFile | None:
    """A file with Claude Code's records, or an empty one with the name of a transcript."""
    form = _format_of(path.name)
    if form is None or path.name == "journal.jsonl":
        return None
    if form == "zstd-lines" and not (head := unpacked_head(path.name, head)):
        return None
    if not _has_our_records(path, head):
        return None
    return LogFile(NAME, str(path), form, str(path.parent), parent_hint=_parent_by_path(path))


def companions(file: LogFile) -> Iterator[Path]:
    """A sub-agent's meta data; a session's spilled outputs; the titles of its project."""
    path = Path(file.path)
    if agent_id_of(file.path):
        yield path.with_name(f"{stem_of(file.path)}.meta.json")
        return
    yield path.with_name("sessions-index.json")
    for entry in _entries(str(path.with_name(stem_of(file.path)) / SPILLED)):
        yield Path(entry.path)


def _has_our_records(path: Path, head: bytes) -> bool:
    has_our_name = _SESSION_FILE.fullmatch(path.name) or _AGENT_FILE.fullmatch(path.name)
    if not clean(head):
        return bool(has_our_name) or any("claude" in part for part in path.parts[-5:])
    objects = 0
    for line in head.split(b"\n")[:64]:
        try:
            record = decode_object(clean(line))
        except BadLineError:
            # Perhaps only cut by the end of the head.
            if _OURS.search(line) and b'"payload":' not in line[:200]:
                return True
            continue
        if any(name in record for name in _FOREIGN):
            return False
        objects += 1
        if _is_ours(record):
            return True
    return objects > 0 and bool(has_our_name)


def _is_ours(record: dict[str, Any]) -> bool:
    match record:
        case {"type": "user" | "assistant", "message": {"parts": _}}:
            return False  # Qwen Code has the same envelope around another message
        case {"type": "user" | "assistant", "message": {"role": _}, "uuid": _}:
            return True
        case {"type": "summary", "leafUuid": _}:
            return True
        case {"type": "file-history-snapshot", "messageId": _}:
            return True
        case {"type": "queue-operation", "operation": _}:
            return True
        case {"type": "system" | "progress" | "attachment", "uuid": _, "version": _}:
            return True
        case {"type": "mode" | "permission-mode" | "custom-title" | "ai-title", "sessionId": _}:
            return True
    return False


def _parent_by_path(path: Path) -> str:
    """The session below whose folder a nested sub-agent lies; "" for all other logs."""
    if not _AGENT_FILE.fullmatch(path.name):
        return ""
    parts = path.parts
    if _SUBAGENTS in parts[:-1]:
        at = len(parts) - 1 - parts[::-1].index(_SUBAGENTS)
        return parts[at - 1] if at else ""
    return ""


class Companion(Struct, frozen=True):
    """What the small file beside a nested sub-agent says of it."""

    agent_type: str = ""
    description: str = ""
    tool_use_id: str = ""
    parent_agent_id: str = ""


def agent_id_of(path: str) -> str:
    """The id of the sub-agent whose log lies at `path`; "" for the log of a main session."""
    found = _AGENT_FILE.fullmatch(os.path.basename(path))  # noqa: PTH119 - asked for every log
    return found["id"] if found else ""


def stem_of(path: str) -> str:
    """A log's file name without its extension."""
    name = os.path.basename(path)  # noqa: PTH119 - asked for every log
    return name.removesuffix(PACKED).removesuffix(".jsonl")


def workflow_run_of(path: str) -> str:
    """The id of the workflow run to which a sub-agent's log belongs; "" if none."""
    parts = path.replace("\\", "/").rsplit("/", 3)
    return parts[-2] if len(parts) == 4 and parts[-3] == "workflows" else ""


def read_companion(path: str) -> Companion:
    """The meta data beside a sub-agent's log, empty where there is none."""
    try:
        stem = path.removesuffix(PACKED).removesuffix(".jsonl")
        with open(f"{stem}.meta.json", "rb") as stream:  # noqa: PTH123 - hot
            fields = msgspec.json.decode(stream.read())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Companion()
    if not isinstance(fields, dict):
        return Companion()

    def text(name: str) -> str:
        value = fields.get(name)
        return value if isinstance(value, str) else ""

    return Companion(
        text("agentType"), text("description"), text("toolUseId"), text("parentAgentId")
    )
