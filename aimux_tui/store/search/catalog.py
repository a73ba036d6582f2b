"""What the index covers: segments, how far each log is read, its turns, and the files edited."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from aimux_tui.model.turn import TurnSummary
from aimux_tui.sources.reader import Stamp
from aimux_tui.store.database import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VERSION = 2
"""Grows when the meaning of the index changes: then all of it is built anew."""
_SCHEMA = """
CREATE TABLE segment(
  id INTEGER PRIMARY KEY AUTOINCREMENT, raw INTEGER, size INTEGER, checksum INTEGER
);
CREATE TABLE log(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  reader TEXT NOT NULL,
  device INTEGER, inode INTEGER, size INTEGER, mtime_ns INTEGER,
  position INTEGER NOT NULL
);
CREATE TABLE slice(
  log INTEGER NOT NULL, segment INTEGER NOT NULL, ordinal INTEGER NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL, fingerprint BLOB NOT NULL
);
CREATE INDEX slice_log ON slice(log);
CREATE INDEX slice_segment ON slice(segment);
CREATE TABLE page(
  id INTEGER PRIMARY KEY, log INTEGER NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL, turns BLOB NOT NULL
);
CREATE INDEX page_log ON page(log);
CREATE TABLE path(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE edited(path INTEGER NOT NULL, log INTEGER NOT NULL, start INTEGER NOT NULL);
CREATE INDEX edited_log ON edited(log);
CREATE INDEX edited_path ON edited(path);
"""
_TURNS_IN_PAGE, _KEPT_PAGES = 128, 64
_encode = msgspec.msgpack.encode
_turns_decoder = msgspec.msgpack.Decoder(list[TurnSummary])


TurnPage = tuple[TurnSummary, ...]


class Slice(Struct, frozen=True, gc=False):
    """A part of a log in a segment."""

    segment: int
    ordinal: int
    """Which of the segment's logs it is there."""
    start: int
    stop: int
    fingerprint: bytes
    """The last bytes before `stop`."""


class SegmentFacts(Struct, frozen=True):
    """What is known of a segment's file."""

    raw: int
    """Bytes of logs that it was built from."""
    size: int
    """Bytes of the file."""
    checksum: int


class Covered(Struct, frozen=True):
    """A log as far as the index covers it: from its beginning to `position`."""

    id: int
    path: str
    reader: str
    """What read it: another version of it may read other texts."""
    stamp: Stamp
    """Of the file when it was read."""
    position: int
    slices: tuple[Slice, ...] = ()

    @property
    def fingerprint(self) -> bytes:
        """The last bytes before `position`."""
        return self.slices[-1].fingerprint if self.slices else b""


class NewSlice(Struct, frozen=True):
    """A part of a log that is about to be covered."""

    path: str
    reader: str
    stamp: Stamp
    start: int
    stop: int
    fingerprint: bytes
    turns: Sequence[TurnSummary]
    edited: Sequence[tuple[str, int]]
    """(path of an edited file, offset of the record that tells of it)."""


class Catalog:
    """The catalog's file, or an empty one in memory. Not for two threads at once.

    Raises sqlite3.Error.
    """

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=30, isolation_level=None, check_same_thread=False
        )
        self._pages: dict[int, TurnPage] = {}
        """The pages of turns that were asked for last, by number."""
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            with transaction(self._connection):
                self._make_anew()

    def _make_anew(self) -> None:
        connection = self._connection
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            return  # another process was quicker
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
        )
        for (table,) in tables.fetchall():
            connection.execute(f'DROP TABLE "{table}"')
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def version(self) -> int:
        """Changes when another connection has changed the file."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def logs(self) -> dict[str, Covered]:
        """Every covered log by its path."""
        self._pages.clear()
        slices: dict[int, list[Slice]] = {}
        for log, *fields in self._connection.execute(
            "SELECT log, segment, ordinal, start, stop, fingerprint FROM slice ORDER BY start, stop"
        ):
            slices.setdefault(log, []).append(Slice(*fields))
        return {
            path: Covered(
                number, path, reader, Stamp(*stamp), position, tuple(slices.get(number, ()))
            )
            for number, path, reader, *stamp, position in self._connection.execute(
                "SELECT id, path, reader, device, inode, size, mtime_ns, position FROM log"
            )
        }

    def segments(self) -> dict[int, SegmentFacts]:
        """Every segment by its number."""
        rows = self._connection.execute("SELECT id, raw, size, checksum FROM segment")
        return {number: SegmentFacts(*facts) for number, *facts in rows}

    def live_bytes(self) -> dict[int, int]:
        """Segment → bytes of logs that it still stands for."""
        rows = self._connection.execute("SELECT segment, sum(stop - start) FROM slice GROUP BY 1")
        return dict(rows.fetchall())

    def turn_pages(self, log: int, start: int, stop: int) -> list[TurnPage]:
        """The pages of a log's turns that reach into these bytes; other turns are on them too.

        A page that is asked for again is the same object, as long as `logs` was not.
        """
        rows = self._connection.execute(
            "SELECT id FROM page WHERE log=? AND start<? AND stop>? ORDER BY id", (log, stop, start)
        )
        return [self._turn_page(number) for (number,) in rows.fetchall()]

    def _turn_page(self, number: int) -> TurnPage:
        page = self._pages.pop(number, None)
        if page is None:
            (blob,) = self._connection.execute(
                "SELECT turns FROM page WHERE id=?", (number,)
            ).fetchone()
            page = tuple(_turns_decoder.decode(zlib.decompress(blob)))
            while len(self._pages) >= _KEPT_PAGES:
                del self._pages[next(iter(self._pages))]
        self._pages[number] = page
        return page

    def paths(self) -> dict[int, str]:
        """Every path that was edited somewhere."""
        return dict(self._connection.execute("SELECT id, text FROM path").fetchall())

    def edits(self, paths: Iterable[int]) -> dict[int, list[int]]:
        """Log → offsets of the records that tell of edits of these paths, in order."""
        found: dict[int, list[int]] = {}
        for path in paths:
            for log, start in self._connection.execute(
                "SELECT log, start FROM edited WHERE path=?", (path,)
            ):
                found.setdefault(log, []).append(start)
        return {log: sorted(set(starts)) for log, starts in found.items()}

    def edited_paths(self) -> dict[str, set[str]]:
        """Log's path → the files that its agent edited."""
        found: dict[str, set[str]] = {}
        for log, text in self._connection.execute(
            "SELECT DISTINCT log.path, path.text FROM edited JOIN path ON path.id=edited.path "
            "JOIN log ON log.id=edited.log"
        ):
            found.setdefault(log, set()).add(text)
        return found

    def new_segment(self) -> int:
        """A number that no segment has or will have."""
        with transaction(self._connection):
            row = self._connection.execute(
                "INSERT INTO segment(raw) VALUES(0) RETURNING id"
            ).fetchone()
            self._connection.execute("DELETE FROM segment WHERE id=?", row)
        return int(row[0])

    def publish(self, segment: int, facts: SegmentFacts, slices: Sequence[NewSlice]) -> None:
        """Make a finished segment known, and the logs that it covers."""
        with transaction(self._connection):
            numbers = (segment, facts.raw, facts.size, facts.checksum)
            self._connection.execute("INSERT INTO segment VALUES(?,?,?,?)", numbers)
            for ordinal, one in enumerate(slices):
                log = self._place(one)
                if log is None:
                    continue
                self._connection.execute(
                    "INSERT INTO slice VALUES(?,?,?,?,?,?)",
                    (log, segment, ordinal, one.start, one.stop, one.fingerprint),
                )
                self._write_turns(log, one.turns)
                for path, start in one.edited:
                    self._write_edit(path, log, start)

    def _place(self, one: NewSlice) -> int | None:
        """The log's row, which says from now on that it is covered up to the slice's end.

        None if the log is not covered up to the slice's beginning any more.
        """
        stamp = one.stamp
        numbers = (stamp.device, stamp.inode, stamp.size, stamp.mtime_ns, one.stop)
        row = self._connection.execute(
            "SELECT id, position FROM log WHERE path=?", (one.path,)
        ).fetchone()
        if row is not None and one.start > 0 and row[1] == one.start:
            self._connection.execute(
                "UPDATE log SET device=?, inode=?, size=?, mtime_ns=?, position=? WHERE id=?",
                (*numbers, row[0]),
            )
            return int(row[0])
        if one.start > 0:
            return None
        if row is not None:
            self._forget(row[0])
        added = self._connection.execute(
            "INSERT INTO log(path, reader, device, inode, size, mtime_ns, position) "
            "VALUES(?,?,?,?,?,?,?) RETURNING id",
            (one.path, one.reader, *numbers),
        ).fetchone()
        return int(added[0])

    def _write_turns(self, log: int, turns: Sequence[TurnSummary]) -> None:
        self._connection.execute("DELETE FROM page WHERE log=?", (log,))
        for number in range(0, len(turns), _TURNS_IN_PAGE):
            page = turns[number : number + _TURNS_IN_PAGE]
            spans = [span for turn in page for span in turn.spans]
            if spans:
                start, stop = min(s.offset for s in spans), max(s.end for s in spans)
                self._connection.execute(
                    "INSERT INTO page(log, start, stop, turns) VALUES(?,?,?,?)",
                    (log, start, stop, zlib.compress(_encode(list(page)))),
                )

    def _write_edit(self, path: str, log: int, start: int) -> None:
        text = path.encode("utf-8", "replace").decode()
        number = int.from_bytes(blake2b(text.encode(), digest_size=7).digest())
        self._connection.execute("INSERT OR IGNORE INTO path VALUES(?,?)", (number, text))
        self._connection.execute("INSERT INTO edited VALUES(?,?,?)", (number, log, start))

    def forget(self, logs: Iterable[int]) -> None:
        """Cover these logs no more, and forget paths that no log names."""
        with transaction(self._connection):
            for log in logs:
                self._forget(log)
            self._connection.execute("DELETE FROM path WHERE id NOT IN (SELECT path FROM edited)")

    def _forget(self, log: int) -> None:
        for table, column in (("log", "id"), ("slice", "log"), ("page", "log"), ("edited", "log")):
            self._connection.execute(f"DELETE FROM {table} WHERE {column}=?", (log,))  # noqa: S608 - no input

    def drop_segment(self, segment: int) -> None:
        """Take a segment out: its logs are covered only up to what it held of them."""
        with transaction(self._connection):
            slices = self._connection.execute(
                "SELECT log, start FROM slice WHERE segment=?", (segment,)
            ).fetchall()
            for log, start in slices:
                if start == 0:
                    self._forget(log)
                    continue
                self._connection.execute("DELETE FROM slice WHERE log=? AND start>=?", (log, start))
                self._connection.execute(
                    "DELETE FROM edited WHERE log=? AND start>=?", (log, start)
                )
                self._connection.execute(
                    "UPDATE log SET position=?, size=0, mtime_ns=0 WHERE id=?", (start, log)
                )
            self._connection.execute("DELETE FROM segment WHERE id=?", (segment,))
