"""Bytes of one line → the typed record, as fast as the line allows and however odd it is."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import msgspec
from msgspec import Raw

from aimux_tui.providers.claude.records import Line
from aimux_tui.providers.claude.vocabulary import ENVELOPE_FIELDS, RECORD_TYPES
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

_CHECKED_FIRST = 5
_CHECKED_EVERY = 32
_CHECKED_SIZE = 8192
"""The first lines of a log and then one in 32 are checked for unknown fields, if not too long."""
_MAX_DRIFT = 500
"""Lines with unknown fields after which a scan stops looking for them, for its speed."""
_MAX_REPAIRS = 50
_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")

decode = msgspec.json.Decoder(Line).decode
"""The record in a line, as fast as can be. Raises one of `DECODE_ERRORS` if the line is odd."""
DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_fields = msgspec.json.Decoder(dict[str, Raw]).decode


class LineDecoder:
    """What decoding the lines of one log needs besides `decode`."""

    def __init__(self) -> None:
        self.unknown_fields: Counter[str] = Counter()
        """"version type.field" → lines that had it, as far as lines were checked.

        A sample is checked until one is found, then every line, until there are hundreds.
        """
        self.next_check = 1
        """The ordinal of the next line that `check` wants to see."""
        self._is_drifting = False

    @staticmethod
    def decode_odd(raw: bytes) -> Line | BadLineError | None:
        """A line that `decode` refuses: values of odd types, bad bytes, blank, or no record.

        A value of an unexpected type counts as absent; the rest of its line is used.
        """
        line = clean(raw)
        if not line:
            return None
        try:
            return _repaired(decode_object(line))
        except BadLineError as error:
            return error

    def check(self, line: bytes) -> int:
        """Count the fields of a line that aimux has never heard of. Returns the next check."""
        self._count_fields(line)
        is_first = self.next_check < _CHECKED_FIRST
        self.next_check += 1 if is_first or self._is_drifting else _CHECKED_EVERY
        return self.next_check

    def _count_fields(self, line: bytes) -> None:
        if len(line) > _CHECKED_SIZE:
            return
        try:
            fields = _fields(line)
        except DECODE_ERRORS:
            return
        if fields.keys() <= ENVELOPE_FIELDS:
            return
        record_type = _text(fields, "type")
        if record_type in RECORD_TYPES:
            place = f"{_text(fields, 'version')} {record_type}".strip()
            self.unknown_fields.update(
                f"{place}.{name}" for name in fields.keys() - ENVELOPE_FIELDS
            )
            self._is_drifting = self.unknown_fields.total() < _MAX_DRIFT


def decode_line(line: bytes) -> Line | None:
    """The record in a single line; None if it is blank or unusable."""
    try:
        return decode(line)
    except DECODE_ERRORS:
        found = LineDecoder.decode_odd(line)
        return None if isinstance(found, BadLineError) else found


def _text(fields: dict[str, Raw], name: str) -> str:
    value = msgspec.json.decode(fields.get(name, b'""'))
    return value if isinstance(value, str) else ""


def _repaired(fields: dict[str, Any]) -> Line:
    """The record in `fields`, with every value of a wrong type left out."""
    for _ in range(_MAX_REPAIRS):
        line = msgspec.json.encode(fields)
        try:
            return decode(line)
        except msgspec.ValidationError as error:
            if not _delete(fields, str(error)):
                break
    raise BadLineError("its fields have unexpected types")


def _delete(fields: dict[str, Any], error: str) -> bool:
    """Delete the value that a validation error names. False if it names none."""
    found = _PLACE.search(error)
    steps = _STEP.findall(found["path"]) if found else []
    if not steps:
        return False
    place: Any = fields
    for name, index in steps[:-1]:
        place = place[name or int(index)]
    name, index = steps[-1]
    del place[name or int(index)]
    return True
