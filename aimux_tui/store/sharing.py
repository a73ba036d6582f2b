"""Requests that stand in several logs are counted once: in the log that owns them.

A forked or resumed session copies the earlier conversation into its own file. Adding up the files
would bill that part twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.log import LogSummary
from aimux_tui.model.usage import Cost, Request, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable


_NEVER = datetime.max.replace(tzinfo=UTC)


class PricedLog(Struct, frozen=True):
    """A log's requests with their prices."""

    path: str
    summary: LogSummary
    requests: Sequence[Request]
    costs: Sequence[Cost]


def owned_elsewhere(logs: Iterable[PricedLog]) -> dict[str, dict[int, str]]:
    """For each log that repeats requests of another: path → key of a request → its owner's path."""
    owners: dict[int, str] = {}
    foreign: dict[str, dict[int, str]] = {}
    for log in sorted(logs, key=_ownership):
        keys = {request.key for request in log.requests}
        keys.discard(0)
        if repeated := keys & owners.keys():
            foreign[log.path] = {key: owners[key] for key in repeated}
        owners |= dict.fromkeys(keys - repeated, log.path)
    return foreign


def shared_parts(logs: Iterable[PricedLog]) -> dict[str, tuple[Usage, Cost]]:
    """For each log that repeats requests of another: path → the usage and cost owned elsewhere."""
    by_path = {log.path: log for log in logs}
    shared: dict[str, tuple[Usage, Cost]] = {}
    for path, foreign in owned_elsewhere(by_path.values()).items():
        usage, cost = Usage(), Cost()
        log = by_path[path]
        for request, price in zip(log.requests, log.costs, strict=True):
            if request.key in foreign:
                usage += request.usage
                cost += price
        shared[path] = (usage, cost)
    return shared


def _ownership(log: PricedLog) -> tuple[bool, datetime, datetime, str]:
    """Originals before forks, then the earlier, then the one that was finished first."""
    summary = log.summary
    return (
        bool(summary.forked_from),
        summary.started or _NEVER,
        summary.updated or _NEVER,
        log.path,
    )
