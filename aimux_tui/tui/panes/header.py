"""The line at the top: who is doing what, what today cost, who needs you, what is being read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from textual.content import Content

from aimux_tui.model.annotation import Tally
from aimux_tui.model.session import Status
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.text.units import format_cost, format_count
from aimux_tui.tui.attention import needs_user
from aimux_tui.tui.format.labels import tally_parts
from aimux_tui.tui.format.lines import width_of
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.pane_title import drawable
from aimux_tui.tui.review import UNSEEN
from aimux_tui.tui.spending import spent_today
from aimux_tui.tui.telemetry.chip import ReceiverChip, format_chip
from aimux_tui.tui.widgets.kept_line import KeptLine

if TYPE_CHECKING:
    from datetime import datetime

    from textual.style import Style

    from aimux_tui.tui.feeds import Snapshot
    from aimux_tui.tui.format.glyphs import Glyphs

_ORDER = (Status.ACTIVE, Status.WAITING, Status.ERROR, Status.IDLE)


class HeaderFacts(Struct, frozen=True):
    """What the header tells."""

    counts: Mapping[Status, int] = field(default_factory=dict)
    """Listed sessions by what they are doing."""
    attention: int = 0
    """Sessions that need their user."""
    usage: Usage = field(default_factory=Usage)
    """Of today."""
    cost: Cost | None = None
    """Of today; None: money is not shown."""
    progress: tuple[int, int] | None = None
    """(logs read, logs in all) while logs are being read."""
    is_loaded: bool = True
    is_muted: bool = False
    labels: Tally = Tally()
    """Of all sessions."""
    receiver: ReceiverChip | None = None
    """None: telemetry is not received."""


def gather_facts(
    snapshot: Snapshot,
    now: datetime,
    *,
    shows_cost: bool = True,
    is_muted: bool = False,
    labels: Tally = UNSEEN.tally,
    receiver: ReceiverChip | None = None,
) -> HeaderFacts:
    """The header's facts of the library at a moment."""
    counts: Counter[Status] = Counter()
    attention = 0
    for session in snapshot.sessions:
        if session.hidden_reason or session.parent_key in snapshot.by_key:
            continue
        counts[session.status] += 1
        attention += session.status is not Status.IDLE and needs_user(session, now)
    usage, cost = spent_today(snapshot.sessions, now)
    return HeaderFacts(
        counts=counts,
        attention=attention,
        usage=usage,
        cost=cost if shows_cost else None,
        progress=snapshot.progress if snapshot.is_loaded and snapshot.is_reading else None,
        is_loaded=snapshot.is_loaded,
        is_muted=is_muted,
        labels=labels,
        receiver=receiver,
    )


def format_header(facts: HeaderFacts, look: Look, width: int) -> Content:
    """The header in `width` columns: words go first, then what matters least."""
    for is_wordy, has_tokens, has_brand in (
        (True, True, True),
        (False, True, True),
        (False, False, True),
        (False, False, False),
    ):
        left = _left(facts, look, is_wordy=is_wordy, has_brand=has_brand)
        right = _right(facts, look, is_wordy=is_wordy, has_tokens=has_tokens)
        space = width - width_of(left.plain) - width_of(right.plain)
        if space >= 2:
            break
    return Content.assemble(left, " " * max(space, 1), right)


def _left(facts: HeaderFacts, look: Look, *, is_wordy: bool, has_brand: bool) -> Content:
    palette, glyphs = look.palette, look.glyphs
    parts: list[Content] = [Content.styled("aimux", palette.heading)] if has_brand else []
    if not facts.is_loaded:
        parts.append(Content.styled(look.plain("looking for sessions…"), palette.muted))
    for status in _ORDER:
        if count := facts.counts.get(status, 0):
            label = f"{count} {status}" if is_wordy else f"{count}"
            parts.append(
                Content.styled(f"{glyphs.status[status]} {label}", _style_of(status, look))
            )
    return Content("  " if is_wordy else " ").join(parts)


def _right(facts: HeaderFacts, look: Look, *, is_wordy: bool, has_tokens: bool) -> Content:
    palette = look.palette
    parts: list[Content] = []
    if facts.progress is not None:
        done, total = facts.progress
        label = f"reading {done}/{total}" if is_wordy else f"{done}/{total}"
        parts.append(Content.styled(label, palette.running))
    if facts.receiver is not None:
        parts.append(format_chip(facts.receiver, look, is_wordy=is_wordy))
    if has_tokens and (tally := tally_parts(facts.labels, look)):
        parts.append(Content.assemble(*tally))
    if has_tokens and facts.usage.total:
        mark = look.glyphs.at_least if facts.usage.is_lower_bound else ""
        tokens = f"{mark}{format_count(facts.usage.total)}"
        parts.append(
            Content.styled(f"{tokens} tokens today" if is_wordy else f"{tokens} tok", palette.muted)
        )
    if facts.cost is not None and (facts.cost.usd or (facts.cost.is_partial and facts.usage.total)):
        parts.append(Content.styled(_money(facts.cost, look.glyphs), palette.strong))
    if facts.attention:
        noun = "needs you" if facts.attention == 1 else "need you"
        label = f"{facts.attention} {noun}" if is_wordy else f"{facts.attention}"
        mark = look.glyphs.status[Status.WAITING]
        parts.append(Content.styled(f" {mark} {label} ", palette.current_hit))
    if facts.is_muted:
        parts.append(Content.styled("muted", palette.faint))
    return Content("  " if is_wordy else " ").join(parts)


def _money(cost: Cost, glyphs: Glyphs) -> str:
    return format_cost(cost).replace("≥", glyphs.at_least).replace("—", glyphs.no_value)


def _style_of(status: Status, look: Look) -> Style:
    palette = look.palette
    return {
        Status.ACTIVE: palette.running,
        Status.WAITING: palette.waiting,
        Status.ERROR: palette.failed,
        Status.IDLE: palette.muted,
    }[status]


class HeaderLine(KeptLine):
    """Draws the facts it was last given."""

    DEFAULT_CSS = """
    HeaderLine { height: 1; width: 1fr; padding: 0 1; background: $panel; }
    """

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.facts = HeaderFacts(is_loaded=False)
        self._glyphs = glyphs

    def show(self, facts: HeaderFacts) -> None:
        """Draw other facts; nothing is drawn when they are the same."""
        if facts != self.facts:
            self.facts = facts
            self.refresh()

    def render(self) -> Content:
        """The line."""
        look = Look(palette_of(self.app), self._glyphs)
        return drawable(format_header(self.facts, look, self.content_size.width), self._glyphs)
