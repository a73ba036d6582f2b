"""What a backend is. A further one is a module here and a row in the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.export.otlp.memory import Told
    from aimux_tui.export.otlp.spans import TraceFacts


class Finished(Struct, frozen=True):
    """What telling a backend of a trace as a whole came to."""

    assessments: int = 0
    """Created, updated or deleted."""
    remark: str = ""


class Backend(Protocol):
    """A kind of server at one endpoint. Every method may raise SendError."""

    title: str
    """For the result line: "MLflow experiment 1"."""
    place: str
    """What of the endpoint holds the traces: what was sent is remembered by it."""
    has_judgements: bool
    """Whether spans are to carry what people said of them."""
    replaces_traces: bool
    """Whether a span that is there already stays as it is, so that its trace must be deleted."""
    headers: Mapping[str, str]
    """Of every post of spans."""

    def holds(self, trace_id: bytes) -> bool:
        """Whether a trace that was sent is still there; True if that cannot be told."""
        ...

    def clear(self, trace_id: bytes, last_span_id: bytes) -> None:
        """Delete a trace, once its last span has arrived. Only where traces are replaced."""
        ...

    def finish(self, facts: TraceFacts, told: Told) -> Finished:
        """Tell of a trace whose spans have been sent. `told`: what was told last time."""
        ...
