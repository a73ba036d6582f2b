"""What the note editor and the verdict dialog have in common: nothing that is typed gets lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Static, TextArea

from aimux_tui.errors import AnnotationError
from aimux_tui.text.sanitise import sanitise
from aimux_tui.tui.messages import COMMAND
from aimux_tui.tui.palette import palette_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from textual import events
    from textual.app import ComposeResult
    from textual.document._document import EditResult
    from textual.document._edit import Edit
    from textual.widget import Widget


class FormScreen(ModalScreen[None]):
    """A box over the main screen. It owns every key while it is open.

    What was changed is not thrown away before the user was asked, and the box stays until it has
    been written down.
    """

    TAKES_TYPED_AHEAD = True
    """What is typed while it opens is meant for it, see `tui.typed_ahead`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "save", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, title: str, *, is_ascii: bool) -> None:
        super().__init__(classes="-ascii" if is_ascii else None)
        self._title = title
        self._is_asking = False
        self._is_saving = False

    # What it is about.

    def fields(self) -> ComposeResult:
        """What is filled in."""
        raise NotImplementedError

    @property
    def has_changed(self) -> bool:
        """Whether there is anything to lose."""
        raise NotImplementedError

    @property
    def first_field(self) -> Widget:
        """What takes the focus at first."""
        raise NotImplementedError

    def save(self) -> Awaitable[Any]:
        """Write it down; raises AnnotationError."""
        raise NotImplementedError

    # The box.

    def compose(self) -> ComposeResult:
        """The fields, and a line that says what to do."""
        with Vertical(id="form-box"):
            yield from self.fields()
            yield Static(id="form-hint")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.query_one("#form-box").border_title = Content(self._title)
        self.set_focus(self.first_field)
        self._say()

    def _say(self, problem: str = "") -> None:
        palette = palette_of(self.app)
        save = ("ctrl+s save", palette.accent + Style.from_meta({COMMAND: "save"}))
        leave = "esc throw away" if self._is_asking else "esc cancel"
        parts: list[Content] = []
        if problem:
            parts.append(Content.styled(f"{problem}\n", palette.failed))
        elif self._is_asking:
            parts.append(Content.styled("not saved yet: ", palette.waiting))
        parts += [
            Content.styled(*save),
            Content("   "),
            Content.styled(leave, palette.accent + Style.from_meta({COMMAND: "leave"})),
        ]
        self.query_one("#form-hint", Static).update(Content.assemble(*parts))

    def on_click(self, event: events.Click) -> None:
        """The words at the bottom are buttons."""
        match event.style.meta.get(COMMAND):
            case "save":
                self.action_save()
            case "leave":
                self.action_leave()

    def go_on(self) -> None:
        """Something was typed: it is not to be thrown away any more."""
        if self._is_asking:
            self._is_asking = False
            self._say()

    def action_leave(self) -> None:
        """Close it; the second time, though something was changed."""
        if self.has_changed and not self._is_asking:
            self._is_asking = True
            self._say()
        else:
            self.dismiss(None)

    def action_save(self) -> None:
        """Write it down, and close it when that is done."""
        if not self._is_saving:
            self._is_saving = True
            self._write()

    @work
    async def _write(self) -> None:
        try:
            if self.has_changed:
                await self.save()
        except AnnotationError as error:
            self._is_saving = self._is_asking = False
            self._say("\n".join(part for part in (error.message, error.hint) if part))
        else:
            self.dismiss(None)


class NoteArea(TextArea):
    """A text with the cursor at its end, in which nothing is drawn that a terminal would obey."""

    def __init__(self, note: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(sanitise(note), id=id, compact=True, highlight_cursor_line=False)
        self._before = self.note
        self.move_cursor(self.document.end)

    @property
    def note(self) -> str:
        """The text, without the blanks around it."""
        return self.text.strip()

    @property
    def has_changed(self) -> bool:
        """Whether it is another note than at first."""
        return self.note != self._before

    def edit(self, edit: Edit) -> EditResult:
        """Change the text; what is pasted may hold anything."""
        if not edit.text.isprintable():
            edit = replace(edit, text=sanitise(edit.text))
        return super().edit(edit)
