"""The `/` line of a list: the list follows every letter."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from aimux_tui.errors import CommandError
from aimux_tui.query.terms import QueryError
from aimux_tui.tui.filter_words import FilterSuggester, continuation

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from aimux_tui.tui.filter_words import Known


class FilterInput(Input):
    """The field; rubbing out nothing leaves the line."""

    async def action_submit(self) -> None:
        """Keep the filter at once: a message would come after the keys typed behind it."""
        self.query_ancestor(FilterLine).action_keep()

    def action_delete_left(self) -> None:
        """Delete a character, or leave."""
        if self.value:
            super().action_delete_left()
        else:
            self.query_ancestor(FilterLine).action_clear()


class FilterLine(Horizontal):
    """Always mounted, seen while it has the focus or a filter is on."""

    DEFAULT_CSS = """
    FilterLine { dock: bottom; display: none; height: 1; background: $panel; }
    FilterLine #slash { width: 1; color: $accent; }
    FilterLine #tally {
        width: auto; max-width: 65%; color: $text-muted; padding: 0 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    FilterLine.-problem #tally { color: $text-error; }
    FilterLine FilterInput, FilterLine FilterInput:focus {
        border: none; height: 1; padding: 0; background: $panel; width: 1fr;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", show=False),
        Binding("down,up", "keep", show=False),
        Binding("tab", "complete", show=False),
    ]

    def __init__(
        self, target: Widget, take: Callable[[str], None], look_up: Callable[[], Known]
    ) -> None:
        """`target` has the focus after this line; `take` is given the query as it changes, and
        raises QueryError if it cannot be understood: only its beginning counts then. `look_up`
        tells the values that occur, when somebody begins to type.
        """
        super().__init__()
        self._look_up = look_up
        self._known: Known = {}
        self._target = target
        self._take = take
        self._tally = ""
        self._problem = ""
        self._said = ""

    def compose(self) -> ComposeResult:
        """A slash, the field, how many are left."""
        yield Static("/", id="slash")
        suggester = FilterSuggester(lambda: self._known)
        yield FilterInput(select_on_focus=False, suggester=suggester)
        yield Static(id="tally")

    @property
    def field(self) -> FilterInput:
        """Where the words are typed."""
        return self.query_one(FilterInput)

    def open(self) -> None:
        """Appear and take the focus, at once."""
        self._known = self._look_up()
        self.display = True
        self.screen.set_focus(self.field)

    def set_query(self, query: str) -> None:
        """Show another query; "" ends the filter."""
        self._problem = ""
        self.display = bool(query)
        self.field.value = query
        self.field.cursor_position = len(query)

    def show_tally(self, tally: str) -> None:
        """Say how many rows are left."""
        self._tally = tally
        self._say()

    def _say(self) -> None:
        said = self._problem or self._tally
        if said != self._said:
            # An update lays the whole screen out anew.
            self._said = said
            self.set_class(bool(self._problem), "-problem")
            self.query_one("#tally", Static).update(Content(said))

    def _pass_on(self) -> bool:
        """Hand the query on; False if it cannot be understood, which is said then."""
        try:
            self._take(self.field.value)
        except QueryError as error:
            self._problem = f"{error.message}: {error.hint}" if error.hint else error.message
            self._take_beginning(error.start)
        else:
            self._problem = ""
        self._say()
        return not self._problem

    def _take_beginning(self, end: int) -> None:
        """Filter by what stands before a mistake: it may not be typed to its end yet."""
        with suppress(QueryError):
            self._take(self.field.value[:end])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass the query on."""
        event.stop()
        self._pass_on()

    def action_complete(self) -> None:
        """Complete the word; back to the list if there is nothing to complete."""
        field = self.field
        if way := continuation(field.value, self._known):
            field.value = way
            field.cursor_position = len(way)
        else:
            self.action_keep()

    def action_keep(self) -> None:
        """Back to the list, which stays filtered. What cannot be understood is to be mended."""
        if not self._pass_on():
            self.app.bell()
            return
        self.display = bool(self.field.value)
        self.screen.set_focus(self._target)

    def action_clear(self) -> None:
        """Back to the whole list."""
        self.set_query("")
        self._pass_on()
        self.screen.set_focus(self._target)


def filter_by(query: str, line: FilterLine, take: Callable[[str], None]) -> None:
    """Filter a list by a whole query, given on the command line. Raises CommandError."""
    try:
        take(query)
    except QueryError as error:
        raise CommandError(error.message, error.hint) from error
    line.set_query(query)
