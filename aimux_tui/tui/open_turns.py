"""The turns that stand open in the trace, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aimux_tui.errors import SessionError
from aimux_tui.model.turn import Image, Step, Text, Turn, TurnKind, TurnState
from aimux_tui.tui.agent_state import AgentState, as_told
from aimux_tui.tui.format.lines import Line, Row, rows
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.paths import Paths
from aimux_tui.tui.trace_feed import describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.tui.trace_feed import TraceFeed


class Drawn(Struct, frozen=True):
    """A step, or the prompt with its kind, and what is drawn of it."""

    what: Step | tuple[TurnKind, tuple[Text | Image, ...]]
    lines: Sequence[Line]
    rows: Sequence[Row]


class Details(Struct, frozen=True):
    """What is known of an open turn."""

    turn: Turn | None = None
    lines: Sequence[Line] = ()
    """What is drawn below its first row; made by a worker, in the look of that moment."""
    paths: Paths = Paths()
    """How paths are shown in the lines."""
    rows: Sequence[Row] = ()
    drawn: Sequence[Drawn] = ()
    """The prompt and the steps."""
    look: Look | None = None
    error: str = ""
    """Why it cannot be read."""
    serial: int = field(default_factory=count(1).__next__)
    """Tells it from what was known before."""

    @property
    def width(self) -> int:
        """Columns for which the lines were already broken into `rows`."""
        return self.paths.columns


UNREAD = Details(serial=0)


class OpenTurns:
    """Keys of open turns, and their details as far as they have been read."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.state = AgentState.WORKING
        """Of the agent."""
        self.cwd = ""
        """The session's folder."""
        self._details: dict[str, Details] = {}
        self._watched = ""
        """Key of the turn that was opened because the agent was at work on it."""

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def __bool__(self) -> bool:
        return bool(self.keys)

    def details(self, key: str) -> Details:
        """What is known of a turn."""
        return self._details.get(key, UNREAD)

    def is_read(self, key: str) -> bool:
        """Whether the steps of a turn that stands open have been read."""
        return self.details(key).turn is not None

    def put(self, key: str, details: Details) -> None:
        """Keep what was read, if the turn is still open."""
        if key in self.keys:
            self._details[key] = details

    def open(self, key: str) -> None:
        """Open a turn."""
        self.keys.add(key)

    def close(self, key: str) -> None:
        """Close a turn."""
        self.keys.discard(key)
        self._details.pop(key, None)

    def close_all(self) -> None:
        """Close every turn."""
        self.keys.clear()
        self._details.clear()

    def watch(self, newest: TurnSummary) -> list[str]:
        """Open a turn that runs, and close the one that was opened like this before.

        One that the reader closes stays closed. Returns the keys of what changed.
        """
        is_running = self.state is not AgentState.GONE and newest.state is TurnState.RUNNING
        if not is_running or newest.key == self._watched:
            return []
        changed = [key for key in (self._watched,) if key in self.keys]
        for key in changed:
            self.close(key)
        self._watched = newest.key
        self.open(newest.key)
        return [*changed, newest.key]

    async def read(self, feed: TraceFeed, key: str, look: Look, width: int) -> Details:
        """Read a turn and make its rows, off the event loop: colouring takes long."""
        try:
            turn = as_told(await feed.read_turn(key), self.state)
            before = self.details(key)
            paths = Paths(self.cwd, width)
            return await feed.compute(lambda: _make(turn, look, paths, before))
        except (SessionError, OSError) as error:
            return Details(error=describe(error))

    def restore(self, keys: Iterable[str]) -> None:
        """Begin with these open, of which nothing is known yet."""
        self.keys = set(keys)
        self._details.clear()
        self._watched = ""

    def forget(self) -> None:
        """What was read of them does not hold any more."""
        self._details.clear()


def _make(turn: Turn, look: Look, paths: Paths, before: Details) -> Details:
    """Details of a turn; what was drawn of its parts before is taken over where nothing changed."""
    from aimux_tui.tui.format.steps import Limits, ending_lines, prompt_lines, step_lines

    limits, width = Limits(paths=paths), paths.columns
    known = before.drawn if before.look is look and before.paths == paths else ()
    drawn: list[Drawn] = []
    for number, what in enumerate(((turn.summary.kind, turn.prompt), *turn.steps)):
        if number < len(known) and (known[number].what is what or known[number].what == what):
            drawn.append(known[number])
            continue
        if isinstance(what, tuple):
            lines = tuple(prompt_lines(turn, look, limits))
        else:
            lines = tuple(step_lines(what, look, limits, number - 1))
        drawn.append(Drawn(what, lines, rows(lines, width)))
    last = tuple(ending_lines(turn, look))
    return Details(
        turn,
        (*chain.from_iterable(part.lines for part in drawn), *last),
        paths,
        (*chain.from_iterable(part.rows for part in drawn), *rows(last, width)),
        drawn,
        look,
    )
