"""What the requests of a log cost, one by one and in all, while it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.usage import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aimux_tui.model.usage import Pricer, Request

_RECENT = 16
"""Requests at the end that are looked at one by one: there a log changes."""


class Bill:
    """Prices each request once, and adds up only what is new. Not safe between threads."""

    def __init__(self, pricer: Pricer) -> None:
        self.costs: list[Cost] = []
        """What each of the requests costs."""
        self._pricer = pricer
        self._requests: tuple[Request, ...] = ()
        self._settled = (0, Cost())
        """How many requests at the beginning are added up, and what they cost."""

    def take(self, requests: Sequence[Request]) -> None:
        """The requests of the log now, all of them; those that did not change are the same."""
        now = tuple(requests)
        if now is self._requests:
            return
        first = self._first_change(now)
        self.costs[first:] = [self._pricer.cost(request) for request in now[first:]]
        self._requests = now
        if first < self._settled[0]:
            self._settled = (0, Cost())

    def total(self) -> Cost:
        """What all of them cost."""
        count, cost = self._settled
        end = max(len(self.costs) - _RECENT, count)
        self._settled = (end, total_cost((cost, *self.costs[count:end])))
        return total_cost((self._settled[1], *self.costs[end:]))

    def _first_change(self, now: tuple[Request, ...]) -> int:
        before = self._requests
        start = max(min(len(before), len(now)) - _RECENT, 0)
        # As quick as can be where the objects are the same.
        if before[:start] != now[:start]:
            start = 0
        for index in range(start, min(len(before), len(now))):
            if before[index] != now[index]:
                return index
        return min(len(before), len(now))


def total_cost(costs: Iterable[Cost]) -> Cost:
    """The sum of many costs."""
    usd = 0.0
    unpriced: set[str] = set()
    is_lower_bound = False
    for cost in costs:
        usd += cost.usd
        is_lower_bound |= cost.is_lower_bound
        if cost.unpriced_models:
            unpriced.update(cost.unpriced_models)
    return Cost(usd, tuple(sorted(unpriced)), is_lower_bound)
