"""`aimux labels`: what was judged, and whether every label still finds its turn."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from aimux_tui.annotations.matching import Match
from aimux_tui.cli.output import print_json
from aimux_tui.cli.sessions import check_provider, is_in_project, parse_since
from aimux_tui.cli.setup import look_around, make_library, open_book, tell_errors
from aimux_tui.model.annotation import Label, Tally, TurnAnnotation
from aimux_tui.store.judged import JudgedSession, judged_sessions

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

_NOBODY = "(unknown)"
_OLDEST = datetime.min.replace(tzinfo=UTC)


class Judgement(Struct, frozen=True):
    """What is said of one turn, with what is needed to tell it."""

    judged: JudgedSession
    match: Match

    @property
    def annotation(self) -> TurnAnnotation:
        """The label and the note."""
        return self.match.annotation

    @property
    def provider(self) -> str:
        """The agent that worked."""
        return provider_of(self.judged)

    @property
    def project(self) -> str:
        """What it worked on."""
        return self.judged.session.project if self.judged.session else ""

    @property
    def model(self) -> str:
        """The model that answered (the last one, if several did); "" if nothing tells."""
        models = self.match.turn.models if self.match.turn else ()
        return models[-1] if models else ""

    @property
    def reason(self) -> str:
        """Why the turn is not found, in words."""
        if self.judged.trouble:
            return self.judged.trouble
        if not self.annotation.turn_key:
            return "the session has no turn of this number"
        return "no turn has this key, and none asks the same"


def run(options: argparse.Namespace) -> int:
    """Print what the options ask for. 1 if a check finds an orphan."""
    check_provider(options.provider)
    since = parse_since(options.since, datetime.now(UTC)) if options.since else None
    surroundings = look_around()
    tell_errors(surroundings)
    book = open_book(surroundings)
    book.load()
    library = make_library(surroundings)
    library.load_fully()
    sessions = [
        judged for judged in judged_sessions(library, book.all()) if _passes(judged, options)
    ]
    turns = [
        judgement
        for judged in sessions
        for judgement in (Judgement(judged, match) for match in judged.matches)
        if (options.label is None or (judgement.annotation.label or "none") == options.label)
        and _is_since(judgement.annotation.updated, since)
    ]
    turns.sort(key=lambda one: one.annotation.updated or _OLDEST, reverse=True)
    whole = [
        judged
        for judged in sessions
        if judged.annotations.session
        and options.label is None
        and _is_since(judged.annotations.session.updated, since)
    ]
    if options.action == "check":
        return _check(turns, whole, as_json=options.json)
    if options.json:
        print_json(
            {
                "schema": 1,
                "turns": [_turn_fields(one) for one in turns],
                "sessions": [_session_fields(one) for one in whole],
                "total": tally_fields(tally_of(turns)),
                "counts": {
                    name: {key: tally_fields(tally) for key, tally in group.items()}
                    for name, group in count(turns).items()
                },
            }
        )
        return 0
    from aimux_tui.cli.label_table import format_labels

    print(format_labels(turns, whole, surroundings.paths.evaluations))
    return 0


def provider_of(judged: JudgedSession) -> str:
    """The agent whose session it is."""
    if judged.session is not None:
        return judged.session.provider
    return judged.annotations.session_key.partition(":")[0]


def tally_of(turns: Iterable[Judgement]) -> Tally:
    """The labels of turns, counted."""
    total = Tally()
    for one in turns:
        label, note = one.annotation.label, one.annotation.note
        total += Tally(label is Label.GOOD, label is Label.BAD, label is Label.WASTE, bool(note))
    return total


def count(turns: Sequence[Judgement]) -> dict[str, dict[str, Tally]]:
    """The labels of turns by provider, project, model and author; the most labelled first."""
    groups: dict[str, defaultdict[str, list[Judgement]]] = {
        name: defaultdict(list) for name in ("provider", "project", "model", "author")
    }
    for one in turns:
        groups["provider"][one.provider].append(one)
        groups["project"][one.project or _NOBODY].append(one)
        groups["model"][one.model or _NOBODY].append(one)
        groups["author"][one.annotation.author or _NOBODY].append(one)
    return {
        name: {
            key: tally_of(members)
            for key, members in sorted(group.items(), key=lambda item: (-len(item[1]), item[0]))
        }
        for name, group in groups.items()
    }


def tally_fields(tally: Tally) -> dict[str, int]:
    """A tally as programs read it."""
    return {
        "good": tally.good,
        "bad": tally.bad,
        "waste": tally.waste,
        "labelled": tally.labelled,
        "notes": tally.notes,
    }


def _passes(judged: JudgedSession, options: argparse.Namespace) -> bool:
    if options.provider and provider_of(judged) != options.provider:
        return False
    if not options.project:
        return True
    return judged.session is not None and is_in_project(judged.session, options.project)


def _is_since(at: datetime | None, since: datetime | None) -> bool:
    return since is None or (at is not None and at >= since)


def _check(turns: Sequence[Judgement], whole: Sequence[JudgedSession], *, as_json: bool) -> int:
    orphans = [one for one in turns if one.match.turn is None]
    lost = [judged for judged in whole if judged.session is None]
    if as_json:
        found: defaultdict[str, int] = defaultdict(int)
        for one in turns:
            found[one.match.found_by or "nothing"] += 1
        print_json(
            {
                "schema": 1,
                "found_by": dict(found),
                "orphans": [{**_turn_fields(one), "reason": one.reason} for one in orphans],
                "sessions_without_log": [_session_fields(judged) for judged in lost],
            }
        )
    else:
        from aimux_tui.cli.label_table import format_check

        print(format_check(turns, orphans, whole, lost))
    return 1 if orphans or lost else 0


def _turn_fields(one: Judgement) -> dict[str, Any]:
    annotation, turn, session = one.annotation, one.match.turn, one.judged.session
    return {
        "session": session.key if session else one.judged.annotations.session_key,
        "provider": one.provider,
        "project": one.project or None,
        "title": session.title if session else None,
        "is_archived": bool(session and session.archived_from),
        "turn": turn.number if turn else annotation.number,
        "turn_key": turn.key if turn else annotation.turn_key or None,
        "prompt": turn.title if turn else None,
        "model": one.model or None,
        "label": annotation.label,
        "note": annotation.note or None,
        "author": annotation.author or None,
        "updated": annotation.updated,
        "found_by": one.match.found_by,
    }


def _session_fields(judged: JudgedSession) -> dict[str, Any]:
    session, said = judged.session, judged.annotations.session
    return {
        "session": session.key if session else judged.annotations.session_key,
        "provider": provider_of(judged),
        "project": session.project if session else None,
        "title": session.title if session else None,
        "is_archived": bool(session and session.archived_from),
        "verdict": said.verdict,
        "tags": said.tags,
        "note": said.note or None,
        "author": said.author or None,
        "updated": said.updated,
    }
