"""Attributes for tokens, money, texts and judgements, under every name that backends read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.otlp.messages import as_json
from aimux_tui.export.otlp.spans import SpanEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.export.otlp.spans import Attributes, Judgement
    from aimux_tui.model.usage import Cost, Usage

TEXT, JSON = "text/plain", "application/json"


def input_text(text: str, mime_type: str = TEXT) -> Attributes:
    """What went in; nothing if that is not known."""
    return {"input.value": text, "input.mime_type": mime_type} if text else {}


def output_text(text: str, mime_type: str = TEXT) -> Attributes:
    """What came out; nothing if that is not known."""
    return {"output.value": text, "output.mime_type": mime_type} if text else {}


def usage_attributes(usage: Usage) -> Attributes:
    """Tokens; input includes what caches held. Nothing where none were counted."""
    found: Attributes = {}
    if usage.total:
        found = {
            "gen_ai.usage.input_tokens": usage.context,
            "gen_ai.usage.output_tokens": usage.output,
            "llm.token_count.prompt": usage.context,
            "llm.token_count.completion": usage.output,
            "llm.token_count.total": usage.total,
        }
    if usage.cache_read:
        found["gen_ai.usage.cache_read.input_tokens"] = usage.cache_read
        found["llm.token_count.prompt_details.cache_read"] = usage.cache_read
    if usage.cache_write:
        found["gen_ai.usage.cache_write.input_tokens"] = usage.cache_write
        # Its name until 2026, which most servers still read.
        found["gen_ai.usage.cache_creation.input_tokens"] = usage.cache_write
        found["llm.token_count.prompt_details.cache_write"] = usage.cache_write
    if usage.reasoning:
        found["gen_ai.usage.reasoning.output_tokens"] = usage.reasoning
        found["llm.token_count.completion_details.reasoning"] = usage.reasoning
    if usage.is_lower_bound or not usage.total:
        found["aimux.usage.is_lower_bound"] = True
    return found


def cost_attributes(cost: Cost) -> Attributes:
    """Money; what could not be priced is marked, and never 0."""
    if cost.unpriced_models:
        return {"aimux.cost.unknown": True, "aimux.cost.unpriced_models": cost.unpriced_models}
    found: Attributes = {
        "llm.cost.total": cost.usd,
        "gen_ai.usage.cost": cost.usd,
        "mlflow.llm.cost": cost_json(cost.usd),
    }
    if cost.is_lower_bound:
        found["aimux.cost.is_lower_bound"] = True
    return found


def cost_json(usd: float) -> str:
    """Money as MLflow reads it; how it is divided is not known."""
    return as_json({"input_cost": 0.0, "output_cost": 0.0, "total_cost": usd})


def judgement_attributes(judgements: Iterable[Judgement]) -> Attributes:
    """What people said, on the span they said it of."""
    found: Attributes = {}
    for judgement in judgements:
        kind = judgement.name.removeprefix("aimux.")
        if kind != "note":
            found[f"aimux.annotation.{kind}"] = judgement.value
        note = judgement.value if kind == "note" else judgement.comment
        if note:
            found["aimux.annotation.note"] = note
    return found


def judgement_events(judgements: Iterable[Judgement], at: int) -> tuple[SpanEvent, ...]:
    """The same as the conventions have it."""
    events = []
    for judgement in judgements:
        attributes: Attributes = {
            "gen_ai.evaluation.name": judgement.name,
            "gen_ai.evaluation.score.label": judgement.value,
        }
        if judgement.score is not None:
            attributes["gen_ai.evaluation.score.value"] = judgement.score
        if judgement.comment:
            attributes["gen_ai.evaluation.explanation"] = judgement.comment
        events.append(SpanEvent("gen_ai.evaluation.result", at, attributes))
    return tuple(events)
