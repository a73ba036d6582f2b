"""The application: feeds, theme, screens, and the commands that concern all of it."""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType

from aimux_tui.errors import CommandError
from aimux_tui.spelling import nearest
from aimux_tui.tui.attention import AttentionWatch
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.messages import LibraryChanged
from aimux_tui.tui.panes.header import gather_facts
from aimux_tui.tui.screens.main import make_main_screen
from aimux_tui.tui.telemetry.chip import ReceiverWatch
from aimux_tui.tui.telemetry.forwarding import Forwarding
from aimux_tui.tui.telemetry.news import show_news
from aimux_tui.tui.theme import begin_with, register_themes
from aimux_tui.tui.typed_ahead import TypedAhead

if TYPE_CHECKING:
    from pathlib import PurePath

    from textual.command import Provider
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from aimux_tui.tui.keeper import Keeper
    from aimux_tui.tui.setup import Setup
    from aimux_tui.tui.telemetry.feed import TelemetryFeed

_RECEIVER_SECONDS = 0.5
"""Between two looks at what the receiver does."""
_PAINT_SECONDS = 0.2
"""From the end of a message to the paint that leaves nothing of it."""


def _commands() -> type[Provider]:
    """What the palette offers, imported when it is opened."""
    from aimux_tui.tui.command_palette import CommandProvider

    return CommandProvider


class AimuxApp(App[None], inherit_bindings=False):
    """Wires; behaviour lives in the panes, the navigator and the small modules beside them."""

    TITLE = "aimux"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["styles/main.tcss", "styles/overlays.tcss"]
    COMMANDS: ClassVar[Any] = {_commands}
    COMMAND_PALETTE_BINDING = "unbound"  # it has its key from the table of commands
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self.setup = setup
        self.feed = setup.feed
        self.is_muted = not setup.settings.ui.bell
        register_themes(self)
        begin_with(self, setup.settings.theme)
        self.main = make_main_screen(setup)
        self._attention = AttentionWatch()
        self._typed_ahead = TypedAhead(self)
        self._receiver: ReceiverWatch | None = None
        self._forwarding = Forwarding(self, setup.forward) if setup.forward is not None else None
        if (joins := setup.joins) is not None:
            self.main.detail.telemetry = joins
            self.main.trace.source_of = joins.source

    def get_default_screen(self) -> Screen[None]:
        """The main screen."""
        return self.main

    def on_mount(self) -> None:
        """Begin to read, and tell what there is to tell."""
        if self.setup.settings.theme not in self.available_themes:
            self.main.tell(self._no_theme(self.setup.settings.theme))
        elif self.theme != self.setup.settings.theme:
            self.theme = self.setup.settings.theme
        self.feed.on_change = self._library_changed
        self.feed.on_paths = self.main.navigator.reader.paths_changed
        self.feed.on_trouble = self.main.tell
        self.setup.labels.on_change = self._labels_changed
        self.setup.labels.on_trouble = self.main.tell
        if self.setup.keeper is not None:
            self._follow_keeper(self.setup.keeper)
        if self.setup.joins is not None:
            self._follow_telemetry(self.setup.joins)
        if self.setup.receiver is not None:
            self._receiver = ReceiverWatch(self.setup.receiver, self._tell_trouble)
            self.set_interval(_RECEIVER_SECONDS, self._look_at_receiver)
        self._follow_library()
        for error in self.setup.errors:
            self.main.tell("\n".join(part for part in (error.message, error.hint) if part))
        if self.setup.notice:
            self.notify(self.setup.notice, markup=False, timeout=8)
        self.call_after_refresh(self._follow_labels)
        self.call_after_refresh(self._warm_up)

    async def on_unmount(self) -> None:
        """Keep what was read and labelled, and end the workers."""
        self.main.navigator.reader.close()
        self.main.searching.close()
        await self.main.exporting.close()
        await self.setup.labels.close()
        if self.setup.keeper is not None:
            await self.setup.keeper.close()
        if self.setup.joins is not None:
            self.setup.joins.close()
        if self._forwarding is not None:
            self._forwarding.close()
        await self.feed.save()
        self.feed.stop()

    @work(group="library", exclusive=True)
    async def _follow_library(self) -> None:
        await self.feed.run()

    @work(group="labels", exclusive=True)
    async def _follow_labels(self) -> None:
        await self.setup.labels.run()

    @work(group="keeper", exclusive=True)
    async def _follow_keeper(self, keeper: Keeper) -> None:
        labels, feed = self.setup.labels, self.feed
        labels.on_written = keeper.want
        keeper.is_ready = lambda: labels.is_loaded and feed.snapshot.is_listed
        keeper.tell = partial(self.notify, markup=False, timeout=12)
        await keeper.run()

    @work(group="telemetry", exclusive=True)
    async def _follow_telemetry(self, joins: TelemetryFeed) -> None:
        joins.on_change = self._telemetry_came
        await joins.run()

    def _telemetry_came(self) -> None:
        show_news(self.main.detail)
        if self._forwarding is not None and self.setup.settings.otel.forward:
            self._forwarding.begin(is_asked=False)
        self.main.trace.show_titles()

    @work(group="warm-up", thread=True)
    def _warm_up(self) -> None:
        """Import what the first frame did without, before somebody opens a turn."""
        import aimux_tui.tui.format.steps
        import aimux_tui.tui.screens.verdict
        import aimux_tui.tui.views.registry  # noqa: F401

        # What the start has made stays for good: it need not be looked at again and again.
        gc.freeze()
        gc.enable()

    def _library_changed(self) -> None:
        snapshot, now = self.feed.snapshot, self.setup.clock()
        if snapshot.is_loaded and self._attention.news(snapshot.sessions, now):
            self._ring()
        self._show_header()
        self.main.post_message(LibraryChanged())

    def _labels_changed(self, keys: frozenset[str]) -> None:
        self.main.labelling.changed(keys)
        self.main.commands_done()  # a filter may have left nothing to do them with, or found it
        self._show_header()

    def _show_header(self) -> None:
        self.main.header.show(
            gather_facts(
                self.feed.snapshot,
                self.setup.clock(),
                shows_cost=self.setup.shows_cost,
                is_muted=self.is_muted,
                labels=self.setup.labels.total,
                receiver=self._receiver.chip if self._receiver is not None else None,
            )
        )

    def _look_at_receiver(self) -> None:
        if self._receiver is not None and self._receiver.look():
            header = self.main.header
            header.show(replace(header.facts, receiver=self._receiver.chip))

    def _tell_trouble(self, message: str) -> None:
        self.notify(message, severity="warning", markup=False, timeout=15)

    def _ring(self) -> None:
        if not self.is_muted:
            self.bell()

    def _no_theme(self, name: str) -> str:
        close = nearest(name, list(self.available_themes))
        return f"no theme {name!r}" + (f": did you mean {close}?" if close else "")

    async def on_event(self, event: events.Event) -> None:
        """Keys may have been typed for a screen that is still being opened."""
        if not (isinstance(event, events.Key) and self._typed_ahead.takes(event)):
            await super().on_event(event)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something for some seconds, and paint all of the screen when it has gone.

        Textual leaves the edge of a message where the rows below it scroll as it goes.
        """
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        super().notify(message, title=title, severity=severity, timeout=seconds, markup=markup)
        self.set_timer(seconds + _PAINT_SECONDS, self._paint)

    def _paint(self) -> None:
        """Paint all of the screen that is shown now."""
        self.screen.refresh()

    # Commands.

    def cmd_app_quit(self) -> None:
        """Quit."""
        self.exit()

    def cmd_app_suspend(self) -> None:
        """Go to the background."""
        self.app_resume_signal.subscribe(self, self._repaint)
        self.action_suspend_process()

    def _repaint(self, _: object) -> None:
        """The shell has written over the screen."""
        self.screen.refresh(layout=True)

    def cmd_app_mute(self) -> None:
        """Silence the bell, or let it ring."""
        self.is_muted = not self.is_muted
        self._show_header()

    def cmd_app_palette(self) -> None:
        """Open the command palette."""
        self.action_command_palette()

    def cmd_app_help(self) -> None:
        """Show every key and command."""
        from aimux_tui.tui.screens.help import HelpScreen

        is_ascii = self.setup.glyphs is ASCII
        pane = self.main.arrangement.pane
        self.push_screen(HelpScreen(pane, self.setup.keymap, is_ascii=is_ascii))

    def cmd_telemetry_forward(self, endpoint: str = "") -> None:
        """Pass received telemetry on to an endpoint."""
        if self._forwarding is None:
            raise CommandError("no telemetry is looked at here")
        self._forwarding.begin(endpoint, is_asked=True)

    def cmd_show_theme(self, name: str | None = None) -> None:
        """Change the colours; without a name, choose from a list."""
        if name is None:
            self.action_change_theme()
        elif name in self.available_themes:
            self.theme = name
        else:
            raise CommandError(self._no_theme(name), hint="tab completes the names")
