"""What the sessions of a library spent, and the requests behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.errors import SessionError
from aimux_tui.model.log import LogSummary
from aimux_tui.model.session import Session
from aimux_tui.model.usage import Cost, Request
from aimux_tui.store.spending import NO_TIME, Bucket

if TYPE_CHECKING:
    from aimux_tui.store.library import Library


class Account(Struct, frozen=True):
    """The requests of a session's own log, and who else has some of them."""

    session: Session
    summary: LogSummary
    requests: tuple[Request, ...]
    costs: tuple[Cost, ...]
    """One for each of `requests`."""
    owners: Mapping[int, str]
    """Key of a request that is billed elsewhere → key of the session that it is billed to."""


def spending(library: Library) -> list[tuple[Session, tuple[Bucket, ...]]]:
    """What each session's own log spent; sub-agents are sessions of their own. Blocks."""
    with library.saved() as index:
        by_path = index.spending(library.pricer)
        return [
            (session, by_path.get(session.path) or _undivided(session))
            for session in library.sessions()
        ]


def account_of(library: Library, key: str) -> Account:
    """The account of a session. Blocks; raises SessionError."""
    with library.saved() as index:
        session = library.get(key)
        if session is None:
            raise SessionError(f"no session {key!r}", hint="`aimux sessions` lists them")
        summaries = {record.file.path: record.summary for record in library.records()}
        requests, costs = index.requests(session.path)
        return Account(
            session=session,
            summary=summaries[session.path],
            requests=tuple(requests),
            costs=tuple(costs),
            owners={
                request: summaries[path].key
                for request, path in index.owners(session.path).items()
                if path in summaries
            },
        )


def _undivided(session: Session) -> tuple[Bucket, ...]:
    """What a session spent, where the index cannot tell when and on which model."""
    if not session.usage.requests:
        return ()
    model = session.models[-1] if session.models else ""
    return (Bucket(NO_TIME, model, session.usage, session.cost),)
