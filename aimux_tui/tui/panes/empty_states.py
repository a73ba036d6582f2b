"""What the panes say when they have nothing to show: why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.text.sanitise import one_line
from aimux_tui.tui.format.lines import Line, Wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aimux_tui.model.session import Session
    from aimux_tui.store.library import Place
    from aimux_tui.tui.palette import Palette
    from aimux_tui.tui.trace_feed import TraceFeed


def no_sessions(places: Iterable[Place], hidden: int, palette: Palette) -> list[Line]:
    """Nothing was found: where it was looked for, and how to begin."""
    lines = [_line(("No sessions yet", palette.heading)), _line()]
    if hidden:
        lines += [
            _line((f"{hidden} hidden: ", palette.muted), ("H", palette.accent), " shows them"),
            _line(),
        ]
    lines.append(_line(("aimux looked in", palette.muted)))
    for place in places:
        found = f"{place.logs} logs" if place.exists else "does not exist"
        lines.append(
            _line(
                (f"{place.provider} ", palette.accent),
                (one_line(str(place.path)), palette.text),
                (f"  {found}", palette.muted),
            )
        )
    return [
        *lines,
        _line(),
        _line(("Start an agent in another terminal, and it appears here.", palette.text)),
        _line(
            ("Or leave with ", palette.muted), ("q", palette.accent), (" and see", palette.muted)
        ),
        _line(("aimux demo", palette.accent), (" at work.", palette.muted)),
    ]


def looking(palette: Palette) -> list[Line]:
    """Nothing is known yet."""
    return [_line(("Looking for sessions…", palette.muted))]


def no_match(query: str, palette: Palette) -> list[Line]:
    """The filter lets nothing by."""
    return [
        _line(("Nothing matches ", palette.text), (one_line(query), palette.accent)),
        _line(("esc", palette.accent), (" ends the filter", palette.muted)),
    ]


def no_rows(
    feed: TraceFeed | None, trail: Sequence[Session], query: str, awaited: str, palette: Palette
) -> list[Line]:
    """There are no turns to show of the session at the end of a trail.

    Without a `feed`, the next session of the folder `awaited` is waited for, if there is one.
    """
    if feed is None:
        return no_trace(awaited, palette)
    if feed.error and not feed.view.turns:
        return unreadable(trail[-1].path if trail else feed.key, feed.error, palette)
    if query:
        return no_match(query, palette)
    return no_turns(is_open=feed.view.is_open, palette=palette)


def no_trace(awaited: str, palette: Palette) -> list[Line]:
    """No session is open; the next one of a folder is, if one is `awaited`."""
    if awaited:
        return [
            _line(("Waiting for a session in", palette.heading)),
            _line((one_line(awaited), palette.text)),
            _line(),
            _line(("Start an agent there, and it is shown here.", palette.muted)),
        ]
    return [
        _line(("No session is open", palette.heading)),
        _line(),
        _line(("enter", palette.accent), (" opens the one under the cursor", palette.muted)),
        _line(("/", palette.accent), (" looks for one", palette.muted)),
        _line(("?", palette.accent), (" shows every key", palette.muted)),
    ]


def no_turns(*, is_open: bool, palette: Palette) -> list[Line]:
    """An open session without turns."""
    said = "No turns yet: they appear as the agent works." if is_open else "Reading the log…"
    return [_line((said, palette.muted))]


def unreadable(path: str, error: str, palette: Palette) -> list[Line]:
    """A log that cannot be read."""
    return [
        _line(("This log cannot be read", palette.failed)),
        _line(),
        _line((one_line(error), palette.text)),
        _line((one_line(path), palette.muted)),
        _line(),
        _line(("It is shown as soon as it can be read again.", palette.muted)),
    ]


def _line(*parts: str | tuple[str, object]) -> Line:
    content = Content.assemble(*parts)  # type: ignore[arg-type]
    return Line(content, wrap=Wrap.WORDS)
