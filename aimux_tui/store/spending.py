"""What a log spent, bit by bit of time and model by model: small enough to add up thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.usage import Cost, Request, Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from aimux_tui.model.usage import Pricer

SLOT = 900
"""Seconds of a slot of time: the midnights of all time zones lie between two of them."""
NO_TIME = -1
"""The slot of requests whose time the log does not tell."""


class Bucket(Struct, frozen=True, array_like=True, gc=False):
    """What one log spent on one model within a slot of time."""

    slot: int
    """Slots since 1970 (UTC), or NO_TIME."""
    model: str
    usage: Usage
    cost: Cost
    saved: float = 0.0
    """USD that the prompt cache saved: what the same tokens would have cost without it, less what
    they did cost. Below zero where more was paid for writing to it than reading saved."""


def roll_up(
    requests: Sequence[Request],
    costs: Sequence[Cost],
    pricer: Pricer,
    owned_elsewhere: Collection[int] = frozenset(),
) -> tuple[Bucket, ...]:
    """Add up requests, without those that another log owns, in order of their time."""
    buckets: dict[tuple[int, str], Bucket] = {}
    for request, cost in zip(requests, costs, strict=True):
        if request.key and request.key in owned_elsewhere:
            continue
        slot = NO_TIME if request.at is None else int(request.at.timestamp()) // SLOT
        known = buckets.get((slot, request.model))
        saved = _saved(request, cost, pricer)
        buckets[slot, request.model] = (
            Bucket(slot, request.model, request.usage, cost, saved)
            if known is None
            else Bucket(
                slot,
                request.model,
                known.usage + request.usage,
                known.cost + cost,
                known.saved + saved,
            )
        )
    return tuple(sorted(buckets.values(), key=lambda bucket: (bucket.slot, bucket.model)))


def _saved(request: Request, cost: Cost, pricer: Pricer) -> float:
    usage = request.usage
    if not cost.usd or usage.context == usage.input:
        return 0.0
    uncached = Usage(
        input=usage.context, output=usage.output, web_searches=usage.web_searches, requests=1
    )
    bare = Request(request.key, request.at, request.model, uncached, request.tier)
    return pricer.cost(bare).usd - cost.usd
