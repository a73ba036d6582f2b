"""Everything that is known of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.model.session import Status
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import (
    format_bytes,
    format_date,
    format_duration,
    format_spent,
    plural,
)
from aimux_tui.tui.format.labels import note_lines, tally_parts, verdict_style
from aimux_tui.tui.format.lines import Line
from aimux_tui.tui.views.base import Page, ViewContext
from aimux_tui.tui.views.parts import BLANK, field, heading, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.model.session import Session
    from aimux_tui.model.usage import Usage
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.review import Review
    from aimux_tui.tui.views.subject import Subject


class SessionView:
    """Identity, state, numbers, files and problems."""

    id = "session"
    title = "session"

    def accepts(self, subject: Subject) -> bool:
        """Sessions."""
        return subject.turn is None and not subject.is_about_edits

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """All of it: it is in memory."""
        look, session = context.look, subject.session
        lines = [heading(session.title or "(no prompt yet)", look), BLANK]
        lines += _identity(session, look)
        if context.review:
            lines += [BLANK, heading("What was said of it", look), *_review(context.review, look)]
        lines += [BLANK, heading("Numbers", look), *_numbers(session, look)]
        lines += [BLANK, heading("Tokens", look), *_tokens(session, look)]
        if session.children:
            lines += [BLANK, heading("Sub-agents", look), *_children(session, context)]
        lines += [BLANK, heading("Log", look), *_log(session, look)]
        return Page(lines)

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """All of it."""
        return self.at_once(subject, context) or Page()


def _identity(session: Session, look: Look) -> Iterator[Line]:
    palette = look.palette
    style = {
        Status.ACTIVE: palette.running,
        Status.WAITING: palette.waiting,
        Status.ERROR: palette.failed,
        Status.IDLE: palette.text,
    }[session.status]
    yield field("status", f"{session.status.value}: {session.status_reason}", look, style)
    for name, value in (
        ("agent", f"{session.provider} {session.agent_version}".strip()),
        ("role", session.agent_name),
        ("models", ", ".join(session.models)),
        ("project", session.project),
        ("folder", session.cwd),
        ("branch", session.git_branch),
        ("session", session.session_id),
        ("forked from", session.forked_from),
        ("hidden", session.hidden_reason),
    ):
        if value:
            yield field(name, value, look)
    if session.started is not None:
        yield field("started", format_date(session.started, look.zone), look)
    if session.updated is not None:
        yield field("last active", format_date(session.updated, look.zone), look)
    if session.started is not None and session.updated is not None:
        yield field("spans", look.plain(format_duration(session.updated - session.started)), look)


def _review(review: Review, look: Look) -> Iterator[Line]:
    said, palette = review.annotations.session, look.palette
    if said.verdict is not None:
        yield field("verdict", said.verdict.value, look, verdict_style(said.verdict, palette))
    if said.tags:
        yield field("tags", ", ".join(said.tags), look)
    if review.tally.labelled or review.tally.notes:
        yield Line(
            Content.assemble(*tally_parts(review.tally, look)),
            prefix=Content.styled(f"{'turns':<12} ", palette.muted),
        )
    if said.note:
        yield from note_lines(said.note, look, most=1_000)


def _numbers(session: Session, look: Look) -> Iterator[Line]:
    if session.is_partial:
        yield note("still being read: these are not final", look)
    yield field("turns", f"{session.turns:,}", look)
    failed = f", {session.failed_tool_calls:,} failed" if session.failed_tool_calls else ""
    yield field("tool calls", f"{session.tool_calls:,}{failed}", look)
    changes = f"+{session.additions:,} -{session.deletions:,}"
    yield field("edits", f"{session.edits:,} ({changes})" if session.edits else "0", look)
    yield field("compactions", f"{session.compactions:,}", look)
    yield field("sub-agents", f"{session.descendants:,}", look)


def _tokens(session: Session, look: Look) -> Iterator[Line]:
    window = f" of {session.context_window:,}" if session.context_window else ""
    yield field("context", f"{session.context_tokens:,}{window}", look)
    yield from _usage(session.usage, look)
    cost = look.plain(format_spent(session.usage, session.cost))
    yield field("cost", cost, look, look.palette.strong)
    if session.cost.unpriced_models:
        names = ", ".join(session.cost.unpriced_models)
        yield field("no price for", names, look, look.palette.waiting)
    if session.cost.is_lower_bound or session.usage.is_lower_bound:
        yield note("The log counts too few output tokens: these are lower bounds.", look)
    if repeated := session.repeated_usage.requests:
        spent = look.plain(format_spent(session.repeated_usage, session.repeated_cost))
        requests = plural(repeated, "request")
        yield field("repeated", f"{requests}, {spent}, counted with another session", look)
        yield note("The log repeats them from there, so its turns add up to more.", look)
    if session.descendants:
        total = format_spent(session.total_usage, session.total_cost)
        yield field("with agents", look.plain(total), look)


def _usage(usage: Usage, look: Look) -> Iterator[Line]:
    yield field("requests", f"{usage.requests:,}", look)
    for name, value in (
        ("input", usage.input),
        ("cache read", usage.cache_read),
        ("cache write", usage.cache_write_5m),
        ("cache 1h", usage.cache_write_1h),
        ("output", usage.output),
        ("reasoning", usage.reasoning),
        ("web searches", usage.web_searches),
    ):
        if value:
            yield field(name, f"{value:,}", look)


def _children(session: Session, context: ViewContext) -> Iterator[Line]:
    look = context.look
    for key in session.children:
        child = context.sessions.get(key)
        if child is not None:
            glyph = look.glyphs.status[child.status]
            name = f"{child.agent_name}  " if child.agent_name else ""
            spent = format_spent(child.total_usage, child.total_cost)
            yield Line(
                Content.assemble(
                    (f"{glyph} ", look.palette.muted),
                    (one_line(name, 60) + " " if name else "", look.palette.accent),
                    (one_line(child.title, 200), look.palette.text),
                    (f"  {look.plain(spent)}", look.palette.muted),
                )
            )


def _log(session: Session, look: Look) -> Iterator[Line]:
    yield field("file", session.path, look)
    if session.archived_from:
        yield field("archived", f"copied from {session.archived_from}, which is gone", look)
    yield field("size", format_bytes(session.size), look)
    for path in session.other_paths:
        yield field("also", path, look)
    if not session.bad_lines:
        yield field("bad lines", "none", look)
        return
    yield field("bad lines", f"{session.bad_lines:,}", look, look.palette.failed)
    for problem in session.problems:
        text = f"line {problem.line:,}, byte {problem.offset:,}: {one_line(problem.reason)}"
        yield Line(Content.styled(text, look.palette.text), prefix=Content("  "))
    left = session.bad_lines - len(session.problems)
    if left > 0:
        yield note(f"… {plural(left, 'more bad line')}", look)
