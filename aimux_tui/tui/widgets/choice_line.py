"""One of several words, or none, on a single row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from aimux_tui.tui.palette import palette_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

_CHOOSES = "chooses"
_DIGITS = "123456789"


class ChoiceLine(Widget, can_focus=True):
    """Chosen by arrows, by number or by the mouse; what is chosen again is chosen no more."""

    DEFAULT_CSS = """
    ChoiceLine { height: auto; width: 1fr; }
    ChoiceLine:focus { background: $foreground 8%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("space,backspace,delete,0", "choose(-1)", show=False),
        *(Binding(digit, f"choose({number})", show=False) for number, digit in enumerate(_DIGITS)),
    ]

    class Changed(Message):
        """Something else is chosen."""

    def __init__(
        self,
        words: Sequence[str],
        chosen: int | None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._words = words
        self.chosen = chosen
        """Index of the chosen word."""

    def render(self) -> Content:
        """The words; what is chosen stands in brackets too, not in colour alone."""
        palette = palette_of(self.app)
        parts: list[Content] = []
        for number, word in enumerate(self._words):
            click = Style.from_meta({_CHOOSES: number})
            if number == self.chosen:
                parts.append(Content.styled(f"[{word}]", palette.current_hit + click))
            else:
                parts.append(Content.styled(f" {word} ", palette.text + click))
        return Content(" ").join(parts)

    def show(self, chosen: int) -> None:
        """Show another word as chosen, which nobody is told of."""
        self.chosen = chosen
        self.refresh()

    def action_step(self, step: int) -> None:
        """Choose a neighbour."""
        last = len(self._words) - 1
        at = self.chosen if self.chosen is not None else (-1 if step > 0 else last + 1)
        self._choose(min(max(at + step, 0), last))

    def action_choose(self, number: int) -> None:
        """Choose a word by its number, or none (-1)."""
        if number < len(self._words):
            self._choose(None if number < 0 or number == self.chosen else number)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked on."""
        number = event.style.meta.get(_CHOOSES)
        if number is not None:
            event.stop()
            self.action_choose(number)

    def _choose(self, number: int | None) -> None:
        if number != self.chosen:
            self.chosen = number
            self.refresh()
            self.post_message(self.Changed())
