"""The turns of one open session, live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aimux_tui.errors import SessionError
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import TurnState
from aimux_tui.sources.files import FileSource
from aimux_tui.store.bill import total_cost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aimux_tui.model.body import BodyRef, Span
    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.turn import Turn, TurnSummary
    from aimux_tui.model.usage import Cost, Request
    from aimux_tui.providers.base import TurnReader
    from aimux_tui.store.live_log import LiveLog

_KEPT_TURNS = 64


class TraceDelta(Struct, frozen=True):
    """What changed in a trace since a version."""

    version: int
    first_changed: int
    """Index of the first turn that may have changed; the number of turns if none has."""
    is_reset: bool
    """The log was truncated or replaced: nothing of before holds."""


class Trace:
    """One open session. `refresh`, `read_turn`, `body` and `raw` block: call them in a worker."""

    def __init__(
        self,
        key: str,
        log: LiveLog,
        children_of: Callable[[str], Mapping[str, str]] = lambda _: {},
    ) -> None:
        self.key = key
        self._log = log
        self._children_of = children_of
        self._source = FileSource(log.file)
        self._turns: dict[tuple[int, str], tuple[TurnSummary, Turn]] = {}
        """Turns that were read, by the generation of the log and their key."""
        self._growing = (0, "")
        """The turn that `_reader` has read."""
        self._reader: TurnReader | None = None
        self._marks: dict[int, tuple[int, int]] = {0: (0, log.generation)}
        """Version → (the scan's mark, the generation) at that version."""

    @property
    def path(self) -> str:
        """The log file."""
        return self._log.file.path

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._log.version

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn so far, in the order of the log."""
        return self._log.turns

    @property
    def is_complete(self) -> bool:
        """Whether the whole log has been read."""
        return self._log.is_complete and self._log.stamp is not None

    def since(self, version: int) -> TraceDelta:
        """What changed since `version`, as an earlier delta named it (0: the beginning)."""
        now = self._log.version
        mark, generation = self._marks.get(version, (0, self._log.generation))
        is_reset = generation != self._log.generation
        first, new_mark = self._log.changed_since(0 if is_reset else mark)
        self._marks = {0: (0, self._log.generation), now: (new_mark, self._log.generation)}
        return TraceDelta(now, 0 if is_reset else first, is_reset)

    def summary(self) -> LogSummary:
        """The log's own summary."""
        return self._log.summary()

    def cost(self, turn: TurnSummary) -> Cost:
        """What the turn's own requests cost (sub-agents not included)."""
        return total_cost(self._log.costs_of(turn.first_request, _last_request(turn)))

    def requests(self, turn: TurnSummary) -> tuple[tuple[Request, ...], tuple[Cost, ...]]:
        """The turn's own requests, and what each of them cost."""
        first, end = turn.first_request, _last_request(turn)
        return self._log.summary().requests[first:end], tuple(self._log.costs_of(first, end))

    def refresh(self) -> bool:
        """Read what was appended. True if anything changed. Raises OSError."""
        return self._log.refresh()

    def read_turn(self, key: str) -> Turn:
        """The turn with its steps, sub-agents linked. Raises SessionError, OSError."""
        summary = next((turn for turn in reversed(self.turns) if turn.key == key), None)
        if summary is None:
            raise SessionError(f"no turn {key!r} in {self.key}")
        place = (self._log.generation, key)
        kept = self._turns.pop(place, None)
        turn = kept[1] if kept is not None and kept[0] == summary else self._read(summary, place)
        self._turns[place] = (summary, turn)
        while len(self._turns) > _KEPT_TURNS:
            del self._turns[next(iter(self._turns))]
        return self._with_children(turn)

    def _read(self, turn: TurnSummary, place: tuple[int, str]) -> Turn:
        """Read a turn; of one that runs, only what it has gained since the last time."""
        provider, is_running = self._log.provider, turn.state is TurnState.RUNNING
        if place != self._growing or self._reader is None:
            if not is_running or self._log.file.format != "lines":
                return provider.read_turn(self._source, turn)
            self._growing, self._reader = place, provider.turn_reader(self._source)
        made = self._reader.read(turn)
        if not is_running:
            self._reader = None
        return made

    def read_once(self, turn: TurnSummary) -> Turn:
        """One of `turns` with its steps, of which nothing is kept. Raises OSError."""
        return self._with_children(self._log.provider.read_turn(self._source, turn))

    def body(self, ref: BodyRef) -> str:
        """The whole of a text that was cut. Raises OSError."""
        return self._log.provider.read_body(self._source, ref)

    def raw(self, span: Span) -> bytes:
        """A record as it stands in the log. Raises OSError."""
        return self._source.read(span)

    def close(self) -> None:
        """Let go of what was kept."""
        self._source.close()
        self._turns.clear()
        self._reader = None

    def _with_children(self, turn: Turn) -> Turn:
        children = self._children_of(self.key)
        if not children:
            return turn
        steps = tuple(
            replace(step, child_key=children[step.id])
            if isinstance(step, ToolCall) and step.id in children
            else step
            for step in turn.steps
        )
        return replace(turn, steps=steps)


def _last_request(turn: TurnSummary) -> int:
    return turn.first_request + turn.request_count
