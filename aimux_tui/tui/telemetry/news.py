"""What the detail does when something was received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from aimux_tui.tui.panes.detail import DetailPane


def show_news(detail: DetailPane) -> None:
    """Offer the view of telemetry where there is some now; draw it anew where it is shown."""
    subject, telemetry = detail.subject, detail.telemetry
    if subject is None or telemetry is None or not telemetry.has(subject.session):
        return
    if not subject.has_telemetry:
        detail.subject = replace(subject, has_telemetry=True)
        detail.colours_changed()
    elif detail.view is not None and detail.view.id == "otel":
        detail.colours_changed()
