"""What a log spent, hour by hour and model by model: small enough to add up thousands of logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.usage import Cost, Request, Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from aimux_tui.model.usage import Pricer

NO_HOUR = -1
"""The hour of requests whose time the log does not tell."""


class Bucket(Struct, frozen=True, array_like=True, gc=False):
    """What one log spent on one model within an hour."""

    hour: int
    """Whole hours since 1970 (UTC), or NO_HOUR."""
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
        hour = NO_HOUR if request.at is None else int(request.at.timestamp()) // 3600
        known = buckets.get((hour, request.model))
        saved = _saved(request, cost, pricer)
        buckets[hour, request.model] = (
            Bucket(hour, request.model, request.usage, cost, saved)
            if known is None
            else Bucket(
                hour,
                request.model,
                known.usage + request.usage,
                known.cost + cost,
                known.saved + saved,
            )
        )
    return tuple(sorted(buckets.values(), key=lambda bucket: (bucket.hour, bucket.model)))


def _saved(request: Request, cost: Cost, pricer: Pricer) -> float:
    usage = request.usage
    if not cost.usd or usage.context == usage.input:
        return 0.0
    uncached = Usage(
        input=usage.context, output=usage.output, web_searches=usage.web_searches, requests=1
    )
    bare = Request(request.key, request.at, request.model, uncached, request.tier)
    return pricer.cost(bare).usd - cost.usd
