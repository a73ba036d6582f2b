"""`aimux sessions`: the list, for people and for programs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aimux_tui.cli.output import as_json
from aimux_tui.cli.setup import look_around, make_library, read_labels, tell_errors
from aimux_tui.errors import CommandError
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.providers.registry import provider_names

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.session import Session


def run(options: argparse.Namespace) -> int:
    """Print the sessions that the options ask for."""
    check_provider(options.provider)
    since = parse_since(options.since, datetime.now(UTC)) if options.since else None
    fits = _test(" ".join(options.query))
    surroundings = look_around()
    tell_errors(surroundings)
    library = make_library(surroundings, uses_index=not options.no_index)
    library.load_fully()
    labels_of = read_labels(surroundings)
    chosen = [
        session
        for session in library.sessions()
        if (options.agents or not session.parent_key or library.get(session.parent_key) is None)
        and (options.all or surroundings.settings.sessions.show_hidden or not session.hidden_reason)
        and (not options.provider or session.provider == options.provider)
        and (not options.project or is_in_project(session, options.project))
        and (since is None or (session.updated is not None and session.updated >= since))
    ]
    if fits is not None:
        chosen = [session for session in chosen if fits(session, labels_of(session.key))]
    if options.limit is not None and options.limit > 0:
        chosen = chosen[: options.limit]
    for path, reason in library.unreadable.items():
        print(f"aimux: {path}: {reason}", file=sys.stderr)
    if options.json:
        _write_json(chosen, labels_of)
    else:
        from aimux_tui.cli.session_table import format_nothing, format_sessions

        print(format_sessions(chosen, labels_of) if chosen else format_nothing(library.places()))
    return 0


def _test(query: str) -> Callable[[Session, Annotations], bool] | None:
    """Tells what fulfils a query; None if nothing is asked. Raises QueryError."""
    if not query:
        return None
    # Imported late: most lists are not filtered, and should start at once.
    from aimux_tui.query.facts import SessionFacts
    from aimux_tui.query.match import session_test
    from aimux_tui.query.parse import parse

    test = session_test(parse(query), datetime.now(UTC))
    return lambda session, said: test(SessionFacts(session, said))


def check_provider(name: str | None) -> None:
    """Raise CommandError for an agent that does not exist."""
    if name and name not in provider_names():
        raise CommandError(f"no provider {name!r}", hint=f"one of: {', '.join(provider_names())}")


def parse_since(text: str, now: datetime) -> datetime:
    """The time that the option's value means. Raises CommandError."""
    from aimux_tui.text.times import parse_when

    try:
        return parse_when(text, now)
    except ValueError as error:
        raise CommandError(f"--since {error}") from None


def session_fields(session: Session, said: Annotations) -> dict[str, Any]:
    """A session as programs read it, and what people say of it.

    Tokens and cost are its own; `total` adds its sub-agents.
    """
    tally, whole = said.tally, said.session
    return {
        "key": session.key,
        "provider": session.provider,
        "session_id": session.session_id,
        "title": session.title,
        "project": session.project,
        "cwd": session.cwd,
        "git_branch": session.git_branch,
        "agent_version": session.agent_version,
        "models": session.models,
        "started": session.started,
        "updated": session.updated,
        "status": session.status,
        "status_reason": session.status_reason,
        "turns": session.turns,
        "tool_calls": session.tool_calls,
        "failed_tool_calls": session.failed_tool_calls,
        "edits": session.edits,
        "additions": session.additions,
        "deletions": session.deletions,
        "compactions": session.compactions,
        "tokens": token_fields(session.usage),
        "cost": cost_fields(session.cost),
        "total": {
            "tokens": token_fields(session.total_usage),
            "cost": cost_fields(session.total_cost),
            "sub_agents": session.descendants,
        },
        "context": {"tokens": session.context_tokens, "window": session.context_window},
        "parent": session.parent_key or None,
        "parent_tool_call": session.parent_tool_call_id or None,
        "forked_from": session.forked_from or None,
        "hidden": session.hidden_reason or None,
        "bad_lines": session.bad_lines,
        "path": session.path,
        "archived_from": session.archived_from or None,
        "labels": {
            "good": tally.good,
            "bad": tally.bad,
            "waste": tally.waste,
            "notes": tally.notes,
            "verdict": whole.verdict,
            "tags": whole.tags,
            "note": whole.note or None,
        },
    }


def token_fields(usage: Usage) -> dict[str, Any]:
    """Token counts by kind; the kinds are disjoint, reasoning is part of output."""
    return {
        "input": usage.input,
        "cache_read": usage.cache_read,
        "cache_write_5m": usage.cache_write_5m,
        "cache_write_1h": usage.cache_write_1h,
        "output": usage.output,
        "reasoning": usage.reasoning,
        "requests": usage.requests,
        "is_lower_bound": usage.is_lower_bound,
    }


def cost_fields(cost: Cost) -> dict[str, Any]:
    """Money; `usd` is null where nothing could be priced."""
    return {
        "usd": round(cost.usd, 9) if cost.is_known else None,
        "is_lower_bound": cost.is_partial,
        "unpriced_models": cost.unpriced_models,
    }


def _write_json(sessions: Sequence[Session], labels_of: Callable[[str], Annotations]) -> None:
    """Session by session, so that a long list needs little memory."""
    usage, cost = Usage(), Cost()
    counted = {session.key for session in sessions}
    out = sys.stdout
    out.write('{"schema":1,"sessions":[')
    for index, session in enumerate(sessions):
        if session.parent_key not in counted:
            usage += session.total_usage
            cost += session.total_cost
        out.write(("," if index else "") + as_json(session_fields(session, labels_of(session.key))))
    total = as_json({"tokens": token_fields(usage), "cost": cost_fields(cost)})
    out.write(f'],"total":{total}}}\n')


def is_in_project(session: Session, words: str) -> bool:
    """Whether the session's project or folder contains the words, in any case."""
    wanted = words.casefold()
    return wanted in session.project.casefold() or wanted in session.cwd.casefold()
