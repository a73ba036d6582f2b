"""Why a session costs what it costs, over the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from aimux_tui.analysis.ledger_text import format_ledger
from aimux_tui.errors import SessionError
from aimux_tui.text.sanitise import one_line
from aimux_tui.tui.bindings import moving_bindings
from aimux_tui.tui.format.document import LineDocument
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import Line, Wrap
from aimux_tui.tui.lane import Lane
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from aimux_tui.analysis.ledger import Ledger
    from aimux_tui.tui.palette import Palette
    from aimux_tui.tui.ports import AccountsPort
    from aimux_tui.tui.setup import Setup


_ROOMY = 62
"""Columns from which on whole numbers fit."""


class LedgerScreen(ModalScreen[None]):
    """Shows a session's ledger, once it is made."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,equals_sign", "dismiss", show=False),
        *moving_bindings(),
    ]

    def __init__(self, setup: Setup, accounts: AccountsPort, key: str) -> None:
        super().__init__(classes="-ascii" if setup.glyphs is ASCII else None)
        self._setup = setup
        self._accounts = accounts
        self._key = key
        self._text = TextView(id="ledger-text")
        self._lane = Lane("ledger")

    def compose(self) -> ComposeResult:
        """A scrolling box."""
        with Vertical(id="ledger-box"):
            yield self._text

    def on_mount(self) -> None:
        """Say what it is about, and make it."""
        box = self.query_one("#ledger-box")
        session = self._setup.feed.snapshot.by_key.get(self._key)
        box.border_title = Content(one_line(session.title)[:60] if session else self._key)
        box.border_subtitle = "esc closes"
        if self._setup.glyphs is ASCII:
            self._text.draw_with(glyphs=ASCII)
        self.set_focus(self._text)
        self._make()

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._lane.stop()

    @work
    async def _make(self) -> None:
        palette = palette_of(self.app)
        try:
            ledger = await self._lane.run(self._accounts.ledger, self._key)
        except SessionError as error:
            lines = [Line(Content.styled(error.message, palette.failed))]
        else:
            lines = list(self._lines(ledger, palette))
        self._text.show(LineDocument(lines))

    def _lines(self, ledger: Ledger, palette: Palette) -> Iterator[Line]:
        by_key = self._setup.feed.snapshot.by_key
        text = format_ledger(
            ledger,
            by_key.get,
            self._accounts.prices_from,
            is_narrow=self._text.size.width < _ROOMY,
        )
        first, *rest = text.splitlines()
        yield Line(Content.styled(first, palette.strong), wrap=Wrap.WORDS)
        for line in rest:
            style = palette.text if line.startswith("  ") else palette.heading
            indent = Content(" " * (len(line) - len(line.lstrip())))
            yield Line(Content.styled(line.lstrip(), style), prefix=indent, wrap=Wrap.WORDS)

    async def action_dismiss(self, result: None = None) -> None:
        """Close it."""
        self.dismiss(result)

    def action_move(self, where: str) -> None:
        """Move through it."""
        getattr(self._text, f"action_{where}")()
