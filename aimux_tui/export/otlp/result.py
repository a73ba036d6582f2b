"""What came of an OTLP export."""

from __future__ import annotations

from msgspec import Struct

from aimux_tui.errors import ExportError
from aimux_tui.text.units import plural


class OtlpProgress(Struct, frozen=True):
    """How far sending has come. Building is told by the materials' own tracker."""

    sessions: int = 0
    """Finished ones."""
    spans: int = 0
    """Sent so far."""


class OtlpResult(Struct, frozen=True, kw_only=True):
    """What was sent, and what was not."""

    place: str = ""
    """The backend in words: "MLflow experiment 1"."""
    sessions: int = 0
    traces: int = 0
    """Of which anything was sent."""
    spans: int = 0
    assessments: int = 0
    """Created, updated or deleted."""
    unchanged: int = 0
    """Spans that the endpoint had already."""
    rejected: int = 0
    """Spans that the server refused for good."""
    spooled: int = 0
    """Sessions kept to be sent by a retry."""
    is_cancelled: bool = False
    remarks: tuple[str, ...] = ()
    """What the user should know besides: warnings of the server, spans left as they were."""

    def __add__(self, other: OtlpResult) -> OtlpResult:
        return OtlpResult(
            place=self.place or other.place,
            sessions=self.sessions + other.sessions,
            traces=self.traces + other.traces,
            spans=self.spans + other.spans,
            assessments=self.assessments + other.assessments,
            unchanged=self.unchanged + other.unchanged,
            rejected=self.rejected + other.rejected,
            spooled=self.spooled + other.spooled,
            is_cancelled=self.is_cancelled or other.is_cancelled,
            remarks=tuple(dict.fromkeys((*self.remarks, *other.remarks))),
        )

    @property
    def line(self) -> str:
        """One line: "3 traces, 212 spans, 14 assessments → MLflow experiment 1"."""
        where = f" → {self.place}" if self.place else ""
        if not (self.traces or self.spooled or self.rejected or self.is_cancelled):
            return f"nothing new, {plural(self.unchanged, 'span')} there already{where}"
        parts = [plural(self.traces, "trace"), plural(self.spans, "span")]
        if self.assessments:
            parts.append(plural(self.assessments, "assessment"))
        if self.rejected:
            parts.append(f"{self.rejected} refused")
        if self.spooled:
            parts.append(f"{plural(self.spooled, 'session')} kept for a retry")
        if self.is_cancelled:
            parts.append("cancelled")
        return ", ".join(parts) + where


class OtlpError(ExportError):
    """An export that could not be sent, or only in part."""

    def __init__(self, message: str, hint: str = "", result: OtlpResult | None = None) -> None:
        super().__init__(message, hint)
        self.result = result or OtlpResult()
