"""The pane with what is selected, in one of several views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import work
from textual.content import Content
from textual.message import Message
from textual.style import Style

from aimux_tui.commands.base import Pane
from aimux_tui.errors import SessionError
from aimux_tui.text.sanitise import sanitise
from aimux_tui.tui.format.document import LineDocument
from aimux_tui.tui.format.lines import Line, text_lines
from aimux_tui.tui.messages import COMMAND
from aimux_tui.tui.panes.blank import Column
from aimux_tui.tui.panes.cursor_commands import CursorCommands, Mover
from aimux_tui.tui.panes.detail_commands import DetailCommands
from aimux_tui.tui.panes.detail_title import format_subject
from aimux_tui.tui.panes.label_bar import LabelBar
from aimux_tui.tui.panes.pane_title import PaneTitle
from aimux_tui.tui.review import UNSEEN
from aimux_tui.tui.trace_feed import describe
from aimux_tui.tui.views.base import DetailView, Page, ViewContext
from aimux_tui.tui.views.parts import note
from aimux_tui.tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer
    from textual.widget import Widget

    from aimux_tui.model.session import Session
    from aimux_tui.tui.format.glyphs import Glyphs
    from aimux_tui.tui.review import Review
    from aimux_tui.tui.telemetry.feed import TelemetryFeed
    from aimux_tui.tui.trace_feed import TraceFeed
    from aimux_tui.tui.views.subject import Subject
    from aimux_tui.tui.widgets.json_view import JsonView

_REST = 0.08
"""Seconds for which the cursor must rest on something before all of it is fetched."""

_PAUSE = 0.25
"""Seconds between two fetches of something that keeps changing."""


class DetailPane(CursorCommands, Column):
    """Shows a subject: what is in memory at once, the rest when a worker is done with it."""

    PANE = Pane.DETAIL

    class BackAsked(Message):
        """The reader has seen enough."""

    class Wanted(Message):
        """A view was asked for: the pane should be on the screen."""

    class ChildAsked(Message):
        """The sub-agent of the tool call is to be opened."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(
        self,
        sessions: Callable[[], Mapping[str, Session]],
        glyphs: Glyphs,
        review_of: Callable[[str], Review],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self.subject: Subject | None = None
        self.view: DetailView | None = None
        self.text = TextView(id="detail-text")
        self.json: JsonView | None = None
        """The tree, made when it is first needed."""
        self.is_in_string = False
        """A long string of the tree is shown instead of it."""
        self._sessions = sessions
        self._feed: TraceFeed | None = None
        self._review_of = review_of
        self.telemetry: TelemetryFeed | None = None  # what was received of the sessions
        self._title = PaneTitle(glyphs, "Detail")
        self.label_bar = LabelBar(glyphs)
        self._preferred = ""
        self._is_side_by_side = False
        self._is_stale = False
        self._rest: Timer | None = None
        self._is_fetching = False
        self._is_outdated = False
        """What is being fetched has changed in the meantime."""
        self.helpers = (DetailCommands(self),)

    def compose(self) -> ComposeResult:
        """Title with the views, what is said of it, and what the view shows."""
        yield self._title
        yield self.label_bar
        yield self.text

    def on_mount(self) -> None:
        """Nothing is selected yet."""
        self.text.draw_with(glyphs=self._glyphs)
        self.text.say_when_empty([note("Nothing is selected.", self.text.look)])

    @property
    def tree_shown(self) -> JsonView | None:
        """The tree, if that is what is shown."""
        return self.json if self.json is not None and self.json.display else None

    @property
    def target(self) -> Widget:
        """What takes the focus."""
        return self.tree_shown or self.text

    @property
    def mover(self) -> Mover:
        """What moves."""
        return self.tree_shown or self.text

    # What is shown.

    def show(self, subject: Subject, feed: TraceFeed) -> None:
        """Show something; the view stays the one that was chosen last, if it can show it."""
        if self.telemetry is not None and self.telemetry.has(subject.session):
            subject = replace(subject, has_telemetry=True)
        before, self.subject = self.subject, subject
        if before is None:
            self.text.say_when_empty([note("There is nothing to show.", self.text.look)])
        is_same = before is not None and self._feed is feed and before.identity == subject.identity
        self._feed = feed
        self.is_in_string &= is_same
        if not is_same:
            self._show_labels()
        if is_same and before is not None and before.essence == subject.essence:
            return
        from aimux_tui.tui.views.registry import views_of

        views = views_of(subject)
        self.view = next((view for view in views if view.id == self._preferred), views[0])
        self._draw(is_same=is_same)

    def show_lines(self, title: str, lines: Sequence[Line]) -> None:
        """Show a page that is about nothing in the log."""
        self.subject = self.view = None
        self._show_labels()
        self._stop()
        self._title.show(Content.styled(title, self.text.look.palette.heading))
        self._put(Page(lines))

    def show_review(self) -> None:
        """Show what is said of the subject now."""
        self._show_labels()
        if self.subject is not None and self.subject.turn is None:
            self._draw(is_same=True)

    def _show_labels(self) -> None:
        key = self.subject.session.key if self.subject is not None else ""
        self.label_bar.show(self.subject, self._review_of(key))

    def switch(self, view: DetailView) -> None:
        """Show another view of the same, and of what comes."""
        self.view, self._preferred = view, view.id
        self._draw(is_same=False)
        self.post_message(self.Wanted())

    def toggle_columns(self) -> None:
        """Show diffs in two columns, or in one."""
        self._is_side_by_side = not self._is_side_by_side
        self.colours_changed()
        self.post_message(self.Wanted())

    def colours_changed(self) -> None:
        """Make the page anew: colours, width or form have changed."""
        if self.subject is not None:
            self._draw(is_same=True)

    def on_show(self) -> None:
        """Catch up with what was selected while the pane was away."""
        if self._is_stale:
            self._draw(is_same=False)

    def on_json_view_text_opened(self, event: JsonView.TextOpened) -> None:
        """Show a long string of the tree by itself."""
        event.stop()
        self.is_in_string = True
        lines = text_lines(sanitise(event.text), self.text.look.palette.text)
        self._put(Page([note(event.pointer, self.text.look), *lines]))

    def leave_string(self) -> None:
        """Back to the tree."""
        self.is_in_string = False
        if self.json is not None:
            self.json.display, self.text.display = True, False
            self.screen.set_focus(self.json)

    def on_text_view_width_changed(self, event: TextView.WidthChanged) -> None:
        """Two columns are made for one width."""
        event.stop()
        if self._is_side_by_side:
            self.colours_changed()

    def _draw(self, *, is_same: bool) -> None:
        self._is_stale = not self.display
        if self._is_stale or self.subject is None or self.view is None:
            self._stop()
            return
        self._show_title()
        if is_same and self._is_fetching:
            # Something that grows all the time must not put off its own drawing for ever.
            self._is_outdated = True
            return
        self._stop()
        if not is_same:
            context = self._make_context()
            page = self.view.at_once(self.subject, context)
            self._put(page or Page([note("reading…", context.look)]))
        self._fetch_after(_REST)

    def _fetch_after(self, seconds: float) -> None:
        self._is_fetching, self._is_outdated = True, False
        self._rest = self.set_timer(seconds, self._fetch)

    @work(group="detail", exclusive=True)
    async def _fetch(self) -> None:
        subject, view, feed = self.subject, self.view, self._feed
        if subject is None or view is None or feed is None:
            return
        try:
            page = await view.page(subject, self._make_context())
            document = await feed.compute(lambda: LineDocument(page.lines))
        except (SessionError, OSError) as error:
            look = self.text.look
            page = Page([Line(Content.styled(describe(error), look.palette.failed))])
            document = LineDocument(page.lines)
        if page.is_tree and self.json is None:
            await self._mount_tree()
        if view is self.view and self.subject and self.subject.identity == subject.identity:
            self._put(page, document, keeps_place=True)
            self._is_fetching = False
            if self._is_outdated:
                self._fetch_after(_PAUSE)

    async def _mount_tree(self) -> None:
        from aimux_tui.tui.widgets.json_view import JsonView

        self.json = JsonView(id="detail-tree")
        self.json.display = False
        await self.mount(self.json)
        self.json.draw_with(self._glyphs)

    def _put(
        self, page: Page, document: LineDocument | None = None, *, keeps_place: bool = False
    ) -> None:
        # Not `has_focus`: that is true until the widget hears that it has lost the focus.
        was_focused = self.screen.focused is self.target
        if page.is_tree:
            self.is_in_string = False
        self.text.display = not page.is_tree
        if self.json is not None:
            self.json.display = page.is_tree
        if page.is_tree and self.json is not None:
            self.json.show(page.tree)
        else:
            self.text.show(document or LineDocument(page.lines), keeps_place=keeps_place)
        if was_focused:
            self.screen.set_focus(self.target)

    def _stop(self) -> None:
        self._is_fetching = self._is_outdated = False
        if self._rest is not None:
            self._rest.stop()
        self.workers.cancel_group(self, "detail")

    def _make_context(self) -> ViewContext:
        assert self._feed is not None
        review = UNSEEN if self.subject is None else self._review_of(self.subject.session.key)
        rest = (self._sessions(), self._is_side_by_side, review, self.telemetry)
        return ViewContext(self._feed, self.text.look, self.text.row_width, *rest)

    def _show_title(self) -> None:
        from aimux_tui.tui.views.registry import views_of

        assert self.subject is not None
        palette = self.text.look.palette
        tabs = []
        for view in views_of(self.subject):
            click = Style.from_meta({COMMAND: f"view.{view.id}"})
            style = palette.strong if view is self.view else palette.muted
            tabs.append(Content.styled(view.title, style + click))
        self._title.show(format_subject(self.subject, self.text.look), Content("  ").join(tabs))
