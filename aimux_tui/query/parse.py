"""From the text of a query to its terms.

    provider:codex -label:good cost>1 failed "exact words"

A term is a word, words in quotes, a flag, or a field with `:`, `=`, `>`, `<`, `>=` or `<=` and a
value. A value may be quoted, and several with commas between them mean any of them. `-` before a
term turns it round. All terms must hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aimux_tui.query.fields import FIELDS, FLAGS
from aimux_tui.query.terms import Operator, Query, QueryError, Term
from aimux_tui.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELD = re.compile(r"([A-Za-z]+)(>=|<=|[:=><])")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(r'[^\s"]+')
_BARE_VALUE = re.compile(r'[^\s,"]+')
_LINK = re.compile(r"[A-Za-z][A-Za-z+.-]*://")


def parse(text: str) -> Query:
    """The terms of a query. Raises QueryError, which names the place."""
    try:
        return tuple(_terms(text))
    except QueryError as error:
        error.query = text
        raise


def _terms(text: str) -> Iterator[Term]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        term, position = _term_at(text, position)
        yield term


def _term_at(text: str, start: int) -> tuple[Term, int]:
    """The term that begins at `start`, and where the next may begin."""
    position = start
    is_negated = text[position] == "-" and position + 1 < len(text) and text[position + 1] != " "
    position += is_negated
    head = None if _LINK.match(text, position) else _FIELD.match(text, position)
    if head:
        return _field_term(text, start, head, is_negated=is_negated)
    value, end = _value_at(text, position, _BARE)
    is_flag = text[position] != '"' and value.lower() in FLAGS
    term = Term(
        values=() if is_flag else (value,),
        field=value.lower() if is_flag else "",
        is_negated=is_negated,
        start=start,
        end=end,
    )
    return term, end


def _field_term(
    text: str, start: int, head: re.Match[str], *, is_negated: bool
) -> tuple[Term, int]:
    name, operator = head[1].lower(), Operator(head[2])
    field = FIELDS.get(name)
    if field is None:
        raise _no_field(head)
    values, end = [], head.end()
    while True:
        value, end = _value_at(text, end, _BARE_VALUE)
        if value:
            values.append(value)
        if end >= len(text) or text[end] != ",":
            break
        end += 1
    if end < len(text) and not text[end].isspace():
        raise QueryError("a space is missing after the quotes", start=end, end=end + 1)
    term = Term(tuple(values), name, operator, is_negated, start, end)
    field.check(term)
    return term, end


def _value_at(text: str, start: int, bare: re.Pattern[str]) -> tuple[str, int]:
    """The quoted or bare text at `start`, and where it ends; "" if there is none."""
    if text.startswith('"', start):
        quoted = _QUOTED.match(text, start)
        if quoted is None:
            raise QueryError("the closing quotes are missing", start=start, end=len(text))
        return re.sub(r"\\(.)", r"\1", quoted[1]), quoted.end()
    found = bare.match(text, start)
    return (found[0], found.end()) if found else ("", start)


def _no_field(head: re.Match[str]) -> QueryError:
    close = nearest(head[1], FIELDS)
    hint = f"did you mean {close}{head[2]}?" if close else f"known: {', '.join(FIELDS)}."
    return QueryError(
        f"no field {head[1]!r}",
        f'{hint} Words with {head[2]} in them are found in quotes: "{head[0]}…"',
        start=head.start(),
        end=head.end(1),
    )
