"""What is to be exported: which sessions, and which turns of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from aimux_tui.errors import ExportError, SessionError
from aimux_tui.export.material import SessionMaterial, every_turn
from aimux_tui.export.redaction.material import RedactedMaterial
from aimux_tui.model.annotation import Label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.export.base import Material
    from aimux_tui.export.progress import ExportTracker
    from aimux_tui.export.redaction.redactor import Redactor
    from aimux_tui.model.annotation import TurnAnnotation
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.store.library import Library


class Scope(Struct, frozen=True, kw_only=True):
    """What was asked for; what is empty does not limit. A session must pass all of it."""

    sessions: tuple[str, ...] = ()
    """Keys of sessions: exactly these, hidden ones and sub-agents too."""
    turns: frozenset[str] = frozenset()
    """Keys of turns."""
    labels: frozenset[Label] = frozenset()
    """Turns with one of these labels."""
    provider: str = ""
    project: str = ""
    """Words that the project's name or folder contains, in any case."""
    since: datetime | None = None
    """Sessions that were written since."""

    @property
    def is_of_turns(self) -> bool:
        """Whether only some turns of a session are wanted."""
        return bool(self.turns or self.labels)

    def wants_turn(self, turn: TurnSummary, annotation: TurnAnnotation | None) -> bool:
        """Whether a turn is to be exported."""
        if self.turns and turn.key not in self.turns:
            return False
        return not self.labels or (annotation is not None and annotation.label in self.labels)

    def fields(self) -> dict[str, Any]:
        """What was asked for, as headers tell it."""
        fields: dict[str, Any] = {
            "sessions": list(self.sessions),
            "turns": sorted(self.turns),
            "labels": sorted(self.labels),
            "provider": self.provider,
            "project": self.project,
            "since": self.since,
        }
        return {name: value for name, value in fields.items() if value}


class Selection:
    """The sessions of a scope: what every export goes through, once."""

    def __init__(self, library: Library, book: AnnotationBook, scope: Scope) -> None:
        """Chooses from what the library knows now. Raises SessionError for an unknown key."""
        self.scope = scope
        self._library = library
        self._book = book
        chosen = [session for session in self._asked_for() if self._wants(session)]
        # A sub-agent comes with its parent where that is exported, so parents come first.
        self.sessions = tuple(sorted(chosen, key=lambda session: bool(session.parent_key)))
        """The sessions chosen, parents before sub-agents, else in the order of the library."""

    @property
    def homes(self) -> tuple[Path, ...]:
        """The agents' homes that the sessions may come from."""
        return tuple(home.path for home in self._library.homes)

    @property
    def turns(self) -> int:
        """About how many turns there will be: for a progress bar."""
        if self.scope.is_of_turns:
            return sum(self._marked_turns(session) for session in self.sessions)
        keys = {session.key: session.turns for session in self.sessions}
        for session in self.sessions:
            self._add_descendants(session, keys)
        return sum(keys.values())

    def materials(
        self, tracker: ExportTracker, redactor: Redactor | None = None
    ) -> Iterator[Material]:
        """Each session once, open while it is looked at. Logs that cannot be opened are left out.

        So are sessions without a turn that is wanted, unless they were named.

        `redactor` goes over everything that is handed out. Raises ExportCancelledError, OSError,
        SessionError; ExportError if there is nothing at all.
        """
        wants = self.scope.wants_turn if self.scope.is_of_turns else every_turn
        for session in self.sessions:
            tracker.check()
            if not tracker.take(session.key):
                continue
            try:
                material = SessionMaterial(
                    self._library, session, self._book, wants, tracker=tracker
                )
            except (OSError, SessionError):
                tracker.missed.append(session.key)
                continue
            try:
                if material.wanted or self.scope.sessions:
                    yield RedactedMaterial(material, redactor) if redactor else material
            finally:
                material.close()

    def _asked_for(self) -> Iterator[Session]:
        if not self.scope.sessions:
            yield from self._library.sessions()
            return
        for key in dict.fromkeys(self.scope.sessions):
            session = self._library.get(key)
            if session is None:
                raise SessionError(f"no session {key!r}", hint="`aimux sessions` lists them")
            yield session

    def _wants(self, session: Session) -> bool:
        scope = self.scope
        is_named = bool(scope.sessions)
        if scope.is_of_turns:
            if not self._marked_turns(session):
                return False
        elif not is_named and (session.hidden_reason or self._has_parent(session)):
            return False
        words = scope.project.casefold()
        return (
            (not scope.provider or session.provider == scope.provider)
            and (words in session.project.casefold() or words in session.cwd.casefold())
            and (scope.since is None or _is_since(session, scope.since))
        )

    def _marked_turns(self, session: Session) -> int:
        """How many of its turns are asked for, as far as the labels tell without reading it."""
        if not self.scope.labels:
            return len(self.scope.turns)
        turns = self._book.get(session.key).turns.values()
        return sum(turn.label in self.scope.labels for turn in turns)

    def _has_parent(self, session: Session) -> bool:
        return bool(session.parent_key) and self._library.get(session.parent_key) is not None

    def _add_descendants(self, session: Session, turns: dict[str, int]) -> None:
        for key in session.children:
            child = self._library.get(key)
            if child is not None and key not in turns:
                turns[key] = child.turns
                self._add_descendants(child, turns)


def _is_since(session: Session, since: datetime) -> bool:
    return session.updated is not None and session.updated >= since


def nothing_chosen(scope: Scope) -> ExportError:
    """The error that a scope fits nothing."""
    filters = [name for name in scope.fields() if name not in {"sessions", "turns"}]
    hint = f"nothing passes {', '.join(filters)}" if filters else "there are no sessions"
    return ExportError("there is nothing to export", hint=hint)
