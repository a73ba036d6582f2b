"""From log records to the sessions of the list: who is whose child, and what it adds up to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from aimux_tui.model.session import Session
from aimux_tui.store.status import status_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aimux_tui.model.log import LogSummary, Spawn
    from aimux_tui.model.session import LiveState
    from aimux_tui.model.usage import Pricer
    from aimux_tui.store.record import LogRecord

_WORKTREE = re.compile(r"^(?P<project>.+?)/\.(?:claude/|codex/)?worktrees?/")


@lru_cache(maxsize=4096)
def project_of(cwd: str) -> str:
    """The short name of the project at `cwd`: its last folder, worktrees counted to their own."""
    path = cwd.replace("\\", "/").rstrip("/")
    if found := _WORKTREE.match(path + "/"):
        path = found["project"]
    return path.rpartition("/")[2] or path


def main_record(records: Sequence[LogRecord]) -> LogRecord:
    """Of several files of one session, the one that tells its story.

    An agent may leave a stub, an older format or a copy beside it.
    """
    if len(records) == 1:
        return records[0]
    return max(
        records,
        key=lambda record: (
            record.summary.turns + record.summary.usage.requests,
            record.stamp.size,
            record.stamp.mtime_ns,
            record.file.path,
        ),
    )


def spawn_of(child: LogSummary, parent: LogSummary | None) -> Spawn | None:
    """The parent's tool call that started the child; None if nothing tells."""
    by_prompt: Spawn | None = None
    for spawn in parent.spawns if parent is not None else ():
        if spawn.child_key == child.key:
            return spawn
        if not spawn.child_key and spawn.prompt_hash and spawn.prompt_hash == child.prompt_hash:
            by_prompt = spawn
    return by_prompt


def build_session(
    record: LogRecord,
    others: Sequence[str],
    children: Sequence[Session],
    parent: LogSummary | None,
    *,
    title: str,
    live: LiveState | None,
    pricer: Pricer,
    now: datetime,
) -> Session:
    """The list row of the session that `record` tells; `others` are further files of it."""
    summary, written = record.summary, datetime.fromtimestamp(record.stamp.mtime_ns / 1e9, UTC)
    spawn = spawn_of(summary, parent)
    status, reason = status_of(summary, live=live, written=written, now=now)
    usage, cost = record.own_usage, record.own_cost
    return Session(
        key=summary.key,
        provider=summary.provider,
        session_id=summary.session_id,
        path=record.file.path,
        title=title,
        cwd=summary.cwd,
        project=project_of(summary.cwd),
        git_branch=summary.git_branch,
        agent_version=summary.agent_version,
        agent_name=summary.agent_name or (spawn.agent_name if spawn else ""),
        models=summary.models,
        started=summary.started,
        updated=_updated(summary.updated or written, children),
        status=status,
        status_reason=reason,
        turns=summary.turns,
        tool_calls=summary.tool_calls,
        failed_tool_calls=summary.failed_tool_calls,
        edits=summary.edits,
        additions=summary.additions,
        deletions=summary.deletions,
        compactions=summary.compactions,
        usage=usage,
        cost=cost,
        total_usage=sum((child.total_usage for child in children), usage),
        total_cost=sum((child.total_cost for child in children), cost),
        repeated_usage=record.shared_usage,
        repeated_cost=record.shared_cost,
        context_tokens=summary.context_tokens,
        context_window=_window_of(summary, pricer),
        parent_key=summary.parent_key,
        parent_tool_call_id=summary.parent_tool_call_id or (spawn.tool_call_id if spawn else ""),
        children=tuple(child.key for child in children),
        descendants=sum(1 + child.descendants for child in children),
        forked_from=summary.forked_from,
        hidden_reason=summary.hidden_reason,
        size=record.stamp.size,
        bad_lines=summary.bad_lines,
        problems=summary.problems,
        is_partial=summary.is_partial,
        other_paths=tuple(others),
        archived_from=record.file.archived_from,
    )


def _updated(own: datetime, children: Sequence[Session]) -> datetime:
    return max([own, *(child.updated for child in children if child.updated is not None)])


def _window_of(summary: LogSummary, pricer: Pricer) -> int | None:
    if summary.context_window is not None or not summary.models:
        return summary.context_window
    return pricer.context_window(summary.models[-1])


def title_of(
    summary: LogSummary, side_titles: Mapping[str, str], foreign_titles: Mapping[str, str]
) -> str:
    """The best title known: its own, a side file's, another log's, else its first prompt."""
    if summary.title_is_given:
        return summary.title
    for known, name in (
        (side_titles, summary.session_id),
        (foreign_titles, summary.last_record_id),
        (foreign_titles, summary.session_id),
    ):
        if name and (title := known.get(name)):
            return title
    return summary.title or summary.agent_name
