"""What a query is made of."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from aimux_tui.errors import AimuxError


class Operator(StrEnum):
    """How a field is compared with its value."""

    HAS = ":"
    EQUAL = "="
    MORE = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="


class Term(Struct, frozen=True):
    """One condition; a query holds if all of its terms do."""

    values: tuple[str, ...]
    """What is asked for, as written: any of them will do. Empty for a flag."""
    field: str = ""
    """The field's name; empty for words to be found in the text."""
    operator: Operator = Operator.HAS
    is_negated: bool = False
    start: int = 0
    end: int = 0
    """Where it stands in the query, for messages."""


Query = tuple[Term, ...]


class QueryError(AimuxError):
    """A query cannot be understood; `start` and `end` tell which part of it."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, start: int = 0, end: int = 0) -> None:
        super().__init__(message, hint)
        self.query = ""
        """The whole query, where it is known."""
        self.start = start
        self.end = end

    @property
    def excerpt(self) -> str:
        """The query with a line below it that points to the part at fault; "" for no query."""
        if not self.query:
            return ""
        return f"{self.query}\n{' ' * self.start}{'^' * max(self.end - self.start, 1)}"
