"""Where things lie in a log, and text that may be too large to keep."""

from __future__ import annotations

from msgspec import Struct

BODY_LIMIT = 16_384
"""Characters of a text kept in memory; the rest is read when somebody looks at it."""


class Span(Struct, frozen=True, gc=False):
    """A run of bytes in a log file (after decompression): whole records, without a newline."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """The offset just behind the last byte."""
        return self.offset + self.length


class BodyRef(Struct, frozen=True):
    """Where the whole of a text lies: a JSON pointer (RFC 6901) into a record, or another file."""

    record: Span
    pointer: str = ""
    file: str = ""
    """Name of a file that holds the text instead (spilled output); the provider resolves it."""


class Body(Struct, frozen=True):
    """A text, or its first `BODY_LIMIT` characters and where to find the rest."""

    text: str = ""
    length: int = 0
    """Characters of the whole text."""
    ref: BodyRef | None = None
    """None when `text` is whole."""

    @classmethod
    def of(cls, text: str, ref: BodyRef | None = None) -> Body:
        """Keep `text`, cut to the limit when there is a place to read the rest from."""
        if ref is None or len(text) <= BODY_LIMIT:
            return cls(text, len(text))
        return cls(text[:BODY_LIMIT], len(text), ref)

    @property
    def is_whole(self) -> bool:
        """Whether `text` is all of it."""
        return self.ref is None

    def __bool__(self) -> bool:
        return self.length > 0
