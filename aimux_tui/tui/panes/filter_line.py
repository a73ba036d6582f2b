"""The `/` line of a list: the list follows every letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.widget import Widget


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
    FilterLine #tally { width: auto; color: $text-muted; padding: 0 1; }
    FilterLine FilterInput, FilterLine FilterInput:focus {
        border: none; height: 1; padding: 0; background: $panel; width: 1fr;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", show=False),
        Binding("down,up,tab", "keep", show=False),
    ]

    def __init__(self, target: Widget, take: Callable[[str], None]) -> None:
        """`target` has the focus after this line; `take` is given the words as they change."""
        super().__init__()
        self._target = target
        self._take = take
        self._tally = ""

    def compose(self) -> ComposeResult:
        """A slash, the field, how many are left."""
        yield Static("/", id="slash")
        yield FilterInput(select_on_focus=False)
        yield Static(id="tally")

    @property
    def field(self) -> FilterInput:
        """Where the words are typed."""
        return self.query_one(FilterInput)

    @property
    def query_text(self) -> str:
        """The words in force."""
        return self.field.value

    def open(self) -> None:
        """Appear and take the focus, at once."""
        self.display = True
        self.screen.set_focus(self.field)

    def set_query(self, query: str) -> None:
        """Filter by these words; "" ends the filter."""
        self.display = bool(query)
        self.field.value = query
        self.field.cursor_position = len(query)

    def show_tally(self, tally: str) -> None:
        """Say how many rows are left."""
        if tally != self._tally:
            # An update lays the whole screen out anew.
            self._tally = tally
            self.query_one("#tally", Static).update(tally)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass the words on."""
        event.stop()
        self._take(self.field.value)

    def action_keep(self) -> None:
        """Back to the list, which stays filtered."""
        self.display = bool(self.field.value)
        self._take(self.field.value)
        self.screen.set_focus(self._target)

    def action_clear(self) -> None:
        """Back to the whole list."""
        self.set_query("")
        self._take("")
        self.screen.set_focus(self._target)
