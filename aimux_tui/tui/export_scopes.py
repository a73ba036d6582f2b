"""What an export takes, by what is selected, marked and filtered on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.commands.base import Pane
from aimux_tui.errors import CommandError
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.model.session import Session
    from aimux_tui.tui.screens.main import MainScreen

_TITLE = 30


class Chosen(Struct, frozen=True):
    """Sessions, or some turns of one, and how they are called."""

    name: str
    """As on the command line: "this", "marked", "filter", "all"."""
    words: str
    """For people: "3 marked sessions"."""
    sessions: tuple[str, ...] = ()
    """Keys; empty: all of them."""
    turns: frozenset[str] = frozenset()
    """Keys; empty: all of these sessions."""


def choices(screen: MainScreen) -> list[Chosen]:
    """What can be exported from the pane that has the focus; the most likely first."""
    is_list = screen.arrangement.pane is Pane.SESSIONS
    return [*(_in_sessions(screen) if is_list else _in_trace(screen))]


def choice_named(screen: MainScreen, name: str) -> Chosen:
    """The choice of a name. Raises CommandError if there is nothing of the kind."""
    if name == "all":
        return Chosen("all", "all sessions")
    for choice in choices(screen):
        if choice.name == name:
            return choice
    what = {"marked": "nothing is marked here", "filter": "no filter is on here"}
    hint = {"marked": "space marks a row", "filter": "/ filters this list"}
    raise CommandError(what.get(name, "no session is selected"), hint.get(name, ""))


def _in_sessions(screen: MainScreen) -> Iterator[Chosen]:
    pane = screen.sessions
    if marked := tuple(pane.list.picked):
        yield Chosen("marked", plural(len(marked), "marked session"), marked)
    if pane.current is not None:
        yield _this(pane.current)
    if pane.rows.query:
        # A sub-agent comes with its session, if that is there too.
        keys = tuple(row.session.key for row in pane.rows.rows)
        if keys:
            yield Chosen("filter", f"{plural(len(keys), 'session')} of the filter", keys)


def _in_trace(screen: MainScreen) -> Iterator[Chosen]:
    session, items = screen.navigator.open_session, screen.trace.items
    if session is None:
        return
    if marked := frozenset(screen.trace.list.picked):
        words = f"{plural(len(marked), 'marked turn')}"
        yield Chosen("marked", words, (session.key,), marked)
    yield _this(session)
    if items.query:
        turns = frozenset(items.turn(index).key for index in range(len(items)))
        if turns:
            words = f"{plural(len(turns), 'turn')} of the filter"
            yield Chosen("filter", words, (session.key,), turns)


def _this(session: Session) -> Chosen:
    title = one_line(session.title, _TITLE) or session.session_id
    what = "sub-agent" if session.parent_key else "session"
    return Chosen("this", f"this {what} ({title})", (session.key,))
