"""What keys and the `:` line do about costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimux_tui.tui.screens.main import MainScreen


class CostCommands:
    """Opens the screen of costs, and the ledger of the session that is selected."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def why_not_costs_open(self) -> str:
        """Money may be hidden, or nobody keeps accounts."""
        setup = self._screen.setup
        if setup.accounts is None:
            return "there are no accounts here"
        return "" if setup.shows_cost else "money is not shown (`cost.display: hide`)"

    def cmd_costs_open(self) -> None:
        """Open the screen of costs; a session that is chosen there is opened here."""
        from aimux_tui.tui.screens.costs import CostsScreen

        setup = self._screen.setup
        if setup.accounts is not None:
            self._screen.app.push_screen(CostsScreen(setup, setup.accounts), self._chosen)

    def why_not_costs_why(self) -> str:
        """There must be a session."""
        return self.why_not_costs_open() or ("" if self._key() else "no session is selected")

    def cmd_costs_why(self) -> None:
        """Open the ledger of the session that is selected."""
        from aimux_tui.tui.screens.ledger import LedgerScreen

        setup, key = self._screen.setup, self._key()
        if setup.accounts is not None and key:
            self._screen.app.push_screen(LedgerScreen(setup, setup.accounts, key))

    def _key(self) -> str:
        subject = self._screen.navigator.selected(self._screen.arrangement.pane)
        return "" if subject is None else subject.session.key

    def _chosen(self, key: str | None) -> None:
        if key is not None:
            self._screen.navigator.choose(key)
