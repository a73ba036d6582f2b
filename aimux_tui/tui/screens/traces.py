"""Telemetry as it comes: traces of any program, metrics, who sends, what is refused."""

from __future__ import annotations

from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural
from aimux_tui.tui.bindings import moving_bindings
from aimux_tui.tui.format.document import LineDocument
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.metric_row import metric_head
from aimux_tui.tui.format.span_row import trace_head
from aimux_tui.tui.lane import Lane
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.filter_line import FilterLine
from aimux_tui.tui.telemetry.items import MetricItems, TraceItems
from aimux_tui.tui.telemetry.jump import Jump
from aimux_tui.tui.telemetry.metric_rows import MetricRow, rows_in_total, rows_of
from aimux_tui.tui.telemetry.services_page import nothing_lines, services_page
from aimux_tui.tui.telemetry.trace_filter import TraceFilter, chosen, known_values, parse_filter
from aimux_tui.tui.widgets.choice_line import ChoiceLine
from aimux_tui.tui.widgets.text_view import TextView
from aimux_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from aimux_tui.model.telemetry import TraceSummary
    from aimux_tui.receiver.status import ReceiverStatus
    from aimux_tui.store.telemetry.metrics import MetricSeries
    from aimux_tui.tui.filter_words import Known
    from aimux_tui.tui.setup import Setup
    from aimux_tui.tui.telemetry.ports import TelemetryPort

_LOOK_SECONDS = 0.7
"""Between two looks whether something came."""
_METRICS_SECONDS = 3.0
"""Between two readings of all metrics: they are added up anew each time."""
_MOST = 2000
"""Traces that are listed."""


class View(StrEnum):
    """What is shown of telemetry."""

    TRACES = "traces"
    METRICS = "metrics"
    SERVICES = "services"


VIEWS = tuple(View)


class TracesScreen(ModalScreen[Jump | None]):
    """Ends with the place of a session that is to be opened, if any."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("q,T", "dismiss", show=False),
        Binding("tab", "turn(1)", show=False),
        Binding("shift+tab", "turn(-1)", show=False),
        Binding("slash", "filter", show=False),
        Binding("enter,right", "open", show=False),
        Binding("left", "close", show=False),
        Binding("o", "go", show=False),
        *moving_bindings(),
        *(Binding(str(number), f"view({number - 1})", show=False) for number in range(1, 4)),
    ]

    def __init__(self, setup: Setup, telemetry: TelemetryPort) -> None:
        super().__init__(classes="-ascii" if setup.glyphs is ASCII else None)
        self._setup = setup
        self._telemetry = telemetry
        self._lane = Lane("telemetry screen")
        self._titles = {
            session.session_id: session.title for session in setup.feed.snapshot.sessions
        }
        self.view = View.TRACES
        self._version = -1
        self._is_reading = False
        self._rests_until = 0.0
        self._traces: Sequence[TraceSummary] = ()
        self._series: Sequence[MetricSeries] = ()
        self._query = ""
        self._filter = TraceFilter()
        self._metric = ""
        """The metric whose parts are shown; "": all metrics."""
        self.shown: Sequence[TraceSummary | MetricRow] = ()
        """What the list holds."""
        self.list = VirtualList(id="traces-list")
        self.page = TextView(id="traces-page")
        self.views = ChoiceLine(VIEWS, 0, id="traces-views")
        self.filter = FilterLine(self.list, self._filter_by, self._known_values)

    def compose(self) -> ComposeResult:
        """The views, headings, the list or the page, the filter."""
        with Vertical(id="traces-box"):
            yield self.views
            yield Static(id="traces-head")
            yield self.list
            yield self.page
            yield self.filter

    def on_mount(self) -> None:
        """Begin to read, and to look for more."""
        box = self.query_one("#traces-box")
        box.border_title = "Telemetry"
        box.border_subtitle = "esc back, enter opens, o session, tab view, / filter"
        self.views.can_focus = False
        for view in (self.list, self.page):
            view.draw_with(glyphs=self._setup.glyphs)
        self.list.say_when_empty(nothing_lines(self._status, self.list.look))
        self._show_view()
        self.set_interval(_LOOK_SECONDS, self._look_for_more)

    def on_unmount(self) -> None:
        """Nobody waits for what is still being read."""
        self._lane.stop()

    def on_screen_resume(self) -> None:
        """Catch up."""
        self._version = -1
        self._look_for_more()

    def on_resize(self) -> None:
        """Headings are made for one width."""
        self.call_after_refresh(self._show_head)

    # Reading.

    def _look_for_more(self) -> None:
        if self.is_current and not self._is_reading and monotonic() >= self._rests_until:
            self._is_reading = True
            self._read()

    @work(group="traces")
    async def _read(self) -> None:
        """Read anew if something came since."""
        try:
            version = await self._lane.run(self._telemetry.version)
            if version != self._version:
                self._version = version
                await self._read_view()
        finally:
            self._is_reading = False

    async def _read_view(self) -> None:
        match self.view:
            case View.TRACES:
                self._traces = await self._lane.run(self._telemetry.traces, limit=_MOST)
            case View.METRICS:
                self._series = await self._lane.run(self._telemetry.metrics)
                self._rests_until = monotonic() + _METRICS_SECONDS
            case View.SERVICES:
                await self._show_services()
                return
        self._show_rows()

    async def _show_services(self) -> None:
        now, look = self._setup.clock(), self.page.look
        lines = await self._lane.run(services_page, self._telemetry, self._status, now, look)
        self.page.show(LineDocument(lines), keeps_place=True)

    # What is shown.

    @property
    def _status(self) -> ReceiverStatus | None:
        receiver = self._setup.receiver
        return None if receiver is None else receiver.status

    def title_of(self, session_id: str) -> str:
        """The title of a session, "" if it is none of ours."""
        return self._titles.get(session_id, "")

    def _show_view(self) -> None:
        """Another view, with what was read last of it until it is read anew."""
        is_page = self.view is View.SERVICES
        self.list.display, self.page.display = not is_page, is_page
        self.set_focus(self.page if is_page else self.list)
        self.views.show(VIEWS.index(self.view))
        self.filter.set_query("" if is_page else self._query)
        self._version, self._rests_until = -1, 0.0
        self._show_rows()
        self._look_for_more()

    def _show_rows(self) -> None:
        before = self.list.cursor
        if self.view is View.TRACES:
            self.shown = traces = chosen(self._traces, self._filter, self.title_of)
            self.list.show(TraceItems(traces, self.title_of, self._setup.clock()), before)
            self.filter.show_tally(plural(len(traces), "trace"))
        elif self.view is View.METRICS:
            self.shown = rows = self._metric_rows()
            self.list.show(MetricItems(rows), before)
            self.filter.show_tally(plural(len(rows), "line"))
        self._show_head()

    def _metric_rows(self) -> list[MetricRow]:
        rows = (
            rows_of(self._metric, self._series, self.title_of)
            if self._metric
            else rows_in_total(self._series)
        )
        return [row for row in rows if self._filter.lets_metric_by(row.name, row.service)]

    def _show_head(self) -> None:
        width = max(self.list.size.width - 2, 20)
        look = Look(palette_of(self.app), self._setup.glyphs)
        head = Content("")
        if self.view is View.TRACES:
            head = trace_head(width, look)
        elif self.view is View.METRICS:
            name = self._metric.partition("\n")[2]
            head = metric_head(one_line(name) or "metric", width, look)
        static = self.query_one("#traces-head", Static)
        static.display = bool(head.plain)
        static.update(head)

    def _known_values(self) -> Known:
        return known_values(self._traces if self.view is View.TRACES else self._series)

    def _filter_by(self, query: str) -> None:
        self._filter = parse_filter(query)
        self._query = query
        if self.view is not View.SERVICES:
            self._show_rows()

    # Keys.

    def action_back(self) -> None:
        """Out of a metric, or away."""
        if not self.action_close():
            self.dismiss(None)

    def action_close(self) -> bool:
        """Out of a metric; False if none is open."""
        if self.view is not View.METRICS or not self._metric:
            return False
        key, self._metric = self._metric, ""
        self._show_rows()
        self.list.move_to(key)
        return True

    def action_turn(self, step: int) -> None:
        """Another view."""
        self.action_view((VIEWS.index(self.view) + step) % len(VIEWS))

    def action_view(self, number: int) -> None:
        """A view by its number."""
        if VIEWS[number] is not self.view:
            self.view, self._metric = VIEWS[number], ""
            self._show_view()

    def action_filter(self) -> None:
        """Type a filter."""
        if self.view is not View.SERVICES:
            self.filter.open()

    def action_move(self, where: str) -> None:
        """Move through the lines."""
        target = self.page if self.view is View.SERVICES else self.list
        getattr(target, f"action_{where}")()

    def on_choice_line_changed(self) -> None:
        """A view was clicked on."""
        self.action_view(self.views.chosen or 0)

    def on_virtual_list_opened(self) -> None:
        """A line was clicked on twice."""
        self.action_open()

    def action_open(self) -> None:
        """The spans of a trace; the parts of a metric."""
        from aimux_tui.tui.screens.spans import SpansScreen

        row = self._current
        if isinstance(row, MetricRow):
            if not self._metric:
                self._metric = row.key
                self._show_rows()
        elif row is not None:
            screen = SpansScreen(self._setup, self._telemetry, row, self.title_of)
            self.app.push_screen(screen, self._left_trace)

    def _left_trace(self, jump: Jump | None) -> None:
        if jump is not None:
            self.dismiss(jump)

    def action_go(self) -> None:
        """The session that a trace belongs to."""
        row = self._current
        if row is None or isinstance(row, MetricRow):
            return
        if row.session:
            self.dismiss(Jump(row.session, time_ns=row.start_ns))
        else:
            self.notify("this trace belongs to no session", markup=False)

    @property
    def _current(self) -> TraceSummary | MetricRow | None:
        index = self.list.cursor_index
        return self.shown[index] if index is not None and index < len(self.shown) else None
