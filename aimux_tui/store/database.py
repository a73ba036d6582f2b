"""What every SQLite file of ours needs: transactions, and telling damage from other trouble."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of what is done within, or nothing. Other writers wait."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is broken, and not only in use, in the way of another one or unreadable."""
    if not isinstance(error, sqlite3.OperationalError):
        return True
    return "malformed" in str(error) or "not a database" in str(error)
