"""The note editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.tui.screens.form import FormScreen, NoteArea

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.widget import Widget


class NoteScreen(FormScreen):
    """Several lines of text; none of it, and there is no note any more."""

    def __init__(
        self, title: str, note: str, write: Callable[[str], Awaitable[Any]], *, is_ascii: bool
    ) -> None:
        """`write` takes the new note; awaiting it raises AnnotationError."""
        super().__init__(title, is_ascii=is_ascii)
        self._put = write
        self.area = NoteArea(note, id="note")

    def fields(self) -> ComposeResult:
        """The text."""
        yield self.area

    @property
    def first_field(self) -> Widget:
        """The text."""
        return self.area

    @property
    def has_changed(self) -> bool:
        """Whether the note is another one."""
        return self.area.has_changed

    def save(self) -> Awaitable[Any]:
        """Write the note down."""
        return self._put(self.area.note)

    def on_text_area_changed(self) -> None:
        """It is being written."""
        self.go_on()
