"""Traces, spans and metrics as lists draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.tui.format.metric_row import metric_row
from aimux_tui.tui.format.span_row import Axis, span_row, trace_row
from aimux_tui.tui.widgets.one_row_items import OneRowItems

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from aimux_tui.model.telemetry import TraceSummary
    from aimux_tui.store.telemetry.tree import TraceTree
    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.telemetry.metric_rows import MetricRow


class TraceItems(OneRowItems):
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


class SpanItems(OneRowItems):
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


class MetricItems(OneRowItems):
    """An `ItemSource` of metrics."""

    def __init__(self, rows: Sequence[MetricRow]) -> None:
        super().__init__([row.key for row in rows])
        self._rows = rows

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The row of a metric."""
        return [metric_row(self._rows[index], width, look)]
