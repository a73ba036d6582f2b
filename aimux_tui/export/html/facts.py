"""What is said of a session and of a turn beside its words: numbers, times, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.html.diffs import line_counts
from aimux_tui.export.html.markup import EMPTY, Html, joined, tag
from aimux_tui.model.annotation import Label
from aimux_tui.model.turn import TurnState
from aimux_tui.text.units import (
    UNKNOWN,
    format_clock,
    format_cost,
    format_count,
    format_duration,
    format_spent,
    format_tokens,
    plural,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from aimux_tui.export.base import Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.annotation import SessionAnnotation, Tally, TurnAnnotation
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.model.usage import Usage

_AGENTS = {"claude": "Claude Code", "codex": "Codex CLI", "gemini": "Gemini CLI"}
STATES = {
    TurnState.INTERRUPTED: "interrupted",
    TurnState.ERROR: "error",
    TurnState.RUNNING: "running",
}


def time_of(at: datetime | None, zone: tzinfo | None, *, is_short: bool = False) -> Html:
    """A moment, for people and for programs."""
    if at is None:
        return joined(UNKNOWN)
    local = at.astimezone(zone)
    shown = format_clock(at, zone) if is_short else local.strftime("%Y-%m-%d %H:%M:%S")
    full = local.strftime("%Y-%m-%d %H:%M:%S %z")
    return tag("time", shown, datetime=at.isoformat(), title=full)


def label_badge(label: Label | None) -> Html:
    """The label of a turn."""
    return tag("span", label.value.upper(), class_=f"badge {label.value}") if label else EMPTY


def tokens(usage: Usage) -> Html:
    """Tokens in and out; their kinds when pointed at."""
    mark = "≥" if usage.is_lower_bound else ""
    kinds = (
        f"input {usage.input:,}, cache read {usage.cache_read:,}, "
        f"cache write {usage.cache_write:,}, output {mark}{usage.output:,}"
        + (f" (reasoning {usage.reasoning:,})" if usage.reasoning else "")
    )
    return tag("span", format_tokens(usage), title=kinds if usage.total else None)


def session_badges(annotation: SessionAnnotation, tally: Tally) -> Html:
    """The verdict on a session, its failure modes, and how its turns are labelled."""
    parts: list[Html] = []
    if annotation.verdict is not None:
        parts.append(
            tag("span", annotation.verdict.value, class_=f"badge {annotation.verdict.value}")
        )
    parts += [tag("span", name, class_="badge tag") for name in annotation.tags]
    for label, count in (
        (Label.GOOD, tally.good),
        (Label.BAD, tally.bad),
        (Label.WASTE, tally.waste),
    ):
        if count:
            parts.append(tag("span", f"{count} {label.value}", class_=f"count {label.value}"))
    return tag("p", *(joined(part, " ") for part in parts), class_="badges") if parts else EMPTY


def note_block(text: str, author: str = "") -> Html:
    """A note; its line ends are kept."""
    if not text:
        return EMPTY
    by = tag("cite", author) if author else EMPTY
    return tag("blockquote", tag("p", text), by, class_="remark", dir="auto")


def session_facts(material: Material, zone: tzinfo | None) -> Html:
    """The table of facts at the head of a session."""
    rows = (
        joined(tag("dt", name), tag("dd", value))
        for name, value in _session_rows(material.session, zone)
        if value
    )
    return tag("dl", *rows, class_="facts")


def _session_rows(session: Session, zone: tzinfo | None) -> Iterator[tuple[str, Html | str]]:
    agent = _AGENTS.get(session.provider, session.provider)
    yield "Agent", f"{agent} {session.agent_version}".strip()
    yield ("Models" if len(session.models) > 1 else "Model"), ", ".join(session.models) or UNKNOWN
    if session.agent_name:
        yield "Sub-agent", session.agent_name
    yield "Started", time_of(session.started, zone)
    yield "Last active", time_of(session.updated, zone)
    yield "Folder", tag("code", session.cwd) if session.cwd else UNKNOWN
    yield "Branch", tag("code", session.git_branch) if session.git_branch else ""
    yield "Turns", f"{session.turns:,}"
    failed = f", {session.failed_tool_calls:,} failed" if session.failed_tool_calls else ""
    yield "Tool calls", f"{session.tool_calls:,}{failed}"
    lines = line_counts(session.additions, session.deletions)
    yield "Edits", joined(f"{session.edits:,} ", lines) if session.edits else ""
    yield "Sub-agents", f"{session.descendants:,}" if session.descendants else ""
    yield "Tokens", joined(tokens(session.total_usage), _cached(session.total_usage))
    yield "Cost", _cost(session)
    yield "Context", _context(session)


def _cached(usage: Usage) -> Html:
    if not usage.context or not usage.cache_read:
        return EMPTY
    # Rounded down: nearly all of it is not all of it.
    share = 100 * usage.cache_read // usage.context
    return tag("small", f" {share}% of the input from the cache")


def _cost(session: Session) -> Html:
    spent = joined(tag("strong", format_spent(session.total_usage, session.total_cost)))
    notes = []
    if session.descendants:
        notes.append(f"without its sub-agents {format_cost(session.cost)}")
    if session.total_cost.unpriced_models:
        notes.append("no price known for " + ", ".join(session.total_cost.unpriced_models))
    if session.total_cost.is_lower_bound:
        notes.append("the log counts too few tokens")
    return joined(spent, tag("small", f" {'; '.join(notes)}") if notes else EMPTY)


def _context(session: Session) -> str:
    if not session.context_tokens:
        return ""
    window = f" of {format_count(session.context_window)}" if session.context_window else ""
    return f"{format_count(session.context_tokens)}{window} tokens at the end"


def turn_numbers(exported: ExportedTurn) -> Html:
    """Duration, tokens and money of a turn, as its heading shows them."""
    summary = exported.turn.summary
    return tag(
        "span",
        joined(format_duration(summary.duration), "  "),
        tokens(summary.usage),
        joined("  ", format_spent(summary.usage, exported.cost)),
        class_="numbers",
    )


def turn_words(summary: TurnSummary) -> Html:
    """What a turn did, in a line: its tools, failures, changed lines, models."""
    parts: list[Html] = [
        joined(name, f" \N{MULTIPLICATION SIGN} {count}" if count > 1 else "")
        for name, count in summary.tools
    ]
    if summary.failures:
        parts.append(tag("span", f"{summary.failures:,} failed", class_="bad"))
    if summary.edits:
        lines = line_counts(summary.additions, summary.deletions)
        parts.append(joined(f"{plural(summary.edits, 'edit')} ", lines))
    parts.extend(joined(model) for model in summary.models)
    if summary.is_discarded:
        parts.append(tag("span", "rewound: not part of the conversation any more", class_="warn"))
    return tag(
        "p",
        *(joined(" · " if number else "", part) for number, part in enumerate(parts)),
        class_="does",
    )


def turn_remark(annotation: TurnAnnotation | None) -> Html:
    """The note on a turn."""
    return note_block(annotation.note, annotation.author) if annotation else EMPTY
