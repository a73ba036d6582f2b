"""What today's sessions used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.model.usage import Cost, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from aimux_tui.model.session import Session


def spent_today(sessions: Iterable[Session], now: datetime) -> tuple[Usage, Cost]:
    """Tokens and money of the sessions that began on the local day of `now`.

    `sessions` come in order, newest first. Sub-agents are sessions of their own here, so each is
    counted once. What a session that began on an earlier day used today is not known apart: it
    makes the sums lower bounds.
    """
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    usage, cost = Usage(), Cost()
    for session in sessions:
        if session.updated is None or session.updated < midnight:
            break
        if session.started is not None and session.started >= midnight:
            usage += session.usage
            cost += session.cost
            if not session.is_partial:
                continue
        cost = replace(cost, is_lower_bound=True)
    return replace(usage, is_lower_bound=usage.is_lower_bound or cost.is_lower_bound), cost
