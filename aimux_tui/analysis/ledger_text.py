"""A ledger in words and columns, for the screen and for the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_cost, format_count, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aimux_tui.analysis.ledger import Charge, Ledger, Share
    from aimux_tui.model.session import Session
    from aimux_tui.model.usage import Cost

_MILLION = 1_000_000
_TIMES = "\N{MULTIPLICATION SIGN}"


def format_ledger(
    ledger: Ledger,
    session_of: Callable[[str], Session | None],
    prices_from: str,
    *,
    is_narrow: bool = False,
) -> str:
    """Everything that makes up a session's cost. Amounts stand within 60 columns, or within 39
    if it `is_narrow`, where large numbers are rounded.
    """
    return "\n".join(_lines(ledger, session_of, prices_from, _Columns(is_narrow)))


class _Columns(Struct, frozen=True):
    """How the rows of amounts are laid out."""

    is_narrow: bool

    def row(self, kind: str, number: int, price: str = "", amount: str = "") -> str:
        """A kind of tokens, how many, at which price, what they cost."""
        times = _TIMES if price else " "
        if self.is_narrow:
            short = price.removesuffix("/M")
            row = f"  {kind:<14}{format_count(number):>6} {times} {short:<5}{amount:>9}"
        else:
            row = f"  {kind:<15}{number:>14,} {times} {price:<10}{amount:>14}"
        return row.rstrip()

    def sum(self, what: str, amount: str) -> str:
        """The last row of a few."""
        return f"  {what:<28}{amount:>9}" if self.is_narrow else f"  {what:<42}{amount:>14}"


def _lines(
    ledger: Ledger,
    session_of: Callable[[str], Session | None],
    prices_from: str,
    columns: _Columns,
) -> Iterator[str]:
    own, count = exact_cost(ledger.cost), len(ledger.children)
    if count:
        agents = plural(count, "sub-agent")
        in_agents = exact_cost(sum((child.cost for child in ledger.children), type(ledger.cost)()))
        yield f"{exact_cost(ledger.total)}  =  {own} of its own  +  {in_agents} in {agents}"
    else:
        yield own
    for charge in ledger.charges:
        yield ""
        yield from _charge(charge, columns)
    if not ledger.charges:
        yield "its log states no request of its own"
    if ledger.children:
        yield ""
        yield "sub-agents, each with its own"
        for child in ledger.children:
            session = session_of(child.session_key)
            title = one_line(session.title)[:60] if session else ""
            yield f"  {exact_cost(child.cost):>9}  {title or one_line(child.session_key)}"
    yield ""
    yield from _left_out(ledger, session_of)
    yield f"list prices of {prices_from}"


def _charge(charge: Charge, columns: _Columns) -> Iterator[str]:
    prices = charge.prices
    name = one_line(charge.model or "unknown model")
    yield f"{name}, {charge.tier} tier" if charge.tier else name
    if prices is None:
        yield f"  no price known: {format_count(charge.usage.total)} tokens are in no sum"
    else:
        about = [prices.provider or f"your own price for {one_line(prices.model)}"]
        if prices.since:
            about.append(f"since {prices.since}")
        if prices.above:
            about.append(f"prompts above {format_count(prices.above)} tokens")
        if prices.is_floor:
            about.append("at least: what the tier adds is not known")
        yield f"  prices: {', '.join(about)}"
    for kind, tokens, price in charge.amounts:
        if prices is None:
            yield columns.row(kind, tokens)
        else:
            yield columns.row(kind, tokens, f"${price:g}/M", _usd(tokens * price / _MILLION))
    if searches := charge.usage.web_searches:
        price_of_search = prices.web_search if prices else None
        if price_of_search is None:
            yield columns.row("web searches", searches, "", "no price")
        else:
            amount = _usd(searches * price_of_search / 1000)
            yield columns.row("web searches", searches, f"${price_of_search:g}/k", amount)
    yield columns.sum(plural(charge.usage.requests, "request"), exact_cost(charge.cost))
    if charge.usage.reasoning:
        yield f"  of the output, {charge.usage.reasoning:,} tokens were reasoning"
    if charge.usage.is_lower_bound:
        yield "  at least: the log states too few output tokens"


def _left_out(ledger: Ledger, session_of: Callable[[str], Session | None]) -> Iterator[str]:
    """What stands in the log and is not counted, or is counted though it cannot be seen."""
    yield f"read from {plural(ledger.lines, 'line')}"
    if ledger.repeated:
        times = plural(ledger.repeated, "statement")
        yield f"  {times} of usage repeat what is counted already"
    for share in ledger.elsewhere:
        requests = plural(share.usage.requests, "request")
        yield f"  {requests}, {exact_cost(share.cost)}, are billed to {_name(share, session_of)}"
    if ledger.discarded.requests:
        requests = plural(ledger.discarded.requests, "request")
        yield f"  {requests} were rewound since, and billed all the same"
    if ledger.bad_lines:
        yield f"  {plural(ledger.bad_lines, 'line')} could not be read: what they say is missing"


def _name(share: Share, session_of: Callable[[str], Session | None]) -> str:
    session = session_of(share.session_key)
    title = one_line(session.title)[:40] if session else ""
    return f"{one_line(share.session_key)}  {title}".rstrip()


def exact_cost(cost: Cost) -> str:
    """Money to a hundredth of a cent; marked where some is missing, "—" where all is."""
    known = format_cost(cost)
    return known if not cost.is_known else f"{'≥' if cost.is_partial else ''}{_usd(cost.usd)}"


def _usd(usd: float) -> str:
    return f"${usd:,.4f}"
