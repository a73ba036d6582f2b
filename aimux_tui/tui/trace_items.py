"""The items of the trace: turns, closed or open, as the list draws them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.content import Content

from aimux_tui.config.schema import TimeMode
from aimux_tui.model.turn import PROMPT_KINDS, TurnState
from aimux_tui.query.facts import TurnFacts
from aimux_tui.text.units import format_age
from aimux_tui.tui.agent_state import AgentState, state_of
from aimux_tui.tui.filter_words import known_of_turns
from aimux_tui.tui.filtering import turn_filter
from aimux_tui.tui.format.labels import note_lines
from aimux_tui.tui.format.lines import Line, rows
from aimux_tui.tui.format.rows import RowOptions
from aimux_tui.tui.format.turn_row import turn_row
from aimux_tui.tui.open_turns import Details, OpenTurns
from aimux_tui.tui.review import UNSEEN
from aimux_tui.tui.trace_feed import TraceView

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
    from datetime import datetime

    from aimux_tui.model.annotation import TurnAnnotation
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.tui.filter_words import Known
    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.review import Review
    from aimux_tui.tui.trace_feed import TraceNews

_GUESSED_HEIGHT = 12
"""Rows of an open turn until it has been drawn."""


class TraceItems:
    """An `ItemSource` of turns. Index means the place among the turns that the filter lets by."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.view = TraceView()
        self.opened = OpenTurns()
        self.time_mode = TimeMode.CLOCK
        self.shows_cost = True
        self.query = ""
        """In the filter language; empty: everything is shown."""
        self.review = UNSEEN
        """What is said of the turns."""
        self._clock = clock
        self._numbers: dict[str, int] = {}
        self._serials: list[int] = []
        """Tell what is known of each turn from what was known before."""
        self._puts = 0
        self._failed: list[int] = []
        self._asked: list[int] = []
        """Turns in which the agent was asked something."""
        self._labelled: tuple[int, int] | None = None
        """Counted when it is asked for."""
        self._shown: list[int] | None = None

    # The turns.

    def known_values(self) -> Known:
        """What a filter may ask of them."""
        return known_of_turns(self.view.turns)

    def put(self, view: TraceView, news: TraceNews) -> None:
        """Take other turns; those before the first that changed must be the same as before."""
        first = 0 if news.is_reset else news.first_changed
        if news.is_reset:
            self._numbers.clear()
            self.opened.forget()
        for turn in self.view.turns[first:]:
            self._numbers.pop(turn.key, None)
        self.view = view
        self._puts += 1
        self._labelled = None
        self._serials[first:] = [self._puts] * (len(view.turns) - first)
        for numbers in (self._failed, self._asked):
            del numbers[bisect_left(numbers, first) :]
        for number, turn in enumerate(view.turns[first:], first):
            self._numbers[turn.key] = number
            if turn.failures or turn.state is TurnState.ERROR:
                self._failed.append(number)
            if turn.kind in PROMPT_KINDS or turn.request_count:
                self._asked.append(number)
        if self.query:
            self._filter_from(first)

    def take_status(self, trail: Sequence[Session]) -> bool:
        """Where the agent of the last session of the trail is, and what it does; True if that has
        changed.
        """
        opened = self.opened
        before = opened.state, opened.cwd
        opened.state = state_of(trail[-1]) if trail else AgentState.GONE
        opened.cwd = trail[-1].cwd if trail else ""
        return before != (opened.state, opened.cwd)

    def set_query(self, query: str) -> None:
        """Let by only the turns that fulfil a query. Raises QueryError."""
        turn_filter(query, self._clock())
        self.query = query if query.strip() else ""
        self._shown = None
        if self.query:
            self._filter_from(0)

    def set_review(self, review: Review) -> bool:
        """Take what is said of the turns now; True if other turns may be shown than before."""
        self.review = review
        self._labelled = None
        if self.query:
            self._shown = None
            self._filter_from(0)
        return bool(self.query)

    def annotation(self, turn: TurnSummary) -> TurnAnnotation | None:
        """What is said of a turn."""
        return self.review.annotations.of_turn(turn.key, turn.number)

    def _is_labelled(self, number: int) -> bool:
        annotation = self.annotation(self.view.turns[number])
        return annotation is not None and annotation.label is not None

    def labelled(self) -> tuple[int, int]:
        """(turns with a label, turns that have one or should have one).

        What the agent was not asked, such as a command of its terminal, need not be judged.
        """
        if self._labelled is None:
            labelled = {number for number in self._said() if self._is_labelled(number)}
            self._labelled = len(labelled), len(labelled.union(self._asked))
        return self._labelled

    def _said(self) -> Iterator[int]:
        """Places of the turns of which something is said."""
        turns = self.view.turns
        for annotation in self.review.annotations.turns.values():
            number = self._numbers.get(annotation.turn_key)
            if number is None and not annotation.turn_key:
                # An older file knows only the turn's number.
                number = bisect_left(turns, annotation.number, key=attrgetter("number"))
            if number is not None and number < len(turns):
                yield number

    def next_unlabelled(self, index: int) -> int | None:
        """Index of the next turn that should have a label but has none, around the end if need be;
        None if there is none."""
        start = bisect_right(self._asked, self._number(index))
        for number in (*self._asked[start:], *self._asked[:start]):
            if not self._is_labelled(number):
                found = self.index(self.view.turns[number].key)
                if found is not None:
                    return found
        return None

    def turn(self, index: int) -> TurnSummary:
        """The turn at an index."""
        return self.view.turns[self._number(index)]

    def turn_of(self, key: str) -> TurnSummary | None:
        """The turn with a key, whether it is shown or not."""
        number = self._numbers.get(key)
        return None if number is None else self.view.turns[number]

    def failures(self) -> Sequence[int]:
        """Ascending indexes of the turns with a failed tool call or an error."""
        if self._shown is None:
            return self._failed
        keys = (self.view.turns[number].key for number in self._failed)
        return [index for key in keys if (index := self.index(key)) is not None]

    # What the list asks for.

    def __len__(self) -> int:
        return len(self.view.turns) if self._shown is None else len(self._shown)

    def key(self, index: int) -> str:
        """The turn's key."""
        return self.turn(index).key

    def index(self, key: str) -> int | None:
        """Where a turn is."""
        number = self._numbers.get(key)
        if number is None or self._shown is None:
            return number
        index = bisect_left(self._shown, number)
        return index if index < len(self._shown) and self._shown[index] == number else None

    def version(self, index: int) -> Hashable:
        """Changes with everything that the turn's rows show."""
        number = self._number(index)
        turns = self.view.turns
        turn, opened = turns[number], self.opened
        return (
            self._serials[number],
            opened.details(turn.key).serial if turn.key in opened else None,
            self.shows_cost,
            self.time_mode,
            opened.state is not AgentState.GONE or turn.state is not TurnState.RUNNING,
            self._age(turn) if self.time_mode is TimeMode.RELATIVE else "",
            len(str(len(turns))),
            self.annotation(turn),
        )

    def usual_height(self, width: int) -> int:
        """A closed turn is one row."""
        del width
        return 1

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """The open turns."""
        del width
        for key in self.opened.keys:
            index = self.index(key)
            if index is not None:
                yield index, _GUESSED_HEIGHT

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The rows of a turn."""
        number = self._number(index)
        turn = self.view.turns[number]
        is_open, annotation = turn.key in self.opened, self.annotation(turn)
        if turn.state is TurnState.RUNNING and self.opened.state is AgentState.GONE:
            turn = replace(turn, state=TurnState.INTERRUPTED)
        header = turn_row(
            turn,
            width,
            look,
            self._options(),
            cost=self.view.costs[number],
            annotation=annotation,
            is_open=is_open,
            begins_segment=number > 0 and self.view.turns[number - 1].segment != turn.segment,
        )
        if not is_open:
            return [header]
        above = [header]
        if annotation is not None and annotation.note:
            above += rows(note_lines(annotation.note, look), width)
        details = self.opened.details(turn.key)
        if details.width == width:
            return [*above, *details.rows]
        return [*above, *rows(self._lines(details, look), width)]

    def _lines(self, details: Details, look: Look) -> Iterable[Line]:
        if details.turn is not None:
            return details.lines
        palette = look.palette
        said = (details.error, palette.failed) if details.error else ("reading…", palette.muted)
        return [Line(Content.styled(*said), prefix=Content("    "))]

    def _options(self) -> RowOptions:
        turns = self.view.turns
        return RowOptions(
            self._clock(),
            show_cost=self.shows_cost,
            time_mode=self.time_mode,
            start=turns[0].started,
            number_width=max(2, len(str(turns[-1].number))),
        )

    def _age(self, turn: TurnSummary) -> str:
        """What changes with time alone."""
        return format_age(turn.started, self._clock())

    def _number(self, index: int) -> int:
        return index if self._shown is None else self._shown[index]

    def _filter_from(self, first: int) -> None:
        test, costs = turn_filter(self.query, self._clock()), self.view.costs
        said = self.annotation if self.review else lambda _: None
        kept = [] if self._shown is None else self._shown[: bisect_left(self._shown, first)]
        kept.extend(
            number
            for number, turn in enumerate(self.view.turns[first:], first)
            if test(TurnFacts(turn, costs[number], annotation=said(turn)))
        )
        self._shown = kept
