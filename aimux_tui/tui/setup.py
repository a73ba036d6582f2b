"""What one run of the screen is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct, field

from aimux_tui.config.schema import CostDisplay, Settings
from aimux_tui.errors import ConfigError
from aimux_tui.export.forwarded import Forwarded
from aimux_tui.tui.export_port import ExportPort
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.format.glyphs import ASCII, Glyphs, terminal_glyphs
from aimux_tui.tui.keeper import Keeper
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.ports import AccountsPort
from aimux_tui.tui.search.port import SearchPort
from aimux_tui.tui.telemetry.feed import TelemetryFeed
from aimux_tui.tui.telemetry.ports import ReceiverPort, TelemetryPort


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Setup(Struct):
    """The library, what is said of it, the settings, and what to open first."""

    feed: LibraryFeed
    labels: LabelFeed
    settings: Settings
    keymap: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Command id → its keys."""
    errors: Sequence[ConfigError] = ()
    """What is wrong with the settings."""
    open_target: str = ""
    """A session's id or a log's path."""
    follow_folder: str = ""
    """Open the newest session of this folder, and stay with it."""
    notice: str = ""
    """To be told at the start."""
    accounts: AccountsPort | None = None
    """What the sessions spent; None: it is not told."""
    keeper: Keeper | None = None
    """What keeps the logs of labelled sessions; None: they are not kept."""
    search: SearchPort | None = None
    """What searches all sessions; None: nothing does."""
    exports: ExportPort | None = None
    """What exports; None: nothing can be exported."""
    telemetry: TelemetryPort | None = None
    """What was received over OTLP; None: it is not looked at."""
    forward: Callable[[str], Forwarded] | None = None
    """What passes telemetry on to an endpoint; it blocks. None: nothing does."""
    joins: TelemetryFeed | None = None
    """What was received of the sessions; made of `telemetry`."""
    receiver: ReceiverPort | None = None
    """Who receives it; None: this process does not."""
    clock: Callable[[], datetime] = utc_now

    def __post_init__(self) -> None:
        if self.joins is None and self.telemetry is not None:
            self.joins = TelemetryFeed(self.telemetry)

    @property
    def glyphs(self) -> Glyphs:
        """The signs to draw with."""
        return ASCII if self.settings.ui.ascii else terminal_glyphs()

    @property
    def shows_cost(self) -> bool:
        """Whether money is shown at all."""
        return self.settings.cost.display is not CostDisplay.HIDE
