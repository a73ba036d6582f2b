"""Textual's own list with 2,000 rows: what a key press costs with the widget at hand."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import OptionList

_ROWS = 2000


class Options(App[None]):
    """A list that fills the screen."""

    def compose(self) -> ComposeResult:
        """The list."""
        yield OptionList(
            *(
                f"row-{number:04d}  claude  project-{number % 40:02d}  fix the login redirect"
                f" of tenant {number}  3m  12 turns  $0.{number % 100:02d}"
                for number in range(_ROWS)
            )
        )


if __name__ == "__main__":
    Options().run()
