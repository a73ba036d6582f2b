"""What a provider is. A new agent is one module that fulfils these protocols and a registry row.

A log is read on two levels by the same provider:

- the *scan* runs once over every byte, keeps little, and yields the log's summary and one
  `TurnSummary` per turn. It is incremental: fed block by block, at once or as the file grows,
  it must come to the same result.
- the *details* of one turn are read from the turn's spans when somebody opens it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from aimux_tui.model.body import BodyRef, Span
    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.passage import Passage
    from aimux_tui.model.session import LiveState
    from aimux_tui.model.turn import Turn, TurnSummary

LogFormat = Literal["lines", "document", "zstd-lines", "zstd-document"]
"""How a file grows: by appended lines; by being rewritten whole; not at all, compressed."""


class LogFile(Struct, frozen=True, omit_defaults=True):
    """A file that holds a session or a sub-agent, as its place tells it. Nothing was read yet."""

    provider: str
    path: str
    format: LogFormat
    root: str
    """The agent's home under which it was found; its parent folder if it was opened by path."""
    parent_hint: str = ""
    """Session id of the parent, where the path tells it."""
    archived_from: str = ""
    """Where the log lay before its agent deleted it; "" for a log in its own place."""

    @property
    def is_document(self) -> bool:
        """Whether it is one JSON document, not lines of JSON."""
        return self.format in {"document", "zstd-document"}

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed."""
        return self.format in {"zstd-lines", "zstd-document"}


class LogSource(Protocol):
    """Random access to a log's bytes (decompressed)."""

    @property
    def file(self) -> LogFile:
        """Which file it is."""
        ...

    def read(self, span: Span) -> bytes:
        """The bytes of `span`, fewer if the file has shrunk."""
        ...


class LogScan(Protocol):
    """The running scan of one log. Never raises on bad input: it counts it."""

    def feed(self, block: bytes, offset: int) -> None:
        """Take the next whole lines, which stand at `offset` in the file.

        `block` ends with a newline, or is the whole last line of a file that lacks one. For a
        "document" it is the whole file, and what an earlier feed said is forgotten.
        """
        ...

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn so far, in the order of the log. Must be cheap to call often."""
        ...

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(index of the first turn that may differ since `mark`, a new mark); marks start at 0."""
        ...

    def summary(self) -> LogSummary:
        """The log's summary as of now."""
        ...


class TurnReader(Protocol):
    """Reads the turns of one log, and may keep of a turn that grows what it has read."""

    def read(self, turn: TurnSummary) -> Turn:
        """The same as `Provider.read_turn`. Raises OSError."""
        ...


class Provider(Protocol):
    """An agent whose logs aimux can read."""

    name: str
    """Short, lower case: "claude". The first part of every session key."""
    title: str
    """For people: "Claude Code"."""
    version: int
    """Grows when the meaning of a scan changes, so that the index reads the logs again."""
    splits_words: bool
    """Whether its records may hold a word of a text in pieces: then raw bytes tell nothing."""

    def roots(self, env: Mapping[str, str], home: Path) -> Sequence[Path]:
        """The agent's homes: from the agent's own environment variables, else its default."""
        ...

    def find(self, root: Path) -> Iterator[LogFile]:
        """Every log file under a home (which may not exist). Must not open the files."""
        ...

    def watched(self, root: Path) -> Sequence[Path]:
        """The folders under a home where logs and live state files appear."""
        ...

    def recognise(self, path: Path, head: bytes) -> LogFile | None:
        """The log file at `path`, judged by its name and its first bytes, wherever it lies."""
        ...

    def scan(self, file: LogFile) -> LogScan:
        """A fresh scan. It may read small companions of the file (meta data), never others."""
        ...

    def read_turn(self, source: LogSource, turn: TurnSummary) -> Turn:
        """The turn with all its steps, from its spans."""
        ...

    def turn_reader(self, source: LogSource) -> TurnReader:
        """For a turn that is read with every line it gains; the log must only grow meanwhile."""
        ...

    def passages(self, file: LogFile, data: bytes) -> Iterator[Passage]:
        """The texts of a record, as a search goes through them; none if it cannot be read.

        `data` is a line, or in a document the bytes of a span of a turn.
        """
        ...

    def read_body(self, source: LogSource, ref: BodyRef) -> str:
        """The whole of a text that was cut."""
        ...

    def companions(self, file: LogFile) -> Iterator[Path]:
        """What the scan, the details or the title of a log need beside it; it need not exist."""
        ...

    def titles(self, root: Path) -> Mapping[str, str]:
        """Session titles kept in side files of a home: session id → title."""
        ...

    def live_states(self, root: Path) -> Mapping[str, LiveState]:
        """What running agents say of themselves in a home: session id → state."""
        ...

    def resume_command(self, session_id: str, cwd: str) -> Sequence[str]:
        """The command that takes the session up again."""
        ...
