"""Pages about aimux itself: where it looked and what it found, and the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui import __version__
from aimux_tui.config.show import DEFAULT_ORIGIN, effective
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural
from aimux_tui.tui.format.lines import Line
from aimux_tui.tui.views.parts import BLANK, field, heading, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.config.schema import Settings
    from aimux_tui.tui.feeds import Snapshot
    from aimux_tui.tui.format.look import Look


def doctor_lines(snapshot: Snapshot, look: Look) -> Iterator[Line]:
    """Where sessions were looked for, what was found, what could not be read."""
    palette = look.palette
    done, total = snapshot.progress
    yield heading("What aimux found", look)
    yield BLANK
    yield field("version", __version__, look)
    yield field("sessions", f"{len(snapshot.sessions):,}", look)
    yield field("logs read", f"{done:,} of {total:,}", look)
    if snapshot.index_trouble:
        yield field("index", snapshot.index_trouble, look, palette.waiting)
    yield BLANK
    yield heading("Where it looked", look)
    for place in snapshot.places:
        found = plural(place.logs, "log") if place.exists else "does not exist"
        yield field(place.provider, f"{place.path}  {found}", look)
    yield BLANK
    yield heading("What could not be read", look)
    broken = [session for session in snapshot.sessions if session.bad_lines]
    if not snapshot.unreadable and not broken:
        yield note("nothing", look)
    for path, reason in snapshot.unreadable.items():
        yield Line(
            Content.assemble(
                (one_line(path), palette.text), (f"  {one_line(reason)}", palette.failed)
            )
        )
    for session in broken:
        tally = plural(session.bad_lines, "bad line")
        yield Line(
            Content.assemble((one_line(session.path), palette.text), (f"  {tally}", palette.failed))
        )
    yield BLANK
    yield note("`aimux doctor` tells more: unknown records, the index, versions.", look)


def settings_lines(settings: Settings, look: Look) -> Iterator[Line]:
    """Each setting, and where it was set."""
    palette = look.palette
    yield heading("Settings in force", look)
    yield BLANK
    rows = effective(settings)
    width = max(len(row.key) for row in rows)
    for row in rows:
        is_default = row.origin == DEFAULT_ORIGIN
        yield Line(
            Content.assemble(
                (f"{one_line(row.key):<{width}}  ", palette.muted),
                (one_line(row.text), palette.text if is_default else palette.accent),
                ("" if is_default else f"  {one_line(row.origin)}", palette.faint),
            )
        )
