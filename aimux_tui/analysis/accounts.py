"""What the sessions of a library spent and why, for whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.analysis.ledger import make_ledger
from aimux_tui.store.accounts import account_of, spending

if TYPE_CHECKING:
    from aimux_tui.analysis.ledger import Ledger
    from aimux_tui.model.session import Session
    from aimux_tui.store.library import Library
    from aimux_tui.store.spending import Bucket


class Accounts:
    """Reads from the library's index; every method blocks."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @property
    def prices_from(self) -> str:
        """The date of the price table."""
        return self._library.prices_from

    def spending(self) -> list[tuple[Session, tuple[Bucket, ...]]]:
        """What each session's own log spent; sub-agents are sessions of their own."""
        return spending(self._library)

    def ledger(self, key: str) -> Ledger:
        """How the cost of a session comes about. Raises SessionError."""
        library = self._library
        return make_ledger(account_of(library, key), library.pricer, library.get)
