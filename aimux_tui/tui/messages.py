"""What the workers tell the screen: that something changed, never what. It pulls the rest."""

from __future__ import annotations

from textual.message import Message


class LibraryChanged(Message, bubble=False):
    """The list of sessions, or what is known of one, changed."""

    def can_replace(self, message: Message) -> bool:
        """A burst of changes is one repaint."""
        return isinstance(message, LibraryChanged)


class TraceChanged(Message, bubble=False):
    """An open session changed."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def can_replace(self, message: Message) -> bool:
        """A burst of changes of one session is one repaint."""
        return isinstance(message, TraceChanged) and message.key == self.key


COMMAND = "command"
"""Key in the meta data of a style: a click on text in that style does the command of this id.

Textual's own `@click` would draw the text as a link.
"""

ANNOTATES = "annotates"
"""The same for a command that is done to the very turn that was clicked on."""


class CommandClicked(Message):
    """A command was clicked on."""

    def __init__(self, command_id: str) -> None:
        super().__init__()
        self.command_id = command_id
