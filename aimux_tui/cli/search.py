"""`aimux search`: words in everything that all sessions say, and edits of files."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any

from aimux_tui.cli.output import print_json
from aimux_tui.cli.progress_bar import ProgressBar
from aimux_tui.cli.setup import (
    look_around,
    make_library,
    make_search_index,
    open_book,
    tell_errors,
)
from aimux_tui.errors import CommandError
from aimux_tui.providers.registry import provider_names
from aimux_tui.query.parse import parse
from aimux_tui.store.search.edits import edits_of
from aimux_tui.store.search.request import request_of
from aimux_tui.store.search.text_search import TextSearch
from aimux_tui.text.units import format_bytes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from aimux_tui.query.terms import Query
    from aimux_tui.store.search.edits import FoundEdit
    from aimux_tui.store.search.results import TurnHit


def run(options: argparse.Namespace) -> int:
    """Print what is found. 1 if nothing is. Raises CommandError, QueryError."""
    words = " ".join(options.query)
    query = _filters(options) if options.files else (*parse(words), *_filters(options))
    if not words.strip() and not (options.rebuild or query):
        raise CommandError("nothing to search for", hint="see `aimux search --help`")
    surroundings = look_around()
    tell_errors(surroundings)
    library = make_library(surroundings)
    library.load_fully()
    book = open_book(surroundings)
    book.load()
    index = make_search_index(surroundings, is_used=not options.no_index)
    search = TextSearch(library, index, book)
    try:
        if options.rebuild:
            index.clear()
        _build(search, is_wanted=options.rebuild)
        if not words.strip() and not query:
            return 0
        if options.files:
            return _print_edits(edits_of(search, words, conditions=query), options)
        request = request_of(query, whole_words=options.words, includes_hidden=options.all)
        return _print_hits(search.search(request), options)
    finally:
        if index.trouble:
            print(f"aimux: {index.trouble}", file=sys.stderr)
        index.close()


def _filters(options: argparse.Namespace) -> Query:
    """The options that are filters of the query language."""
    if options.provider and options.provider not in provider_names():
        raise CommandError(
            f"no provider {options.provider!r}", hint=f"one of: {', '.join(provider_names())}"
        )
    given = {"provider": options.provider, "project": options.project, "since": options.since}
    return tuple(
        term
        for name, value in given.items()
        if value
        for term in parse(f'{name}:"{_escaped(value)}"')
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _build(search: TextSearch, *, is_wanted: bool) -> None:
    """Build the index, if reading what it does not cover would be felt each time."""
    coverage = search.coverage()
    if search.index.folder is None or not coverage.uncovered_bytes:
        return
    if not (coverage.is_worth_indexing or is_wanted):
        return
    print(
        f"aimux: indexing {format_bytes(coverage.uncovered_bytes)} of logs for searches; "
        "this is done once",
        file=sys.stderr,
    )
    with ProgressBar("indexing", coverage.uncovered_bytes) as bar:
        for progress in search.index.build(search.logs(), lambda: False):
            bar.show(progress.done, format_bytes(progress.done))


def _limited(found: Iterator[Any], limit: int) -> Iterator[Any]:
    return itertools.islice(found, limit) if limit > 0 else found


def _print_hits(found: Iterator[TurnHit], options: argparse.Namespace) -> int:
    hits: Iterator[TurnHit] = _limited(found, options.limit)
    if options.json:
        listed = [_hit_fields(hit) for hit in hits]
        print_json({"schema": 1, "hits": listed, "is_complete": next(found, None) is None})
        return 0 if listed else 1
    from aimux_tui.cli.search_text import HitPrinter

    printer = HitPrinter(sys.stdout)
    for hit in hits:
        printer.print(hit)
    return printer.finish(has_more=next(found, None) is not None)


def _print_edits(found: Iterator[FoundEdit], options: argparse.Namespace) -> int:
    edits: Iterator[FoundEdit] = _limited(found, options.limit)
    if options.json:
        listed = [_edit_fields(edit, has_diff=options.diff) for edit in edits]
        print_json({"schema": 1, "edits": listed, "is_complete": next(found, None) is None})
        return 0 if listed else 1
    from aimux_tui.cli.search_text import EditPrinter

    printer = EditPrinter(sys.stdout, has_diff=options.diff)
    for edit in edits:
        printer.print(edit)
    return printer.finish(has_more=next(found, None) is not None)


def _hit_fields(hit: TurnHit) -> dict[str, Any]:
    turn = hit.turn
    return {
        "session": hit.session.key,
        "provider": hit.session.provider,
        "project": hit.session.project,
        "title": hit.session.title,
        "path": hit.session.path,
        "turn": turn.number if turn else None,
        "turn_key": turn.key if turn else None,
        "turn_title": turn.title if turn else None,
        "started": turn.started if turn else None,
        "count": hit.count,
        "excerpts": [
            {
                "kind": excerpt.kind,
                "text": excerpt.text,
                "ranges": excerpt.ranges,
                "count": excerpt.count,
                "tool_call": excerpt.call_id or None,
            }
            for excerpt in hit.excerpts
        ],
    }


def _edit_fields(found: FoundEdit, *, has_diff: bool) -> dict[str, Any]:
    edit = found.edit
    fields: dict[str, Any] = {
        "session": found.session.key,
        "provider": found.session.provider,
        "project": found.session.project,
        "turn": found.turn.number,
        "turn_key": found.turn.key,
        "tool": found.call.name,
        "tool_call": found.call.id,
        "at": found.at,
        "path": edit.path,
        "new_path": edit.new_path or None,
        "operation": edit.operation,
        "additions": edit.additions,
        "deletions": edit.deletions,
        "is_proposed": edit.is_proposed,
    }
    if has_diff:
        fields["hunks"] = edit.hunks
    return fields
