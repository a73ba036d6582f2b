"""The summary of a Gemini log, from its metadata, its turns and its bad lines."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from aimux_tui.model.log import LogSummary, Problem, Spawn
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import PROMPT_KINDS
from aimux_tui.model.usage import Usage
from aimux_tui.providers.gemini.entries import Role, stable_hash
from aimux_tui.providers.gemini.places import NAME, project_folder
from aimux_tui.providers.gemini.records import Record, parse_time
from aimux_tui.providers.packing import stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogFile
    from aimux_tui.providers.gemini.groups import Group
    from aimux_tui.providers.gemini.operations import History

_MAX_PROBLEMS = 100


class Metadata(Struct):
    """What the log says of itself. A resumed session repeats its head: the first identity holds."""

    session_id: str = ""
    project_hash: str = ""
    started: datetime | None = None
    updated: datetime | None = None
    kind: str = ""
    directories: list[str] = field(default_factory=list)
    summary: str = ""

    def merge(self, record: Record) -> None:
        """Take in a head, or a change of it."""
        self.session_id = self.session_id or record.session_id or ""
        self.project_hash = self.project_hash or record.project_hash or ""
        if self.started is None:
            self.started = parse_time(record.start_time)
        if record.last_updated is not None:
            self.updated = parse_time(record.last_updated) or self.updated
        self.kind = record.kind or self.kind
        self.directories = record.directories or self.directories
        self.summary = self.summary if record.summary is None else record.summary


class Lines(Struct):
    """How many lines there were, and which of them were bad. Of a document, its messages."""

    count: int = 0
    """Without blank ones."""
    number: int = 0
    """Of the line that is being read, blank ones included."""
    bad: int = 0
    problems: list[Problem] = field(default_factory=list)

    def complain(self, offset: int, reason: str) -> None:
        """Count a bad line."""
        self.bad += 1
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(self.number, offset, reason))


def log_summary(file: LogFile, metadata: Metadata, history: History, lines: Lines) -> LogSummary:
    """The log's summary as of now.

    Of a session that was resumed later than in the minute of its start, the CLI leaves a second
    file that holds nothing but the head, with the same session id. Its summary has the session's
    key, no turns and no requests, so that it adds nothing to the session's totals.
    """
    summary = _counted(_identified(file, metadata, history), history)
    return replace(
        summary,
        lines=lines.count,
        bad_lines=lines.bad,
        problems=tuple(lines.problems),
        unknown=dict(history.known.unknown) or None,
    )


def _identified(file: LogFile, metadata: Metadata, history: History) -> LogSummary:
    """Who, where, when and what about."""
    turns = history.turns.summaries
    visible = history.turns.visible
    session_id = metadata.session_id or stem_of(Path(file.path).name)
    parent = file.parent_hint.rpartition("/")[2]
    # A sub-agent's summary is its answer, in JSON.
    is_sub_agent = bool(parent) or metadata.kind == "subagent"
    title = "" if is_sub_agent else metadata.summary.strip()
    prompts = (turn for turn in turns if turn.kind in PROMPT_KINDS and not turn.is_discarded)
    times = (metadata.updated, history.known.at)
    return LogSummary(
        provider=NAME,
        session_id=session_id,
        key=f"{NAME}:{parent}/{session_id}" if parent else f"{NAME}:{session_id}",
        parent_key=f"{NAME}:{file.parent_hint}" if parent else "",
        prompt_hash=_first_hash(visible),
        title=title or next((turn.title for turn in prompts), ""),
        title_is_given=bool(title),
        last_record_id=visible[-1].entries[-1].id if visible else "",
        cwd=_folder(file, metadata, history),
        started=metadata.started or next((turn.started for turn in turns if turn.started), None),
        updated=max((time for time in times if time is not None), default=None),
        spawns=_spawns(session_id, history),
    )


def _counted(summary: LogSummary, history: History) -> LogSummary:
    """The same with every count; what was rewound counts only as billed."""
    turns, groups = history.turns.summaries, history.turns.visible
    visible = [turn for turn in turns if not turn.is_discarded]
    statuses = [call.status for group in groups for entry in group.entries for call in entry.calls]
    latest = next((found for group in reversed(groups) if (found := group.requests)), [])
    state, detail = history.turns.state()
    return replace(
        summary,
        models=tuple(dict.fromkeys(model for turn in visible for model in turn.models)),
        turns=sum(turn.kind in PROMPT_KINDS for turn in visible),
        tool_calls=len(statuses),
        failed_tool_calls=sum(turn.failures for turn in visible),
        rejected_tool_calls=statuses.count(ToolStatus.REJECTED),
        edits=sum(turn.edits for turn in visible),
        additions=sum(turn.additions for turn in visible),
        deletions=sum(turn.deletions for turn in visible),
        compactions=history.turns.compactions,
        usage=_usage(visible),
        discarded_usage=_usage(turn for turn in turns if turn.is_discarded),
        requests=tuple(history.turns.requests()),
        repeated_usage=history.repeated_usage,
        context_tokens=latest[-1].usage.total if latest else 0,
        state=state,
        state_detail=detail,
    )


def _first_hash(groups: Iterable[Group]) -> int:
    entries = (entry for group in groups for entry in group.entries)
    return next((entry.text_hash for entry in entries if entry.role is Role.PROMPT), 0)


def _usage(turns: Iterable[TurnSummary]) -> Usage:
    usage = Usage()
    for turn in turns:
        usage += turn.usage
    return usage


def _spawns(session_id: str, history: History) -> tuple[Spawn, ...]:
    return tuple(
        Spawn(
            call.id,
            f"{NAME}:{session_id}/{call.agent_id}" if call.agent_id else "",
            stable_hash(call.task.strip()) if call.task.strip() else 0,
            call.agent_name,
        )
        for group, turn in zip(history.turns.groups, history.turns.summaries, strict=True)
        if turn.agents
        for call in group.calls
        if call.kind is ToolKind.AGENT
    )


def _folder(file: LogFile, metadata: Metadata, history: History) -> str:
    """The project's folder: a sub-agent names its own, others are found by their place."""
    if metadata.directories and file.parent_hint:
        return metadata.directories[0]
    return project_folder(file, metadata.project_hash) or next(
        (entry.cwd for entry in history.entries() if entry.cwd), ""
    )
