"""Traces, spans and metrics as lists draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.tui.format.metric_row import metric_row
from aimux_tui.tui.format.span_row import Axis, span_row, trace_row

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from datetime import datetime

    from aimux_tui.model.telemetry import TraceSummary
    from aimux_tui.store.telemetry.tree import TraceTree
    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.telemetry.metric_rows import MetricRow


class _Lines:
    """Items of one row each."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._indexes = {key: index for index, key in enumerate(keys)}

    def __len__(self) -> int:
        return len(self._keys)

    def key(self, index: int) -> str:
        """The item's key."""
        return self._keys[index]

    def index(self, key: str) -> int | None:
        """Where an item is."""
        return self._indexes.get(key)

    def version(self, index: int) -> Hashable:
        """Items do not change: what is new comes in a new source."""
        return self._keys[index]

    def usual_height(self, width: int) -> int:
        """One row."""
        del width
        return 1

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """None."""
        del width
        return ()


class TraceItems(_Lines):
    """An `ItemSource` of traces; their ids are the keys."""

    def __init__(
        self, traces: Sequence[TraceSummary], title_of: Callable[[str], str], today: datetime
    ) -> None:
        super().__init__([trace.trace_id for trace in traces])
        self._traces = traces
        self._title_of = title_of
        self._today = today

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The row of a trace."""
        trace = self._traces[index]
        return [trace_row(trace, self._title_of(trace.session), self._today, width, look)]


class SpanItems(_Lines):
    """An `ItemSource` of the spans of a trace; their ids are the keys."""

    def __init__(self, tree: TraceTree) -> None:
        super().__init__([span.span_id for span in tree.spans])
        self._tree = tree
        self._axis = Axis(tree.start_ns, tree.end_ns)
        services = dict.fromkeys(span.resource.service for span in tree.spans)
        self._hues = {service: number for number, service in enumerate(services)}

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The row of a span."""
        span = self._tree.spans[index]
        hues = look.palette.hues
        hue = hues[self._hues[span.resource.service] % len(hues)]
        return [span_row(span, self._tree.depths[index], self._axis, hue, width, look)]


class MetricItems(_Lines):
    """An `ItemSource` of metrics."""

    def __init__(self, rows: Sequence[MetricRow]) -> None:
        super().__init__([row.key for row in rows])
        self._rows = rows

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The row of a metric."""
        return [metric_row(self._rows[index], width, look)]
