"""A session as exporters see it: turn by turn, texts whole, labels beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from aimux_tui.errors import SessionError
from aimux_tui.export.progress import ExportTracker
from aimux_tui.model.annotation import Annotations, TurnAnnotation
from aimux_tui.model.turn import Turn, TurnSummary
from aimux_tui.model.usage import Cost, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.model.body import Body
    from aimux_tui.model.session import Session
    from aimux_tui.model.tools import ToolCall
    from aimux_tui.store.library import Library


class ExportedTurn(Struct, frozen=True):
    """A turn with everything that is known of it."""

    turn: Turn
    cost: Cost
    """Of its own requests; sub-agents are not included."""
    requests: tuple[Request, ...]
    request_costs: tuple[Cost, ...]
    """One for each of `requests`."""
    annotation: TurnAnnotation | None


def every_turn(_turn: TurnSummary, _annotation: TurnAnnotation | None) -> bool:
    """Wants all of them."""
    return True


class SessionMaterial:
    """One session as it was logged: fulfils `export.base.Material`.

    A turn is read when it is asked for and forgotten afterwards, and the log with the material, so
    that memory does not grow with the session nor with their number.
    """

    def __init__(
        self,
        library: Library,
        session: Session,
        book: AnnotationBook,
        wants_turn: Callable[[TurnSummary, TurnAnnotation | None], bool] = every_turn,
        *,
        tracker: ExportTracker | None = None,
    ) -> None:
        """Opens the session. Raises OSError, SessionError.

        `tracker` is shared by all materials of an export.
        """
        self.session = session
        self.annotations: Annotations = book.get(session.key)
        self.tracker = tracker or ExportTracker()
        self.tracker.take(session.key)
        self._library = library
        self._book = book
        self._wants_turn = wants_turn
        self._trace = library.open(session.key, is_kept=False)
        self._trace.refresh()

    def turns(self) -> Iterator[ExportedTurn]:
        """The turns that are wanted, in order."""
        self.tracker.begin(self.session)
        for summary in self._trace.turns:
            annotation = self.annotations.of_turn(summary.key, summary.number)
            if not self._wants_turn(summary, annotation):
                continue
            self.tracker.check()
            requests, costs = self._trace.requests(summary)
            turn = ExportedTurn(
                turn=self._trace.read_once(summary),
                cost=self._trace.cost(summary),
                requests=requests,
                request_costs=costs,
                annotation=annotation,
            )
            self.tracker.count(turn)
            yield turn

    @property
    def left_out(self) -> int:
        """How many turns are not wanted."""
        return len(self._trace.turns) - self.wanted

    @property
    def wanted(self) -> int:
        """How many turns are."""
        return sum(
            self._wants_turn(turn, self.annotations.of_turn(turn.key, turn.number))
            for turn in self._trace.turns
        )

    def text(self, body: Body) -> str:
        """The whole of a text."""
        return body.text if body.ref is None else self._trace.body(body.ref)

    def arguments(self, call: ToolCall) -> Mapping[str, Any]:
        """The whole input of a tool call."""
        if not call.input_body:
            return call.input
        try:
            whole = msgspec.json.decode(self.text(call.input_body))
        except (msgspec.MsgspecError, UnicodeEncodeError):
            return call.input
        return whole if isinstance(whole, dict) else call.input

    def child_of(self, call: ToolCall) -> SessionMaterial | None:
        """The sub-agent that a tool call spawned, with all its turns."""
        return self._child(call.child_key)

    def other_children(self) -> Iterator[SessionMaterial]:
        """The sub-agents that were not asked for by their calls, if all turns are wanted."""
        if self._wants_turn is not every_turn:
            return
        for key in self.session.children:
            child = self._child(key)
            if child is not None:
                yield child

    def close(self) -> None:
        """Let go of what was kept."""
        self._trace.close()

    def _child(self, key: str) -> SessionMaterial | None:
        child = self._library.get(key) if key else None
        if child is None or not self.tracker.take(key):
            return None
        try:
            return SessionMaterial(self._library, child, self._book, tracker=self.tracker)
        except (OSError, SessionError):
            return None  # its log is gone
