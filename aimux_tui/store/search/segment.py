"""One segment of the index: the words of many blocks, written once and then only read."""

from __future__ import annotations

import os
import sqlite3
from array import array
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.store.search.folding import prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from aimux_tui.store.search.needle import Needle, Word

_SCHEMA = """
PRAGMA page_size=8192;
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA locking_mode=EXCLUSIVE;
CREATE VIRTUAL TABLE text USING fts5(
  words, content='', detail=none, columnsize=0, tokenize="ascii"
);
CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, text, row);
CREATE TABLE block(id INTEGER PRIMARY KEY, log INTEGER, start INTEGER, length INTEGER);
CREATE TABLE vocabulary(words BLOB);
INSERT INTO text(text, rank) VALUES('hashsize', 33554432);
INSERT INTO text(text, rank) VALUES('automerge', 0);
"""
_MOST_WORDS = 400
"""Words of the index that a part of a word may stand for; with more, it tells too little."""


class Block(Struct, frozen=True, gc=False):
    """A run of whole records of one log."""

    log: int
    """Which of the segment's logs."""
    start: int
    length: int

    @property
    def end(self) -> int:
        """The offset just behind it."""
        return self.start + self.length


class SegmentWriter:
    """Writes a segment into a new file. Blocks are to come in order, the newest last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(_SCHEMA)
        self._connection.execute("BEGIN")
        self._count = 0

    def add(self, block: Block, texts: Iterable[str]) -> None:
        """Take in a block with all its texts."""
        self._count += 1
        words = prepared("\n".join(texts))
        add = "INSERT INTO text(rowid, words) VALUES(?,?)"
        try:
            self._connection.execute(add, (self._count, words))
        except UnicodeEncodeError:
            lossy = words.encode("utf-8", "replace").decode()
            self._connection.execute(add, (self._count, lossy))
        self._connection.execute(
            "INSERT INTO block VALUES(?,?,?,?)", (self._count, block.log, block.start, block.length)
        )

    def finish(self) -> None:
        """Complete the file so that it lasts. Raises sqlite3.Error, OSError."""
        connection = self._connection
        connection.execute("INSERT INTO text(text) VALUES('optimize')")
        words = "\n".join(word for (word,) in connection.execute("SELECT term FROM temp.term"))
        connection.execute("INSERT INTO vocabulary VALUES(?)", (f"\n{words}\n".encode(),))
        connection.execute("COMMIT")
        connection.execute("VACUUM")  # what was merged has left as much space again
        connection.close()
        with self.path.open("rb") as stream:
            os.fsync(stream.fileno())

    def discard(self) -> None:
        """Leave nothing behind."""
        self._connection.close()
        self.path.unlink(missing_ok=True)


class Segment:
    """A finished segment. Raises sqlite3.Error if the file is broken or gone."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        self._vocabulary: bytes | None = None
        self._numbers: Sequence[array[int]] | None = None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def blocks_with(self, needle: Needle) -> list[Block]:
        """The blocks that may hold the needle, the newest first."""
        expression = self._expression(needle.words)
        if expression is None:
            return []
        if not expression:
            return [self._block(index) for index in range(len(self._blocks()[0]), 0, -1)]
        rows = self._connection.execute(
            "SELECT rowid FROM text WHERE text MATCH ? ORDER BY rowid DESC", (expression,)
        )
        return [self._block(number) for (number,) in rows.fetchall()]

    def _blocks(self) -> Sequence[array[int]]:
        if self._numbers is None:
            columns = (array("q"), array("q"), array("q"))
            for row in self._connection.execute("SELECT log, start, length FROM block ORDER BY id"):
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
            self._numbers = columns
        return self._numbers

    def _block(self, number: int) -> Block:
        logs, starts, lengths = self._blocks()
        return Block(logs[number - 1], starts[number - 1], lengths[number - 1])

    def _expression(self, words: Iterable[Word]) -> str | None:
        """What to ask FTS5; "" if every block may hold the words, None if none can."""
        parts: list[str] = []
        for word in words:
            if not word.is_open_left:
                parts.append(f'"{word.text}"*' if word.is_open_right else f'"{word.text}"')
                continue
            found = self._words_with(word)
            if found is not None and not found:
                return None
            if found:
                parts.append("(" + " OR ".join(f'"{term}"' for term in found) + ")")
        return " AND ".join(parts)

    def _words_with(self, word: Word) -> list[str] | None:
        """The words of the index that end with `word`, or have it in them; None if too many."""
        if self._vocabulary is None:
            (self._vocabulary,) = self._connection.execute(
                "SELECT words FROM vocabulary"
            ).fetchone()
        wanted = word.text.encode("utf-8", "replace")
        if not word.is_open_right:
            wanted += b"\n"
        vocabulary: bytes = self._vocabulary or b""
        found: list[str] = []
        at = vocabulary.find(wanted)
        while at >= 0:
            start = vocabulary.rfind(b"\n", 0, at) + 1
            end = vocabulary.find(b"\n", at)
            found.append(vocabulary[start:end].decode("utf-8", "replace"))
            if len(found) > _MOST_WORDS:
                return None
            at = vocabulary.find(wanted, end)
        return found
