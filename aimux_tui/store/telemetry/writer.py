"""Writes batches to the file of telemetry, each of them whole before anybody is told so."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import msgspec
import zstandard

from aimux_tui.otlp.batch import NEVER, Batch
from aimux_tui.store.database import is_damage, transaction
from aimux_tui.store.telemetry.database import (
    Key,
    Opened,
    open_for_writing,
    put_aside_notice,
    set_aside,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_LEVEL = -3
"""Of the compression: a fifth of the size, in less time than SQLite takes for the other four."""
_LEAST_PRUNED = 20
"""Batches that are dropped at once, at least."""
_FOLDED_NAMES = 1000
"""So many names are counted for themselves; a service that invents names must not fill the file."""
_BATCH = (
    "INSERT INTO batch(received, signal, encoding, records, bytes, started, ended, body) "
    "VALUES(?,?,?,?,?,?,?,?)"
)
_KEY = "INSERT OR IGNORE INTO batch_key(kind, key, batch, records) VALUES(?,?,?,?)"
_TRACE = """
INSERT INTO trace VALUES(?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET
  started=min(started, excluded.started), ended=max(ended, excluded.ended),
  spans=spans+excluded.spans, errors=errors+excluded.errors, folded=folded+excluded.folded,
  name=CASE WHEN {better} THEN excluded.name ELSE name END,
  service=CASE WHEN {better} THEN excluded.service ELSE service END,
  has_root=max(has_root, excluded.has_root),
  session=CASE WHEN session='' THEN excluded.session ELSE session END,
  last_batch=excluded.last_batch
""".format(
    better="excluded.spans AND NOT has_root AND (excluded.has_root OR excluded.started<started)"
)
_FOLDED = """
INSERT INTO folded VALUES(?,?,?,?,?) ON CONFLICT(service, signal, name) DO UPDATE SET
  count=count+excluded.count, last=excluded.last
"""


class TelemetryWriter:
    """The one who writes. All methods belong to one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises OSError, sqlite3.Error."""
        self.path = path
        self.notice = ""
        """Why an older file was put aside; "" if none was."""
        self._connection = self._take(open_for_writing(path))
        self._compress = zstandard.ZstdCompressor(level=_LEVEL).compress
        self._folded_names: set[tuple[str, str]] = set()

    def _take(self, opened: Opened) -> sqlite3.Connection:
        self.notice = opened.notice or self.notice
        return opened.connection

    def append(self, batches: Sequence[Batch]) -> int:
        """Keep batches: all of them or none. Returns the number of the last one.

        A file that turns out to be damaged is replaced by an empty one. Raises sqlite3.Error,
        OSError.
        """
        try:
            return self._append(batches)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._connection.close()
            aside = set_aside(self.path)
            self.notice = put_aside_notice(self.path, aside, error)
            self._connection = self._take(open_for_writing(self.path))
            return self._append(batches)

    def _append(self, batches: Sequence[Batch]) -> int:
        connection = self._connection
        now = time.time_ns()
        keys: list[tuple[Any, ...]] = []
        traces: list[tuple[Any, ...]] = []
        links: list[tuple[bytes, int, bytes]] = []
        last = 0
        with transaction(connection):
            for batch in batches:
                last = connection.execute(_BATCH, self._row(batch, now)).lastrowid or 0
                _collect(batch, last, keys, traces, links)
                self._count_folded(batch, now)
            connection.executemany(_KEY, sorted(keys))
            connection.executemany(_TRACE, traces)
            if links:
                connection.executemany("INSERT OR IGNORE INTO fold_link VALUES(?,?,?)", links)
        return last

    def _row(self, batch: Batch, now: int) -> tuple[Any, ...]:
        return (
            now,
            batch.signal.value,
            batch.encoding.value,
            batch.records,
            len(batch.body),
            min(batch.start_ns, NEVER),
            min(batch.end_ns, NEVER),
            self._compress(batch.body),
        )

    def _count_folded(self, batch: Batch, now: int) -> None:
        for (service, name), count in batch.folded.items():
            if (service, name) not in self._folded_names:
                if len(self._folded_names) >= _FOLDED_NAMES:
                    name = "…"  # noqa: PLW2901  # all others together
                else:
                    self._folded_names.add((service, name))
            row = (_storable(service), batch.signal.value, _storable(name), count, now)
            self._connection.execute(_FOLDED, row)

    def tell(self, host: str, port: int, started_ns: int, facts: Mapping[str, Any]) -> None:
        """Leave word for other processes of who listens, and how it goes. Raises sqlite3.Error."""
        row = (port, os.getpid(), host, started_ns, time.time_ns(), msgspec.json.encode(facts))
        with transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO listener VALUES(?,?,?,?,?,?)", row)

    def prune(self, max_age_ns: int, max_bytes: int) -> bool:
        """Drop some of the oldest batches beyond the limits. True if there are more.

        Raises sqlite3.Error.
        """
        connection = self._connection
        query = "SELECT min(id), max(id) FROM batch"
        first, last = connection.execute(query).fetchone()
        if first is None:
            return False
        # Each time looks through all keys, so that it is done seldom, and for a part worth it.
        doomed = first + max(_LEAST_PRUNED, (last - first) // 50) - 1
        if self.size() <= max_bytes:
            query = "SELECT max(id) FROM batch WHERE id<=? AND received<?"
            before = time.time_ns() - max_age_ns
            (doomed,) = connection.execute(query, (doomed, before)).fetchone()
            if doomed is None:
                return False
        with transaction(connection):
            connection.execute("DELETE FROM batch WHERE id<=?", (doomed,))
            connection.execute("DELETE FROM batch_key WHERE batch<=?", (doomed,))
            connection.execute("DELETE FROM fold_link WHERE batch<=?", (doomed,))
            connection.execute("DELETE FROM trace WHERE last_batch<=?", (doomed,))
        # Only stepping through its (empty) rows makes it give the pages back.
        connection.execute("PRAGMA incremental_vacuum").fetchall()
        return True

    def version(self) -> int:
        """The number of the newest batch; 0 if there never was one."""
        query = "SELECT seq FROM sqlite_sequence WHERE name='batch'"
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def size(self) -> int:
        """Bytes that are in use in the file."""
        counts = [
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        ]
        return int((counts[0] - counts[1]) * counts[2])

    def close(self, port: int = 0) -> None:
        """Close the file; nobody listens at `port` any more."""
        with contextlib.suppress(sqlite3.Error):
            if port:
                self._connection.execute("UPDATE listener SET pid=0 WHERE port=?", (port,))
        self._connection.close()


def _collect(
    batch: Batch,
    number: int,
    keys: list[tuple[Any, ...]],
    traces: list[tuple[Any, ...]],
    links: list[tuple[bytes, int, bytes]],
) -> None:
    """The index rows of one batch."""
    services = batch.services.items()
    keys += [(Key.SERVICE.value, _storable(name), number, records) for name, records in services]
    keys += [(Key.SESSION.value, _storable(name), number, batch.records) for name in batch.sessions]
    keys += [(Key.TRACE.value, trace, number, 0) for trace in batch.log_traces]
    for trace, part in batch.traces.items():
        if part.spans:
            keys.append((Key.TRACE.value, trace, number, part.spans))
        if part.links:
            links.append((trace, number, bytes(part.links)))
        traces.append(
            (
                trace,
                min(part.start_ns, NEVER),
                min(part.end_ns, NEVER),
                part.spans,
                part.errors,
                part.folded,
                _storable(part.name),
                _storable(part.service),
                part.has_root,
                _storable(part.session),
                number,
            )
        )


def _storable(text: str) -> str:
    """Text as SQLite takes it, and not longer than any name."""
    return text[:500].encode("utf-8", errors="replace").decode()
