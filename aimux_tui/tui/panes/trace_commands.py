"""The commands of the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.config.schema import TimeMode
from aimux_tui.errors import CommandError
from aimux_tui.tui.panes.filter_line import filter_by

if TYPE_CHECKING:
    from aimux_tui.tui.panes.trace import TracePane

FAILURES = "failures"
"""The marks beside the scrollbar."""


class TraceCommands:
    """What keys and the `:` line do in the trace."""

    def __init__(self, pane: TracePane) -> None:
        self._pane = pane

    def cmd_item_open(self) -> None:
        """Open the turn under the cursor, or look at a part of it."""
        self._pane.list.action_open()

    def why_not_item_open(self) -> str:
        """There must be one."""
        return "" if self._pane.current is not None else "there is no turn to open"

    def cmd_item_back(self) -> None:
        """Take the marks away, or end the filter, or close the turn, or leave."""
        turn = self._pane.current
        if self._pane.list.clear_picks():
            return
        if self._pane.items.query:
            self.cmd_list_filter("")
        elif turn is not None and turn.key in self._pane.items.opened:
            self._pane.close_turn(turn.key)
        else:
            self._pane.post_message(self._pane.BackAsked())

    def cmd_list_filter(self, words: str | None = None) -> None:
        """Open the filter line; with words, filter by them."""
        if words is None:
            self._pane.filter.open()
        else:
            filter_by(words, self._pane.filter, self._pane.set_query)

    def why_not_list_filter(self) -> str:
        """A session must be open."""
        return "" if self._pane.feed is not None else "no session is open"

    def cmd_list_mark(self) -> None:
        """Mark the turn."""
        self._pane.list.toggle_pick()

    def cmd_list_mark_range(self) -> None:
        """Begin to mark, or end."""
        self._pane.list.toggle_range()

    def cmd_turn_follow(self) -> None:
        """Follow the newest turn, or stop."""
        self._pane.list.follow(is_following=not self._pane.list.is_following)

    def why_not_turn_follow(self) -> str:
        """A session must be open."""
        return "" if self._pane.feed is not None else "no session is open"

    def cmd_turn_next_failure(self) -> None:
        """Go to the next failure."""
        if not self._pane.list.move_to_mark(FAILURES):
            raise CommandError("no failure further down")

    def cmd_turn_previous_failure(self) -> None:
        """Go to the previous failure."""
        if not self._pane.list.move_to_mark(FAILURES, forward=False):
            raise CommandError("no failure further up")

    def cmd_turn_collapse_all(self) -> None:
        """Close every turn."""
        turn = self._pane.current
        self._pane.items.opened.close_all()
        self._pane.list.rebuild()
        if turn is not None:
            self._pane.list.move_to(turn.key)

    def why_not_turn_collapse_all(self) -> str:
        """Something must be open."""
        return "" if self._pane.items.opened else "no turn is open"

    def cmd_turn_goto(self, number: str) -> None:
        """Go to a turn by its number."""
        wanted = int(number)
        for turn in self._pane.items.view.turns:
            if turn.number == wanted:
                if not self._pane.list.move_to(turn.key):
                    raise CommandError(f"turn {number} is filtered out", hint="esc ends the filter")
                return
        raise CommandError(f"there is no turn {number}")

    def cmd_show_time(self, mode: str | None = None) -> None:
        """Show times another way."""
        modes = list(TimeMode)
        now = modes.index(self._pane.items.time_mode)
        self._pane.items.time_mode = TimeMode(mode) if mode else modes[(now + 1) % len(modes)]
        self._pane.list.refresh()
        self._pane.show_titles()
