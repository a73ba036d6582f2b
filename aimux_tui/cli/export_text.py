"""What `aimux export` says: a line for what was done, and the preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.export.words import removed_words
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.export.preview import Preview
    from aimux_tui.export.progress import ExportCounts
    from aimux_tui.export.run import ExportResult

_HOSTS = 20
"""Hosts that a preview names; the others are counted."""


def counts_words(counts: ExportCounts) -> str:
    """What was exported: "2 sessions with 3 sub-agents, 41 turns, 380 tool calls"."""
    sessions = plural(counts.sessions, "session")
    if counts.agents:
        sessions += f" with {plural(counts.agents, 'sub-agent')}"
    return f"{sessions}, {plural(counts.turns, 'turn')}, {plural(counts.tool_calls, 'tool call')}"


def result_line(result: ExportResult) -> str:
    """What was written, in a line."""
    size = f", {format_bytes(result.size)}" if result.path else ""
    return f"{counts_words(result.counts)}{size} ({result.profile})"


def result_remarks(result: ExportResult) -> Iterator[str]:
    """What the user should know besides."""
    if words := removed_words(result.removed):
        where = f", listed in {result.manifest.name}" if result.manifest else ""
        yield f"{words}{where}"
    if result.missed:
        yield f"{plural(len(result.missed), 'session')} left out: their logs cannot be read"


def result_fields(result: ExportResult) -> dict[str, Any]:
    """The same for programs."""
    return {
        "schema": 1,
        "format": result.format,
        "profile": result.profile,
        "path": str(result.path) if result.path else None,
        "receipt": str(result.receipt) if result.receipt else None,
        "manifest": str(result.manifest) if result.manifest else None,
        "bytes": result.size,
        "sha256": result.sha256,
        "counts": result.counts,
        "removed": result.removed,
        "missed": result.missed,
    }


def preview_text(preview: Preview, destination: str) -> str:
    """What would leave, in some lines."""
    spans = plural(preview.counts.spans, "span")
    lines = [
        f"would go to {destination}:",
        f"  {counts_words(preview.counts)}; {spans} as traces; {format_bytes(preview.size)}",
        f"  taken out: {removed_words(preview.removed) or 'nothing'}",
        *(f"    {count:>5}  {one_line(kind)}" for kind, count in preview.secrets.items()),
    ]
    if preview.hosts:
        lines.append(f"  names {plural(len(preview.hosts), 'host')} in addresses:")
        hosts = list(preview.hosts.items())
        lines += [f"    {count:>5}  {one_line(host)}" for host, count in hosts[:_HOSTS]]
        if len(hosts) > _HOSTS:
            lines.append(f"           and {len(hosts) - _HOSTS} more")
    if preview.missed:
        lines.append(
            f"  {plural(len(preview.missed), 'session')} left out: their logs cannot be read"
        )
    return "\n".join(lines)


def preview_fields(preview: Preview, destination: str) -> dict[str, Any]:
    """The same for programs."""
    return {
        "schema": 1,
        "destination": destination,
        "counts": preview.counts,
        "spans": preview.counts.spans,
        "bytes": preview.size,
        "removed": preview.removed,
        "secrets": preview.secrets,
        "hosts": preview.hosts,
        "missed": preview.missed,
    }
