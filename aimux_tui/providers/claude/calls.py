"""Tool calls and their results while a log is being scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from aimux_tui.providers.claude.outcomes import is_rejection, plain_text
from aimux_tui.providers.claude.records import ToolUseResult

if TYPE_CHECKING:
    from aimux_tui.providers.claude.records import Block, Line
    from aimux_tui.providers.claude.turns import OpenTurn, TurnBook

_FAILED = 1
_TURN = 2


class Change(NamedTuple):
    """What a result says that its call did to a file."""

    edits: int
    additions: int
    deletions: int


_NOTHING = Change(0, 0, 0)


class _Stray:
    """A record with results whose calls are not known: they may come, or are not in this log."""

    __slots__ = ("change", "end", "first", "is_kept", "start", "turn", "waiting")

    def __init__(self, turn: OpenTurn | None, start: int, end: int, results: list[Block]) -> None:
        self.turn = turn
        """The turn in which its line stands, None if it is left out there."""
        self.start = start
        self.end = end
        self.waiting = {block.tool_use_id or "" for block in results}
        """The calls that have not come."""
        self.first = results[0].tool_use_id or ""
        self.change = _NOTHING
        """What it says that the call of its first result has done to a file."""
        self.is_kept = False
        """Whether its turn shows it on account of another of its results."""


class _Orphan(NamedTuple):
    """A result whose call is not known."""

    stray: _Stray
    is_failed: bool
    is_rejected: bool


class Calls:
    """Every call of a log once, by its id, and the results that have come."""

    __slots__ = (
        "_book", "_closed_early", "_orphans", "additions", "by_id", "deletions", "edits", "failed",
        "pending", "rejected",
    )  # fmt: skip

    def __init__(self, book: TurnBook) -> None:
        self._book = book
        self.by_id: dict[str, int] = {}
        """Call → the index of its turn times two, plus one if it failed."""
        self._orphans: dict[str, list[_Orphan]] = {}
        self._closed_early: dict[str, bool] = {}
        """Calls that are still to come, whose results in the model's words came → as errors?"""
        self.pending: dict[str, str] = {}
        """Calls that wait for a result → tool name, in order."""
        self.failed = self.rejected = 0
        self.edits = self.additions = self.deletions = 0

    def __len__(self) -> int:
        return len(self.by_id)

    def turn_of(self, call_id: str) -> OpenTurn | None:
        """The turn of a call; None if the log does not hold it."""
        call = self.by_id.get(call_id)
        return None if call is None else self._book.turns[call // _TURN]

    def open(self, call_id: str, name: str, turn: OpenTurn, start: int) -> None:
        """A call that was not seen before, in the line at `start`."""
        # The calls of a turn share one number object.
        self.by_id[call_id] = turn.code
        turn.tools[name] = turn.tools.get(name, 0) + 1
        self.pending[call_id] = name
        if self._orphans:
            for orphan in self._orphans.pop(call_id, ()):
                self._adopt(orphan, call_id, turn, start)
        if call_id in self._closed_early:
            self.close(call_id, is_error=self._closed_early.pop(call_id))

    def _adopt(self, orphan: _Orphan, call_id: str, turn: OpenTurn, start: int) -> None:
        """A result that came before its call is shown in the call's turn."""
        stray = orphan.stray
        self.pending.pop(call_id, None)
        if orphan.is_failed:
            self._fail(call_id, turn, is_rejected=orphan.is_rejected)
        stray.waiting.discard(call_id)
        home = stray.turn
        if home is turn:
            stray.is_kept = True
            return
        turn.take(stray.start, stray.end)
        if home is None:
            return
        if call_id == stray.first:
            edits, additions, deletions = stray.change
            stray.change = _NOTHING
            home.edits -= edits
            home.additions -= additions
            home.deletions -= deletions
            turn.edits += edits
            turn.additions += additions
            turn.deletions += deletions
        if not (stray.waiting or stray.is_kept):
            if home is self._book.current:
                self._book.split(start)
            home.give(stray.start, stray.end)
        self._book.touch(home)

    def answer(
        self, line: Line, results: list[Block], current: OpenTurn, start: int, end: int
    ) -> None:
        """Take in the results that a user record holds; `current` is the turn it stands in."""
        twin = line.tool_use_result
        if len(results) == 1 and not results[0].is_error:
            # Nearly every result is the only one of its record, and a success.
            call_id = results[0].tool_use_id or ""
            call = self.by_id.get(call_id)
            if call is not None and self._book.turns[call // _TURN] is current:
                self.pending.pop(call_id, None)
                if isinstance(twin, ToolUseResult) and (twin.structured_patch or twin.file_path):
                    self._add(changed(twin), current)
                return
        turns: list[OpenTurn] = []
        unknown = []
        for block in results:
            turn = self._close(block)
            if turn is None:
                unknown.append(block)
            else:
                turns.append(turn)
        change = changed(twin) if not turns or isinstance(twin, ToolUseResult) else _NOTHING
        if change is not _NOTHING:
            self._add(change, turns[0] if turns else current)
        is_here = not turns or current in turns
        if unknown:
            stray = _Stray(current if is_here else None, start, end, unknown)
            stray.is_kept = bool(turns)
            if not turns:
                stray.change = change
            self._keep(unknown, stray)
        if not is_here:
            self._book.leave_out(start, end)
        for turn in turns:
            if turn is not current:
                turn.take(start, end)
                self._book.touch(turn)

    def close(self, call_id: str, *, is_error: bool) -> None:
        """A server-side tool's result, which stands in the model's own message."""
        turn = self.turn_of(call_id)
        if turn is None:
            self._closed_early[call_id] = is_error
            return
        self.pending.pop(call_id, None)
        if is_error:
            self._fail(call_id, turn, is_rejected=False)

    def _close(self, block: Block) -> OpenTurn | None:
        """The turn of a result's call; None if the call is not known."""
        call_id = block.tool_use_id or ""
        call = self.by_id.get(call_id)
        if call is None:
            return None
        turn = self._book.turns[call // _TURN]
        self.pending.pop(call_id, None)
        if block.is_error:
            self._fail(call_id, turn, is_rejected=is_rejection(plain_text(block.content)))
        return turn

    def _fail(self, call_id: str, turn: OpenTurn, *, is_rejected: bool) -> None:
        if self.by_id[call_id] & _FAILED:
            return
        self.by_id[call_id] |= _FAILED
        turn.failures += 1
        self.failed += 1
        self.rejected += is_rejected

    def _add(self, change: Change, turn: OpenTurn) -> None:
        edits, additions, deletions = change
        turn.edits += edits
        turn.additions += additions
        turn.deletions += deletions
        self.edits += edits
        self.additions += additions
        self.deletions += deletions

    def _keep(self, results: list[Block], stray: _Stray) -> None:
        for block in results:
            is_failed = bool(block.is_error)
            is_rejected = is_failed and is_rejection(plain_text(block.content))
            orphan = _Orphan(stray, is_failed, is_rejected)
            self._orphans.setdefault(block.tool_use_id or "", []).append(orphan)


def changed(result: object) -> Change:
    """What the structured twin of a result says about a file."""
    if not isinstance(result, ToolUseResult):
        return _NOTHING
    if result.structured_patch:
        additions = deletions = 0
        for part in result.structured_patch:
            added, deleted = _signs(bytes(part.lines))
            additions += added
            deletions += deleted
        return Change(1, additions, deletions)
    if result.type == "create" and result.file_path:
        return Change(1, _created_lines(result), 0)
    return _NOTHING


def _signs(lines: bytes) -> tuple[int, int]:
    """(added, deleted) of a hunk's lines, a JSON list, without decoding it if it is compact.

    An unescaped quote behind a comma or the bracket begins a string, wherever it stands.
    """
    if lines.startswith(b'["') and b'", "' not in lines:
        return (
            lines.count(b',"+') + lines.startswith(b'["+'),
            lines.count(b',"-') + lines.startswith(b'["-'),
        )
    texts = [text for text in _decoded(lines) if isinstance(text, str)]
    return sum(text[:1] == "+" for text in texts), sum(text[:1] == "-" for text in texts)


def _decoded(lines: bytes) -> list[object]:
    try:
        value = msgspec.json.decode(lines)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    return value if isinstance(value, list) else []


def _created_lines(result: ToolUseResult) -> int:
    try:
        content = msgspec.json.decode(result.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0
    if not isinstance(content, str) or not content:
        return 0
    return content.count("\n") + (not content.endswith("\n"))
