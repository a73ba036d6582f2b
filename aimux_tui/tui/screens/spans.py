"""A trace: its spans as a tree with a waterfall, and everything about the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from aimux_tui.model.telemetry import SpanStatus
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_nanoseconds, plural
from aimux_tui.tui.bindings import moving_bindings
from aimux_tui.tui.format.document import LineDocument
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.span_row import Axis, axis_row, moment
from aimux_tui.tui.lane import Lane
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.telemetry.items import SpanItems
from aimux_tui.tui.telemetry.jump import Jump, jump_from
from aimux_tui.tui.telemetry.span_page import span_lines
from aimux_tui.tui.widgets.text_view import TextView
from aimux_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult

    from aimux_tui.model.telemetry import Span, TraceSummary
    from aimux_tui.store.telemetry.tree import TraceTree
    from aimux_tui.tui.setup import Setup
    from aimux_tui.tui.telemetry.ports import TelemetryPort

_LOOK_SECONDS = 0.7
_SIDE_BY_SIDE = 140
"""Columns from which on the span is told beside the tree, not below it."""


class SpansScreen(ModalScreen[Jump | None]):
    """Ends with the place of a session that is to be opened, if any."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,left", "back", show=False),
        Binding("q", "back", show=False),
        Binding("tab,shift+tab", "other_pane", show=False),
        Binding("enter,o", "go", show=False),
        Binding("x", "next_failure", show=False),
        *moving_bindings(),
    ]

    def __init__(
        self,
        setup: Setup,
        telemetry: TelemetryPort,
        trace: TraceSummary,
        title_of: Callable[[str], str],
    ) -> None:
        super().__init__(classes="-ascii" if setup.glyphs is ASCII else None)
        self._setup = setup
        self._telemetry = telemetry
        self._trace = trace
        self._title_of = title_of
        self._lane = Lane("spans screen")
        self._version = -1
        self._is_reading = False
        self._told = ""
        """The span that the page is about."""
        self.tree_shown: TraceTree | None = None
        self.list = VirtualList(id="spans-list")
        self.page = TextView(id="span-page")

    def compose(self) -> ComposeResult:
        """What the trace is, its tree, the span."""
        with Vertical(id="spans-box"):
            yield Static(id="spans-title")
            with Container(id="spans-panes"):
                with Vertical(id="spans-tree"):
                    yield Static(id="spans-axis")
                    yield self.list
                yield self.page

    def on_mount(self) -> None:
        """Begin to read, and to look for more."""
        box = self.query_one("#spans-box")
        box.border_title = "Trace"
        box.border_subtitle = "esc back, enter to the turn, x failure, tab pane"
        for view in (self.list, self.page):
            view.draw_with(glyphs=self._setup.glyphs)
        self.set_focus(self.list)
        self._look_for_more()
        self.set_interval(_LOOK_SECONDS, self._look_for_more)

    def on_unmount(self) -> None:
        """Nobody waits for what is still being read."""
        self._lane.stop()

    def on_resize(self, event: events.Resize) -> None:
        """Beside each other where there is room."""
        self.set_class(event.size.width >= _SIDE_BY_SIDE, "-wide")
        self.call_after_refresh(self._show_axis)

    # Reading.

    def _look_for_more(self) -> None:
        if not self._is_reading:
            self._is_reading = True
            self._read()

    @work(group="spans")
    async def _read(self) -> None:
        """Read the trace, and read it anew when spans of it came since."""
        try:
            is_first, before = self._version < 0, self._version
            self._version = await self._lane.run(self._telemetry.version)
            if is_first or (self._version != before and await self._lane.run(self._grew, before)):
                self._show(await self._lane.run(self._telemetry.trace, self._trace.trace_id))
        finally:
            self._is_reading = False

    def _grew(self, since: int) -> bool:
        newer = self._telemetry.traces(since=since)
        return any(trace.trace_id == self._trace.trace_id for trace in newer)

    # What is shown.

    def _show(self, tree: TraceTree) -> None:
        self.tree_shown = tree
        self.list.show(SpanItems(tree))
        self.query_one("#spans-title", Static).update(self._headline(tree))
        self._show_axis()
        self._show_span()

    @property
    def _look(self) -> Look:
        return Look(palette_of(self.app), self._setup.glyphs)

    def _headline(self, tree: TraceTree) -> Content:
        look = self._look
        palette = look.palette
        services = dict.fromkeys(span.resource.service for span in tree.spans)
        errors = sum(span.status is SpanStatus.ERROR for span in tree.spans)
        began = moment(tree.start_ns).astimezone(look.zone).strftime("%Y-%m-%d %H:%M:%S")
        took = look.plain(format_nanoseconds(tree.end_ns - tree.start_ns)).replace("µ", "u")
        facts = [began, took, plural(len(tree.spans), "span")]
        if tree.folded:
            facts.append(f"{tree.folded:,} folded")
        if tree.logs:
            facts.append(plural(len(tree.logs), "log record"))
        parts = [Content.styled(", ".join(facts), palette.muted)]
        if errors:
            parts.append(Content.styled(f"{errors:,} failed", palette.failed))
        legend = [
            Content.styled(one_line(service, 40) or "(no name)", hue)
            for service, hue in zip(services, palette.hues * len(services), strict=False)
        ]
        parts.append(Content.styled(look.plain(" → "), palette.faint).join(legend))
        return Content("  ").join(parts)

    def _show_axis(self) -> None:
        if self.tree_shown is not None:
            axis = Axis(self.tree_shown.start_ns, self.tree_shown.end_ns)
            width = max(self.list.size.width - 2, 20)
            self.query_one("#spans-axis", Static).update(axis_row(axis, width, self._look))

    def _show_span(self) -> None:
        span, tree = self.span, self.tree_shown
        if span is None or tree is None:
            return
        jump = jump_from(span, tree)
        title = self._title_of(jump.session) if jump is not None else ""
        lines = span_lines(span, tree, title, self.page.look)
        is_same, self._told = self._told == span.span_id, span.span_id
        self.page.show(LineDocument(lines), keeps_place=is_same)

    @property
    def span(self) -> Span | None:
        """The span under the cursor."""
        index, tree = self.list.cursor_index, self.tree_shown
        if index is None or tree is None or index >= len(tree.spans):
            return None
        return tree.spans[index]

    def on_virtual_list_highlighted(self) -> None:
        """Tell of another span."""
        self._show_span()

    def on_virtual_list_opened(self) -> None:
        """A span was clicked on twice."""
        self.action_go()

    # Keys.

    def action_back(self) -> None:
        """To the list of traces."""
        self.dismiss(None)

    def action_other_pane(self) -> None:
        """From the tree to the span's page, or back."""
        self.set_focus(self.page if self.focused is self.list else self.list)

    def action_move(self, where: str) -> None:
        """Move through the tree, or through the page."""
        target = self.page if self.focused is self.page else self.list
        getattr(target, f"action_{where}")()

    def action_next_failure(self) -> None:
        """To the next span that failed, from the last one to the first."""
        index, tree = self.list.cursor_index, self.tree_shown
        if index is None or tree is None:
            return
        order = [*tree.spans[index + 1 :], *tree.spans[: index + 1]]
        for span in order:
            if span.status is SpanStatus.ERROR:
                self.list.move_to(span.span_id)
                return
        self.notify("no span of this trace failed", markup=False)

    def action_go(self) -> None:
        """To the turn of the session that the span belongs to."""
        if self.span is None or self.tree_shown is None:
            return
        jump = jump_from(self.span, self.tree_shown)
        if jump is None:
            self.notify("this span belongs to no session", markup=False)
        else:
            self.dismiss(jump)
