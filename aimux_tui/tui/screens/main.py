"""The main screen: header, three panes, footer; who has the focus and what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace
from textual.binding import Binding
from textual.widgets import Input

from aimux_tui.commands.base import Group, Pane
from aimux_tui.commands.complete import complete
from aimux_tui.tui.bindings import make_bindings
from aimux_tui.tui.completions import Completions
from aimux_tui.tui.costs.commands import CostCommands
from aimux_tui.tui.dispatch import helpers_of
from aimux_tui.tui.exporting import Exporting
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.labelling import Labelling, badge_clicked
from aimux_tui.tui.layout import BREAKPOINTS, Layout, width_class
from aimux_tui.tui.messages import LibraryChanged, TraceChanged
from aimux_tui.tui.navigator import Navigator
from aimux_tui.tui.pacer import Pacer
from aimux_tui.tui.panes.blank import Divider, Row
from aimux_tui.tui.panes.command_line import CommandLine
from aimux_tui.tui.panes.detail import DetailPane
from aimux_tui.tui.panes.footer import FooterLine, keys_for_footer
from aimux_tui.tui.panes.header import HeaderLine
from aimux_tui.tui.panes.pane_title import PaneTitle
from aimux_tui.tui.panes.sessions import SessionsPane
from aimux_tui.tui.panes.trace import TracePane
from aimux_tui.tui.screens.command_screen import CommandScreen
from aimux_tui.tui.screens.main_commands import MainCommands
from aimux_tui.tui.search.commands import SearchCommands
from aimux_tui.tui.take_out import TakeOut
from aimux_tui.tui.telemetry.commands import TelemetryCommands

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual import events
    from textual.app import ComposeResult
    from textual.theme import Theme
    from textual.timer import Timer

    from aimux_tui.commands.base import Command
    from aimux_tui.tui.panes.label_bar import LabelBar
    from aimux_tui.tui.setup import Setup
    from aimux_tui.tui.widgets.pick_list import PickList

_REST = 0.12
"""Seconds for which the cursor must rest on a session before it is opened beside the list."""


class MainScreen(CommandScreen):
    """Wires the panes together; what they show is the `Navigator`'s matter."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BLANK = True

    def __init__(self, setup: Setup) -> None:
        super().__init__(id="main")
        self.setup = setup
        self.arrangement = Layout()
        glyphs = setup.glyphs
        self.header = HeaderLine(glyphs, id="header")
        self.sessions = SessionsPane(setup.settings, setup.clock, glyphs, id="sessions")
        review_of = setup.labels.review
        self.trace = TracePane(setup.settings, setup.clock, glyphs, review_of, id="trace")
        self.detail = DetailPane(lambda: setup.feed.snapshot.by_key, glyphs, review_of, id="detail")
        self._dividers = {Pane.TRACE: Divider(glyphs), Pane.DETAIL: Divider(glyphs)}
        """The lines to the left of the panes."""
        self.footer = FooterLine(id="footer")
        self.navigator = Navigator(
            setup,
            (self.sessions, self.trace, self.detail),
            on_trace_change=self._announce_trace,
            go_to=self.go_to,
            tell=self.tell,
        )
        self._commands = MainCommands(self)
        self._take_out = TakeOut(self)
        self.labelling = Labelling(self)
        self.exporting = Exporting(self)
        self.searching = SearchCommands(self)
        self._screens = (CostCommands(self), TelemetryCommands(self), self.searching)
        self.command_line = CommandLine(
            lambda line: complete(line, Completions(self.app, setup.feed)), id="command-line"
        )
        self._trace_pacer = Pacer(self, self._show_trace)
        self._footer_pacer = Pacer(self, self._show_footer, 0.1)
        self._preview: Timer | None = None

    def compose(self) -> ComposeResult:
        """Header, panes, footer, command line."""
        yield self.header
        with Row(id="panes"):
            yield self.sessions
            yield self._dividers[Pane.TRACE]
            yield self.trace
            yield self._dividers[Pane.DETAIL]
            yield self.detail
        yield self.exporting.line
        yield self.footer
        yield self.command_line

    def on_mount(self) -> None:
        """Begin in the list, and let times grow older."""
        self.go_to(Pane.SESSIONS)
        if not self.setup.shows_cost:
            self.set_cost(is_shown=False)
        self.set_interval(5, self.time_passed)
        self.app.theme_changed_signal.subscribe(self, self._colours_changed)

    def _colours_changed(self, _: Theme) -> None:
        """Make anew what was made in other colours."""
        for pane in self.panes.values():
            pane.colours_changed()
        self.header.refresh()
        self.footer.refresh()

    # Panes and focus.

    @property
    def panes(self) -> dict[Pane, SessionsPane | TracePane | DetailPane]:
        """The panes, from left to right."""
        return {Pane.SESSIONS: self.sessions, Pane.TRACE: self.trace, Pane.DETAIL: self.detail}

    def go_to(self, pane: Pane) -> None:
        """Show a pane and give it the focus, at once."""
        is_open = pane is Pane.DETAIL or (self.arrangement.is_detail_open and pane is Pane.TRACE)
        self.lay_out(replace(self.arrangement, pane=pane, is_detail_open=is_open))
        self.set_focus(self.panes[pane].target)

    def lay_out(self, arrangement: Layout) -> None:
        """Show the panes of an arrangement."""
        self.arrangement = arrangement
        shown = arrangement.panes
        for pane, widget in self.panes.items():
            widget.display = pane in shown
            for title in widget.query_children(PaneTitle):
                title.set_class(pane is arrangement.pane and len(shown) > 1, "-current")
        for pane, divider in self._dividers.items():
            divider.display = pane in shown[1:]
        self._footer_pacer.ask()

    def on_resize(self, event: events.Resize) -> None:
        """Show the panes for which there is room."""
        self.lay_out(replace(self.arrangement, width=width_class(event.size.width)))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The reader went to another pane, by whatever means."""
        for node in event.widget.ancestors_with_self:
            pane = getattr(node, "PANE", None)
            if pane is not None and pane is not self.arrangement.pane:
                self.lay_out(replace(self.arrangement, pane=pane))
        self._footer_pacer.ask()

    # What the workers and the panes tell.

    def _announce_trace(self, key: str) -> None:
        self.post_message(TraceChanged(key))

    def _show_trace(self) -> None:
        self.navigator.trace_changed()
        self.searching.show_marks()

    def on_library_changed(self, _: LibraryChanged) -> None:
        """Another snapshot is there."""
        self.navigator.library_changed(self.setup.feed.snapshot)
        self._footer_pacer.ask()

    def on_trace_changed(self, event: TraceChanged) -> None:
        """The open session changed."""
        if event.key == self.navigator.reader.key:
            self._trace_pacer.ask()

    def time_passed(self) -> None:
        """What tells ages is drawn again."""
        self.sessions.list.refresh()
        self.trace.list.refresh()

    def on_sessions_pane_highlighted(self, event: SessionsPane.Highlighted) -> None:
        """Open the session beside the list when the cursor rests on it."""
        if self._preview is not None:
            self._preview.stop()
        if len(self.arrangement.panes) > 1:
            self._preview = self.set_timer(_REST, lambda: self.navigator.preview(event.key))
        self._footer_pacer.ask()

    def on_sessions_pane_chosen(self, event: SessionsPane.Chosen) -> None:
        """Open the session and go there."""
        if self._preview is not None:
            self._preview.stop()
        self.navigator.choose(event.key)

    def on_trace_pane_highlighted(self) -> None:
        """Show what is under the cursor."""
        self.navigator.show_selected()
        self._footer_pacer.ask()

    def on_trace_pane_chosen(self) -> None:
        """Go into a sub-agent, else look at the part itself."""
        self.navigator.enter_selected()

    def on_trace_pane_back_asked(self) -> None:
        """Leave the session."""
        self.navigator.back()

    def on_trace_pane_read(self) -> None:
        """The steps of a turn are there: what is under the cursor may be one of them."""
        self.navigator.show_selected()

    def on_pick_list_annotated(self, event: PickList.Annotated) -> None:
        """A badge of a turn was clicked on."""
        turn = self.trace.items.turn_of(event.key)
        if turn is not None:
            key = self.navigator.reader.key
            badge_clicked(self.labelling, event.command_id, key, turn)

    async def on_label_bar_pressed(self, event: LabelBar.Pressed) -> None:
        """A button of the detail was clicked on."""
        self.go_to(Pane.DETAIL)
        await self.action_command(event.command_id, *event.arguments)

    def on_detail_pane_wanted(self) -> None:
        """Bring the detail onto the screen."""
        if Pane.DETAIL not in self.arrangement.panes:
            self.go_to(Pane.DETAIL)

    def on_detail_pane_child_asked(self, event: DetailPane.ChildAsked) -> None:
        """Go into the sub-agent."""
        self.navigator.enter_child(event.key)

    def on_detail_pane_back_asked(self) -> None:
        """Leave the detail."""
        self.go_to(Pane.TRACE if self.navigator.reader.key else Pane.SESSIONS)

    # Commands.

    @property
    def current_pane(self) -> Pane:
        """The pane that has the focus, or had it before the command line."""
        return self.arrangement.pane

    @property
    def command_nodes(self) -> list[object]:
        """Who is asked to do a command, in this order."""
        path = [] if self.focused is None else list(self.focused.ancestors_with_self)
        pane, others = self.panes[self.arrangement.pane], (self.trace, self.detail, self.sessions)
        nodes = [node for node in path if node is not self and node is not self.app]
        return [
            *(part for node in [*nodes, pane, *others] for part in (node, *helpers_of(node))),
            self.navigator,
            self._take_out,
            self.labelling,
            self.exporting,
            *self._screens,
            self._commands,
            self,
            self.app,
        ]

    def chord_heading(self, commands: Collection[Command]) -> str:
        """What an export would take."""
        is_export = any(command.group is Group.EXPORT for command in commands)
        return self.exporting.heading if is_export else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While an export runs, escape is for it."""
        if action == "stop_export":
            return self.exporting.jobs.is_running and not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_stop_export(self) -> None:
        """Stop it."""
        self.exporting.cmd_export_cancel()

    def focus_pane(self) -> None:
        """Give the focus back to the current pane."""
        self.set_focus(self.panes[self.arrangement.pane].target)

    def commands_done(self) -> None:
        """What the footer offers may be another thing now."""
        self._footer_pacer.ask()

    def _show_footer(self) -> None:
        keys = keys_for_footer(
            self.command_nodes,
            self.arrangement.pane,
            self.setup.keymap,
            is_ascii=self.setup.glyphs is ASCII,
        )
        self.footer.show(keys)

    def set_cost(self, *, is_shown: bool) -> None:
        """Show money in every list, or hide it."""
        for pane in (self.sessions, self.trace):
            pane.show_cost(is_shown=is_shown)


def make_main_screen(setup: Setup) -> MainScreen:
    """The main screen with the user's keys; bindings belong to classes, so it gets its own."""
    stop = Binding("escape", "stop_export", show=False, priority=True)
    namespace = {"BINDINGS": [*make_bindings(setup.keymap), stop]}
    bound: Any = type("BoundMainScreen", (MainScreen,), namespace, inherit_bindings=False)
    return cast("MainScreen", bound(setup))
