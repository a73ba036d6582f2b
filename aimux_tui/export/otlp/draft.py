"""What is learned of a trace while its spans are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.otlp.spans import TraceFacts

if TYPE_CHECKING:
    from aimux_tui.export.otlp.spans import Judgement
    from aimux_tui.model.usage import Cost, Usage

_PREVIEW = 10_000
"""Characters of the first prompt and the last answer."""


class TraceDraft:
    """Adds up the spans of one trace."""

    def __init__(self, trace_id: bytes) -> None:
        self.trace_id = trace_id
        self.start = 0
        """Of the earliest span; 0 before there is one."""
        self.end = 0
        self.prompt = ""
        self.answer = ""
        self.is_error = False
        """Whether the last turn failed."""
        self._subjects: list[str] = []
        self._judgements: list[Judgement] = []
        self._tokens = [0, 0, 0, 0]
        self._usd: float | None = None
        self._is_partial_cost = False

    def see(self, start: int, end: int) -> None:
        """A span lasted from `start` to `end`; 0 where that is not known."""
        if start:
            self.start = min(self.start or start, start)
        self.end = max(self.end, end)

    def bill(self, usage: Usage, cost: Cost) -> None:
        """A request was made."""
        kinds = (usage.context, usage.output, usage.cache_read, usage.cache_write)
        self._tokens = [count + more for count, more in zip(self._tokens, kinds, strict=True)]
        if not cost.unpriced_models:
            self._usd = (self._usd or 0.0) + cost.usd
        self._is_partial_cost |= cost.is_partial

    def judge(self, key: str, judgements: tuple[Judgement, ...]) -> None:
        """All that is said of a turn or session that is part of it, if anything is."""
        self._subjects.append(key)
        self._judgements += judgements

    def facts(
        self, *, name: str, agent: str, session_id: str, user: str, is_whole: bool
    ) -> TraceFacts:
        """All of it."""
        return TraceFacts(
            trace_id=self.trace_id.hex(),
            name=name,
            agent=agent,
            session_id=session_id,
            start=self.start,
            end=self.end,
            is_error=self.is_error,
            request=self.prompt[:_PREVIEW],
            response=self.answer[:_PREVIEW],
            input_tokens=self._tokens[0],
            output_tokens=self._tokens[1],
            cache_read_tokens=self._tokens[2],
            cache_write_tokens=self._tokens[3],
            usd=self._usd,
            is_partial_cost=self._is_partial_cost,
            user=user,
            judgements=tuple(self._judgements),
            subjects=tuple(self._subjects),
            is_whole=is_whole,
        )
