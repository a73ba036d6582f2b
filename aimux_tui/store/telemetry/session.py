"""What was received of one session, by the ids that join it to the turns of its log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.telemetry import LogEvent, MetricPoint, Span
from aimux_tui.store.telemetry.database import Key
from aimux_tui.store.telemetry.tree import build_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aimux_tui.model.telemetry import Record
    from aimux_tui.store.telemetry.reader import Telemetry
    from aimux_tui.store.telemetry.tree import TraceTree


class TurnKeys(Struct, frozen=True):
    """By what the records of a turn are known: what its log says of it."""

    prompts: Collection[str] = ()
    requests: Collection[str] = ()
    tool_calls: Collection[str] = ()
    messages: Collection[str] = ()
    start_ns: int = 0
    """Records without any of these ids belong to the turn in whose time they fall. 0: none do."""
    end_ns: int = 0


class TurnTelemetry(Struct, frozen=True):
    """What was received of one turn, by time."""

    spans: tuple[Span, ...] = ()
    logs: tuple[LogEvent, ...] = ()


class SessionTelemetry:
    """The records of one session, read as they come.

    They are those that name the session, and those of the same traces that name none. A trace may
    hold several sessions (one agent runs another): a record belongs to the session of the nearest
    span above it. Methods read from disk and belong to one thread at a time.
    """

    def __init__(self, telemetry: Telemetry, session_id: str) -> None:
        self.session_id = session_id
        self.version = 0
        """Grows with each refresh that found something."""
        self.spans: list[Span] = []
        self.logs: list[LogEvent] = []
        self.points: list[MetricPoint] = []
        self.services: set[str] = set()
        self._telemetry = telemetry
        self._newest = 0
        self._seen: set[int] = set()
        self._traces: set[str] = set()
        self._unclaimed: dict[str, list[Span | LogEvent]] = {}
        """Records of these traces that name no session."""
        self._owners: dict[str, dict[str, tuple[str, str]]] = {}
        """Trace → span → the service, and the session that the span itself names."""
        self._parents: dict[str, dict[str, str]] = {}
        self._forget_index()

    def refresh(self) -> bool:
        """Read what came since the last time. True if there was something."""
        newest = self._telemetry.version()
        if newest == self._newest:
            return False
        since, self._newest = self._newest, newest
        known = set(self._traces)
        find = self._telemetry.batch_numbers
        fresh = self._read_batches(find(Key.SESSION, self.session_id, since))
        for trace in known:
            fresh = self._read_batches(find(Key.TRACE, bytes.fromhex(trace), since)) or fresh
        # What names this session may name traces of which older batches hold the rest.
        while pending := self._traces - known:
            known |= pending
            for trace in pending:
                fresh = self._read_batches(find(Key.TRACE, bytes.fromhex(trace))) or fresh
        if fresh:
            self._claim()
            self.version += 1
            self._forget_index()
        return fresh

    def by_prompt(self, prompt: str) -> Sequence[Record]:
        """The records of one prompt."""
        return self._indexed("prompt").get(prompt, ())

    def by_request(self, request: str) -> Sequence[Record]:
        """The records of one model request."""
        return self._indexed("request").get(request, ())

    def by_tool_call(self, tool_call: str) -> Sequence[Record]:
        """The records of one tool call."""
        return self._indexed("tool_call").get(tool_call, ())

    def by_agent(self, agent: str) -> Sequence[Record]:
        """The records of one sub-agent."""
        return self._indexed("agent").get(agent, ())

    def by_message(self, message: str) -> Sequence[Record]:
        """The records that report one record of the agent's log."""
        return self._indexed("message").get(message, ())

    @property
    def prompts(self) -> Collection[str]:
        """Every prompt id that a record names."""
        return self._indexed("prompt").keys()

    def between(self, start_ns: int, end_ns: int) -> list[Span | LogEvent]:
        """Spans and log records that happened or began in a time."""
        found: list[Span | LogEvent] = [*self.spans, *self.logs]
        return [record for record in found if start_ns <= record.time_ns < end_ns]

    def turn(self, keys: TurnKeys) -> TurnTelemetry:
        """What belongs to a turn: by its ids, by the spans below those, else by time."""
        spans: dict[tuple[str, str], Span] = {}
        logs: dict[int, LogEvent] = {}

        def take(record: Record) -> None:
            if isinstance(record, Span):
                spans[record.trace_id, record.span_id] = record
            elif isinstance(record, LogEvent):
                logs[id(record)] = record

        for name, wanted in (
            ("prompt", keys.prompts),
            ("request", keys.requests),
            ("tool_call", keys.tool_calls),
            ("message", keys.messages),
        ):
            index = self._indexed(name)
            for key in wanted:
                for record in index.get(key, ()):
                    take(record)
        inside = spans.keys() | {(log.trace_id, log.span_id) for log in logs.values()}
        for span in self._with_descendants(inside - {("", "")}):
            take(span)
        if keys.start_ns and keys.end_ns:
            for record in self.between(keys.start_ns, keys.end_ns):
                if not _names_a_step(record):
                    take(record)
        return TurnTelemetry(
            tuple(sorted(spans.values(), key=lambda span: span.start_ns)),
            tuple(sorted(logs.values(), key=lambda log: log.time_ns)),
        )

    def unfolded(self, spans: Iterable[Span]) -> list[Span]:
        """Spans, each with the nearest kept one as its parent, traces by their starts."""
        by_trace: dict[str, list[Span]] = {}
        for span in spans:
            by_trace.setdefault(span.trace_id, []).append(span)
        links = self._telemetry.fold_links
        return [
            span
            for trace, found in by_trace.items()
            for span in build_tree(found, links(bytes.fromhex(trace))).spans
        ]

    def tree(self, trace_id: str) -> TraceTree:
        """A trace with everything in it, whichever sessions it belongs to."""
        return self._telemetry.trace(trace_id)

    @property
    def traces(self) -> Sequence[str]:
        """The ids of the traces that it has a part in, in the order of their first spans."""
        first: dict[str, int] = {}
        for span in self.spans:
            first[span.trace_id] = min(first.get(span.trace_id, span.start_ns), span.start_ns)
        return sorted(first, key=first.__getitem__)

    def _read_batches(self, numbers: Iterable[int]) -> bool:
        is_fresh = False
        for number in numbers:
            if number in self._seen:
                continue
            self._seen.add(number)
            batch = self._telemetry.batch(number)
            if batch is None:
                continue
            is_fresh = True
            for record in batch.records():
                self._take(record)
        return is_fresh

    def _take(self, record: Record) -> None:
        own = record.keys.session
        if isinstance(record, MetricPoint):
            if own == self.session_id:
                self.points.append(record)
                self.services.add(record.resource.service)
            return
        if isinstance(record, Span):
            self._parents.setdefault(record.trace_id, {})[record.span_id] = record.parent_id
            if own:
                owner = (record.resource.service, own)
                self._owners.setdefault(record.trace_id, {})[record.span_id] = owner
        if own == self.session_id:
            self._keep(record)
            if record.trace_id:
                self._traces.add(record.trace_id)
        elif not own and record.trace_id:
            self._unclaimed.setdefault(record.trace_id, []).append(record)

    def _keep(self, record: Span | LogEvent) -> None:
        self.services.add(record.resource.service)
        if isinstance(record, Span):
            self.spans.append(record)
        else:
            self.logs.append(record)

    def _claim(self) -> None:
        """Take the records without a session whose place in a trace is this session's."""
        for trace in self._traces & self._unclaimed.keys():
            owners = self._owners.get(trace, {})
            links = self._telemetry.fold_links(bytes.fromhex(trace))
            parents = {span.hex(): parent.hex() for span, parent in links.items()}
            parents |= self._parents.get(trace, {})
            rest: list[Span | LogEvent] = []
            for record in self._unclaimed[trace]:
                if _owner(record, owners, parents) == self.session_id:
                    self._keep(record)
                else:
                    rest.append(record)
            self._unclaimed[trace] = rest

    def _with_descendants(self, inside: set[tuple[str, str]]) -> list[Span]:
        """These spans and those below them, of what this session holds."""
        found: list[Span] = []
        for trace in {trace for trace, _ in inside}:
            spans = [span for span in self.spans if span.trace_id == trace]
            for span in build_tree(spans, self._telemetry.fold_links(bytes.fromhex(trace))).spans:
                if {(trace, span.span_id), (trace, span.parent_id)} & inside:
                    inside.add((trace, span.span_id))
                    found.append(span)
        return found

    def _indexed(self, name: str) -> dict[str, list[Record]]:
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = defaultdict(list)
            records: list[Record] = [*self.spans, *self.logs, *self.points]
            for record in records:
                if key := getattr(record.keys, name):
                    index[key].append(record)
        return index

    def _forget_index(self) -> None:
        self._indexes: dict[str, dict[str, list[Record]]] = {}


def _owner(
    record: Span | LogEvent, owners: dict[str, tuple[str, str]], parents: dict[str, str]
) -> str:
    """The session of a record that names none; "" if nothing tells.

    If its service names one session in the trace, that; if it names several, that of the nearest
    span above; if it knows of no sessions, that of whoever started it.
    """
    service = record.resource.service
    named = {session for sender, session in owners.values() if sender == service}
    if len(named) == 1:
        return named.pop()
    span, seen = record.span_id, set[str]()
    while span and span not in seen:
        sender, session = owners.get(span, ("", ""))
        if session and (sender == service or not named):
            return session
        seen.add(span)
        span = parents.get(span, "")
    return ""


def _names_a_step(record: Span | LogEvent) -> bool:
    """Whether an id says to which turn a record belongs, so that its time need not."""
    keys = record.keys
    return bool(keys.prompt or keys.request or keys.tool_call or keys.message)
