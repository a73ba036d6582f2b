"""The summary index: what the logs said when they were last read, so that a start is instant.

A cache and nothing else: deleting it loses nothing, and a broken or outdated one is replaced.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from aimux_tui.store.database import is_damage, transaction
from aimux_tui.store.shared_requests import (
    Requests,
    encode,
    group_of,
    owners,
    record_decoder,
    requests_decoder,
    settle_all,
    shares,
    spending,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from aimux_tui.model.usage import Cost, Pricer
    from aimux_tui.store.record import LogRecord
    from aimux_tui.store.spending import Bucket

T = TypeVar("T")

_SCHEMA_VERSION = 6
_SCHEMA = """
CREATE TABLE log(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  scan TEXT NOT NULL,
  record BLOB NOT NULL,
  requests BLOB NOT NULL,
  spending BLOB
);
CREATE TABLE request(
  key INTEGER NOT NULL,
  log INTEGER NOT NULL,
  PRIMARY KEY(key, log)
) WITHOUT ROWID;
CREATE INDEX request_log ON request(log);
"""


class Index:
    """The index file. Every method may be called from any thread, one at a time.

    `scan_version` names everything a record depends on beside the log itself (the provider's
    version, the prices): a record made under another one is not used.
    """

    def __init__(self, path: Path | None) -> None:
        """Open the index at `path`, or one in memory if `path` is None or cannot be used."""
        self.path = path
        self.trouble = ""
        """Why the index on disk could not be used, in words; "" if all is well."""
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return self._prepared(":memory:")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self._prepared(str(self.path))
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                return self._rebuilt(error)
            self.trouble = f"{self.path}: {error}"
        except OSError as error:
            self.trouble = f"{self.path}: {error.strerror}"
        return self._prepared(":memory:")

    def _rebuilt(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """An empty index in the place of a damaged one, in memory if that cannot be replaced."""
        try:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            connection = self._prepared(str(self.path))
        except (OSError, sqlite3.DatabaseError) as failure:
            self.trouble = f"{self.path} is damaged and cannot be replaced ({failure})"
            return self._prepared(":memory:")
        self.trouble = f"{self.path} was damaged and has been rebuilt ({error})"
        return connection

    def _prepared(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != _SCHEMA_VERSION:
            with transaction(connection):
                for (table,) in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type='table'"
                ).fetchall():
                    connection.execute(f'DROP TABLE "{table}"')
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={_SCHEMA_VERSION}")
        return connection

    def load(self, scan_version: str) -> dict[str, LogRecord]:
        """Every usable record, by path; without requests."""
        return self._attempt(lambda: self._load(scan_version), {})

    def _load(self, scan_version: str) -> dict[str, LogRecord]:
        records: dict[str, LogRecord] = {}
        for path, blob in self._connection.execute(
            "SELECT path, record FROM log WHERE scan=?", (scan_version,)
        ):
            with contextlib.suppress(msgspec.DecodeError):
                records[path] = record_decoder.decode(blob)
        return records

    def store(
        self, logs: Iterable[tuple[LogRecord, Sequence[Cost]]], scan_version: str
    ) -> dict[str, LogRecord]:
        """Keep records (with their requests, and what each costs).

        Returns the records that are to be used from now on: those given, and others whose share
        changed because of them.
        """
        given = list(logs)
        unsettled = {record.file.path: record.without_requests() for record, _ in given}
        return self._attempt(lambda: self._store(given, scan_version), unsettled)

    def _store(
        self, logs: Iterable[tuple[LogRecord, Sequence[Cost]]], scan_version: str
    ) -> dict[str, LogRecord]:
        changed: dict[str, LogRecord] = {}
        stored: list[int] = []
        keys: list[tuple[int, int]] = []
        connection = self._connection
        with transaction(connection):
            for record, costs in logs:
                requests = record.summary.requests
                bare = changed[record.file.path] = record.without_requests()
                try:
                    blobs = (encode(bare), encode((requests, costs)))
                except UnicodeEncodeError:
                    continue  # a file name that is no Unicode: used, but not kept
                row = connection.execute(
                    "INSERT INTO log(path, scan, record, requests) VALUES(?,?,?,?) "
                    "ON CONFLICT(path) DO UPDATE SET scan=excluded.scan, record=excluded.record, "
                    "requests=excluded.requests, spending=NULL RETURNING id",
                    (record.file.path, scan_version, *blobs),
                ).fetchone()
                (log,) = row
                connection.execute("DELETE FROM request WHERE log=?", row)
                keys.extend((_signed(request.key), log) for request in requests if request.key)
                stored.append(log)
            # In order, they are written page after page.
            connection.executemany("INSERT OR IGNORE INTO request VALUES(?,?)", sorted(keys))
            changed |= settle_all(connection, (log for log in stored if shares(connection, log)))
        return changed

    def spending(self, pricer: Pricer) -> dict[str, tuple[Bucket, ...]]:
        """What each log spent, by path. It is worked out once for each state of a log."""
        return self._attempt(lambda: spending(self._connection, pricer), {})

    def owners(self, path: str) -> dict[int, str]:
        """Requests of a log that another log owns: key → that log's path."""
        return self._attempt(lambda: owners(self._connection, path), {})

    def requests(self, path: str) -> Requests:
        """A log's requests and what each costs; empty if the index has none."""
        query = "SELECT requests FROM log WHERE path=?"
        row = self._attempt(lambda: self._connection.execute(query, (path,)).fetchone(), None)
        return requests_decoder.decode(row[0]) if row else ([], [])

    def keep_only(self, paths: Collection[str]) -> None:
        """Drop the records of all other files: they are gone, and what they shared is not."""
        query = "SELECT path FROM log"
        rows: list[tuple[str]] = self._attempt(
            lambda: self._connection.execute(query).fetchall(), []
        )
        self.forget(path for (path,) in rows if path not in paths)

    def forget(self, paths: Iterable[str]) -> dict[str, LogRecord]:
        """Drop the records of files that are gone.

        Returns the records whose share changed because of it.
        """
        return self._attempt(lambda: self._forget(paths), {})

    def _forget(self, paths: Iterable[str]) -> dict[str, LogRecord]:
        bereft: set[int] = set()
        gone: set[int] = set()
        connection = self._connection
        with transaction(connection):
            for path in paths:
                row = connection.execute("SELECT id FROM log WHERE path=?", (path,)).fetchone()
                if row is None:
                    continue
                if shares(connection, row[0]):
                    bereft |= group_of(connection, row[0])
                gone.add(row[0])
                connection.execute("DELETE FROM log WHERE id=?", row)
                connection.execute("DELETE FROM request WHERE log=?", row)
            return settle_all(connection, bereft - gone)

    def _attempt(self, work: Callable[[], T], otherwise: T) -> T:
        """What `work` returns. A failure costs no more than the cache, and is told."""
        try:
            return work()
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                self._connection.close()
                self._connection = self._rebuilt(error)
            else:
                self.trouble = f"{self.path}: {error}"
            return otherwise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _signed(key: int) -> int:
    """A 64-bit hash as SQLite holds integers."""
    return key - (1 << 64) if key >= 1 << 63 else key
