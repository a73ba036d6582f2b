"""Tokens, money, durations, times and sizes as short texts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from aimux_tui.model.usage import Cost, Usage

UNKNOWN = "—"
AT_LEAST = "≥"


def format_count(number: int) -> str:
    """At most five characters: 950, 1.2k, 34k, 3.4M."""
    value = float(number)
    for suffix in ("", "k", "M", "G", "T"):
        if abs(value) < 999.5 or suffix == "T":
            if not suffix:
                return str(number)
            return f"{value:.1f}{suffix}" if abs(value) < 99.95 else f"{value:.0f}{suffix}"
        value /= 1000
    return str(number)


def format_tokens(usage: Usage) -> str:
    """Tokens in and out: "13k→1.1k"; marked where the log counts too few, "—" if it has none."""
    if not usage.total:
        return UNKNOWN
    mark = AT_LEAST if usage.is_lower_bound else ""
    return f"{format_count(usage.context)}→{mark}{format_count(usage.output)}"


def format_cost(cost: Cost) -> str:
    """Money: "$0.08", "≥$1.20" where some is missing, "—" where nothing is known.

    What is known of a lower bound may be next to nothing: ">$0".
    """
    if not cost.is_known:
        return UNKNOWN
    if cost.is_partial and 0 < cost.usd < 0.0095:
        return ">$0"
    mark = AT_LEAST if cost.is_partial else ""
    return mark + format_usd(cost.usd)


def format_spent(usage: Usage, cost: Cost) -> str:
    """What some usage cost. A log that counts no tokens does not say that they were free."""
    return format_cost(cost) if usage.total or cost.usd else UNKNOWN


def format_usd(usd: float) -> str:
    """An amount in dollars with the digits that matter."""
    if usd == 0:
        return "$0"
    if usd < 0.0095:
        return "<$0.01"
    if usd < 99.995:
        return f"${usd:.2f}"
    return f"${usd:,.0f}"


def format_duration(duration: timedelta | None) -> str:
    """A duration: "0.4s", "12s", "3m02s", "1h05m", "2d04h"."""
    if duration is None:
        return UNKNOWN
    seconds = duration.total_seconds()
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02}m"
    return f"{hours // 24}d{hours % 24:02}h"


def format_nanoseconds(duration: int) -> str:
    """A short duration: "0", "87µs", "4.2ms", "320ms", "1.25s", "12.4s", then as in minutes."""
    if duration <= 0:
        return "0"
    if duration < 999_500:
        return f"{max(round(duration / 1e3), 1)}µs"
    if duration < 9_950_000:
        return f"{duration / 1e6:.1f}ms"
    if duration < 999_500_000:
        return f"{duration / 1e6:.0f}ms"
    if duration < 9_995_000_000:
        return f"{duration / 1e9:.2f}s"
    if duration < 59_950_000_000:
        return f"{duration / 1e9:.1f}s"
    return format_duration(timedelta(microseconds=duration // 1000))


def format_age(at: datetime | None, now: datetime) -> str:
    """How long ago: "now", "42s", "3m", "5h", "12d", "8w", "2y"."""
    if at is None:
        return UNKNOWN
    seconds = (now - at).total_seconds()
    if seconds < 5:
        return "now"
    for limit, size, suffix in (
        (60, 1, "s"),
        (3600, 60, "m"),
        (86400, 3600, "h"),
        (86400 * 21, 86400, "d"),
        (86400 * 365, 86400 * 7, "w"),
    ):
        if seconds < limit:
            return f"{int(seconds // size)}{suffix}"
    return f"{int(seconds // (86400 * 365))}y"


def format_clock(at: datetime | None, zone: tzinfo | None = None) -> str:
    """The time of day: "10:47", local unless a zone is given."""
    return UNKNOWN if at is None else at.astimezone(zone).strftime("%H:%M")


def format_date(at: datetime | None, zone: tzinfo | None = None) -> str:
    """Date and time: "2026-11-21 10:47", local unless a zone is given."""
    return UNKNOWN if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def format_elapsed(at: datetime | None, start: datetime | None) -> str:
    """Time since `start`: "+3m02s"."""
    if at is None or start is None:
        return UNKNOWN
    return "+" + format_duration(max(at - start, timedelta()))


def format_bytes(size: int) -> str:
    """A size: "812 B", "1.3 KB", "170 MB"."""
    value = float(size)
    for suffix in ("B", "KB", "MB", "GB"):
        if value < 999.5 or suffix == "GB":
            if suffix == "B":
                return f"{size} B"
            return f"{value:.1f} {suffix}" if value < 99.95 else f"{value:.0f} {suffix}"
        value /= 1000
    return f"{size} B"


def plural(number: int, noun: str, many: str = "") -> str:
    """A number with its noun: "1 turn", "3 turns"."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"
