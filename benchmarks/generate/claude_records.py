"""The lines of a Claude Code transcript (2.1.60 and later): envelope, parent chain, usage."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from benchmarks.generate.ledger import Counts
from benchmarks.generate.text import Ids, timestamp

if TYPE_CHECKING:
    from random import Random

    from benchmarks.generate.ledger import Tokens

Json = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_FIRST_VERSION_WITHOUT_PROGRESS = 100


@dataclass(frozen=True, slots=True)
class Head:
    """What is the same in every record of a log."""

    session_id: str
    cwd: str
    version: str
    model: str
    cache_life: str
    """"5m", "1h" or "mixed"."""
    agent_id: str = ""

    @property
    def is_older(self) -> bool:
        """Whether this version logs progress, and usage that grows from line to line."""
        return int(self.version.rsplit(".", 1)[1]) < _FIRST_VERSION_WITHOUT_PROGRESS

    def envelope(self) -> Json:
        """The fields that follow a record's own."""
        agent = {"agentId": self.agent_id} if self.agent_id else {}
        return {
            "isSidechain": bool(self.agent_id),
            **agent,
            "userType": "external",
            "entrypoint": "cli",
            "cwd": self.cwd,
            "sessionId": self.session_id,
            "version": self.version,
            "gitBranch": "main",
        }


@dataclass(slots=True)
class RecordWriter:
    """Writes records to `out`, chains them, moves the clock and counts."""

    out: BinaryIO
    rng: Random
    head: Head
    clock: int
    """Epoch milliseconds of the last record."""
    parent: str | None = None
    """The uuid that the next record of the chain points to."""
    counts: Counts = field(default_factory=Counts)
    line_bytes: array[int] = field(default_factory=lambda: array("I"))
    ids: Ids = field(init=False)
    _envelope: Json = field(init=False)

    def __post_init__(self) -> None:
        self.ids = Ids(self.rng)
        self._envelope = self.head.envelope()

    def tick(self, most: int) -> None:
        """Let up to `most` milliseconds pass."""
        self.clock += self.rng.randrange(20, most)

    def chained(self, record: Json) -> str:
        """Write a record that takes part in the chain; returns its uuid."""
        uuid = self.ids.uuid()
        own = {"uuid": uuid, "timestamp": timestamp(self.clock)}
        self.bare({"parentUuid": self.parent, **record, **own, **self._envelope})
        self.parent = uuid
        return uuid

    def attachment(self, kind: str, **fields: object) -> None:
        """An attachment record, of which newer versions write many."""
        self.chained({"type": "attachment", "attachment": {"type": kind, **fields}})

    def system(self, subtype: str, **fields: object) -> None:
        """A system record."""
        self.chained({"type": "system", "subtype": subtype, "level": "info", **fields})

    def bare(self, record: Json) -> None:
        """A record as it stands, outside the chain."""
        self.line(_encode(record) + b"\n")

    def torn(self, record: Json) -> None:
        """The first part of a record, as of a writer that died: no newline, not JSON."""
        line = _encode({"parentUuid": self.parent, **record, **self._envelope})
        self.line(line[: self.rng.randrange(len(line) // 2, len(line) - 2)])
        self.counts.bad_lines += 1

    def line(self, line: bytes) -> None:
        """A finished line."""
        self.out.write(line)
        self.line_bytes.append(len(line))
        self.counts.lines += 1
        self.counts.bytes += len(line)


def usage(tokens: Tokens, *, detailed: bool) -> Json:
    """The `usage` of a message; `detailed` with the fields that newer versions add."""
    writes = {
        "ephemeral_5m_input_tokens": tokens.cache_write_5m,
        "ephemeral_1h_input_tokens": tokens.cache_write_1h,
    }
    counted: Json = {
        "input_tokens": tokens.input,
        "cache_creation_input_tokens": tokens.cache_write_5m + tokens.cache_write_1h,
        "cache_read_input_tokens": tokens.cache_read,
        "output_tokens": tokens.output,
        "cache_creation": writes,
    }
    if not detailed:
        return {**counted, "service_tier": "standard"}
    return {
        **counted,
        "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
        "service_tier": "standard",
        "inference_geo": "not_available",
        "iterations": [{**counted, "type": "message"}],
        "speed": "standard",
    }
