"""The spans of one turn: its model calls, its tool calls and, below those, sub-agents."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from aimux_tui.export.otlp import attributes as facts
from aimux_tui.export.otlp import messages
from aimux_tui.export.otlp.identity import span_id
from aimux_tui.export.otlp.model_calls import ModelCall, model_calls
from aimux_tui.export.otlp.spans import Attributes, Span, SpanEvent, SpanKind
from aimux_tui.export.otlp.times import nanoseconds, span_times
from aimux_tui.export.otlp.tool_spans import result_of, tool_span
from aimux_tui.export.otlp.vocabulary import model_provider
from aimux_tui.model.turn import Image, Notice, NoticeKind, TurnState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.export.base import Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.export.otlp.draft import TraceDraft
    from aimux_tui.model.tools import ToolCall

Arguments = dict[str, Any]
_TOLD = {
    NoticeKind.COMPACTION, NoticeKind.API_RETRY, NoticeKind.ERROR,
    NoticeKind.HOOK, NoticeKind.MODE, NoticeKind.INTERRUPTION,
}  # fmt: skip
"""Notices that become events of the turn's span."""


class Branch:
    """One session's part of a trace: the session itself, or a sub-agent."""

    def __init__(
        self, material: Material, draft: TraceDraft, common: Attributes, spawn: Spawn
    ) -> None:
        """`common` attributes are every span's; `spawn` builds the spans of sub-agents."""
        self.material = material
        self.draft = draft
        self.common = common
        self.spawn = spawn
        self.trace_id = draft.trace_id


class Spawn(Protocol):
    """Builds the spans of a sub-agent."""

    def __call__(
        self, branch: Branch, child: Material, parent_id: bytes, call: ToolCall | None, /
    ) -> Iterator[Span]:
        """`branch` is the parent's; `call` spawned it, and its span is the parent."""
        ...


class TurnOutcome(Struct, frozen=True):
    """What the span of a turn, or of all turns, says of it."""

    prompt: str
    answer: str
    started: datetime | None
    ended: datetime | None
    events: tuple[SpanEvent, ...]
    error: str | None


class TurnSpans:
    """Builds the spans below a turn's own; `outcome` is set when they are through."""

    def __init__(self, branch: Branch, exported: ExportedTurn, parent_id: bytes) -> None:
        self._branch = branch
        self._exported = exported
        self._parent_id = parent_id
        self._results: list[tuple[str, str]] = []
        """What tools answered since the model was asked last: (call id, text)."""
        self._calls_met: dict[str, int] = {}
        self._prompt = _prompt(branch.material, exported)
        self._answer = ""
        self._is_first = True

    def __iter__(self) -> Iterator[Span]:
        for group in model_calls(self._exported):
            texts = [self._branch.material.text(word.body) for word in group.words]
            arguments = [dict(self._branch.material.arguments(call)) for call in group.calls]
            if not group.is_under_way:
                yield self._model_span(group, texts, arguments)
            if texts:
                self._answer = texts[-1]
            for call, given in zip(group.calls, arguments, strict=True):
                yield from self._tool_spans(call, given)

    @property
    def outcome(self) -> TurnOutcome:
        """Of the turn as a whole; to be asked for at the end."""
        summary = self._exported.turn.summary
        notices = [step for step in self._exported.turn.steps if isinstance(step, Notice)]
        error = None
        if summary.state is TurnState.ERROR:
            titles = [step.title for step in notices if step.kind is NoticeKind.ERROR]
            error = titles[-1] if titles else "the turn ended with an error"
        begun = nanoseconds(summary.started) if summary.started else 0
        events = tuple(
            SpanEvent(
                f"aimux.{step.kind}",
                nanoseconds(step.at) if step.at else begun,
                {"aimux.notice.title": step.title},
            )
            for step in notices
            if step.kind in _TOLD
        )
        return TurnOutcome(
            self._prompt, self._answer, summary.started, summary.ended, events, error
        )

    def _model_span(self, group: ModelCall, texts: list[str], arguments: list[Arguments]) -> Span:
        branch, turn = self._branch, self._exported.turn.summary
        start, end, unknown = span_times(group.start, group.end, turn.started)
        branch.draft.see(start, end)
        model, provider = group.model, model_provider(group.model)
        found: Attributes = {
            **branch.common,
            "openinference.span.kind": "LLM",
            "gen_ai.operation.name": "chat",
            **({"gen_ai.provider.name": provider, "llm.provider": provider} if provider else {}),
        }
        if model:
            found |= {
                "gen_ai.request.model": model,
                "gen_ai.response.model": model,
                "llm.model_name": model,
            }
        found |= self._usage(group)
        found |= self._conversation(group, texts, arguments)
        return Span(
            trace_id=branch.trace_id,
            span_id=self._id("llm", group.key),
            parent_id=self._parent_id,
            name=f"chat {model}".rstrip(),
            kind=SpanKind.CLIENT,
            start=start,
            end=end,
            attributes=found | unknown,
        )

    def _usage(self, group: ModelCall) -> Attributes:
        """What the call used and cost, as far as the log tells."""
        if group.request is None or group.cost is None:
            return {"aimux.usage.unknown": True, "aimux.cost.unknown": True}
        self._branch.draft.bill(group.request.usage, group.cost)
        found = facts.usage_attributes(group.request.usage) | facts.cost_attributes(group.cost)
        if group.request.tier:
            found["aimux.request.tier"] = group.request.tier
        return found

    def _conversation(
        self, group: ModelCall, texts: list[str], arguments: list[Arguments]
    ) -> Attributes:
        """What is new in what the model was given, and what it answered."""
        found: Attributes = {}
        asked = []
        if self._is_first and self._prompt:
            asked.append(messages.text_message("user", self._prompt))
        if self._results:
            asked.append(messages.tool_results(self._results))
        self._is_first, self._results = False, []
        if asked:
            text = messages.as_json(asked)
            found["gen_ai.input.messages"] = text
            found |= facts.input_text(text, facts.JSON)
        if texts or group.calls:
            calls = [
                (call.id, call.name, given)
                for call, given in zip(group.calls, arguments, strict=True)
            ]
            text = messages.as_json([messages.answer(texts, calls)])
            found["gen_ai.output.messages"] = text
            found |= facts.output_text(text, facts.JSON)
        thoughts = [self._branch.material.text(step.body) for step in group.thoughts]
        if said := "\n\n".join(thought for thought in thoughts if thought):
            found["aimux.reasoning"] = said
        elif thoughts:
            found["aimux.reasoning.is_hidden"] = True
        return found

    def _tool_spans(self, call: ToolCall, arguments: Arguments) -> Iterator[Span]:
        material = self._branch.material
        count = self._calls_met[call.id] = self._calls_met.get(call.id, 0) + 1
        own_id = self._id("tool", call.id, str(count))
        result = result_of(material, call)
        self._results.append((call.id, result))
        child = material.child_of(call)
        if child is not None:
            try:
                yield from self._branch.spawn(self._branch, child, own_id, call)
            finally:
                child.close()
        span = tool_span(
            call, arguments, result,
            trace_id=self._branch.trace_id, own_id=own_id, parent_id=self._parent_id,
            common=self._branch.common, fallback=self._exported.turn.summary.started,
        )  # fmt: skip
        self._branch.draft.see(span.start, span.end)
        yield span

    def _id(self, kind: str, *key: str) -> bytes:
        turn, session = self._exported.turn.summary, self._branch.material.session
        return span_id(self._branch.trace_id, kind, session.key, turn.key, *key)


def _prompt(material: Material, exported: ExportedTurn) -> str:
    """What began the turn, pictures by their kind and size."""
    parts = [
        f"[image {step.media_type}, {step.size} bytes]"
        if isinstance(step, Image)
        else material.text(step.body)
        for step in exported.turn.prompt
    ]
    return "\n".join(part for part in parts if part) or exported.turn.summary.title
