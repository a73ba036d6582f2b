"""The model requests of a log: one per API message, however many lines it has."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec.structs import replace

from aimux_tui.model.usage import Request, Usage
from aimux_tui.providers.claude.times import moment

if TYPE_CHECKING:
    from aimux_tui.providers.claude.records import Line, Message, UsageBlock

_TIERS = frozenset({"priority", "batch", "flex"})
_NO_USAGE = Usage(requests=1, is_lower_bound=True)
"""What is not known to be complete is a lower bound."""
_UNTOLD = Request(0, None, "", _NO_USAGE)


def digest(text: str) -> int:
    """A stable 63-bit hash of a text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


def request_key(message_id: str | None, request_id: str | None, record_id: str | None) -> int:
    """The key of the request that a record of these ids came from; 0 if it has none."""
    name = f"{message_id} {request_id}" if message_id else record_id
    if not name:
        return 0
    # Ids are random: folding their entropy is enough, and cheaper than mixing it.
    data = name.encode()
    half = len(data) >> 1
    return (crc32(data[:half]) << 31) ^ crc32(data[half:])


class Ledger:
    """Requests in order of first appearance. The last line of a message states its usage."""

    __slots__ = (
        "_index", "_is_open_new", "_open", "_open_at", "_open_key", "_requests", "_settled",
        "_snapshot", "is_stale", "models", "open_id", "open_message", "open_request_id",
        "open_usage", "statements",
    )  # fmt: skip

    def __init__(self) -> None:
        self._index: dict[int, int] = {}
        self._requests: list[Request] = []
        self._snapshot: tuple[Request, ...] = ()
        self._settled = (0, Usage())
        """How many requests at the beginning are added up, and what they used."""
        self.models: dict[str, str] = {}
        """Each model, in order of first use."""
        # The request in which the conversation is, and what its newest lines said. The scan writes
        # these itself: a call for each line would cost too much.
        self.open_id: str | None = None
        self.open_request_id: str | None = None
        self.open_message: Message | None = None
        self.open_usage: UsageBlock | None = None
        self.is_stale = False
        """Something about it is not written down yet."""
        self.statements = 0
        """Lines that state usage."""
        self._open = -1
        self._is_open_new = False
        self._open_key = 0
        self._open_at = ""

    def __len__(self) -> int:
        return len(self._requests)

    def switch(self, line: Line, at: str) -> int:
        """Go to the request of a message, opening it if it is new. Returns its index.

        The line is not noted yet.
        """
        if self.is_stale:
            self._close()
        message = line.message
        message_id = message.id if message is not None else None
        key = request_key(message_id, line.request_id, line.uuid)
        self.open_id = message_id
        self.open_request_id = line.request_id
        index = self._index.get(key, -1) if key else -1
        if index < 0:
            index = self._index[key] = len(self._requests)
            self._requests.append(_UNTOLD)
            self._open_key = key
            self._open_at = at
            self._is_open_new = True
        elif index < self._settled[0]:
            self._settled = (0, Usage())
        self._open = index
        self.is_stale = True
        return index

    def leave(self) -> None:
        """The next line belongs to no request."""
        if self.is_stale:
            self._close()
        self.open_id = None

    def _close(self) -> None:
        """Write down what the lines of the open request said since it was written down last."""
        message, block = self.open_message, self.open_usage
        self.open_message = self.open_usage = None
        self.is_stale = False
        if not self._is_open_new or message is None or block is None:
            self._amend(message, block)
            return
        self._is_open_new = False
        model = message.model or ""
        if model and model not in self.models:
            self.models[model] = model
        # Claude Code wrote stream placeholders as usage wherever it wrote no stop reason.
        self._requests[self._open] = Request(
            self._open_key,
            moment(self._open_at),
            self.models.get(model, ""),
            _usage(block, message.stop_reason is None),
            _tier(block),
        )

    def _amend(self, message: Message | None, block: UsageBlock | None) -> None:
        """The less usual: a request that was written down before, or of which little is known."""
        old = self._requests[self._open]
        if self._is_open_new:
            self._is_open_new = False
            old = replace(old, key=self._open_key, at=moment(self._open_at))
        model, tier, usage = old.model, old.tier, old.usage
        if message is not None:
            is_lower_bound = message.stop_reason is None
            if message.model and not model:
                model = self.models.setdefault(message.model, message.model)
            usage = replace(usage, is_lower_bound=is_lower_bound)
            if block is not None:
                usage, tier = _usage(block, is_lower_bound), _tier(block)
        self._requests[self._open] = replace(old, model=model, tier=tier, usage=usage)
        self._snapshot = ()

    def usage(self, index: int) -> Usage:
        """What one request used."""
        if self.is_stale:
            self._close()
        return self._requests[index].usage

    def total(self) -> Usage:
        """What all requests used together."""
        count, usage = self._settled
        # The open request may still change.
        end = max(self._open, count)
        usage += self.usage_of(count, end)
        self._settled = (end, usage)
        return usage + self.usage_of(end, len(self._requests))

    def usage_of(self, first: int, end: int) -> Usage:
        """What a range of requests used together."""
        if self.is_stale:
            self._close()
        inputs = reads = five_minutes = hour = outputs = reasoning = searches = 0
        is_lower_bound = False
        requests = self._requests[first:end]
        for request in requests:
            usage = request.usage
            inputs += usage.input
            reads += usage.cache_read
            five_minutes += usage.cache_write_5m
            hour += usage.cache_write_1h
            outputs += usage.output
            reasoning += usage.reasoning
            searches += usage.web_searches
            is_lower_bound |= usage.is_lower_bound
        return Usage(
            inputs, reads, five_minutes, hour, outputs, reasoning, searches, len(requests),
            is_lower_bound,
        )  # fmt: skip

    def models_of(self, first: int, end: int) -> tuple[str, ...]:
        """The models of a range of requests, in order of first use."""
        if self.is_stale:
            self._close()
        return tuple(dict.fromkeys(r.model for r in self._requests[first:end] if r.model))

    def requests(self) -> tuple[Request, ...]:
        """Every request; those that did not change are the same objects as before."""
        if self.is_stale:
            self._close()
        if len(self._snapshot) != len(self._requests):
            self._snapshot = tuple(self._requests)
        return self._snapshot


def _tier(block: UsageBlock) -> str:
    if block.speed == "fast":
        return "fast"
    tier = block.service_tier
    return tier if tier in _TIERS and tier is not None else ""


def _usage(block: UsageBlock, is_lower_bound: bool) -> Usage:  # noqa: FBT001 - hot
    written = block.cache_creation_input_tokens
    cached, details, servers = (
        block.cache_creation,
        block.output_tokens_details,
        block.server_tool_use,
    )
    hour = 0
    if cached is not None:
        hour = cached.ephemeral_1h_input_tokens or 0
        if written is None:
            written = hour + (cached.ephemeral_5m_input_tokens or 0)
    written = written or 0
    hour = min(hour, written)
    return Usage(
        block.input_tokens or 0,
        block.cache_read_input_tokens or 0,
        written - hour,
        hour,
        block.output_tokens or 0,
        (details.thinking_tokens or 0) if details is not None else 0,
        (servers.web_search_requests or 0) if servers is not None else 0,
        1,
        is_lower_bound,
    )
