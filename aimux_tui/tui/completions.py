"""What the `:` line can be completed with: the running app's themes and sessions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimux_tui.text.sanitise import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import App

    from aimux_tui.tui.feeds import LibraryFeed


class Completions:
    """A `CompletionSource`."""

    def __init__(self, app: App[Any], feed: LibraryFeed) -> None:
        self._app = app
        self._feed = feed

    def themes(self) -> Sequence[str]:
        """Names of the themes, ours first."""
        return sorted(self._app.available_themes, key=lambda name: ("aimux" not in name, name))

    def sessions(self) -> Iterator[tuple[str, str]]:
        """(id, title) of the listed sessions, newest first."""
        for session in self._feed.snapshot.sessions:
            if not session.parent_key and not session.hidden_reason:
                yield session.session_id, one_line(session.title)

    @property
    def folder(self) -> Path:
        """Where aimux was started."""
        return Path.cwd()

    @property
    def home(self) -> Path:
        """The user's home."""
        return Path.home()
