"""The edits of `apply_patch`, from its grammar and from the changes that the log records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aimux_tui.model.tools import FileEdit, Hunk
from aimux_tui.providers.codex.records import text_of
from aimux_tui.providers.diffs import (
    count_changes,
    edit_for_deleted_file,
    edit_for_new_file,
    edit_from_hunks,
    hunks_from_unified,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BEGIN = "*** Begin Patch"
_END = "*** End Patch"
_FILE = re.compile(r"\*\*\* (Add|Delete|Update) File: (.*)")
_MOVE = "*** Move to: "
_END_OF_FILE = "*** End of File"
_WHOLE = re.compile(
    r"^[ \t]*\*\*\* Begin Patch[ \t]*$.*?(?:^[ \t]*\*\*\* End Patch[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_NAMES_TOOL = re.compile(r"\b(?:apply_patch|applypatch)\b")


def edits_from_patch(text: str) -> tuple[FileEdit, ...]:
    """The edits that a patch in the grammar of apply_patch proposes; junk is skipped.

    The grammar has no line numbers, so the hunks have none but those of new files.
    """
    sections = _sections(line.removesuffix("\r") for line in text.split("\n"))
    return tuple(_edit_of(*section) for section in sections)


def edits_from_changes(changes: Any) -> tuple[FileEdit, ...]:
    """The edits of the `changes` of a `patch_apply_end` event or a `FileChange` item.

    Two shapes: {path: {type, content | unified_diff, move_path}}, and a list of such objects with
    their `path`. Old versions name the kind by a key: {path: {"add": {"content": …}}}.
    """
    return tuple(_edit_of_change(path, change) for path, change in _entries(changes))


def count_changes_of(changes: Any) -> tuple[int, int, int]:
    """(edits, added lines, deleted lines) of `changes`, without making the edits."""
    count = additions = deletions = 0
    for _, change in _entries(changes):
        kind, change = _kind_of(change)  # noqa: PLW2901 - the object behind its kind
        count += 1
        if kind in {"add", "delete"}:
            lines = _line_count(text_of(change, "content"))
            additions += lines if kind == "add" else 0
            deletions += lines if kind == "delete" else 0
            continue
        diff = text_of(change, "unified_diff") or text_of(change, "diff")
        if diff.startswith("@@"):
            additions += diff.count("\n+")
            deletions += diff.count("\n-")
        else:
            added, deleted = count_changes(hunks_from_unified(diff))
            additions += added
            deletions += deleted
    return count, additions, deletions


def count_edits(edits: Iterable[FileEdit]) -> tuple[int, int, int]:
    """(edits, added lines, deleted lines)."""
    count = additions = deletions = 0
    for edit in edits:
        count += 1
        additions += edit.additions
        deletions += edit.deletions
    return count, additions, deletions


def patch_in_command(command: Any) -> str:
    """The patch in a shell command that calls apply_patch; "" if it does not.

    `command` is an argument list, `["apply_patch", "*** Begin Patch…"]` or
    `["bash", "-lc", "apply_patch <<'EOF'…"]`, or a command line.
    """
    if isinstance(command, list):
        words = [word for word in command if isinstance(word, str)]
        if len(words) == 2 and words[0] in {"apply_patch", "applypatch"}:
            return words[1]
        command = words[-1] if words else ""
    if not isinstance(command, str) or not _NAMES_TOOL.search(command):
        return ""
    found = _WHOLE.search(command)
    return found[0] if found else ""


def _entries(changes: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, change) of each file."""
    if isinstance(changes, dict):
        for path, change in changes.items():
            if isinstance(change, dict):
                yield path, change
    elif isinstance(changes, list):
        for change in changes:
            if isinstance(change, dict):
                yield text_of(change, "path"), change


def _kind_of(change: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """(kind, fields) of a change."""
    kind = text_of(change, "type") or text_of(change, "kind")
    if kind:
        return kind, change
    named = ((name, value) for name, value in change.items() if isinstance(value, dict))
    return next(named, ("", change))


def _line_count(content: str) -> int:
    return content.count("\n") + (bool(content) and not content.endswith("\n"))


def _edit_of_change(path: str, change: dict[str, Any]) -> FileEdit:
    kind, change = _kind_of(change)
    content = text_of(change, "content")
    move = text_of(change, "move_path")
    match kind:
        case "add":
            return edit_for_new_file(path, content)
        case "delete":
            return edit_for_deleted_file(path, content)
    hunks = hunks_from_unified(text_of(change, "unified_diff") or text_of(change, "diff"))
    return edit_from_hunks(path, hunks, operation="move" if move else "update", new_path=move)


def _sections(lines: Iterator[str]) -> Iterator[tuple[str, str, list[str]]]:
    """(operation, path, lines) of each file of a patch."""
    current: tuple[str, str, list[str]] | None = None
    for line in lines:
        header = _FILE.match(line.strip()) if line.lstrip().startswith("*** ") else None
        if header is not None:
            if current is not None:
                yield current
            current = header[1], header[2].strip(), []
        elif line.strip() == _END:
            break
        elif current is not None:
            current[2].append(line)
    if current is not None:
        yield current


def _edit_of(operation: str, path: str, lines: list[str]) -> FileEdit:
    if operation == "Add":
        added = tuple(line for line in lines if line.startswith("+"))
        created = (Hunk(added, 0, 1),) if added else ()
        return FileEdit(path, "create", created, len(added), 0, is_proposed=True)
    if operation == "Delete":
        return FileEdit(path, "delete", is_proposed=True)
    new_path = ""
    if lines and lines[0].startswith(_MOVE):
        new_path = lines[0][len(_MOVE) :].strip()
        lines = lines[1:]
    hunks = tuple(_hunks_of(lines))
    additions, deletions = count_changes(hunks)
    kind = "move" if new_path else "update"
    return FileEdit(path, kind, hunks, additions, deletions, new_path, is_proposed=True)


def _hunks_of(lines: list[str]) -> Iterator[Hunk]:
    hunk: list[str] = []
    for line in lines:
        if line.startswith("@@"):
            if hunk:
                yield Hunk(tuple(hunk))
            # What stands behind @@ names the place; it is no neighbour of the lines below.
            hunk = []
        elif line.startswith((" ", "-", "+")):
            hunk.append(line)
        elif not line:
            hunk.append(" ")
        elif line.strip() == _END_OF_FILE:
            continue
    while hunk and not hunk[-1].strip():
        hunk.pop()
    if hunk:
        yield Hunk(tuple(hunk))
