"""Log records made from few words, for tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from aimux_tui.model.log import LogState, LogSummary
from aimux_tui.model.usage import Cost, Request, Usage
from aimux_tui.providers.base import LogFile
from aimux_tui.sources.reader import Stamp
from aimux_tui.store.bill import total_cost
from aimux_tui.store.record import LogRecord

T0 = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


class FlatPricer:
    """A dollar for each output token, nothing else; the model "unknown" has no price."""

    fingerprint = "flat"

    def cost(self, request: Request) -> Cost:
        if request.model == "unknown":
            return Cost(0.0, ("unknown",))
        return Cost(float(request.usage.output))

    def context_window(self, model: str) -> int | None:
        return 200_000


PRICER = FlatPricer()


def request(key: int, output: int = 1, model: str = "m") -> Request:
    return Request(key, T0, model, Usage(input=10, output=output, requests=1))


def record(
    key: str, *requests: Request, path: str = "", minutes: int = 0, **fields: Any
) -> tuple[LogRecord, list[Cost]]:
    """A record of the log of `key`, started `minutes` after T0, and what its requests cost."""
    usage = Usage()
    for one in requests:
        usage += one.usage
    provider, _, session_id = key.partition(":")
    started = T0 + timedelta(minutes=minutes)
    summary = LogSummary(
        provider=provider,
        session_id=session_id,
        key=key,
        started=started,
        updated=started + timedelta(minutes=1),
        state=LogState.FINISHED,
        usage=usage,
        requests=tuple(requests),
    )
    path = path or f"/logs/{session_id.replace('/', '-')}.jsonl"
    costs = [PRICER.cost(one) for one in requests]
    stamp = Stamp(1, 2, 1000, int(T0.timestamp() * 1e9))
    file = LogFile(provider, path, "lines", "/logs")
    return LogRecord(file, stamp, replace(summary, **fields), total_cost(costs)), costs
