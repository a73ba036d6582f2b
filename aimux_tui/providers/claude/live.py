"""What Claude Code keeps beside its logs: live states of running sessions, and titles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui.model.session import LiveState
from aimux_tui.providers.claude.prompts import one_line

if TYPE_CHECKING:
    from pathlib import Path

_MAX_SIZE = 4_000_000


def live_states(root: Path) -> dict[str, LiveState]:
    """Session id → what its process says of itself, from `sessions/<pid>.json`."""
    states: dict[str, LiveState] = {}
    for path in _files(root / "sessions", "*.json"):
        fields = _read(path)
        session_id, status = fields.get("sessionId"), fields.get("status")
        if not isinstance(session_id, str) or not isinstance(status, str):
            continue
        pid = fields.get("pid")
        waiting_for = fields.get("waitingFor")
        state = LiveState(
            status=status,
            waiting_for=one_line(waiting_for) if isinstance(waiting_for, str) else "",
            updated=_from_milliseconds(fields.get("updatedAt")),
            pid=pid if isinstance(pid, int) else None,
        )
        other = states.get(session_id)
        if other is None or (other.updated or _NEVER) <= (state.updated or _NEVER):
            states[session_id] = state
    return states


def side_titles(root: Path) -> dict[str, str]:
    """Session id → the summary in a project's `sessions-index.json` (versions of early 2026)."""
    titles: dict[str, str] = {}
    for path in _files(root / "projects", "*/sessions-index.json"):
        entries = _read(path).get("entries")
        for entry in entries if isinstance(entries, list) else ():
            match entry:
                case {"sessionId": str(session_id), "summary": str(summary)} if summary.strip():
                    titles[session_id] = one_line(summary)
    return titles


_NEVER = datetime.min.replace(tzinfo=UTC)


def _files(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def _read(path: Path) -> dict[str, Any]:
    """The object in a small JSON file; empty if it cannot be read just now."""
    try:
        if path.stat().st_size > _MAX_SIZE:
            return {}
        fields = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _from_milliseconds(value: Any) -> datetime | None:
    if not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
