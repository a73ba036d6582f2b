"""Diffs of any provider as `FileEdit`s: parsed where a log holds one, else computed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aimux_tui.model.tools import FileEdit, Hunk
from aimux_tui.providers.line_diff import Change, changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CONTEXT = 3
"""Unchanged lines shown around a change."""

NO_NEWLINE = "\\ No newline at end of file"

_HUNK_HEADER = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def hunks_from_unified(text: str) -> tuple[Hunk, ...]:
    """The hunks of a unified diff of one file; headers and anything between hunks are skipped.

    A header's counts decide where its hunk ends, so that a deleted line "-- x" is not taken for a
    file header. Headers without numbers (`@@` or `@@ context`) give hunks without line numbers.
    """
    reader = _UnifiedReader()
    for line in text.split("\n"):
        reader.take(line.removesuffix("\r"))
    return reader.finish()


def hunks_from_structured_patch(patch: Any) -> tuple[Hunk, ...]:
    """The hunks of a list of `{oldStart, oldLines, newStart, newLines, lines}`; junk is skipped."""
    if not isinstance(patch, list):
        return ()
    hunks = []
    for part in patch:
        if not isinstance(part, dict) or not isinstance(part.get("lines"), list):
            continue
        lines = tuple(
            line if line[:1] in {" ", "-", "+", "\\"} else f" {line}"
            for line in part["lines"]
            if isinstance(line, str)
        )
        hunks.append(Hunk(lines, _line_number(part, "oldStart"), _line_number(part, "newStart")))
    return tuple(hunks)


def hunks_from_texts(
    old: str, new: str, *, old_start: int | None = None, new_start: int | None = None
) -> tuple[Hunk, ...]:
    """The hunks that turn `old` into `new`; numbered from the given first lines, if given.

    The work is bounded: where no cheap alignment is found, the changed middle is one replacement.
    """
    before, after = _fragment_lines(old, new)
    return tuple(
        _hunk(before, after, group, old_start, new_start)
        for group in _grouped(changes(before, after))
    )


def count_changes(hunks: Iterable[Hunk]) -> tuple[int, int]:
    """(added lines, deleted lines)."""
    additions = deletions = 0
    for hunk in hunks:
        for line in hunk.lines:
            additions += line.startswith("+")
            deletions += line.startswith("-")
    return additions, deletions


def edit_from_hunks(
    path: str,
    hunks: tuple[Hunk, ...],
    *,
    operation: str = "update",
    new_path: str = "",
    is_proposed: bool = False,
) -> FileEdit:
    """An edit with its added and deleted lines counted."""
    additions, deletions = count_changes(hunks)
    return FileEdit(path, operation, hunks, additions, deletions, new_path, is_proposed)


def edit_from_replacement(path: str, old: str, new: str, *, is_proposed: bool = True) -> FileEdit:
    """A piece of a file replaced by another, where nobody logged at which line."""
    return edit_from_hunks(path, hunks_from_texts(old, new), is_proposed=is_proposed)


def edit_for_new_file(path: str, content: str, *, is_proposed: bool = False) -> FileEdit:
    """A file that was created with `content`."""
    hunks = _whole_file("+", content, old_start=0, new_start=1)
    return edit_from_hunks(path, hunks, operation="create", is_proposed=is_proposed)


def edit_for_deleted_file(path: str, content: str, *, is_proposed: bool = False) -> FileEdit:
    """A file that was deleted and held `content`."""
    hunks = _whole_file("-", content, old_start=1, new_start=0)
    return edit_from_hunks(path, hunks, operation="delete", is_proposed=is_proposed)


class _UnifiedReader:
    """Collects the hunks of a unified diff line by line."""

    def __init__(self) -> None:
        self._hunks: list[Hunk] = []
        self._lines: list[str] | None = None
        self._starts: tuple[int | None, int | None] = (None, None)
        self._left: tuple[int, int] | None = None
        """Old and new lines that the header still promises; None if it has no counts."""

    def take(self, line: str) -> None:
        if self._lines is not None and self._is_content(line):
            self._lines.append(line or " ")
            return
        if not line.startswith("@@"):
            return
        self._close()
        self._lines = []
        header = _HUNK_HEADER.match(line)
        if header is None:
            self._starts, self._left = (None, None), None
            return
        old_start, old_count, new_start, new_count = header.groups(default="1")
        self._starts = int(old_start), int(new_start)
        self._left = int(old_count), int(new_count)

    def finish(self) -> tuple[Hunk, ...]:
        self._close()
        return tuple(self._hunks)

    def _is_content(self, line: str) -> bool:
        sign = line[:1]
        if sign == "\\":
            return True
        if self._left is None:
            return sign in {" ", "-", "+"}
        old, new = self._left
        match sign:
            case "-" if old > 0:
                self._left = old - 1, new
            case "+" if new > 0:
                self._left = old, new - 1
            case " " | "" if old > 0 and new > 0:
                # Some writers strip the blank of an empty context line.
                self._left = old - 1, new - 1
            case _:
                return False
        return True

    def _close(self) -> None:
        if self._lines:
            self._hunks.append(Hunk(tuple(self._lines), *self._starts))
        self._lines = None


def _line_number(part: dict[str, Any], name: str) -> int | None:
    value = part.get(name)
    return value if isinstance(value, int) and value >= 0 else None


def _fragment_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    """Both texts as lines. A last newline that neither text lacks ends a line, and begins none."""
    before = old.split("\n") if old else []
    after = new.split("\n") if new else []
    if (not old or old.endswith("\n")) and (not new or new.endswith("\n")):
        return before[:-1], after[:-1]
    return before, after


def _whole_file(sign: str, content: str, *, old_start: int, new_start: int) -> tuple[Hunk, ...]:
    if not content:
        return ()
    lines = [sign + line for line in content.split("\n")]
    if content.endswith("\n"):
        lines.pop()
    else:
        lines.append(NO_NEWLINE)
    return (Hunk(tuple(lines), old_start, new_start),)


def _grouped(found: Sequence[Change]) -> Iterable[Sequence[Change]]:
    """Changes whose contexts touch belong to one hunk."""
    start = 0
    for index in range(1, len(found) + 1):
        if index == len(found) or found[index].old_start - found[index - 1].old_end > 2 * CONTEXT:
            yield found[start:index]
            start = index


def _hunk(
    before: list[str],
    after: list[str],
    group: Sequence[Change],
    old_start: int | None,
    new_start: int | None,
) -> Hunk:
    lead = min(CONTEXT, group[0].old_start)
    old_at = group[0].old_start - lead
    lines: list[str] = []
    for change in group:
        lines += (f" {line}" for line in before[old_at : change.old_start])
        lines += (f"-{line}" for line in before[change.old_start : change.old_end])
        lines += (f"+{line}" for line in after[change.new_start : change.new_end])
        old_at = change.old_end
    lines += (f" {line}" for line in before[old_at : old_at + CONTEXT])
    return Hunk(
        tuple(lines),
        None if old_start is None else old_start + group[0].old_start - lead,
        None if new_start is None else new_start + group[0].new_start - lead,
    )
