"""A session as exporters see it: turn by turn, texts whole, labels beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.errors import SessionError
from aimux_tui.model.annotation import Annotations, TurnAnnotation
from aimux_tui.model.turn import Turn, TurnSummary
from aimux_tui.model.usage import Cost, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    """One session to be exported. Everything but the attributes reads from disk, and blocks.

    A turn is read when it is asked for and forgotten afterwards, so that memory does not grow
    with the session.
    """

    def __init__(
        self,
        library: Library,
        session: Session,
        book: AnnotationBook,
        wants_turn: Callable[[TurnSummary, TurnAnnotation | None], bool] = every_turn,
    ) -> None:
        self.session = session
        self.annotations: Annotations = book.get(session.key)
        self._library = library
        self._book = book
        self._wants_turn = wants_turn
        self._trace = library.open(session.key)
        self._trace.refresh()

    def turns(self) -> Iterator[ExportedTurn]:
        """The turns that are wanted, in order. Raises OSError, SessionError."""
        for summary in self._trace.turns:
            annotation = self.annotations.turns.get(summary.key)
            if not self._wants_turn(summary, annotation):
                continue
            requests, costs = self._trace.requests(summary)
            yield ExportedTurn(
                turn=self._trace.read_turn(summary.key),
                cost=self._trace.cost(summary),
                requests=requests,
                request_costs=costs,
                annotation=annotation,
            )

    @property
    def left_out(self) -> int:
        """How many turns are not wanted."""
        return sum(
            not self._wants_turn(turn, self.annotations.turns.get(turn.key))
            for turn in self._trace.turns
        )

    def text(self, body: Body) -> str:
        """The whole of a text. Raises OSError."""
        return body.text if body.ref is None else self._trace.body(body.ref)

    def child_of(self, call: ToolCall) -> SessionMaterial | None:
        """The sub-agent that a tool call spawned, with all its turns."""
        child = self._library.get(call.child_key) if call.child_key else None
        if child is None:
            return None
        try:
            return SessionMaterial(self._library, child, self._book)
        except (OSError, SessionError):
            return None

    def close(self) -> None:
        """Let go of what was kept."""
        self._trace.close()
