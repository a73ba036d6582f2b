"""The commands that label, note and judge, whichever pane has the focus."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from msgspec import UNSET
from msgspec.structs import replace

from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.commands.base import Pane
from aimux_tui.commands.registry import commands_by_id
from aimux_tui.errors import AnnotationError, CommandError
from aimux_tui.keys import label as key_label
from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.labels import WRITE
from aimux_tui.tui.label_plans import cycle, noted, toggle

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from aimux_tui.annotations.changes import Change
    from aimux_tui.model.annotation import SessionAnnotation
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.tui.label_feed import LabelFeed, Written
    from aimux_tui.tui.label_plans import Plan
    from aimux_tui.tui.screens.main import MainScreen

_TITLE = 40
"""Characters of a session's title in messages."""


class Labelling:
    """Changes what is said of turns and sessions, and lets the panes show it when it is written."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._labels: LabelFeed = screen.setup.labels
        self._tasks: set[asyncio.Task[None]] = set()

    def changed(self, keys: frozenset[str]) -> None:
        """Other things are said of some sessions."""
        screen = self._screen
        screen.sessions.show_reviews(self._labels.reviews, keys)
        if screen.navigator.reader.key in keys:
            screen.trace.show_review()
        subject = screen.detail.subject
        if subject is not None and subject.session.key in keys:
            screen.detail.show_review()

    # What a command is about.

    def _turn(self) -> tuple[Session, TurnSummary]:
        """The turn that is selected. Raises CommandError."""
        if reason := self._why_not():
            raise CommandError(reason)
        subject = self._screen.navigator.selected(self._screen.arrangement.pane)
        assert subject is not None
        assert subject.turn is not None
        return subject.session, subject.turn

    def _targets(self) -> list[TurnChange]:
        """The marked turns, else the one that is selected. Raises CommandError."""
        screen, items = self._screen, self._screen.trace.items
        picked = screen.trace.list.picked if screen.arrangement.pane is Pane.TRACE else []
        turns = [turn for key in picked if (turn := items.turn_of(key)) is not None]
        if turns:
            # They are used up: what is labelled next is what the cursor is on.
            screen.trace.list.clear_picks()
            return [target_of(screen.navigator.reader.key, turn) for turn in turns]
        session, turn = self._turn()
        return [target_of(session.key, turn)]

    def _why_not(self) -> str:
        pane = self._screen.arrangement.pane
        if pane is Pane.SESSIONS:
            keys = self._screen.setup.keymap.get("session.verdict", ())
            judge = key_label(keys[0]) if keys else ":" + commands_by_id()["session.verdict"].name
            return f"labels and notes are for turns: {judge} judges the session"
        subject = self._screen.navigator.selected(pane)
        if subject is None or subject.turn is None:
            return "no turn is selected"
        return ""

    # Labels.

    def label(self, command_id: str, targets: Sequence[TurnChange]) -> None:
        """Do a label command to turns."""
        if command_id == "turn.label-cycle":
            self._do(cycle(targets), targets)
        else:
            self._do(toggle(targets, Label(command_id.removeprefix("turn.label-"))), targets)

    def cmd_turn_label_good(self) -> None:
        """Label as good, or not any more."""
        self.label("turn.label-good", self._targets())

    def cmd_turn_label_bad(self) -> None:
        """Label as bad, or not any more."""
        self.label("turn.label-bad", self._targets())

    def cmd_turn_label_waste(self) -> None:
        """Label as waste, or not any more."""
        self.label("turn.label-waste", self._targets())

    def cmd_turn_label_cycle(self) -> None:
        """Give the next label."""
        self.label("turn.label-cycle", self._targets())

    def why_not_turn_label_good(self) -> str:
        """There must be a turn."""
        return self._why_not()

    why_not_turn_label_bad = why_not_turn_label_good
    why_not_turn_label_waste = why_not_turn_label_good
    why_not_turn_label_cycle = why_not_turn_label_good
    why_not_turn_note = why_not_turn_label_good

    def cmd_turn_next_unlabelled(self) -> None:
        """Go to the next turn without a label."""
        if not self._go_to_unlabelled():
            raise CommandError("no other turn is without a label")

    def _go_to_unlabelled(self) -> bool:
        turns, items = self._screen.trace.list, self._screen.trace.items
        index = turns.cursor_index
        found = None if index is None else items.next_unlabelled(index)
        if found is None or found == index:
            return False
        return turns.move_to(items.key(found))

    def why_not_turn_next_unlabelled(self) -> str:
        """A session must be open."""
        return "" if self._screen.trace.feed is not None else "no session is open"

    # Notes and verdicts.

    def cmd_turn_note(self, words: str | None = None) -> None:
        """Write a note; with words, they are the note."""
        session, turn = self._turn()
        self.note(session.key, turn, words)

    def note(self, session_key: str, turn: TurnSummary, words: str | None = None) -> None:
        """Write a note on a turn."""
        from aimux_tui.tui.screens.note import NoteScreen

        target = target_of(session_key, turn)
        if words is not None:
            self._do(noted(target, words.strip()), [target])
            return
        self._check_loaded()
        said = self._labels.review(session_key).annotations.of_turn(turn.key, turn.number)

        async def write(note: str) -> None:
            await self._labels.change(noted(target, note))
            self._later(self._follow_up([target]))

        note = said.note if said is not None else ""
        title = f"Note on turn {turn.number}"
        self._screen.app.push_screen(NoteScreen(title, note, write, is_ascii=self._is_ascii))

    def cmd_session_verdict(self, verdict: str | None = None) -> None:
        """Judge the session."""
        from aimux_tui.tui.screens.verdict import VerdictScreen

        subject = self._screen.navigator.selected(self._screen.arrangement.pane)
        if subject is None:
            raise CommandError("no session is selected")
        session = subject.session
        change = SessionChange(session_key=session.key)
        if verdict is not None:
            given = Verdict(verdict) if verdict != "none" else None
            self._do(lambda _: (replace(change, verdict=given),), ())
            return
        self._check_loaded()
        before = self._labels.review(session.key).annotations.session

        async def write(now: SessionAnnotation) -> None:
            await self._labels.change(lambda _: (difference(change, before, now),))

        title = f"Verdict on {one_line(session.title, _TITLE) or session.session_id}"
        self._screen.app.push_screen(
            VerdictScreen(title, before, self._labels.tags, write, is_ascii=self._is_ascii)
        )

    def why_not_session_verdict(self) -> str:
        """There must be one."""
        selected = self._screen.navigator.selected(self._screen.arrangement.pane)
        return "" if selected is not None else "no session is selected"

    def _check_loaded(self) -> None:
        """What is not known yet must not be written over."""
        if not self._labels.is_loaded:
            raise CommandError("the labels are still being read")

    @property
    def _is_ascii(self) -> bool:
        return self._screen.setup.glyphs is ASCII

    # Undo.

    def cmd_label_undo(self) -> None:
        """Take the last change back."""
        self._later(self._undo())

    def why_not_label_undo(self) -> str:
        """There must be one."""
        return "" if self._labels.can_undo else "there is nothing to undo"

    async def _undo(self) -> None:
        written = await self._labels.undo()
        if written.changes:
            self._screen.notify(f"undone: {self._words(written.changes)}", markup=False, timeout=3)
        if written.skipped:
            self._screen.tell("left as it is: somebody else has changed it since")

    def _words(self, changes: Sequence[Change]) -> str:
        """What is so again."""
        first = changes[0]
        if len(changes) > 1:
            words = plural(len(changes), "turn")
        elif isinstance(first, SessionChange):
            words = "the verdict"
        elif first.label is UNSET:
            words = f"the note on turn {first.number}"
        else:
            words = f"turn {first.number} is {first.label or 'without a label'} again"
        if first.session_key != self._screen.navigator.reader.key:
            session = self._screen.navigator.snapshot.by_key.get(first.session_key)
            words += f" ({one_line(session.title, _TITLE) if session else first.session_key})"
        return words

    # Doing it.

    def _do(self, plan: Plan, targets: Sequence[TurnChange]) -> None:
        self._later(self._finish(self._labels.change(plan), targets))

    async def _finish(self, job: asyncio.Task[Written], targets: Sequence[TurnChange]) -> None:
        written = await job
        if len(targets) > 1:
            count = plural(len(written.changes), "turn")
            self._screen.notify(f"{count} labelled", markup=False, timeout=3)
        elif self._screen.setup.settings.labels.advance:
            self._advance(written)
        await self._follow_up(targets)

    def _advance(self, written: Written) -> None:
        """Go on to the next unlabelled turn, if the cursor still is where a label was given."""
        turn = self._screen.trace.current
        labelled = [
            change.turn_key
            for change in written.changes
            if isinstance(change, TurnChange) and change.label
        ]
        if turn is not None and turn.key in labelled:
            self._go_to_unlabelled()

    async def _follow_up(self, targets: Sequence[TurnChange]) -> None:
        from aimux_tui.tui.prompt_hashes import add_prompt_hashes

        feed = self._screen.navigator.reader.feed
        if feed is not None:
            await add_prompt_hashes(self._labels, feed, targets)

    def _later(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._guarded(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, job: Coroutine[Any, Any, None]) -> None:
        """Say what could not be written; the badges still show what is on disk."""
        try:
            await job
        except AnnotationError as error:
            said = "\n".join(part for part in (error.message, error.hint) if part)
            self._screen.notify(said, severity="error", markup=False, timeout=10)


def target_of(session_key: str, turn: TurnSummary) -> TurnChange:
    """A turn, named by a change that changes nothing yet."""
    return TurnChange(session_key=session_key, turn_key=turn.key, number=turn.number)


def difference(
    change: SessionChange, before: SessionAnnotation, now: SessionAnnotation
) -> SessionChange:
    """The change with those fields that are other than before."""
    return replace(
        change,
        verdict=now.verdict if now.verdict is not before.verdict else UNSET,
        tags=now.tags if now.tags != before.tags else UNSET,
        note=now.note if now.note != before.note else UNSET,
    )


def badge_clicked(
    labelling: Labelling, command_id: str, session_key: str, turn: TurnSummary
) -> None:
    """Do what a badge of a turn's row stands for."""
    if command_id == WRITE:
        labelling.note(session_key, turn)
    else:
        labelling.label(command_id, [target_of(session_key, turn)])
