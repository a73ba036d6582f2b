"""Which records of a known flood are worth keeping: by an allow-list for each service.

Codex and OpenCode export the tracing of their own insides: some thousand spans for one prompt.
What is left out is counted, and its place in the tree remembered; services not named here are kept
whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class SpanRule(Struct, frozen=True):
    """A span stays if it has one of these names, or an attribute that marks it."""

    names: frozenset[str]
    marks: frozenset[str]
    mark_prefixes: tuple[str, ...]
    never: frozenset[str] = frozenset()

    def keeps(self, name: str, attributes: Collection[str]) -> bool:
        """Whether a span of this name with these attributes stays."""
        if name in self.names:
            return True
        if name in self.never:
            return False
        return any(key in self.marks or key.startswith(self.mark_prefixes) for key in attributes)


_CODEX = SpanRule(
    names=frozenset({"codex.exec", "turn/start", "session_task.turn"}),
    marks=frozenset({"conversation.id", "call_id"}),
    mark_prefixes=("gen_ai.usage.", "codex.turn.token_usage"),
    never=frozenset({"guardian_scoring_observation"}),
)
_OPENCODE = SpanRule(
    names=frozenset({"Tool.execute"}),
    marks=frozenset({"session.id", "ai.telemetry.metadata.sessionId", "tool.call_id"}),
    mark_prefixes=("ai.", "gen_ai."),
)
_CODEX_STREAM_EVENTS = frozenset({"codex.sse_event", "codex.websocket_event"})
_TOLD_KINDS = ("response.failed", "response.incomplete", "error")


def span_rule(service: str) -> SpanRule | None:
    """What is kept of a service's spans; None: all."""
    if service.startswith("codex"):
        return _CODEX
    return _OPENCODE if service == "opencode" else None


def folds_logs(service: str) -> bool:
    """Whether some of a service's log records are left out."""
    return service.startswith("codex")


def keeps_log(attributes: Mapping[str, object]) -> bool:
    """Whether a log record of such a service stays.

    Codex logs each piece of a streamed response, and the end of one twice: the one that counts the
    tokens is kept, and every failure.
    """
    if attributes.get("event.name") not in _CODEX_STREAM_EVENTS:
        return True
    kind = str(attributes.get("event.kind", ""))
    return (
        kind.startswith(_TOLD_KINDS)
        or "input_token_count" in attributes
        or "error.message" in attributes
    )
