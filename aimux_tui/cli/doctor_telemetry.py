"""The part of `aimux doctor` about telemetry: who listens, what arrived, what looks wrong."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from aimux_tui.receiver.advice import advice
from aimux_tui.receiver.probe import Occupant, who_listens
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_age, format_bytes, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.cli.setup import Surroundings
    from aimux_tui.store.telemetry.reader import Telemetry

_SHOWN = 8
_SECOND_NS = 1_000_000_000


def examine_telemetry(
    surroundings: Surroundings, env: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """What the report says of telemetry, as plain values."""
    from aimux_tui.store.telemetry.reader import Telemetry

    settings = surroundings.settings.otel
    telemetry = Telemetry(surroundings.paths.telemetry)
    try:
        batches, records, size = telemetry.totals()
        return {
            "path": str(telemetry.path),
            "exists": telemetry.path.exists(),
            "trouble": telemetry.trouble or None,
            "batches": batches,
            "records": records,
            "bytes": size,
            "enabled": settings.enabled,
            "host": settings.host,
            "port": settings.port,
            "listens": who_listens(settings.host, settings.port).value,
            "receiver": _receiver(telemetry),
            "services": [asdict(service) for service in telemetry.services()],
            "folded": [
                {"service": fold.service, "name": fold.name, "count": fold.count}
                for fold in telemetry.folded()
            ],
            "warnings": _warnings(env, settings.port),
        }
    finally:
        telemetry.close()


def _receiver(telemetry: Telemetry) -> dict[str, Any] | None:
    """Who received last, and what it refused."""
    listener = telemetry.last_listener()
    if listener is None:
        return None
    refused = listener.facts.get("refused")
    counts = refused if isinstance(refused, dict) else {}
    return {
        "pid": listener.pid,
        "host": listener.host,
        "port": listener.port,
        "is_alive": listener.is_alive,
        "updated_ns": listener.updated_ns,
        "refused": [
            {"reason": reason, "count": count, "advice": hint}
            for reason, count, hint in advice(counts)
        ],
    }


def _warnings(env: Mapping[str, str], port: int) -> list[str]:
    """What in this shell's environment keeps agents that are started from it from arriving here."""
    warnings = []
    if env.get("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc":
        warnings.append("OTEL_EXPORTER_OTLP_PROTOCOL is grpc here: http/protobuf is understood")
    endpoint = env.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    if endpoint and f":{port}" not in endpoint:
        warnings.append(
            f"OTEL_EXPORTER_OTLP_ENDPOINT points elsewhere: {one_line(endpoint, 80)}, "
            f"not http://127.0.0.1:{port}"
        )
    return warnings


def format_telemetry(report: dict[str, Any]) -> list[str]:
    """The same for people."""
    lines = ["Telemetry (OTLP over HTTP)", f"  {_listening(report)}"]
    now = datetime.now(UTC)
    for service in report["services"][:_SHOWN]:
        counts = [
            plural(service[kind], noun)
            for kind, noun in (("spans", "span"), ("logs", "log record"), ("points", "point"))
            if service[kind]
        ]
        last = format_age(datetime.fromtimestamp(service["last_ns"] / _SECOND_NS, UTC), now)
        name = one_line(service["name"], 40) or "(no name)"
        lines.append(f"  {name}: {', '.join(counts)}, last {last} ago")
    if len(report["services"]) > _SHOWN:
        lines.append(f"  … and {len(report['services']) - _SHOWN} more (--json lists them)")
    lines += _folded(report["folded"])
    receiver = report["receiver"]
    for refusal in receiver["refused"] if receiver else ():
        lines.append(f"  refused {refusal['count']}x ({refusal['reason']}): {refusal['advice']}")
    lines += [f"  {warning}" for warning in report["warnings"]]
    if report["trouble"]:
        lines.append(f"  {report['trouble']}")
    if report["exists"]:
        kept = f"{plural(report['records'], 'record')} in {format_bytes(report['bytes'])}"
        lines.append(f"  {kept}: {report['path']}")
    return lines


def _listening(report: dict[str, Any]) -> str:
    where = f"{report['host']}:{report['port']}"
    receiver = report["receiver"]
    match report["listens"]:
        case Occupant.AIMUX:
            pid = f" (process {receiver['pid']})" if receiver and receiver["is_alive"] else ""
            return f"aimux{pid} listens at {where}"
        case Occupant.OTHER:
            return f"another program listens at {where}: end it, or set otel.port"
    if report["enabled"]:
        return f"nobody listens at {where} now: it is received while aimux runs"
    return (
        f"nobody listens at {where}: `aimux receive`, `aimux --receive` or otel.enabled starts it"
    )


def _folded(folded: list[dict[str, Any]]) -> list[str]:
    """One line for each service whose records were counted instead of kept."""
    services: dict[str, int] = {}
    for fold in folded:
        services[fold["service"]] = services.get(fold["service"], 0) + fold["count"]
    return [
        f"  {one_line(service, 40)}: {count:,} internal records counted, not kept"
        for service, count in services.items()
    ]
