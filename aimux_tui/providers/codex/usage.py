"""The requests of a rollout, each counted once, from either of the records that tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import astuple

from aimux_tui.model.usage import Request, Usage
from aimux_tui.providers.codex.hashing import hash_of
from aimux_tui.providers.codex.records import Tokens, text_of, tokens_of
from aimux_tui.providers.codex.turnbook import parse_time

if TYPE_CHECKING:
    from aimux_tui.providers.codex.records import TokenInfo

_TIERS = {"flex": "flex", "priority": "priority", "fast": "priority", "batch": "batch"}
UNIQUE_ID = 32
"""Length from which a turn id is taken to be unique in the world."""

_PRIME = 0x9E3779B97F4A7C15
_LAST = (1 << 64) - 1
_P2, _P3, _P4, _P5 = (pow(_PRIME, exponent, 1 << 64) for exponent in range(2, 6))


def tier_of(service_tier: object) -> str:
    """The price tier of a `service_tier`; "" for the standard one."""
    return _TIERS.get(service_tier, "") if isinstance(service_tier, str) else ""


def usage_of(tokens: Tokens) -> Usage:
    """Disjoint kinds of the overlapping counts in the log."""
    cached, written = tokens.cached_input_tokens, tokens.cache_write_input_tokens
    fresh = max(0, tokens.input_tokens - cached - written)
    # By position: this runs once per request, and names cost twice as much.
    return Usage(
        fresh, cached, written, 0, tokens.output_tokens, tokens.reasoning_output_tokens, 0, 1
    )


class UsageLedger:
    """Collects the requests.

    `token_count` events repeat: only those whose cumulative total moved are requests. Since 0.147
    a `token_usage_record` tells of each response by id; token counts are then only its echo.
    """

    def __init__(self, *, has_records: bool = False) -> None:
        self.requests: list[Request] = []
        self.statements = 0
        """Records that state usage of this thread."""
        self.context_tokens = 0
        self.model = ""
        self.tier = ""
        self._total: Tokens | None = None
        self._has_records = has_records
        self._responses: set[str] = set()
        self._owner = ""
        self._owner_base = 0

    def clear(self) -> None:
        """Forget the requests, not what the counters stand at."""
        self.requests.clear()
        self.statements = 0
        self.context_tokens = 0

    def replay_count(self, info: TokenInfo) -> None:
        """Note the counters of an event that belongs to another thread."""
        if info.total_token_usage is not None:
            self._total = info.total_token_usage

    def take_count(
        self, info: TokenInfo, timestamp: str, turn_id: str, thread_id: str
    ) -> Request | None:
        """The request that a `token_count` tells of; None if it repeats what is known."""
        total, tokens = info.total_token_usage, info.last_token_usage
        self.statements += total is not None or tokens is not None
        if total is not None:
            before = self._total
            if total == before:
                return None
            self._total = total
            if tokens is None:
                tokens = _since(before, total)
        if self._has_records or tokens is None:
            return None
        if not (tokens.input_tokens or tokens.output_tokens):
            return None
        # A fork repeats these events; only what it cannot change may go into the key.
        owner = turn_id if len(turn_id) >= UNIQUE_ID else thread_id
        key = _mixed(self._base_of(owner), total) if owner and total is not None else 0
        return self._add(key, tokens, timestamp)

    def take_record(self, payload: dict[str, Any], timestamp: str) -> Request | None:
        """The request of a `token_usage_record`; None if it was already told."""
        self._has_records = True
        self.statements += 1
        total = tokens_of(payload.get("thread_token_usage"))
        if total is not None:
            self._total = total
        tokens = tokens_of(payload.get("usage"))
        response_id = text_of(payload, "response_id")
        if tokens is None or response_id in self._responses:
            return None
        if response_id:
            self._responses.add(response_id)
        return self._add(hash_of("response", response_id) if response_id else 0, tokens, timestamp)

    def _base_of(self, owner: str) -> int:
        if owner != self._owner:
            self._owner, self._owner_base = owner, hash_of(owner) * _P5 & _LAST
        return self._owner_base

    def _add(self, key: int, tokens: Tokens, timestamp: str) -> Request:
        request = Request(key, parse_time(timestamp), self.model, usage_of(tokens), self.tier)
        self.requests.append(request)
        self.context_tokens = tokens.input_tokens + tokens.output_tokens
        return request


def _mixed(base: int, total: Tokens) -> int:
    """A 64-bit number of all of them, never 0; `base` comes multiplied already."""
    return (
        base
        + total.input_tokens * _P4
        + total.cached_input_tokens * _P3
        + total.cache_write_input_tokens * _P2
        + total.output_tokens * _PRIME
        + total.reasoning_output_tokens
    ) & _LAST or 1


def _since(before: Tokens | None, now: Tokens) -> Tokens:
    """What was added to the totals; all of it after a counter began anew."""
    then = astuple(before or Tokens())
    steps = [new - old for new, old in zip(astuple(now), then, strict=True)]
    return now if min(steps) < 0 else Tokens(*steps)
