"""`aimux costs --why SESSION`: how one session's cost comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.analysis.ledger import Charge, Ledger, Share, make_ledger
from aimux_tui.analysis.ledger_text import format_ledger
from aimux_tui.cli.output import print_json
from aimux_tui.cli.sessions import cost_fields, token_fields
from aimux_tui.cli.setup import look_around, open_target, tell_errors
from aimux_tui.cli.tables import crop
from aimux_tui.store.accounts import account_of
from aimux_tui.text.sanitise import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(target: str, *, as_json: bool) -> int:
    """Print the ledger of the session that `target` names. Raises SessionError."""
    surroundings = look_around()
    tell_errors(surroundings)
    library, session = open_target(surroundings, target)
    ledger = make_ledger(account_of(library, session.key), library.pricer, library.get)
    if as_json:
        print_json(ledger_fields(ledger))
        return 0
    print(f"{crop(one_line(session.title or session.session_id), 80)}\n{session.key}\n")
    print(format_ledger(ledger, library.get, library.prices_from))
    return 0


def ledger_fields(ledger: Ledger) -> dict[str, Any]:
    """A ledger as programs read it."""
    return {
        "schema": 1,
        "session": ledger.session.key,
        "total": cost_fields(ledger.total),
        "own": cost_fields(ledger.cost),
        "charges": [_charge_fields(charge) for charge in ledger.charges],
        "sub_agents": _share_fields(ledger.children),
        "billed_elsewhere": _share_fields(ledger.elsewhere),
        "rewound": token_fields(ledger.discarded),
        "lines": ledger.lines,
        "bad_lines": ledger.bad_lines,
        "repeated_statements": ledger.repeated,
    }


def _charge_fields(charge: Charge) -> dict[str, Any]:
    return {
        "model": charge.model,
        "tier": charge.tier,
        "usd_per_million": {
            kind.replace(" ", "_"): price for kind, _, price in charge.amounts if charge.prices
        },
        "prices_since": charge.prices.since if charge.prices else None,
        "prices_above_tokens": charge.prices.above if charge.prices else None,
        "tokens": token_fields(charge.usage),
        "cost": cost_fields(charge.cost),
    }


def _share_fields(shares: Sequence[Share]) -> list[dict[str, Any]]:
    return [
        {
            "session": share.session_key,
            "tokens": token_fields(share.usage),
            "cost": cost_fields(share.cost),
        }
        for share in shares
    ]
