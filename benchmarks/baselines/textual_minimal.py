"""The smallest Textual app that answers keys: no screen made with Textual starts faster."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    """One line of text."""

    _keys = 0

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("minimal-app-is-up")

    def on_key(self) -> None:
        """Every key changes the line."""
        self._keys += 1
        self.query_one(Static).update(f"minimal-app-is-up {self._keys}")


if __name__ == "__main__":
    Minimal().run()
