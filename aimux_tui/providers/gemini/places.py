"""Where Gemini CLI keeps its logs, and which project a log belongs to."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.providers.base import LogFile
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object
from aimux_tui.providers.packing import PACKED, format_of, is_twin, stem_of, unpacked_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAME = "gemini"
_CHATS = "chats"
_HEAD_SIGNS = re.compile(
    rb'"projectHash"\s*:|"(?:type|role)"\s*:\s*"gemini"|^\{"\$(?:set|rewindTo|patch)"',
    re.MULTILINE,
)
"""An unescaped quote cannot stand inside a JSON string, so that no other agent's text matches."""


def roots(env: Mapping[str, str], home: Path) -> Sequence[Path]:
    """The CLI's home; its variable names the folder that holds `.gemini`."""
    return [Path(env.get("GEMINI_CLI_HOME") or home) / ".gemini"]


def find(root: Path) -> Iterator[LogFile]:
    """Every chat below `tmp/<project>/chats`, those of sub-agents in a folder of their parent.

    A resumed `.json` goes on as a `.jsonl` of the same name, which begins with all it held: of
    the two only the newer format is a log.
    """
    for project in _folders(root / "tmp"):
        chats = project / _CHATS
        yield from _logs(chats, root, "")
        agents = {folder.name: _names(folder) for folder in _folders(chats)}
        parents = {stem_of(name): folder for folder, names in agents.items() for name in names}
        for folder in agents:
            # A sub-agent's own sub-agents lie in a folder with its id.
            above = parents.get(folder)
            hint = folder if above in {None, folder} else f"{above}/{folder}"
            yield from _logs(chats / folder, root, hint)


def recognise(path: Path, head: bytes) -> LogFile | None:
    """The log at `path` if its name and first bytes say that it is one."""
    if format_of(path.name) is None:
        return None
    if path.name.endswith(PACKED) and not (head := unpacked_head(path.name, head)):
        return None
    parts = path.parts
    in_chats = _CHATS in parts[-3:-1]
    is_named = in_chats and (path.name.startswith("session-") or parts[-2] != _CHATS)
    if not (_HEAD_SIGNS.search(clean(head)) or (is_named and not head.strip())):
        return None
    root = path.parent
    for above in path.parents:
        if above.name == "tmp" and in_chats:
            root = above.parent
            break
    hint = parts[-2] if in_chats and parts[-2] != _CHATS else ""
    return _log(str(path), root, hint)


def project_folder(file: LogFile, project_hash: str) -> str:
    """The folder of the project that a log belongs to; "" if nothing tells.

    The log's place names the project by a short name that `projects.json` explains, or by the
    hash of the folder, which is also in the log.
    """
    place, chats, _ = file.path.rpartition(f"{os.sep}{_CHATS}{os.sep}")
    if not chats:
        return ""
    if marked := _small_text(Path(place, ".project_root")).strip():
        return marked
    project = place.rpartition(os.sep)[2]
    for folder, name in _projects(Path(file.root) / "projects.json").items():
        if name == project or _hash(folder) in {project, project_hash}:
            return folder
    return ""


def companions(file: LogFile) -> Iterator[Path]:
    """What tells the folder of a log's project."""
    place, chats, _ = file.path.rpartition(f"{os.sep}{_CHATS}{os.sep}")
    if chats:
        yield Path(place, ".project_root")
    yield Path(file.root, "projects.json")


def _logs(folder: Path, root: Path, hint: str) -> Iterator[LogFile]:
    names = set(_names(folder))
    for name in sorted(names):
        is_older_format = f"{name.removesuffix(PACKED)}l" in names
        if not (is_older_format or is_twin(name, names)):
            yield _log(str(folder / name), root, hint)


def _log(path: str, root: Path, hint: str) -> LogFile:
    return LogFile(NAME, path, format_of(path) or "lines", str(root), hint)


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as found:
            return [entry.name for entry in found if format_of(entry.name) and entry.is_file()]
    except OSError:
        return []


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return sorted(Path(entry.path) for entry in found if entry.is_dir())
    except OSError:
        return []


def _projects(path: Path) -> Mapping[str, str]:
    try:
        stat = path.stat()
    except OSError:
        return {}
    return _read_projects(str(path), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _read_projects(path: str, _mtime: int, _size: int) -> Mapping[str, str]:
    """Folder → short name."""
    try:
        found = decode_object(clean(Path(path).read_bytes())).get("projects")
    except (OSError, BadLineError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {folder: name for folder, name in found.items() if isinstance(name, str)}


def _small_text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


@lru_cache(maxsize=1024)
def _hash(folder: str) -> str:
    from hashlib import sha256

    return sha256(folder.encode("utf-8", "surrogatepass")).hexdigest()
