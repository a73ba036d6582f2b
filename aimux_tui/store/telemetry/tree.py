"""A trace as a tree: each span below its parent, what was folded in between left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aimux_tui.model.telemetry import LogEvent, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aimux_tui.model.telemetry import Record

_NO_PARENT = "0" * 16


class TraceTree(Struct, frozen=True):
    """The spans and log records of one trace."""

    spans: tuple[Span, ...]
    """In the order of the tree: a parent before its children, children by their start."""
    depths: tuple[int, ...]
    """How deep each span lies; 0 is a root, or a span whose parent never came."""
    logs: tuple[LogEvent, ...]
    """By time."""
    folded: int
    """How many spans were counted but not kept."""

    @property
    def start_ns(self) -> int:
        """When it began; 0 if it is empty."""
        return min((span.start_ns for span in self.spans), default=0)

    @property
    def end_ns(self) -> int:
        """When it ended; 0 if it is empty."""
        return max((span.end_ns for span in self.spans), default=0)


def build_tree(records: Iterable[Record], folded: Mapping[bytes, bytes]) -> TraceTree:
    """The tree of a trace. A span that came twice counts once: its last version."""
    spans: dict[str, Span] = {}
    logs: list[LogEvent] = []
    for record in records:
        if isinstance(record, Span):
            spans[record.span_id] = record
        elif isinstance(record, LogEvent):
            logs.append(record)
    links = {span.hex(): parent.hex() for span, parent in folded.items()}
    unfolded = {key: _unfolded(span, spans, links) for key, span in spans.items()}
    ordered, depths = _ordered(unfolded)
    logs.sort(key=lambda log: log.time_ns)
    return TraceTree(tuple(ordered), tuple(depths), tuple(logs), len(links))


def _unfolded(span: Span, spans: Mapping[str, Span], links: Mapping[str, str]) -> Span:
    """The span with the nearest ancestor that was kept as its parent."""
    parent, seen = span.parent_id, set[str]()
    while parent in links and parent not in spans and parent not in seen:
        seen.add(parent)
        parent = links[parent]
    if parent == _NO_PARENT:
        parent = ""
    return span if parent == span.parent_id else replace(span, parent_id=parent)


def _ordered(spans: Mapping[str, Span]) -> tuple[list[Span], list[int]]:
    """Spans and depths, parents first. Spans in a circle are told from their earliest on."""
    children: dict[str, list[Span]] = {}
    for span in sorted(spans.values(), key=lambda span: span.start_ns, reverse=True):
        parent = span.parent_id if span.parent_id in spans else ""
        children.setdefault(parent, []).append(span)
    ordered: list[Span] = []
    depths: list[int] = []
    left = dict(spans)
    pending: list[tuple[Span, int]] = [(span, 0) for span in children.get("", [])]
    while left:
        if not pending:
            pending.append((min(left.values(), key=lambda span: span.start_ns), 0))
        span, depth = pending.pop()
        if left.pop(span.span_id, None) is None:
            continue
        ordered.append(span)
        depths.append(depth)
        pending += [(child, depth + 1) for child in children.get(span.span_id, [])]
    return ordered, depths
