"""Where Codex keeps its rollouts, and the small files beside them."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from aimux_tui.providers.base import LogFile
from aimux_tui.providers.codex.documents import is_document
from aimux_tui.providers.codex.identity import NAME, milliseconds_of
from aimux_tui.providers.codex.records import decode_line, text_of
from aimux_tui.providers.jsonl import BadLineError
from aimux_tui.providers.packing import MAGIC, PACKED, format_of, is_twin, unpacked_head

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_SESSIONS = "sessions"
_ARCHIVE = "archived_sessions"
_TITLES = "session_index.jsonl"
_PREFIX = "rollout-"
_ENDINGS = (".jsonl", ".jsonl.zst", ".json")
_ENVELOPES = frozenset(
    {
        "session_meta",
        "turn_context",
        "response_item",
        "event_msg",
        "compacted",
        "world_state",
        "token_usage_record",
    }
)
_TURN = re.compile(rb'"type":\s*"(?:task|turn)_started"[^\n]*?"turn_id":\s*"([^"]{1,200})"')
_BLOCK = 1 << 22


def roots(env: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Codex's home."""
    configured = env.get("CODEX_HOME", "").strip()
    return (Path(configured).expanduser() if configured else home / ".codex",)


def watched(root: Path) -> tuple[Path, ...]:
    """The folders in which rollouts appear."""
    return root / _SESSIONS, root / _ARCHIVE


def find(root: Path) -> Iterator[LogFile]:
    """Every rollout under a home. Of a plain file and its compressed twin, the plain one."""
    for folder in watched(root):
        for parent, _, names in os.walk(folder):
            present = set(names)
            for name in sorted(names):
                form = format_of(name)
                if form is None or not name.startswith(_PREFIX) or is_twin(name, present):
                    continue
                yield LogFile(NAME, os.path.join(parent, name), form, str(root))  # noqa: PTH118


def recognise(path: Path, head: bytes) -> LogFile | None:
    """The rollout at `path`, by its name, else by what its first lines hold."""
    form = format_of(path.name)
    if form is None:
        return None
    if path.name.endswith(PACKED) and not (head := unpacked_head(path.name, head)):
        return None
    if form in {"document", "zstd-document"}:
        is_ours = is_document(head)
    else:
        is_ours = _holds_rollout(head) or (path.name.startswith(_PREFIX) and not head.strip())
    return LogFile(NAME, str(path), form, str(_home_of(path))) if is_ours else None


def titles(root: Path) -> dict[str, str]:
    """Thread id → the name that somebody gave it; the last one wins."""
    found: dict[str, str] = {}
    try:
        lines = (root / _TITLES).read_bytes().split(b"\n")
    except OSError:
        return found
    from aimux_tui.providers.codex.prompts import title_from

    for line in lines:
        if not line.strip():
            continue
        try:
            entry = decode_line(line)
        except BadLineError:
            continue
        thread_id, name = text_of(entry, "id"), title_from(text_of(entry, "thread_name"))
        if thread_id and name:
            found[thread_id] = name
    return found


def companions(file: LogFile) -> Iterator[Path]:
    """The names that people gave to threads."""
    yield Path(file.root, _TITLES)


def turn_ids_of(thread_id: str, near: LogFile) -> Collection[str]:
    """The turns that another thread's rollout begins; empty if the file is not found."""
    for path in _places_of(thread_id, near):
        try:
            stat = path.stat()
            return _turn_ids_in(str(path), stat.st_mtime_ns, stat.st_size)
        except OSError:
            continue
    return ()


@lru_cache(maxsize=64)
def _turn_ids_in(path: str, _modified: int, _size: int) -> frozenset[str]:
    """The turn ids in a file; cached, for a parent has many children. Raises OSError."""
    found: set[str] = set()
    rest = b""
    with Path(path).open("rb") as stream:
        for block in _blocks(stream):
            data = rest + block
            cut = data.rfind(b"\n") + 1
            found.update(_turn_ids(data[:cut]))
            rest = data[cut:]
    found.update(_turn_ids(rest))
    return frozenset(found)


def _turn_ids(data: bytes) -> Iterator[str]:
    return (turn_id.decode("utf-8", "replace") for turn_id in _TURN.findall(data))


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The content of a rollout, decompressed. Raises OSError."""
    is_compressed = stream.read(len(MAGIC)) == MAGIC
    stream.seek(0)
    if not is_compressed:
        while block := stream.read(_BLOCK):
            yield block
        return
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True) as reader:
            while block := reader.read(_BLOCK):
                yield block
    except zstandard.ZstdError as error:
        raise OSError(f"not readable as zstd: {error}") from error


def _places_of(thread_id: str, near: LogFile) -> Iterator[Path]:
    """Files that may be a thread's rollout: beside another one, or where its day's lie."""
    if not re.fullmatch(r"[\w-]{8,64}", thread_id):
        return
    root = Path(near.root)
    folders = [Path(near.path).parent]
    made = milliseconds_of(thread_id)
    if made is not None:
        day = datetime.fromtimestamp(made / 1000, UTC)
        # The folders are named by local time.
        for shift in (0, -1, 1):
            date = day + timedelta(days=shift)
            folders.append(root / _SESSIONS / f"{date:%Y}" / f"{date:%m}" / f"{date:%d}")
    folders += [root / _ARCHIVE, root / _SESSIONS]
    endings = tuple(f"{thread_id}{ending}" for ending in _ENDINGS)
    for folder in dict.fromkeys(folders):
        try:
            names = sorted(entry.name for entry in os.scandir(folder))
        except OSError:
            continue
        yield from (folder / name for name in names if name.endswith(endings))


def _home_of(path: Path) -> Path:
    for parent in path.parents:
        if parent.name in {_SESSIONS, _ARCHIVE}:
            return parent.parent
    return path.parent


def _holds_rollout(head: bytes) -> bool:
    """Whether one of the first lines can only be a rollout's."""
    lines = head.split(b"\n")
    return any(_is_ours(line) for line in lines[:50] if line.strip()) or _begins_ours(lines[0])


def _is_ours(line: bytes) -> bool:
    try:
        value = decode_line(line)
    except BadLineError:
        return False
    if text_of(value, "type") in _ENVELOPES and isinstance(value.get("payload"), dict):
        return True
    # The oldest era: a head without a type, and the agent's state between the items.
    if "type" in value:
        return False
    return "record_type" in value or ("instructions" in value and "id" in value)


def _begins_ours(line: bytes) -> bool:
    """Whether a line that is cut off, or too long for the head, begins as a rollout does."""
    start = line[:400]
    return b'"type":"session_meta"' in start and b'"payload":{' in start
