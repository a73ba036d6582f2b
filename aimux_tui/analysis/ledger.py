"""Why a session costs what it costs: every token by its price, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.session import Session
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.pricing.arithmetic import UnitPrices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aimux_tui.model.usage import Request
    from aimux_tui.pricing.arithmetic import PriceTable
    from aimux_tui.store.accounts import Account


class Charge(Struct, frozen=True):
    """The requests to one model at the same prices."""

    model: str
    tier: str
    prices: UnitPrices | None
    """None where no price is known."""
    usage: Usage
    cost: Cost

    @property
    def amounts(self) -> tuple[tuple[str, int, float], ...]:
        """(kind of tokens, how many, USD per million) of each kind that was used."""
        usage, prices = self.usage, self.prices
        rows = (
            ("input", usage.input, prices.input if prices else 0.0),
            ("cache read", usage.cache_read, prices.cache_read if prices else 0.0),
            ("cache write 5m", usage.cache_write_5m, prices.cache_write_5m if prices else 0.0),
            ("cache write 1h", usage.cache_write_1h, prices.cache_write_1h if prices else 0.0),
            ("output", usage.output, prices.output if prices else 0.0),
        )
        return tuple(row for row in rows if row[1])


class Share(Struct, frozen=True):
    """Requests that stand in a log but are billed to another session, or the other way round."""

    session_key: str
    usage: Usage
    cost: Cost


class Ledger(Struct, frozen=True):
    """How the cost of a session comes about."""

    session: Session
    lines: int
    bad_lines: int
    repeated: int
    """Statements of usage that repeat one that is counted."""
    charges: tuple[Charge, ...]
    """The session's own requests, the dearest first."""
    elsewhere: tuple[Share, ...]
    """What its log repeats of other sessions, which pay for it."""
    children: tuple[Share, ...]
    """What its sub-agents cost, each with its own."""
    discarded: Usage
    """The part that was rewound since; it was billed all the same."""

    @property
    def cost(self) -> Cost:
        """Its own requests together."""
        return sum((charge.cost for charge in self.charges), Cost())

    @property
    def total(self) -> Cost:
        """With its sub-agents."""
        return sum((child.cost for child in self.children), self.cost)


def make_ledger(
    account: Account, prices: PriceTable, session_of: Callable[[str], Session | None]
) -> Ledger:
    """The ledger of an account; `session_of` finds sub-agents by their keys."""
    own: list[tuple[Request, Cost]] = []
    foreign: dict[str, list[tuple[Request, Cost]]] = {}
    for request, cost in zip(account.requests, account.costs, strict=True):
        owner = account.owners.get(request.key) if request.key else None
        (own if owner is None else foreign.setdefault(owner, [])).append((request, cost))
    children = [session_of(key) for key in account.session.children]
    return Ledger(
        session=account.session,
        lines=account.summary.lines,
        bad_lines=account.summary.bad_lines,
        repeated=account.summary.repeated_usage,
        charges=_charges(own, prices),
        elsewhere=tuple(Share(key, *_sum(part)) for key, part in sorted(foreign.items())),
        children=tuple(
            Share(child.key, child.total_usage, child.total_cost) for child in children if child
        ),
        discarded=account.summary.discarded_usage,
    )


def _charges(own: Iterable[tuple[Request, Cost]], prices: PriceTable) -> tuple[Charge, ...]:
    groups: dict[tuple[str, str, UnitPrices | None], list[tuple[Request, Cost]]] = {}
    for request, cost in own:
        unit = prices.unit_prices(request.model, request.at, request.tier, request.usage.context)
        groups.setdefault((request.model, request.tier, unit), []).append((request, cost))
    charges = [
        Charge(model, tier, unit, *_sum(part)) for (model, tier, unit), part in groups.items()
    ]
    return tuple(sorted(charges, key=lambda charge: (-charge.cost.usd, -charge.usage.total)))


def _sum(part: Sequence[tuple[Request, Cost]]) -> tuple[Usage, Cost]:
    usage, cost = Usage(), Cost()
    for request, price in part:
        usage += request.usage
        cost += price
    return usage, cost
