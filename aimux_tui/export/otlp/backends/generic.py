"""Any OTLP endpoint: spans are all that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.otlp.backends.base import Finished

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.export.otlp.link import Link
    from aimux_tui.export.otlp.memory import Told
    from aimux_tui.export.otlp.spans import TraceFacts


class GenericBackend:
    """Fulfils `Backend`."""

    has_judgements = True
    replaces_traces = False

    def __init__(self, link: Link) -> None:
        self.title = link.target.base.partition("://")[2]
        self.place = link.target.base
        self.headers: Mapping[str, str] = {}

    def holds(self, trace_id: bytes) -> bool:  # noqa: ARG002
        """Cannot be told."""
        return True

    def clear(self, trace_id: bytes, last_span_id: bytes) -> None:
        """Spans are added to what is there."""

    def finish(self, facts: TraceFacts, told: Told) -> Finished:  # noqa: ARG002
        """There is nothing to tell besides the spans."""
        return Finished()
