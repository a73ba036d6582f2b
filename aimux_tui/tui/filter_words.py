"""How a filter that is being typed could go on: fields, and the values that occur."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from textual.suggester import Suggester

from aimux_tui.query.complete import complete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary

    Known = Mapping[str, Sequence[str]]
    """Field name → the values that occur, the most frequent first."""

_SHORTEST = 2
"""Letters of a word from which on a field is offered."""


def known_of_sessions(sessions: Iterable[Session], tags: Sequence[str] = ()) -> Known:
    """What can be asked of sessions."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("provider", "project", "branch", "model", "agent")
    }
    for session in sessions:
        counts["provider"][session.provider] += 1
        counts["project"][session.project] += 1
        counts["branch"][session.git_branch] += 1
        counts["agent"][session.agent_name] += 1
        counts["model"].update(session.models)
    return {"tag": tags} | {name: _most_frequent(count) for name, count in counts.items()}


def known_of_turns(turns: Iterable[TurnSummary]) -> Known:
    """What can be asked of turns."""
    tools: Counter[str] = Counter()
    models: Counter[str] = Counter()
    for turn in turns:
        tools.update(dict(turn.tools))
        models.update(turn.models)
    return {"tool": _most_frequent(tools), "model": _most_frequent(models)}


def _most_frequent(counts: Counter[str]) -> list[str]:
    return [value for value, _ in counts.most_common() if value and value.isprintable()]


def continuation(query: str, known: Known) -> str | None:
    """The query with its last word completed; None if there is nothing to complete."""
    last = query.rpartition(" ")[2].lstrip("-")
    if len(last) < _SHORTEST:
        return None
    # What was typed stays as it is, so that the rest can be shown behind it.
    ways = (one.query.rstrip() for one in complete(query, known))
    return next((way for way in ways if way.startswith(query) and way != query), None)


class FilterSuggester(Suggester):
    """Shows behind the cursor how the filter could go on."""

    def __init__(self, known: Callable[[], Known]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """The whole filter with its last word completed."""
        return continuation(value, self._known())
