"""Takes a parcel to its endpoint: only what is new or changed there, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from aimux_tui.export.otlp.memory import Told, ToldJudgement
from aimux_tui.export.otlp.parcel import PackedSpan, read_head, read_parcel
from aimux_tui.export.otlp.result import OtlpProgress, OtlpResult
from aimux_tui.export.otlp.wire import BATCH_BYTES, BATCH_SPANS, SpanSender
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aimux_tui.export.otlp.backends.base import Backend
    from aimux_tui.export.otlp.link import Link
    from aimux_tui.export.otlp.memory import Memory
    from aimux_tui.export.otlp.spans import TraceFacts


class TracePlan(Struct):
    """What is to be done about one trace."""

    facts_hash: bytes = b""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    last_span_id: bytes = b""
    is_whole: bool = True
    is_told: bool = False
    """The endpoint knows all that is to be told besides spans."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.new or self.changed) and self.is_told


class Courier:
    """Delivers parcels to one backend. Raises SendError, ExportError, ExportCancelledError."""

    def __init__(
        self,
        link: Link,
        backend: Backend,
        memory: Memory,
        report: Callable[[OtlpProgress], None] = lambda _: None,
    ) -> None:
        self._backend = backend
        self._memory = memory
        self._place = memory.place(backend.place)
        self._sender = SpanSender(link, memory, backend.headers)
        self._report = report
        self._touched: set[bytes] = set()
        self.result = OtlpResult(place=backend.title)
        """Of all deliveries so far, those that failed midway too."""

    def deliver(self, path: Path) -> None:
        """Send what the endpoint lacks; what was sent before an error is remembered."""
        plans = self._plans(path)
        if self._is_lost(plans):
            for trace_id in plans:
                self._memory.forget(self._place, trace_id)
            plans = self._plans(path)
        due = {trace_id: plan for trace_id, plan in plans.items() if not plan.is_done}
        if due:
            self._clear(due)
            self._send(path, due)
            self._finish(path, due)
        self._add(sessions=1, unchanged=sum(plan.unchanged for plan in plans.values()))

    def _plans(self, path: Path) -> dict[bytes, TracePlan]:
        """What is to be done about each trace of a parcel."""
        plans: dict[bytes, TracePlan] = {}
        known_of, known = b"", self._memory.spans(self._place, b"")
        for item in read_parcel(path):
            if not isinstance(item, PackedSpan):
                plan = plans[bytes.fromhex(item.trace_id)]
                told = self._memory.told(self._place, bytes.fromhex(item.trace_id))
                plan.is_whole, plan.facts_hash = item.is_whole, item.hash
                plan.is_told = told.hash == plan.facts_hash
                continue
            if item.trace_id != known_of:
                known_of = item.trace_id
                known = self._memory.spans(self._place, known_of)
            plan = plans.setdefault(item.trace_id, TracePlan())
            plan.last_span_id = item.span_id
            before = known.get(item.span_id)
            if before is None:
                plan.new += 1
            elif before == item.hash:
                plan.unchanged += 1
            else:
                plan.changed += 1
        return plans

    def _is_lost(self, plans: dict[bytes, TracePlan]) -> bool:
        """Whether the endpoint has forgotten what it was sent: its data was deleted."""
        sent = (trace_id for trace_id, plan in plans.items() if plan.unchanged or plan.changed)
        first = next(sent, None)
        return first is not None and not self._backend.holds(first)

    def _clear(self, due: dict[bytes, TracePlan]) -> None:
        """Delete traces that can only be replaced."""
        left = 0
        for trace_id, plan in due.items():
            if not self._backend.replaces_traces or not plan.changed:
                continue
            if not plan.is_whole:
                # What else is in the trace could not be sent again.
                left += plan.changed
                continue
            self._backend.clear(trace_id, plan.last_span_id)
            self._memory.forget(self._place, trace_id)
            plan.unchanged = 0
        if left:
            told = f"{plural(left, 'changed span')} stayed as before"
            self._add(remarks=(f"{told}: export the whole session to replace its trace",))

    def _send(self, path: Path, due: dict[bytes, TracePlan]) -> None:
        resource = read_head(path).resource
        for batch in _batches(self._wanted(path, due)):
            for sent in self._sender.send(resource, batch):
                self._memory.add_spans(self._place, sent.settled)
                self._add(
                    traces=self._touch({span.trace_id for span in sent.settled}),
                    spans=sent.stored,
                    rejected=sent.rejected,
                    remarks=(sent.remark,) if sent.remark else (),
                )

    def _wanted(self, path: Path, due: dict[bytes, TracePlan]) -> Iterator[PackedSpan]:
        """The spans that the endpoint lacks."""
        known_of, known = b"", self._memory.spans(self._place, b"")
        for item in read_parcel(path):
            if not isinstance(item, PackedSpan) or item.trace_id not in due:
                continue
            if item.trace_id != known_of:
                known_of = item.trace_id
                known = self._memory.spans(self._place, known_of)
            before = known.get(item.span_id)
            is_fixed = self._backend.replaces_traces and before is not None
            if before != item.hash and not is_fixed:
                yield item

    def _finish(self, path: Path, due: dict[bytes, TracePlan]) -> None:
        for item in read_parcel(path):
            if isinstance(item, PackedSpan) or bytes.fromhex(item.trace_id) not in due:
                continue
            trace_id = bytes.fromhex(item.trace_id)
            before = self._memory.told(self._place, trace_id)
            done = self._backend.finish(item, before)
            self._memory.set_told(self._place, trace_id, _told_now(item, before))
            self._add(
                traces=self._touch({trace_id} if done.assessments else set()),
                assessments=done.assessments,
                remarks=(done.remark,) if done.remark else (),
            )

    def _touch(self, trace_ids: set[bytes]) -> int:
        """How many of these traces something was sent of for the first time."""
        before = len(self._touched)
        self._touched |= trace_ids
        return len(self._touched) - before

    def _add(self, **counts: Any) -> None:
        self.result += OtlpResult(**counts)
        self._report(OtlpProgress(self.result.sessions, self.result.spans))


def _told_now(facts: TraceFacts, before: Told) -> Told:
    """What was left out this time still stands."""
    kept = {
        name: judgement
        for name, judgement in before.judgements.items()
        if not facts.decides(judgement.key)
    }
    now = {found.identifier: ToldJudgement(found.key, found.hash) for found in facts.judgements}
    return Told(facts.hash, kept | now)


def _batches(spans: Iterator[PackedSpan]) -> Iterator[list[PackedSpan]]:
    """Runs of spans under the limits of one request."""
    batch: list[PackedSpan] = []
    size = 0
    for span in spans:
        if batch and (size + len(span.data) > BATCH_BYTES or len(batch) >= BATCH_SPANS):
            yield batch
            batch, size = [], 0
        batch.append(span)
        size += len(span.data)
    if batch:
        yield batch
