"""What was received, for whoever looks at it: sessions, traces, services, metrics.

Any number of processes may read while one writes. Nothing here is quick enough for an event loop.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import zstandard

from aimux_tui.model.telemetry import (
    FoldedCount,
    MetricPoint,
    ServiceSummary,
    Signal,
    TraceSummary,
)
from aimux_tui.otlp.decode import decode_body
from aimux_tui.otlp.payload import Encoding
from aimux_tui.store.telemetry.database import Key, open_for_reading
from aimux_tui.store.telemetry.listening import Listener
from aimux_tui.store.telemetry.metrics import MetricSeries, series_of
from aimux_tui.store.telemetry.tree import TraceTree, build_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from aimux_tui.model.telemetry import Record
    from aimux_tui.store.telemetry.session import SessionTelemetry

T = TypeVar("T")

_SUMMARY = (
    "SELECT id, name, service, has_root, started, ended, spans, errors, folded, session, last_batch"
    " FROM trace WHERE spans>0 AND last_batch>? "
)
_BODY = "SELECT id, received, signal, encoding, body FROM batch "
_SERVICES = """
SELECT k.key, b.signal, sum(k.records), min(b.received), max(b.received)
FROM batch_key k JOIN batch b ON b.id=k.batch WHERE k.kind=? GROUP BY k.key, b.signal
"""


class StoredBatch(msgspec.Struct, frozen=True):
    """A batch as it was kept."""

    number: int
    received_ns: int
    signal: Signal
    encoding: Encoding
    body: bytes
    """The OTLP request, uncompressed."""

    def records(self) -> Sequence[Record]:
        """Its records in full."""
        return decode_body(self.signal, self.encoding, self.body)


class Telemetry:
    """Reads the file of telemetry. Methods may be called from any thread; they take turns.

    Where there is no file yet, or it cannot be read, nothing was received; `trouble` says why.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble = ""
        """Why nothing can be read, in words; "" if all is well or there is no file yet."""
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def version(self) -> int:
        """The number of the newest batch: it grows with everything that is received. 0: nothing."""
        rows = self._rows("SELECT seq FROM sqlite_sequence WHERE name='batch'")
        return int(rows[0][0]) if rows else 0

    def services(self) -> Sequence[ServiceSummary]:
        """Everyone who sent something, the latest first."""
        found: dict[str, ServiceSummary] = {}
        fields = {Signal.TRACES: "spans", Signal.LOGS: "logs", Signal.METRICS: "points"}
        for name, signal, records, first, last in self._rows(_SERVICES, Key.SERVICE):
            known = found.get(name, ServiceSummary(name, first_ns=first))
            found[name] = msgspec.structs.replace(
                known,
                first_ns=min(known.first_ns, first),
                last_ns=max(known.last_ns, last),
                **{fields[Signal(signal)]: records},
            )
        return sorted(found.values(), key=lambda service: -service.last_ns)

    def traces(
        self, *, since: int = 0, service: str = "", session: str = "", limit: int = 1000
    ) -> Sequence[TraceSummary]:
        """Traces, those that changed last first; with `since` only those newer than a version."""
        query, values = _SUMMARY, [since]
        if service:
            query += "AND service=? "
            values.append(service)  # type: ignore[arg-type]  # SQLite takes any
        if session:
            query += "AND session=? "
            values.append(session)  # type: ignore[arg-type]  # as above
        rows = self._rows(f"{query}ORDER BY last_batch DESC, started DESC LIMIT ?", *values, limit)
        return [_summary(row) for row in rows]

    def trace(self, trace_id: str) -> TraceTree:
        """All spans of a trace as a tree, and the log records that belong to it."""
        key = _from_hex(trace_id)
        records = [
            record
            for batch in self.batches_by_key(Key.TRACE, key)
            if batch.signal is not Signal.METRICS
            for record in batch.records()
            if getattr(record, "trace_id", "") == trace_id
        ]
        return build_tree(records, self.fold_links(key))

    def metrics(
        self, *, service: str = "", session: str = "", batches: int = 500
    ) -> Sequence[MetricSeries]:
        """The metrics of a service, of a session, or of all, from their newest batches."""
        if session or service:
            kind, key = (Key.SESSION, session) if session else (Key.SERVICE, service)
            query = (
                "WHERE signal=? AND id IN (SELECT batch FROM batch_key WHERE kind=? AND key=?) "
                "ORDER BY id DESC LIMIT ?"
            )
            rows = self._rows(_BODY + query, Signal.METRICS, kind, key, batches)
        else:
            query = "WHERE signal=? ORDER BY id DESC LIMIT ?"
            rows = self._rows(_BODY + query, Signal.METRICS, batches)
        points = [
            point
            for row in reversed(rows)
            for point in _stored(row).records()
            if isinstance(point, MetricPoint)
            and (not session or point.keys.session == session)
            and (not service or point.resource.service == service)
        ]
        return series_of(points)

    def session(self, session_id: str) -> SessionTelemetry:
        """What was received of a session, by the agent's own id of it. Nothing is read yet."""
        from aimux_tui.store.telemetry.session import SessionTelemetry

        return SessionTelemetry(self, session_id)

    def sessions(self, *, since: int = 0) -> Sequence[str]:
        """The ids of sessions that something came from, in no order; only newer than `since`."""
        query = "SELECT DISTINCT key FROM batch_key WHERE kind=? AND batch>?"
        return [key for (key,) in self._rows(query, Key.SESSION, since)]

    def folded(self) -> Sequence[FoldedCount]:
        """What was counted but not kept, the most frequent first."""
        query = "SELECT service, signal, name, count, last FROM folded ORDER BY count DESC"
        return [
            FoldedCount(service, Signal(signal), name, count, last)
            for service, signal, name, count, last in self._rows(query)
        ]

    def listeners(self) -> Sequence[Listener]:
        """The processes that receive into this file; those that died without a word left out."""
        query = "SELECT port, pid, host, started, updated, facts FROM listener"
        found = [Listener.from_row(row) for row in self._rows(query)]
        return [listener for listener in found if listener.is_alive]

    def last_listener(self) -> Listener | None:
        """Who received last, dead or alive."""
        query = "SELECT port, pid, host, started, updated, facts FROM listener"
        rows = self._rows(f"{query} ORDER BY updated DESC LIMIT 1")
        return Listener.from_row(rows[0]) if rows else None

    def find(self, text: str, *, batches: int = 2000) -> Iterator[Record]:
        """The newest records that hold a text in their name, ids or attributes."""
        needles = {text.encode(), _from_hex(text)} - {b""}
        query = _BODY + "ORDER BY id DESC LIMIT ?"
        for batch in map(_stored, self._rows(query, batches)):
            if any(needle in batch.body for needle in needles):
                yield from (record for record in batch.records() if _mentions(record, text))

    def batches_by_key(
        self, kind: Key, key: str | bytes, *, since: int = 0, signal: Signal | None = None
    ) -> Iterator[StoredBatch]:
        """The batches with a key, the oldest first, one after the other."""
        query = "SELECT batch FROM batch_key WHERE kind=? AND key=? AND batch>? ORDER BY batch"
        for (number,) in self._rows(query, kind, key, since):
            for row in self._rows(_BODY + "WHERE id=?", number):
                batch = _stored(row)
                if signal is None or batch.signal is signal:
                    yield batch

    def batches(self, *, since: int = 0, limit: int = 1000) -> Sequence[StoredBatch]:
        """Batches newer than a version, the oldest first: to pass them on, for instance."""
        rows = self._rows(_BODY + "WHERE id>? ORDER BY id LIMIT ?", since, limit)
        return [_stored(row) for row in rows]

    def batch_numbers(self, kind: Key, key: str | bytes, since: int = 0) -> Sequence[int]:
        """The numbers of the batches with a key, ascending."""
        query = "SELECT batch FROM batch_key WHERE kind=? AND key=? AND batch>? ORDER BY batch"
        return [number for (number,) in self._rows(query, kind, key, since)]

    def batch(self, number: int) -> StoredBatch | None:
        """One batch; None if it has aged out."""
        rows = self._rows(_BODY + "WHERE id=?", number)
        return _stored(rows[0]) if rows else None

    def fold_links(self, trace: bytes) -> dict[bytes, bytes]:
        """Id of each folded span of a trace → its parent's id, as bytes; zeros at a root."""
        links: dict[bytes, bytes] = {}
        for (blob,) in self._rows("SELECT links FROM fold_link WHERE trace=?", trace):
            for at in range(0, len(blob) - 15, 16):
                links[blob[at : at + 8]] = blob[at + 8 : at + 16]
        return links

    def totals(self) -> tuple[int, int, int]:
        """Batches, records, and bytes on disk."""
        rows = self._rows("SELECT count(*), coalesce(sum(records), 0) FROM batch")
        count, records = rows[0] if rows else (0, 0)
        return count, records, _size(self.path)

    def close(self) -> None:
        """Close the file; reading again opens it."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _rows(self, query: str, *values: object) -> list[Any]:
        """The rows of a query; none if there is no file or it cannot be read."""
        return self._attempt(lambda open_: open_.execute(query, values).fetchall(), [])

    def _attempt(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        with self._lock:
            try:
                result = work(self._open())
            except FileNotFoundError:
                self.trouble = ""
            except (OSError, sqlite3.Error) as error:
                self.trouble = f"{self.path.name}: {error}"
            else:
                self.trouble = ""
                return result
            self.close()
            return otherwise

    def _open(self) -> sqlite3.Connection:
        """The connection to the file that is there now: a damaged one may have been replaced."""
        inode = self.path.stat().st_ino
        if self._connection is None or inode != self._inode:
            self.close()
            self._connection, self._inode = open_for_reading(self.path), inode
        return self._connection


def _stored(row: tuple[int, int, str, str, bytes]) -> StoredBatch:
    number, received, signal, encoding, body = row
    try:
        whole = zstandard.decompress(body)
    except zstandard.ZstdError:
        whole = b""  # a damaged row costs itself alone
    return StoredBatch(number, received, Signal(signal), Encoding(encoding), whole)


def _summary(row: tuple[Any, ...]) -> TraceSummary:
    trace, name, service, has_root, start, end, spans, errors, folded, session, version = row
    return TraceSummary(
        trace_id=trace.hex(),
        name=name,
        service=service,
        has_root=bool(has_root),
        start_ns=start,
        end_ns=max(start, end),
        spans=spans,
        errors=errors,
        folded=folded,
        session=session,
        version=version,
    )


def _from_hex(trace_id: str) -> bytes:
    try:
        return bytes.fromhex(trace_id)
    except ValueError:
        return b""


def _mentions(record: Record, text: str) -> bool:
    """Whether a text stands in a record's name, ids or values."""
    ids = () if isinstance(record, MetricPoint) else (record.trace_id, record.span_id)
    if text in record.name or text.lower() in ids:
        return True
    return any(isinstance(value, str) and text in value for value in record.attributes.values())


def _size(path: Path) -> int:
    def size(name: str) -> int:
        try:
            return os.stat(name).st_size  # noqa: PTH116  # a name, not a path
        except OSError:
            return 0

    return sum(size(f"{path}{suffix}") for suffix in ("", "-wal"))
