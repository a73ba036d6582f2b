"""What each endpoint was sent already, so that only what is new or changed is sent again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from aimux_tui.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from aimux_tui.export.otlp.parcel import PackedSpan

_VERSION = 1
_TABLES = """
CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE span (
    place INTEGER NOT NULL, trace BLOB NOT NULL, span BLOB NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (place, trace, span)
) WITHOUT ROWID;
CREATE TABLE facts (
    place INTEGER NOT NULL, trace BLOB NOT NULL, told BLOB NOT NULL, PRIMARY KEY (place, trace)
) WITHOUT ROWID;
CREATE TABLE trait (
    base TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (base, name)
) WITHOUT ROWID;
"""


class ToldJudgement(Struct, frozen=True):
    """A judgement that a place was told."""

    key: str
    """As in `Judgement`."""
    hash: bytes


class Told(Struct, frozen=True):
    """What a place was told of a trace as a whole."""

    hash: bytes = b""
    """Of all of it."""
    judgements: Mapping[str, ToldJudgement] = field(default_factory=dict)
    """By `Judgement.identifier`."""


class Memory:
    """A file that may be shared by several processes; each `Memory` is for one thread.

    Without the file everything is sent once more. Methods raise ExportError if it fails.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = _opened(path)
        except (OSError, sqlite3.Error) as error:
            raise _failure(error) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def place(self, name: str) -> int:
        """The number of a place, for the other methods."""
        self._run("INSERT OR IGNORE INTO place (name) VALUES (?)", name)
        return int(self._rows("SELECT id FROM place WHERE name = ?", name)[0][0])

    def spans(self, place: int, trace_id: bytes) -> Mapping[bytes, bytes]:
        """The spans of a trace that the place has: id → hash."""
        rows = self._rows("SELECT span, hash FROM span WHERE place=? AND trace=?", place, trace_id)
        return {bytes(span): bytes(found) for span, found in rows}

    def add_spans(self, place: int, spans: Iterable[PackedSpan]) -> None:
        """The place has taken these."""
        rows = [(place, span.trace_id, span.span_id, span.hash) for span in spans]
        try:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise _failure(error) from error

    def told(self, place: int, trace_id: bytes) -> Told:
        """What the place was told of a trace as a whole; empty if nothing."""
        query = "SELECT told FROM facts WHERE place = ? AND trace = ?"
        rows = self._rows(query, place, trace_id)
        try:
            return msgspec.msgpack.decode(rows[0][0], type=Told) if rows else Told()
        except msgspec.MsgspecError:
            return Told()

    def set_told(self, place: int, trace_id: bytes, told: Told) -> None:
        """The place was told this."""
        data = msgspec.msgpack.encode(told)
        self._run("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", place, trace_id, data)

    def forget(self, place: int, trace_id: bytes) -> None:
        """The place has this trace no longer."""
        self._run("DELETE FROM span WHERE place = ? AND trace = ?", place, trace_id)
        self._run("DELETE FROM facts WHERE place = ? AND trace = ?", place, trace_id)

    def has_trait(self, base: str, name: str) -> bool:
        """Whether something was found out about an endpoint."""
        return bool(self._rows("SELECT 1 FROM trait WHERE base = ? AND name = ?", base, name))

    def add_trait(self, base: str, name: str) -> None:
        """Something was found out about an endpoint."""
        self._run("INSERT OR IGNORE INTO trait VALUES (?, ?)", base, name)

    def _run(self, statement: str, *values: object) -> None:
        try:
            with self._db:
                self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise _failure(error) from error

    def _rows(self, query: str, *values: object) -> list[tuple[bytes, ...]]:
        try:
            with closing(self._db.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise _failure(error) from error


def _opened(path: Path) -> sqlite3.Connection:
    """The database, made anew if it is damaged or of another version."""
    with suppress(sqlite3.DatabaseError):
        return _connected(path)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30)
    try:
        path.chmod(0o600)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            for statement in filter(str.strip, _TABLES.split(";")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_VERSION}")
        elif version != _VERSION:
            raise sqlite3.DatabaseError("of another version")
        db.commit()
    except (sqlite3.Error, OSError):
        db.close()
        raise
    return db


def _failure(error: Exception) -> ExportError:
    hint = "see the state folder's disk and rights (AIMUX_STATE_DIR moves it)"
    return ExportError(f"what was sent cannot be remembered: {error}", hint)
