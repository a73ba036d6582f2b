"""`aimux label`: judge turns, or a whole session, from the command line."""

from __future__ import annotations

import re
import sys
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from msgspec import UNSET

from aimux_tui.annotations.changes import Change, SessionChange, TurnChange
from aimux_tui.cli.setup import look_around, open_archive, open_book, open_target, tell_errors
from aimux_tui.errors import CommandError, SessionError
from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.store.judged import content_hash_of
from aimux_tui.store.keeping import keep_sessions
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.store.library import Library

_RANGE = re.compile(r"(\d+)(?:(-)(\d*))?")
_HINT = "write a number, several (3,5-7), all from one on (5-), or last"
_NONE = "none"
_E = TypeVar("_E", Label, Verdict)


def run(options: argparse.Namespace) -> int:
    """Record what the options say. Raises AnnotationError, CommandError, SessionError."""
    _refuse_nonsense(options)
    surroundings = look_around()
    tell_errors(surroundings)
    library, session = open_target(surroundings, options.session)
    book = open_book(surroundings)
    if options.turn is None:
        book.refresh()
        changes: tuple[Change, ...] = (_session_change(options, book.get(session.key)),)
    else:
        changes = tuple(_turn_changes(library, session, options))
    book.record(changes)
    print(_describe(changes, session, book.get(session.key)))
    archive = open_archive(surroundings)
    if archive is not None:
        kept = keep_sessions(library, archive, [session.key])
        if kept.is_first:
            print(
                f"a copy of the log is kept in {archive.folder}: agents delete theirs after some "
                "weeks (labels.archive turns this off)"
            )
        if kept.trouble:
            print(f"aimux: {kept.trouble}", file=sys.stderr)
    return 0


def parse_turns(text: str, turns: Sequence[TurnSummary]) -> list[TurnSummary]:
    """The turns that "7", "3,5-7", "5-" or "last" means. Raises CommandError, SessionError."""
    if not turns:
        raise SessionError("the session has no turns yet")
    if text == "last":
        return [turns[-1]]
    wanted: dict[int, None] = {}
    last = turns[-1].number
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            raise CommandError(f"{text!r} names no turns", hint=_HINT)
        start = int(found[1])
        end = (int(found[3]) if found[3] else last) if found[2] else start
        if not 1 <= start <= end <= last:
            raise SessionError(
                f"no turn {part.strip()}", hint=f"the session has {plural(last, 'turn')}"
            )
        wanted.update(dict.fromkeys(range(start, end + 1)))
    return [turn for turn in turns if turn.number in wanted]


def _refuse_nonsense(options: argparse.Namespace) -> None:
    is_of_session = bool(options.verdict or options.tag or options.untag)
    if options.turn is None:
        if not is_of_session and options.note is None:
            raise CommandError("nothing to record", hint="see `aimux label --help`")
    elif is_of_session:
        raise CommandError("verdict and tags are of a whole session", hint="leave the turn out")
    elif options.turn in {*Label, _NONE} and options.label is None:
        raise CommandError(f"which turn is {options.turn}?", hint=_HINT)
    elif options.label is None and options.note is None:
        raise CommandError("neither a label nor a note", hint="see `aimux label --help`")


def _turn_changes(
    library: Library, session: Session, options: argparse.Namespace
) -> list[TurnChange]:
    label = UNSET if options.label is None else _member(Label, options.label)
    with closing(library.open(session.key)) as trace:
        trace.refresh()
        return [
            TurnChange(
                session_key=session.key,
                turn_key=turn.key,
                number=turn.number,
                content_hash=content_hash_of(trace, turn),
                label=label,
                note=UNSET if options.note is None else options.note,
            )
            for turn in parse_turns(options.turn, trace.turns)
        ]


def _session_change(options: argparse.Namespace, now: Annotations) -> SessionChange:
    # A comma is between tags, as where they are typed on the screen.
    added = [tag.strip() for text in options.tag for tag in text.split(",")]
    tags = [tag for tag in dict.fromkeys([*now.session.tags, *added]) if tag]
    changes_tags = bool(options.tag or options.untag)
    return SessionChange(
        session_key=now.session_key,
        verdict=UNSET if options.verdict is None else _member(Verdict, options.verdict),
        tags=tuple(tag for tag in tags if tag not in options.untag) if changes_tags else UNSET,
        note=UNSET if options.note is None else options.note,
    )


def _member(kind: type[_E], word: str) -> _E | None:
    return None if word == _NONE else kind(word)


def _describe(changes: Sequence[Change], session: Session, after: Annotations) -> str:
    """What is said now, in a line."""
    turns = [change for change in changes if isinstance(change, TurnChange)]
    if not turns:
        whole = after.session
        words = [whole.verdict or "no verdict", *(f"#{tag}" for tag in whole.tags)]
        note = whole.note
        subject = session.key
    else:
        said = after.of_turn(turns[0].turn_key, turns[0].number)
        words = [said.label if said and said.label else "no label"]
        note = said.note if said else ""
        subject = f"{session.key}, turn {turns[0].number}"
        if len(turns) > 1:
            return f"{session.key}: {plural(len(turns), 'turn')} recorded"
    text = f"{subject}: {', '.join(words)}"
    return one_line(f"{text} ({note})" if note else text)
