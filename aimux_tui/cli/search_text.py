"""What `aimux search` prints for people."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from aimux_tui.cli.session_table import short_id
from aimux_tui.cli.tables import cell_width, crop, terminal_width
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from aimux_tui.model.session import Session
    from aimux_tui.store.search.edits import FoundEdit
    from aimux_tui.store.search.results import Excerpt, TurnHit

_EXCERPTS = 3
"""Excerpts of a turn."""
_STRONG, _PLAIN = "\x1b[1m", "\x1b[0m"
_KIND_WIDTH = 8


class HitPrinter:
    """Prints turns as they are found, below the session that they belong to."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._width = terminal_width()
        self._session = ""
        self._turns = self._hits = 0

    def print(self, hit: TurnHit) -> None:
        """Print one turn."""
        if hit.session.key != self._session:
            if self._session:
                self._say("")
            self._session = hit.session.key
            self._say(self._strong(crop(session_line(hit.session), self._width)))
        self._turns += 1
        self._hits += hit.count
        self._say(crop(f"  {_turn_line(hit)}", self._width))
        for excerpt in hit.excerpts[:_EXCERPTS]:
            self._say(f"    {excerpt.kind:<{_KIND_WIDTH}} {self._excerpt(excerpt)}")
        rest = len(hit.excerpts) - _EXCERPTS
        if rest > 0:
            self._say(f"    {'':<{_KIND_WIDTH}} … and in {plural(rest, 'more place')}")

    def finish(self, *, has_more: bool) -> int:
        """Say how much there was; returns the exit code."""
        if not self._turns:
            self._say("nothing found")
            return 1
        words = plural(self._turns, "turn")
        if self._hits:
            words = f"{plural(self._hits, 'hit')} in {words}"
        self._say(f"\n{words}" + (", and there are more: --limit 0 shows all" if has_more else ""))
        return 0

    def _excerpt(self, excerpt: Excerpt) -> str:
        """The excerpt in the rest of the line, its hits marked on a terminal."""
        room = max(20, self._width - _KIND_WIDTH - 5)
        shown, used, position = "", 0, 0
        for begin, end in (*excerpt.ranges, (len(excerpt.text), len(excerpt.text))):
            for part, is_hit in ((position, begin), False), ((begin, end), True):
                text = crop(_clean(excerpt.text[part[0] : part[1]]), room - used)
                used += cell_width(text)
                shown += self._strong(text) if is_hit and text else text
            position = end
        return shown

    def _strong(self, text: str) -> str:
        return f"{_STRONG}{text}{_PLAIN}" if self._is_terminal else text

    def _say(self, line: str) -> None:
        self._stream.write(f"{line}\n")


class EditPrinter:
    """Prints edits of files, a line for each, with the changed lines below if they are wanted."""

    def __init__(self, stream: IO[str], *, has_diff: bool) -> None:
        self._stream = stream
        self._has_diff = has_diff
        self._count = 0

    def print(self, found: FoundEdit) -> None:
        """Print one edit."""
        self._count += 1
        edit, session = found.edit, found.session
        at = found.at.astimezone().strftime("%Y-%m-%d %H:%M") if found.at else "unknown time"
        moved = f" → {edit.new_path}" if edit.new_path else ""
        who = short_id(session.provider, session.session_id)
        self._stream.write(
            f"{at:<16}  {session.provider:<7} {who} turn {found.turn.number:<3} "
            f"{edit.operation:<6} +{edit.additions} -{edit.deletions}  "
            f"{one_line(f'{edit.path}{moved}')}\n"
        )
        for hunk in edit.hunks if self._has_diff else ():
            head = f"@@ -{hunk.old_start} +{hunk.new_start} @@" if hunk.new_start else "@@"
            self._stream.writelines(f"  {line}\n" for line in (head, *map(_clean, hunk.lines)))

    def finish(self, *, has_more: bool) -> int:
        """Say how many there were; returns the exit code."""
        if not self._count:
            self._stream.write("no edit found\n")
            return 1
        more = ", and there are more: --limit 0 shows all" if has_more else ""
        self._stream.write(f"\n{plural(self._count, 'edit')}{more}\n")
        return 0


def session_line(session: Session) -> str:
    """A session on one line: agent, id, project, title."""
    who = short_id(session.provider, session.session_id)
    title = one_line(session.title) or "(no prompt yet)"
    return f"{session.provider} {who}  {one_line(session.project)}: {title}"


def _turn_line(hit: TurnHit) -> str:
    turn = hit.turn
    if turn is None:
        return "note on the session"
    at = turn.started.astimezone().strftime("%Y-%m-%d %H:%M  ") if turn.started else ""
    hits = f"  ({plural(hit.count, 'hit')})" if hit.count else ""
    return f"turn {turn.number:<4} {at}{one_line(turn.title, 80)}{hits}"


def _clean(text: str) -> str:
    return sanitise(text).replace("\n", " ")
