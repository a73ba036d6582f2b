"""The file of received telemetry: its tables, how it is opened, and what happens if it is broken.

A batch is one row, as it was received, compressed. It is found by keys (service, session, trace),
of which it has a few, not by its records, of which it has hundreds: whoever looks at a session
decodes its batches. The newest rows are at the end of the file, so that writing is cheap and ageing
is too.
"""

from __future__ import annotations

import contextlib
import sqlite3
from enum import IntEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.store.database import is_damage, transaction

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_VERSION = 1
_PAGE_BYTES = 8192
_LOCK_SECONDS = 3
_SCHEMA = """
CREATE TABLE batch(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received INTEGER NOT NULL,
  signal TEXT NOT NULL,
  encoding TEXT NOT NULL,
  records INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  body BLOB NOT NULL
);
CREATE TABLE batch_key(
  kind INTEGER NOT NULL,
  key NOT NULL,
  batch INTEGER NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY(kind, key, batch)
) WITHOUT ROWID;
CREATE TABLE trace(
  id BLOB PRIMARY KEY,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  folded INTEGER NOT NULL,
  name TEXT NOT NULL,
  service TEXT NOT NULL,
  has_root INTEGER NOT NULL,
  session TEXT NOT NULL,
  last_batch INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX trace_last_batch ON trace(last_batch);
CREATE TABLE fold_link(
  trace BLOB NOT NULL,
  batch INTEGER NOT NULL,
  links BLOB NOT NULL,
  PRIMARY KEY(trace, batch)
) WITHOUT ROWID;
CREATE TABLE folded(
  service TEXT NOT NULL,
  signal TEXT NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY(service, signal, name)
) WITHOUT ROWID;
CREATE TABLE listener(
  port INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  started INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  facts BLOB NOT NULL
);
"""


class Key(IntEnum):
    """What a batch is found by."""

    SERVICE = 1
    SESSION = 2
    TRACE = 3


class Opened(Struct, frozen=True):
    """A connection, and what had to be done to get it."""

    connection: sqlite3.Connection
    notice: str = ""
    """Why an older file was put aside, in words; "" if all was well."""


def open_for_writing(path: Path) -> Opened:
    """Open the file, and make it if need be. What is broken is put aside and said.

    Raises OSError, sqlite3.Error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return Opened(_prepared(path))
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        aside = set_aside(path)
        return Opened(_prepared(path), put_aside_notice(path, aside, error))


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the file without changing anything. Raises OSError, sqlite3.Error."""
    path.stat()  # SQLite would say no more than that it cannot open it
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=_LOCK_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    if _version(connection) != SCHEMA_VERSION:
        connection.close()
        raise sqlite3.OperationalError(f"{path.name} was written by another version of aimux")
    return connection


def set_aside(path: Path) -> Path:
    """Move a file that cannot be used out of the way; returns where it is now."""
    aside = path.with_name(f"{path.name}.damaged")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.replace(aside)
    return aside


def put_aside_notice(path: Path, aside: Path, error: sqlite3.Error) -> str:
    """What became of a file that could not be used, in words."""
    return f"{path.name} could not be used ({error}) and was put aside as {aside.name}"


def _prepared(path: Path) -> sqlite3.Connection:
    # What agents report holds prompts and file contents: nobody else's business. SQLite gives the
    # files beside it the same permissions.
    path.touch(mode=0o600)
    connection = sqlite3.connect(
        path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        # A commit survives the end of the process, however it ends; a crash of the machine may
        # cost the last seconds.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        _create_unless_there(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_unless_there(connection: sqlite3.Connection) -> None:
    if _version(connection) == SCHEMA_VERSION:
        return
    with transaction(connection):
        if (version := _version(connection)) == SCHEMA_VERSION:
            return  # another process was faster
        if version:
            raise sqlite3.DatabaseError(f"it is of version {version}, not {SCHEMA_VERSION}")
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
