"""Blocks of five hours, by which the subscriptions of some agents are limited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.usage import Cost, Usage
from aimux_tui.store.spending import NO_TIME, SLOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.analysis.costs import Spent

LENGTH = timedelta(hours=5)


class Block(Struct, frozen=True):
    """Five hours that begin with the full hour of their first request."""

    start: datetime
    last: datetime
    """The end of the last slot of time in which something was asked."""
    usage: Usage
    cost: Cost

    @property
    def end(self) -> datetime:
        """When the next block may begin."""
        return self.start + LENGTH

    def is_active(self, now: datetime) -> bool:
        """Whether it goes on."""
        return self.start <= now < self.end

    def usd_per_hour(self, now: datetime) -> float:
        """How fast money went since it began; while it goes on, until now."""
        until = min(now, self.end) if self.is_active(now) else self.last
        hours = max((until - self.start).total_seconds() / 3600, SLOT / 3600)
        return self.cost.usd / hours

    def projected_usd(self, now: datetime) -> float:
        """What it will have cost at its end, if it goes on as it did."""
        left = max((self.end - now).total_seconds() / 3600, 0.0) if self.is_active(now) else 0.0
        return self.cost.usd + self.usd_per_hour(now) * left


def blocks(spent: Iterable[Spent]) -> tuple[Block, ...]:
    """The blocks in which something was spent, the oldest first; what has no time is in none."""
    dated = sorted(
        (one for one in spent if one.bucket.slot != NO_TIME), key=lambda one: one.bucket.slot
    )
    found: list[Block] = []
    for one in dated:
        begin = datetime.fromtimestamp(one.bucket.slot * SLOT, UTC)
        last = begin + timedelta(seconds=SLOT)
        if found and begin < found[-1].end:
            block = found[-1]
            found[-1] = Block(
                block.start, last, block.usage + one.bucket.usage, block.cost + one.bucket.cost
            )
        else:
            hour = begin.replace(minute=0)
            found.append(Block(hour, last, one.bucket.usage, one.bucket.cost))
    return tuple(found)
