"""All spans of a session, as one trace or a trace for each turn. Pure but for reading the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aimux_tui import __version__
from aimux_tui.config.schema import TracePer
from aimux_tui.export.otlp import attributes as facts
from aimux_tui.export.otlp.draft import TraceDraft
from aimux_tui.export.otlp.identity import session_trace_id, span_id, turn_trace_id
from aimux_tui.export.otlp.judgements import session_judgements, turn_judgements, turn_key
from aimux_tui.export.otlp.messages import chat_inputs, chat_outputs
from aimux_tui.export.otlp.spans import Attributes, Judgement, Span, TraceFacts
from aimux_tui.export.otlp.times import span_times
from aimux_tui.export.otlp.turn_spans import Branch, TurnOutcome, TurnSpans
from aimux_tui.export.otlp.vocabulary import service_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.export.base import Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.session import Session
    from aimux_tui.model.tools import ToolCall


class SpanOptions(Struct, frozen=True, kw_only=True):
    """What spans are to look like."""

    trace_per: TracePer = TracePer.SESSION
    has_judgements: bool = True
    """Whether what people said stands on the spans (else only in the facts)."""
    user: str = ""
    project: str = "aimux"


def resource_of(session: Session, options: SpanOptions) -> Attributes:
    """What is said once for all spans of a session."""
    return {
        "service.name": service_name(session.provider),
        "aimux.version": __version__,
        "openinference.project.name": options.project,
    }


def session_spans(material: Material, options: SpanOptions) -> Iterator[Span | TraceFacts]:
    """The spans of a session and of its sub-agents, children first; behind each trace its facts.

    Memory holds one turn at a time. Raises what the material raises.
    """
    builder = _SessionBuilder(material, options)
    return builder.turn_traces() if options.trace_per is TracePer.TURN else builder.one_trace()


class _SessionBuilder:
    def __init__(self, material: Material, options: SpanOptions) -> None:
        self._material = material
        self._session = material.session
        self._options = options
        self._common: Attributes = {
            "session.id": self._session.session_id,
            "gen_ai.conversation.id": self._session.session_id,
            **({"user.id": options.user} if options.user else {}),
        }

    def one_trace(self) -> Iterator[Span | TraceFacts]:
        """The session as the root of everything."""
        session = self._session
        draft = TraceDraft(session_trace_id(session.session_id, session.key))
        root_id = span_id(draft.trace_id, "session", session.key)
        branch = Branch(self._material, draft, self._common, self._agent_spans)
        first = last = None
        for exported in self._material.turns():
            own_id = span_id(draft.trace_id, "turn", session.key, exported.turn.summary.key)
            spans = TurnSpans(branch, exported, own_id)
            yield from spans
            last = spans.outcome
            first = first or last
            yield self._turn_span(branch, exported, last, own_id, root_id)
        for child in self._material.other_children():
            try:
                yield from self._agent_spans(branch, child, root_id, None)
            finally:
                child.close()
        yield self._root_span(draft, root_id, first, last)
        name = f"{session.provider} {session.project}".strip()
        yield self._facts(draft, name, is_whole=not self._material.left_out)

    def turn_traces(self) -> Iterator[Span | TraceFacts]:
        """Each turn as a trace, and sub-agents that belong to none."""
        session = self._session
        name = f"{session.provider} {session.project}".strip()
        for exported in self._material.turns():
            summary = exported.turn.summary
            draft = TraceDraft(turn_trace_id(session.key, summary.key))
            own_id = span_id(draft.trace_id, "turn", session.key, summary.key)
            branch = Branch(self._material, draft, self._common, self._agent_spans)
            spans = TurnSpans(branch, exported, own_id)
            yield from spans
            outcome = spans.outcome
            # The session's verdict needs a place too: its first turn, which is the same each time.
            about_session = self._judge_session(draft, own_id) if summary.number == 1 else ()
            span = self._turn_span(branch, exported, outcome, own_id, b"", about_session)
            title = f"{name} turn {summary.number}"
            yield _as_root(span, session, title, outcome.prompt, outcome.answer)
            draft.prompt, draft.answer = outcome.prompt, outcome.answer
            draft.is_error = bool(outcome.error)
            yield self._facts(draft, title)
        for child in self._material.other_children():
            try:
                draft = TraceDraft(turn_trace_id(session.key, child.session.key))
                branch = Branch(self._material, draft, self._common, self._agent_spans)
                yield from self._agent_spans(branch, child, b"", None)
                yield self._facts(draft, f"{name} {child.session.agent_name}".strip())
            finally:
                child.close()

    def _turn_span(
        self, branch: Branch, exported: ExportedTurn, outcome: TurnOutcome,
        own_id: bytes, parent_id: bytes, further: tuple[Judgement, ...] = (),
    ) -> Span:  # fmt: skip
        """The span of a turn; `further` judgements stand on it as well."""
        summary = exported.turn.summary
        judgements = self._judge_turn(branch, exported, own_id)
        found: Attributes = {
            **branch.common,
            "openinference.span.kind": "CHAIN",
            "gen_ai.operation.name": "invoke_agent",
            "aimux.turn.key": summary.key,
            "aimux.turn.number": summary.number,
            "aimux.turn.kind": summary.kind,
            "aimux.turn.state": summary.state,
            "aimux.turn.tool_calls": summary.tool_calls,
            "aimux.turn.errors": summary.failures,
        }
        if summary.is_discarded:
            found["aimux.turn.is_discarded"] = True
        found |= facts.input_text(outcome.prompt) | facts.output_text(outcome.answer)
        span = self._summed_up(branch, f"turn {summary.number}", found, outcome, own_id, parent_id)
        return self._with_judgements(span, (*judgements, *further))

    def _agent_spans(
        self, branch: Branch, child: Material, parent_id: bytes, call: ToolCall | None
    ) -> Iterator[Span]:
        """A sub-agent; its first turn is the agent's own span, later ones are below it."""
        session = child.session
        own_id = span_id(branch.trace_id, "agent", session.key)
        inner = Branch(child, branch.draft, self._common, self._agent_spans)
        first = last = None
        judgements: tuple[Judgement, ...] = ()
        for exported in child.turns():
            key = exported.turn.summary.key
            turn_id = span_id(branch.trace_id, "turn", session.key, key) if first else own_id
            spans = TurnSpans(inner, exported, turn_id)
            yield from spans
            last = spans.outcome
            if first is None:
                first = last
                judgements = self._judge_turn(inner, exported, own_id)
            else:
                yield self._turn_span(inner, exported, last, turn_id, own_id)
        own = session_judgements(child.annotations.session, session.key, own_id)
        branch.draft.judge(session.key, own)
        name = session.agent_name or (str(call.input.get("subagent_type") or "") if call else "")
        found: Attributes = {
            **self._common,
            "openinference.span.kind": "AGENT",
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.id": session.session_id,
            **({"gen_ai.agent.name": name, "agent.name": name} if name else {}),
        }
        outcome = _joined(session, first, last)
        found |= facts.input_text(outcome.prompt) | facts.output_text(outcome.answer)
        title = f"invoke_agent {name or 'sub-agent'}"
        span = self._summed_up(branch, title, found, outcome, own_id, parent_id)
        yield self._with_judgements(span, (*judgements, *own))

    def _root_span(
        self, draft: TraceDraft, own_id: bytes, first: TurnOutcome | None, last: TurnOutcome | None
    ) -> Span:
        """The session's own span."""
        session, material = self._session, self._material
        outcome = _joined(session, first, last)
        if material.left_out:
            # What was left out must not show in what stands for the whole.
            outcome = TurnOutcome(session.title, "", session.started, session.updated, (), None)
        draft.prompt, draft.answer = outcome.prompt, outcome.answer
        draft.is_error = bool(outcome.error)
        judgements = self._judge_session(draft, own_id)
        found: Attributes = {
            **self._common,
            "openinference.span.kind": "AGENT",
            "gen_ai.operation.name": "invoke_agent",
            "aimux.session.key": session.key,
            "aimux.session.turns": session.turns,
            "aimux.session.title": session.title,
        }
        if material.left_out:
            found["aimux.session.is_partial"] = True
        found |= facts.input_text(outcome.prompt) | facts.output_text(outcome.answer)
        span = self._summed_up(
            Branch(material, draft, self._common, self._agent_spans),
            f"{session.provider} session", found, outcome, own_id, b"",
        )  # fmt: skip
        name = f"{session.provider} {session.project}".strip()
        rooted = _as_root(span, session, name, outcome.prompt, outcome.answer)
        return self._with_judgements(rooted, judgements)

    def _summed_up(
        self, branch: Branch, name: str, found: Attributes, outcome: TurnOutcome,
        own_id: bytes, parent_id: bytes,
    ) -> Span:  # fmt: skip
        start, end, unknown = span_times(outcome.started, outcome.ended, self._session.started)
        branch.draft.see(start, end)
        if outcome.error:
            found["error.type"] = "turn_error"
        return Span(
            trace_id=branch.trace_id,
            span_id=own_id,
            parent_id=parent_id,
            name=name,
            start=start,
            end=end,
            attributes=found | unknown,
            events=outcome.events,
            error=outcome.error,
        )

    def _judge_turn(
        self, branch: Branch, exported: ExportedTurn, own_id: bytes
    ) -> tuple[Judgement, ...]:
        key = turn_key(branch.material.session.key, exported.turn.summary.key)
        judgements = turn_judgements(exported.annotation, key, own_id)
        branch.draft.judge(key, judgements)
        return judgements

    def _judge_session(self, draft: TraceDraft, own_id: bytes) -> tuple[Judgement, ...]:
        annotation = self._material.annotations.session
        judgements = session_judgements(annotation, self._session.key, own_id)
        draft.judge(self._session.key, judgements)
        return judgements

    def _with_judgements(self, span: Span, judgements: tuple[Judgement, ...]) -> Span:
        if not judgements or not self._options.has_judgements:
            return span
        return replace(
            span,
            attributes=span.attributes | facts.judgement_attributes(judgements),
            events=(*span.events, *facts.judgement_events(judgements, span.end)),
        )

    def _facts(self, draft: TraceDraft, name: str, *, is_whole: bool = True) -> TraceFacts:
        return draft.facts(
            name=name,
            agent=self._session.provider,
            session_id=self._session.session_id,
            user=self._options.user,
            is_whole=is_whole,
        )


def _joined(session: Session, first: TurnOutcome | None, last: TurnOutcome | None) -> TurnOutcome:
    """What was asked first and answered last."""
    if first is None or last is None:
        return TurnOutcome(session.title, "", session.started, session.updated, (), None)
    started, ended = first.started or session.started, last.ended or session.updated
    return TurnOutcome(first.prompt, last.answer, started, ended, (), last.error)


def _as_root(span: Span, session: Session, name: str, prompt: str, answer: str) -> Span:
    """The span with what backends show of a trace as a whole."""
    found: Attributes = {
        **span.attributes,
        "openinference.span.kind": "AGENT",
        "gen_ai.agent.name": session.provider,
        "agent.name": session.provider,
        "mlflow.traceTag.mlflow.traceName": name,
        "mlflow.traceTag.aimux.agent": session.provider,
    }
    details = {
        "aimux.session.forked_from": session.forked_from,
        "gen_ai.agent.version": session.agent_version,
        "aimux.session.cwd": session.cwd,
        "aimux.session.git_branch": session.git_branch,
    }
    found |= {key: value for key, value in details.items() if value}
    if prompt:
        found["mlflow.spanInputs"] = chat_inputs(prompt)
    if answer:
        found["mlflow.spanOutputs"] = chat_outputs(answer)
    return replace(span, attributes=found)
