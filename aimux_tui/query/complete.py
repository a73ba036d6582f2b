"""How a query that is being typed could go on."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.query.fields import FIELDS, FLAGS, Field, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST = 50
"""Ways that are offered at once."""

_LAST = re.compile(r'(?:^|(?<=\s))-?((?:[^\s"]|"(?:[^"\\]|\\.)*"?)*)$')
_HEAD = re.compile(r"([A-Za-z]+)(>=|<=|[:=><])")
_PLAIN = re.compile(r'[^\s,"]+')
_TIMES = ("today", "yesterday", "1h", "1d", "3d", "1w", "4w")


class Continuation(Struct, frozen=True):
    """One way to go on."""

    query: str
    """The whole query with it."""
    text: str
    """What is shown."""
    help: str = ""


def complete(text: str, known: Mapping[str, Sequence[str]]) -> list[Continuation]:
    """Ways to go on at the end of a query, best first.

    `known` holds the values that occur: field name → values, the likeliest first.
    """
    last = _LAST.search(text)
    if last is None:
        return []
    before, word = text[: last.start(1)], last[1]
    head = _HEAD.match(word)
    if head is None:
        return [
            Continuation(before + name, name, help_)
            for name, help_ in _names()
            if name.startswith(word.lower()) and name != word
        ]
    field = FIELDS.get(head[1].lower())
    if field is None:
        return []
    begun, comma, value = word[head.end() :].rpartition(",")
    stem = before + head[0] + begun + comma
    offered = _values(field, value.strip('"').casefold(), known)
    return [Continuation(f"{stem}{_quoted(one)} ", one) for one in islice(offered, MOST)]


def _names() -> Iterator[tuple[str, str]]:
    for field in FIELDS.values():
        sign = ">" if field.kind in {Kind.NUMBER, Kind.DURATION} else ":"
        yield field.name + sign, field.help
    for flag in FLAGS.values():
        yield flag.name, flag.help


def _values(field: Field, begun: str, known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Values that begin with what is typed, then those that hold it elsewhere."""
    values = field.choices or known.get(field.name, ())
    if field.kind is Kind.TIME:
        values = _TIMES
    yield from (value for value in values if value.casefold().startswith(begun))
    yield from (
        value
        for value in values
        if begun in value.casefold()[1:] and not value.casefold().startswith(begun)
    )


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
