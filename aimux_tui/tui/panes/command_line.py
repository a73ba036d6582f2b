"""The `:` line: always there, seen while it has the focus."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from aimux_tui.text.sanitise import one_line
from aimux_tui.tui.format.lines import fit
from aimux_tui.tui.palette import palette_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from aimux_tui.commands.complete import Completion

_MOST_SHOWN = 6
_MOST_KEPT = 200


class CommandInput(Input):
    """The field; rubbing out nothing leaves the line."""

    def action_delete_left(self) -> None:
        """Delete a character, or leave."""
        if self.value:
            super().action_delete_left()
        else:
            self.query_ancestor(CommandLine).action_cancel()


class CommandLine(Vertical):
    """Reads one command. It is mounted for good, since a key typed right after `:` is delivered to
    whatever has the focus by then: a screen that must be built first would lose it.
    """

    DEFAULT_CSS = """
    CommandLine { dock: bottom; display: none; height: auto; background: $panel; }
    CommandLine #hints { height: auto; max-height: 6; padding: 0 1; }
    CommandLine Horizontal { height: 1; padding: 0 1; }
    CommandLine #colon { width: 1; color: $accent; }
    CommandLine CommandInput, CommandLine CommandInput:focus {
        border: none; height: 1; padding: 0; background: $panel; width: 1fr;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "older", show=False),
        Binding("down", "newer", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
        Binding("escape", "cancel", show=False),
    ]

    class Entered(Message):
        """A line was entered. Its receiver answers with `close` or `show_error`."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Closed(Message):
        """The line was given up."""

    def __init__(
        self,
        complete: Callable[[str], Sequence[Completion]],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.history: list[str] = []
        """Lines that were entered, the newest last."""
        self._complete = complete
        self._past: int | None = None
        self._draft = ""
        self._offered: Sequence[Completion] = ()
        self._chosen = -1
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Hints above, the field below."""
        yield Static(id="hints")
        with Horizontal():
            yield Static(":", id="colon")
            yield CommandInput(id="line", select_on_focus=False)

    @property
    def field(self) -> CommandInput:
        """Where the line is typed."""
        return self.query_one(CommandInput)

    @property
    def is_open(self) -> bool:
        """Whether it can be seen."""
        return bool(self.display)

    def open(self, text: str = "") -> None:
        """Appear and take the focus, at once."""
        self._past, self._draft = None, ""
        self.display = True
        self.field.value = text
        self.field.cursor_position = len(text)
        self.screen.set_focus(self.field)
        self._offer(text)

    def close(self) -> None:
        """Vanish. Whoever asked for it gives the focus to somebody."""
        self.display = False
        self._offered, self._chosen = (), -1
        self.field.value = ""

    def show_error(self, message: str, hint: str = "") -> None:
        """Say what is wrong with the line, which stays."""
        # Ways to go on that are still being looked for must not take its place.
        self.workers.cancel_group(self, "completion")
        palette = palette_of(self.app)
        lines = [Content.styled(one_line(message), palette.failed)]
        if hint:
            lines.append(Content.styled(one_line(hint), palette.muted))
        self.query_one("#hints", Static).update(Content("\n").join(lines))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the line over."""
        event.stop()
        line = event.value.strip()
        if not line:
            self.action_cancel()
            return
        self.history = [*[old for old in self.history if old != line][-_MOST_KEPT:], line]
        self._past = None
        self.post_message(self.Entered(line))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer ways to go on."""
        event.stop()
        chosen = self._offered[self._chosen].line if self._chosen >= 0 else None
        if event.value != chosen:
            self._offer(event.value)

    def action_cancel(self) -> None:
        """Give the line up."""
        self.post_message(self.Closed())

    def action_older(self) -> None:
        """An earlier line."""
        if self._past is None:
            self._past, self._draft = len(self.history), self.field.value
        self._recall(self._past - 1)

    def action_newer(self) -> None:
        """A later line, and at last the one that was being typed."""
        if self._past is not None:
            self._recall(self._past + 1)

    async def action_complete(self, step: int) -> None:
        """Put in the next of the ways to go on."""
        if self._chosen < 0 and self._typed != self.field.value:
            await self._look_up(self.field.value)
        if not self._offered:
            return
        self._chosen = (self._chosen + step) % len(self._offered) if self._chosen >= 0 else 0
        self._put(self._offered[self._chosen].line)
        self._show_offered()

    def _recall(self, past: int) -> None:
        past = max(0, past)
        if past < len(self.history):
            self._past = past
            self._put(self.history[past])
        else:
            self._past = None
            self._put(self._draft)

    def _put(self, text: str) -> None:
        self.field.value = text
        self.field.cursor_position = len(text)

    def _offer(self, text: str) -> None:
        self._chosen = -1
        self._offer_later(text)

    @work(exclusive=True, group="completion")
    async def _offer_later(self, text: str) -> None:
        await self._look_up(text)

    async def _look_up(self, text: str) -> None:
        # A path may lie on a slow file system.
        offered = await asyncio.to_thread(self._complete, text)
        self._offered, self._chosen, self._typed = offered, -1, text
        if self.field.value == text:
            self._show_offered()

    def _show_offered(self) -> None:
        palette = palette_of(self.app)
        first = max(0, min(self._chosen - _MOST_SHOWN + 1, len(self._offered) - _MOST_SHOWN))
        shown = self._offered[first : first + _MOST_SHOWN]
        width = max(self.size.width - 2, 20)
        column = min(max((len(offer.text) for offer in shown), default=0), width // 2)
        lines = []
        for index, offer in enumerate(shown, first):
            style = palette.current_hit if index == self._chosen else palette.text
            name = fit(Content.styled(one_line(offer.text), style), column)
            gap = " " * (column - name.cell_length + 2)
            about = Content.styled(one_line(offer.help), palette.muted)
            lines.append(fit(Content.assemble(name, gap, about), width))
        self.query_one("#hints", Static).update(Content("\n").join(lines))
