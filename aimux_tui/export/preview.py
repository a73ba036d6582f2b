"""What an export would let out, found by making all of it and keeping nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.export.progress import ExportCounts
from aimux_tui.export.run import export_to_stream

if TYPE_CHECKING:
    from aimux_tui.config.schema import RedactionProfile
    from aimux_tui.export.progress import ExportTracker
    from aimux_tui.export.redaction.removal import Removal
    from aimux_tui.export.scope import Selection

_HOST = re.compile(
    rb"\b(?:https?|wss?|ssh|git|postgres(?:ql)?|mysql|redis)://"
    rb"(?:[^\s/\"'@\\]*(?:\[masked: [^\]]*\])?@)?"
    rb"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{1,100}[A-Za-z0-9])"
)


class Preview(Struct, frozen=True):
    """What would leave."""

    counts: ExportCounts
    size: int
    """Bytes, in the format that was asked for."""
    removed: Mapping[str, int]
    """Reason → in how many places something is taken out."""
    secrets: Mapping[str, int]
    """Kind of secret → in how many places one is masked."""
    hosts: Mapping[str, int]
    """Host that is named in a URL → how often, the most frequent first."""
    missed: tuple[str, ...]
    """Keys of sessions whose log is gone."""


def preview(
    selection: Selection, format_name: str, profile: RedactionProfile, tracker: ExportTracker
) -> Preview:
    """What would be written, by counting it. Blocks for as long as the export itself takes.

    Raises as `export_to_stream`.
    """
    sink = _Sink()
    secrets: Counter[str] = Counter()

    def tell(removal: Removal) -> None:
        if removal.kind:
            secrets[removal.kind] += 1

    result = export_to_stream(selection, format_name, sink, profile, tracker, tell)
    return Preview(
        counts=result.counts,
        size=sink.size,
        removed=result.removed,
        secrets=dict(secrets.most_common()),
        hosts={host.decode(): count for host, count in sink.hosts.most_common()},
        missed=result.missed,
    )


class _Sink:
    """Counts what is written, and forgets it."""

    def __init__(self) -> None:
        self.size = 0
        self.hosts: Counter[bytes] = Counter()

    def write(self, data: bytes, /) -> None:
        self.size += len(data)
        self.hosts.update(match["host"].lower() for match in _HOST.finditer(data))
