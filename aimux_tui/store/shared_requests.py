"""Which of the logs in the index share requests, who owns them, and what each log spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aimux_tui.model.usage import Cost, Request, Usage
from aimux_tui.store.database import transaction
from aimux_tui.store.record import LogRecord
from aimux_tui.store.sharing import PricedLog, owned_elsewhere, shared_parts
from aimux_tui.store.spending import Bucket, roll_up

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from aimux_tui.model.usage import Pricer

Requests = tuple[list[Request], list[Cost]]
encode = msgspec.msgpack.encode
record_decoder = msgspec.msgpack.Decoder(LogRecord)
requests_decoder: msgspec.msgpack.Decoder[Requests] = msgspec.msgpack.Decoder(Requests)
_buckets_decoder = msgspec.msgpack.Decoder(tuple[Bucket, ...])


def shares(connection: sqlite3.Connection, log: int) -> bool:
    """Whether another log holds some request of this one."""
    found = connection.execute(
        "SELECT 1 FROM request a JOIN request b ON b.key=a.key AND b.log<>a.log "
        "WHERE a.log=? LIMIT 1",
        (log,),
    ).fetchone()
    return found is not None


def settle_all(connection: sqlite3.Connection, logs: Iterable[int]) -> dict[str, LogRecord]:
    """Divide the requests of these logs among all that hold some of them."""
    settled: set[int] = set()
    changed: dict[str, LogRecord] = {}
    for log in logs:
        if log not in settled:
            group = group_of(connection, log)
            settled |= group
            changed |= _settle(connection, group)
    return changed


def group_of(connection: sqlite3.Connection, log: int) -> set[int]:
    """The log, those that hold some of its requests, those that hold some of theirs, …"""
    group, frontier, seen = {log}, [log], set[int]()
    while frontier:
        rows = connection.execute("SELECT key FROM request WHERE log=?", (frontier.pop(),))
        keys = {key for (key,) in rows} - seen
        seen |= keys
        for key in keys:
            logs = connection.execute("SELECT log FROM request WHERE key=?", (key,))
            fresh = {other for (other,) in logs} - group
            group |= fresh
            frontier.extend(fresh)
    return group


def _settle(connection: sqlite3.Connection, group: set[int]) -> dict[str, LogRecord]:
    """Divide the requests of these logs among them."""
    records, priced = _read_group(connection, group)
    shared = shared_parts(priced)
    changed: dict[str, LogRecord] = {}
    for path, record in records.items():
        usage, cost = shared.get(path, (Usage(), Cost()))
        if (record.shared_usage, record.shared_cost) != (usage, cost):
            changed[path] = record.with_shared(usage, cost)
            connection.execute(
                "UPDATE log SET record=?, spending=NULL WHERE path=?",
                (encode(changed[path]), path),
            )
    return changed


def _read_group(
    connection: sqlite3.Connection, group: Iterable[int]
) -> tuple[dict[str, LogRecord], list[PricedLog]]:
    """(path → record, the logs with their requests)."""
    records: dict[str, LogRecord] = {}
    priced: list[PricedLog] = []
    for log in group:
        path, blob, requests_blob = connection.execute(
            "SELECT path, record, requests FROM log WHERE id=?", (log,)
        ).fetchone()
        requests, costs = requests_decoder.decode(requests_blob)
        record = records[path] = record_decoder.decode(blob)
        priced.append(PricedLog(path, record.summary, requests, costs))
    return records, priced


def spending(connection: sqlite3.Connection, pricer: Pricer) -> dict[str, tuple[Bucket, ...]]:
    """What each log spent, by path; what was not known is worked out and kept."""
    spent: dict[str, tuple[Bucket, ...]] = {}
    unknown: list[tuple[int, str]] = []
    for log, path, blob in connection.execute("SELECT id, path, spending FROM log"):
        if blob is None:
            unknown.append((log, path))
        else:
            spent[path] = _buckets_decoder.decode(blob)
    if not unknown:
        return spent
    foreign: dict[str, dict[int, str]] = {}
    divided: set[int] = set()
    with transaction(connection):
        for log, path in unknown:
            if log not in divided and shares(connection, log):
                group = group_of(connection, log)
                divided |= group
                foreign |= owned_elsewhere(_read_group(connection, group)[1])
            ((blob,),) = connection.execute("SELECT requests FROM log WHERE id=?", (log,))
            requests, costs = requests_decoder.decode(blob)
            buckets = roll_up(requests, costs, pricer, foreign.get(path, {}))
            spent[path] = buckets
            connection.execute("UPDATE log SET spending=? WHERE id=?", (encode(buckets), log))
    return spent


def owners(connection: sqlite3.Connection, path: str) -> dict[int, str]:
    """Requests of a log that another log owns: key → that log's path."""
    row = connection.execute("SELECT id FROM log WHERE path=?", (path,)).fetchone()
    if row is None or not shares(connection, row[0]):
        return {}
    return owned_elsewhere(_read_group(connection, group_of(connection, row[0]))[1]).get(path, {})
