"""Materials made of model objects: what an exporter is given, without logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.export.base import ExportContext
from aimux_tui.export.html import HtmlExporter
from aimux_tui.export.material import ExportedTurn
from aimux_tui.model.annotation import Annotations, SessionAnnotation, TurnAnnotation
from aimux_tui.model.body import Body
from aimux_tui.model.session import Session
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Turn
from aimux_tui.model.usage import Cost
from tests.tui.fake_sessions import make_session


class FakeMaterial:
    """One session with its turns; `children` are sub-agents by their keys."""

    def __init__(
        self,
        turns: Iterable[Turn] = (),
        *,
        session: Session | None = None,
        labels: Mapping[str, TurnAnnotation] | None = None,
        verdict: SessionAnnotation | None = None,
        bodies: Mapping[str, str] | None = None,
        children: Mapping[str, FakeMaterial] | None = None,
        others: Iterable[FakeMaterial] = (),
        cost: Cost | None = None,
        left_out: int = 0,
    ) -> None:
        self.session = session or make_session("claude:one", "Fix the login")
        said = verdict or SessionAnnotation()
        self.annotations = Annotations(self.session.key, said, labels or {})
        self.left_out = left_out
        self.is_closed = False
        self._turns = turns
        self._bodies = dict(bodies or {})
        self._children = dict(children or {})
        self._others = tuple(others)
        self._cost = Cost(0.08) if cost is None else cost

    def turns(self) -> Iterator[ExportedTurn]:
        for turn in self._turns:
            annotation = self.annotations.turns.get(turn.summary.key)
            yield ExportedTurn(turn, self._cost, (), (), annotation)

    def text(self, body: Body) -> str:
        return body.text if body.ref is None else self._bodies[body.ref.pointer]

    def arguments(self, call: ToolCall) -> Mapping[str, Any]:
        return call.input

    def child_of(self, call: ToolCall) -> FakeMaterial | None:
        return self._children.pop(call.child_key, None)

    def other_children(self) -> Iterator[FakeMaterial]:
        yield from self._others

    def close(self) -> None:
        self.is_closed = True


def context(sessions: int = 1, **scope: Any) -> ExportContext:
    """As `export.run` makes it."""
    created = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
    return ExportContext(created, scope, sessions, RedactionProfile.BOUNDED, 65_536)


class Pieces(list[bytes]):
    """A sink that keeps what it is given."""

    def write(self, data: bytes) -> None:
        self.append(data)


def html_of(*materials: FakeMaterial, **scope: Any) -> str:
    """The whole page, times in UTC."""
    out = Pieces()
    HtmlExporter(UTC).write(materials, out, context(len(materials), **scope))
    return b"".join(out).decode()


SECOND = timedelta(seconds=1)
