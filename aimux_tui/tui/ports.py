"""What the screen needs of the store, so that it can be shown without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence

    from aimux_tui.analysis.ledger import Ledger
    from aimux_tui.model.body import BodyRef, Span
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import Turn, TurnSummary
    from aimux_tui.model.usage import Cost
    from aimux_tui.store.library import Place
    from aimux_tui.store.spending import Bucket
    from aimux_tui.store.trace import TraceDelta


class TracePort(Protocol):
    """The turns of one open session (see store.trace.Trace, which fulfils it)."""

    key: str

    @property
    def path(self) -> str:
        """The log file."""
        ...

    @property
    def version(self) -> int:
        """Grows with every change."""
        ...

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn so far."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether the whole log has been read."""
        ...

    def since(self, version: int) -> TraceDelta:
        """What changed since a version."""
        ...

    def cost(self, turn: TurnSummary) -> Cost:
        """What the turn's own requests cost."""
        ...

    def refresh(self) -> bool:
        """Read what was appended. Blocks; raises OSError."""
        ...

    def read_turn(self, key: str) -> Turn:
        """The turn with its steps. Blocks; raises SessionError, OSError."""
        ...

    def body(self, ref: BodyRef) -> str:
        """The whole of a cut text. Blocks; raises OSError."""
        ...

    def raw(self, span: Span) -> bytes:
        """A record as logged. Blocks; raises OSError."""
        ...

    def close(self) -> None:
        """Let go of what was kept."""
        ...


class LibraryPort(Protocol):
    """The sessions of this machine (see store.library.Library, which fulfils it)."""

    @property
    def version(self) -> int:
        """Grows with every change."""
        ...

    @property
    def progress(self) -> tuple[int, int]:
        """(logs whose numbers are known, logs in all)."""
        ...

    @property
    def is_listed(self) -> bool:
        """Whether every log is in the list, be it without its numbers."""
        ...

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Logs that could not be opened: path → why."""
        ...

    @property
    def index_trouble(self) -> str:
        """Why the index cannot be used, or had to be made anew; "" if all is well."""
        ...

    def sessions(self) -> tuple[Session, ...]:
        """All sessions, newest first. May wait for a refresh: call it in a worker."""
        ...

    def places(self) -> tuple[Place, ...]:
        """Where it looked."""
        ...

    def load(self) -> None:
        """Find every log and what is known of it. Blocks."""
        ...

    def scan_pending(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Read what is not known yet, newest first. Blocks."""
        ...

    def refresh(self, paths: Iterable[str]) -> bool:
        """Take in files that changed. Blocks."""
        ...

    def resync(self) -> bool:
        """Compare with the file system. Blocks."""
        ...

    def tick(self) -> bool:
        """Re-evaluate what depends on time. Blocks."""
        ...

    def save(self, *, is_last: bool = True) -> None:
        """Write to the index what was read, unless it is the last time but logs at work. Blocks."""
        ...

    def open(self, key: str) -> TracePort:
        """The turns of a session. Blocks; raises SessionError."""
        ...


class AccountsPort(Protocol):
    """What the sessions spent (see analysis.accounts.Accounts, which fulfils it)."""

    @property
    def prices_from(self) -> str:
        """The date of the price table."""
        ...

    def spending(self) -> list[tuple[Session, tuple[Bucket, ...]]]:
        """What each session's own log spent. Blocks."""
        ...

    def ledger(self, key: str) -> Ledger:
        """How the cost of a session comes about. Blocks; raises SessionError."""
        ...


class Watch(Protocol):
    """How the screen learns of changed files (see store.watching.changed_paths)."""

    def __call__(
        self, library: LibraryPort, stop: asyncio.Event, on_trouble: Callable[[str], None]
    ) -> AsyncIterator[frozenset[str]]:
        """Sets of changed paths until `stop`; the first is empty and means that it watches."""
        ...
