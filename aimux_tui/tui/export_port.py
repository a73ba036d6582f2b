"""What the screen needs of exports, so that it can be shown without any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from aimux_tui.config.schema import RedactionProfile
    from aimux_tui.tui.export_scopes import Chosen


class Progress(Struct, frozen=True):
    """How far an export has come."""

    turns: int = 0
    total: int = 0
    """About how many turns there will be; 0 if that is not known."""
    sent: int = 0
    """Spans that an endpoint has taken."""


class Control(Struct, frozen=True):
    """How a running export tells and is told. Both are called from its thread."""

    report: Callable[[Progress], None]
    should_stop: Callable[[], bool]


class Done(Struct, frozen=True):
    """What came of an export."""

    words: str
    """What was exported where: "12 turns, 3 sub-agents → ~/.aimux/exports/x.jsonl"."""
    path: Path | None = None
    remarks: tuple[str, ...] = ()
    """What the user should know besides."""
    is_partial: bool = False
    """Something of it could not be sent, and waits for a retry."""


class Endpoint(Struct, frozen=True):
    """Where an OTLP export would go."""

    name: str
    """For people, and what consent is remembered by."""
    backend: str
    """What is said to stand there: "auto", "mlflow", …"""
    is_local: bool
    """It is on this machine."""
    trace_per: str


class Sample(Struct, frozen=True):
    """What would be sent, shown by the first turn of it."""

    sessions: int
    turns: int
    """About how many."""
    parts: tuple[tuple[str, str], ...]
    """(what it is, its beginning as it would be sent)."""
    removed: Mapping[str, int]
    """Reason → places in which something was taken out, in the turns looked at."""
    looked_at: int
    """How many turns that were."""


class ExportPort(Protocol):
    """Exports of this machine. The methods block and raise AimuxError, OSError."""

    def to_file(self, chosen: Chosen, format_name: str, path: str, control: Control) -> Done:
        """Write a file; "" for a path in the usual folder."""
        ...

    def endpoint(self, given: str) -> Endpoint:
        """The endpoint that is given, else that of the settings. Does not block."""
        ...

    def consent(self, endpoint: Endpoint) -> RedactionProfile | None:
        """How much may be sent there; None if that was never asked."""
        ...

    def give_consent(self, endpoint: Endpoint, profile: RedactionProfile) -> None:
        """Remember it."""
        ...

    @property
    def usual_profile(self) -> RedactionProfile:
        """How much leaves in an export unless told otherwise."""
        ...

    def sample(self, chosen: Chosen, profile: RedactionProfile, control: Control) -> Sample:
        """What would be sent."""
        ...

    def send(self, chosen: Chosen, given: str, profile: RedactionProfile, control: Control) -> Done:
        """Send to an endpoint."""
        ...

    def has_waiting(self) -> bool:
        """Whether anything waits for a retry. One look into a folder."""
        ...

    def retry(self, control: Control) -> Done:
        """Send what could not be sent before, wherever it was to go."""
        ...
