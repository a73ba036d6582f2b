"""What was spent: lines by time, project, model and so on, which can be gone into."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from aimux_tui.query.parse import parse
from aimux_tui.query.terms import QueryError
from aimux_tui.text.bars import sparkline
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_count, plural
from aimux_tui.tui.bindings import moving_bindings
from aimux_tui.tui.costs.items import CostItems
from aimux_tui.tui.costs.levels import VIEWS, Level, View
from aimux_tui.tui.costs.report import CostReport, make_report
from aimux_tui.tui.filter_words import known_of_sessions
from aimux_tui.tui.format.cost_row import cost_head, cost_row
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.lane import Lane
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.filter_line import FilterLine
from aimux_tui.tui.widgets.choice_line import ChoiceLine
from aimux_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.session import Session
    from aimux_tui.store.spending import Bucket
    from aimux_tui.tui.filter_words import Known
    from aimux_tui.tui.ports import AccountsPort
    from aimux_tui.tui.setup import Setup


class CostsScreen(ModalScreen[str | None]):
    """Ends with the key of the session that is to be opened, if any."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("q,c", "dismiss", show=False),
        Binding("tab,right", "turn(1)", show=False),
        Binding("shift+tab,left", "turn(-1)", show=False),
        Binding("slash", "filter", show=False),
        Binding("enter", "open", show=False),
        Binding("equals_sign", "why", show=False),
        *moving_bindings(),
        *(Binding(str(number), f"view({number - 1})", show=False) for number in range(1, 9)),
    ]

    def __init__(self, setup: Setup, accounts: AccountsPort) -> None:
        super().__init__(classes="-ascii" if setup.glyphs is ASCII else None)
        self._setup = setup
        self._accounts = accounts
        self._spending: Sequence[tuple[Session, tuple[Bucket, ...]]] | None = None
        self._levels = [Level()]
        self._cursors: list[str] = []
        """Keys of the lines that were opened, to come back to."""
        self._report = CostReport()
        self._lane = Lane("costs")
        self.list = VirtualList(id="costs-list")
        self.views = ChoiceLine(VIEWS, 0, id="costs-views")
        self.filter = FilterLine(self.list, self._filter_by, self._known_values)

    @property
    def level(self) -> Level:
        """Where the reader is."""
        return self._levels[-1]

    @property
    def report(self) -> CostReport:
        """What is shown."""
        return self._report

    def compose(self) -> ComposeResult:
        """The views, the lines, their sum, the filter."""
        with Vertical(id="costs-box"):
            yield self.views
            yield Static(id="costs-scope")
            yield Static(id="costs-head")
            yield self.list
            yield Static(id="costs-total")
            yield self.filter

    def on_mount(self) -> None:
        """Begin to add up."""
        box = self.query_one("#costs-box")
        box.border_title = "What was spent"
        box.border_subtitle = "esc back, enter open, tab view, = why, / filter"
        self.views.can_focus = False
        if self._setup.glyphs is ASCII:
            self.list.draw_with(glyphs=ASCII)
        self.set_focus(self.list)
        self.query_one("#costs-scope", Static).update("adding up …")
        self._read()

    def on_unmount(self) -> None:
        """Nobody waits for what is still being added up."""
        self._lane.stop()

    def _annotations_of(self, key: str) -> Annotations:
        return self._setup.labels.review(key).annotations

    @work
    async def _read(self) -> None:
        self._spending = await self._lane.run(self._accounts.spending)
        self._show()

    @work(group="costs", exclusive=True)
    async def _show(self, cursor: str = "") -> None:
        """Show the level where the reader is now."""
        if self._spending is None:
            return
        level = self.level
        report = await self._lane.run(
            make_report, level, self._spending, self._annotations_of, self._setup.clock()
        )
        self._report = report
        self.list.show(CostItems(report.rows))
        if cursor:
            self.list.move_to(cursor)
        self.views.show(VIEWS.index(level.view))
        scope = self._scope()
        self.query_one("#costs-scope", Static).update(scope)
        self.query_one("#costs-scope").display = bool(scope.plain)
        head = cost_head(level.view, self._width, self._look)
        self.query_one("#costs-head", Static).update(head)
        self.query_one("#costs-total", Static).update(self._total())
        self.filter.show_tally(plural(len(report.rows), "line"))

    def _scope(self) -> Content:
        """What was opened to come here, and how it went over time."""
        palette = palette_of(self.app)
        parts = [Content.styled(one_line(" ".join(self.level.scope)), palette.muted)]
        if len(self._report.amounts) > 1:
            room = max(self.size.width - 30, 10)
            amounts = self._report.amounts[-room:]
            line = sparkline(amounts, is_ascii=self._setup.glyphs is ASCII)
            parts.append(Content.styled(line, palette.accent))
        if not self._report.rows:
            parts.append(Content.styled("nothing was spent here", palette.muted))
        return Content("  ").join(part for part in parts if part.plain)

    @property
    def _look(self) -> Look:
        return Look(palette_of(self.app), self._setup.glyphs)

    @property
    def _width(self) -> int:
        """Columns of a row of the list, beside its cursor and scrollbar."""
        return max(self.list.size.width - 2, 20)

    def _total(self) -> Content:
        palette, report = palette_of(self.app), self._report
        lines: list[Content] = []
        if report.total is not None:
            row = cost_row(report.total, 0.0, self._width, self._look, is_total=True)
            lines.append(row.content)
        lines += [
            Content.styled(
                f"no price known for {one_line(row.name)}: {format_count(row.usage.total)} tokens "
                "are in no sum",
                palette.waiting,
            )
            for row in report.unpriced
        ]
        about = f"list prices of {self._accounts.prices_from}, sub-agents with their sessions"
        lines.append(Content.styled(about, palette.faint))
        return Content("\n").join(lines)

    def _known_values(self) -> Known:
        return known_of_sessions(session for session, _ in self._spending or ())

    def _filter_by(self, query: str) -> None:
        parse(query)
        self._levels[-1] = replace(self.level, query=query)
        self._show()

    # Keys.

    def action_back(self) -> None:
        """Out of what was opened last, out of the filter, or away."""
        if len(self._levels) > 1:
            self._levels.pop()
            self._show_query()
            self._show(self._cursors.pop())
        elif self.level.query:
            self.filter.action_clear()
        else:
            self.dismiss(None)

    def _show_query(self) -> None:
        self.filter.set_query(self.level.query)

    async def action_dismiss(self, result: str | None = None) -> None:
        """Close it."""
        self.dismiss(result)

    def action_turn(self, step: int) -> None:
        """Another view of the same."""
        self.action_view((VIEWS.index(self.level.view) + step) % len(VIEWS))

    def action_view(self, number: int) -> None:
        """A view by its number."""
        self._levels[-1] = replace(self.level, view=VIEWS[number])
        self._show()

    def action_filter(self) -> None:
        """Type a filter."""
        self.filter.open()

    def action_move(self, where: str) -> None:
        """Move through the lines."""
        getattr(self.list, f"action_{where}")()

    def on_choice_line_changed(self) -> None:
        """A view was clicked on."""
        if self.views.chosen is not None:
            self.action_view(self.views.chosen)

    def on_virtual_list_opened(self) -> None:
        """A line was clicked on twice."""
        self.action_open()

    def action_open(self) -> None:
        """Go into a line; from a session to its turns."""
        key = self._key()
        if key is None:
            return
        inner = self.level.inside(key)
        if inner is not None:
            try:
                parse(inner.whole_query)
            except QueryError as error:
                self.notify(error.message, severity="warning", markup=False)
                return
            self._cursors.append(key)
            self._levels.append(inner)
            self._show()
        elif self.level.view is View.SESSION:
            self.dismiss(key)

    def action_why(self) -> None:
        """The ledger of a session."""
        from aimux_tui.tui.screens.ledger import LedgerScreen

        key = self._key()
        if key is not None and self.level.view is View.SESSION:
            self.app.push_screen(LedgerScreen(self._setup, self._accounts, key))
        elif key is not None:
            self.notify("only a session has a ledger: open the line", markup=False)

    def _key(self) -> str | None:
        index = self.list.cursor_index
        rows = self._report.rows
        return rows[index].key if index is not None and index < len(rows) else None
