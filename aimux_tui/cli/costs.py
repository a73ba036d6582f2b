"""`aimux costs`: what the agents spent, by time, project, model or session."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aimux_tui.analysis.blocks import Block, blocks
from aimux_tui.analysis.costs import Grouping, Line, report, total, unpriced
from aimux_tui.analysis.spent_by import spent_by
from aimux_tui.cli.output import print_json
from aimux_tui.cli.sessions import cost_fields, token_fields
from aimux_tui.cli.setup import look_around, make_library, read_labels, tell_errors
from aimux_tui.query.parse import parse
from aimux_tui.store.accounts import spending

if TYPE_CHECKING:
    import argparse

BLOCK = "block"


def run(options: argparse.Namespace) -> int:
    """Print what was spent. Raises QueryError."""
    query, now = parse(" ".join(options.query)), datetime.now(UTC)
    surroundings = look_around()
    tell_errors(surroundings)
    library = make_library(surroundings)
    library.load_fully()
    for path, reason in library.unreadable.items():
        print(f"aimux: {path}: {reason}", file=sys.stderr)
    spent = spent_by(spending(library), query, read_labels(surroundings), now)
    if options.by == BLOCK:
        _print_blocks(blocks(spent), now, limit=options.limit, is_json=options.json)
        return 0
    by = Grouping(options.by)
    parents = {session.key: session.parent_key for session in library.sessions()}
    lines, everything = report(spent, by, parents), total(spent, parents)
    missing = unpriced(spent, parents)
    if options.json:
        print_json(
            {
                "schema": 1,
                "by": by,
                "lines": [_line_fields(line) for line in lines],
                "total": _line_fields(everything),
                "unpriced": [_line_fields(line) for line in missing],
                "prices_from": library.prices_from,
            }
        )
        return 0
    from aimux_tui.cli import cost_table

    if not lines:
        print(cost_table.format_nothing(is_filtered=bool(query)))
        return 0
    print(
        cost_table.format_costs(
            lines, everything, missing, by, limit=options.limit, prices_from=library.prices_from
        )
    )
    return 0


def _print_blocks(
    found: tuple[Block, ...], now: datetime, *, limit: int | None, is_json: bool
) -> None:
    if is_json:
        document = {"schema": 1, "by": BLOCK, "blocks": [_block_fields(one, now) for one in found]}
        print_json(document)
        return
    from aimux_tui.cli import cost_table

    print(cost_table.format_blocks(found, now, limit=limit))


def _line_fields(line: Line) -> dict[str, Any]:
    hits = line.cache_hits
    return {
        "key": line.key,
        "name": line.name,
        "sessions": line.sessions,
        "tokens": token_fields(line.usage),
        "cost": cost_fields(line.cost),
        "cache": {"saved_usd": round(line.saved, 9), "hits": hits and round(hits, 6)},
    }


def _block_fields(block: Block, now: datetime) -> dict[str, Any]:
    return {
        "start": block.start,
        "end": block.end,
        "is_active": block.is_active(now),
        "tokens": token_fields(block.usage),
        "cost": cost_fields(block.cost),
        "usd_per_hour": round(block.usd_per_hour(now), 9),
        "projected_usd": round(block.projected_usd(now), 9),
    }
