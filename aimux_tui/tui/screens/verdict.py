"""The dialog that judges a whole session: verdict, tags, note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.style import Style
from textual.suggester import Suggester
from textual.widgets import Input, Static

from aimux_tui.model.annotation import SessionAnnotation, Verdict
from aimux_tui.text.sanitise import one_line
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.screens.form import FormScreen, NoteArea
from aimux_tui.tui.tags import SEPARATOR, completion, offered, tags_of, with_tag
from aimux_tui.tui.widgets.choice_line import ChoiceLine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

_VERDICTS = tuple(Verdict)
_TAG = "tag"
_MOST_TAGS = 8


class VerdictScreen(FormScreen):
    """`write` takes what is said of the session now; awaiting it raises AnnotationError."""

    def __init__(
        self,
        title: str,
        said: SessionAnnotation,
        tags: Sequence[str],
        write: Callable[[SessionAnnotation], Awaitable[Any]],
        *,
        is_ascii: bool,
    ) -> None:
        """`tags` are those in use, the most used first."""
        super().__init__(title, is_ascii=is_ascii)
        self._said = said
        self._known = [one_line(tag) for tag in tags]
        self._put = write
        chosen = _VERDICTS.index(said.verdict) if said.verdict is not None else None
        self.verdict = ChoiceLine(_VERDICTS, chosen, id="verdict")
        self.tags = TagInput([one_line(tag) for tag in said.tags], self._known)
        self.note = NoteArea(said.note, id="note")

    def fields(self) -> ComposeResult:
        """Verdict, tags, note."""
        yield Static("What became of the task?", classes="form-label")
        yield self.verdict
        yield Static("Tags, with commas between", classes="form-label")
        yield self.tags
        yield TagHints(self.tags, self._known)
        yield Static("Note", classes="form-label")
        yield self.note

    @property
    def first_field(self) -> Widget:
        """The verdict."""
        return self.verdict

    @property
    def entered(self) -> SessionAnnotation:
        """What is filled in."""
        chosen = self.verdict.chosen
        return SessionAnnotation(
            _VERDICTS[chosen] if chosen is not None else None,
            tags_of(self.tags.value),
            self.note.note,
        )

    @property
    def has_changed(self) -> bool:
        """Whether anything is other than it was."""
        now, said = self.entered, self._said
        return (now.verdict, now.tags) != (said.verdict, said.tags) or self.note.has_changed

    def save(self) -> Awaitable[Any]:
        """Write it down."""
        return self._put(self.entered)

    def on_choice_line_changed(self) -> None:
        """It is being filled in."""
        self.go_on()

    def on_input_changed(self) -> None:
        """It is being filled in."""
        self.go_on()
        self.query_one(TagHints).refresh()

    def on_input_submitted(self) -> None:
        """On to the note."""
        self.set_focus(self.note)

    def on_text_area_changed(self) -> None:
        """It is being filled in."""
        self.go_on()


class TagInput(Input):
    """Tags with commas between; tab completes the one that is being typed."""

    def __init__(self, tags: Sequence[str], known: Sequence[str]) -> None:
        text = SEPARATOR.join(tags)
        super().__init__(
            text, suggester=TagSuggester(known), select_on_focus=False, compact=True, id="tags"
        )
        self._known = known

    def on_key(self, event: events.Key) -> None:
        """Tab completes if it can, else it leads to the next field."""
        if event.key == "tab":
            completed = completion(self.value, self._known)
            if completed is not None:
                event.stop()
                event.prevent_default()
                self.put(completed + SEPARATOR)

    def put(self, text: str) -> None:
        """Hold another text."""
        self.value = text
        self.cursor_position = len(text)


class TagSuggester(Suggester):
    """Shows behind the cursor how the tag could go on."""

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """The whole text with its last tag completed."""
        return completion(value, self._known)


class TagHints(Static):
    """Tags that are in use; a click adds one."""

    def __init__(self, tags: TagInput, known: Sequence[str]) -> None:
        super().__init__()
        self._tags = tags
        self._known = known

    def on_mount(self) -> None:
        """Without any there is nothing to show."""
        self.display = bool(self._known)

    def render(self) -> Content:
        """Some of them."""
        palette = palette_of(self.app)
        parts = [Content.styled("used before:", palette.muted)]
        for tag in offered(self._tags.value, self._known)[:_MOST_TAGS]:
            click = Style.from_meta({_TAG: tag})
            parts.append(Content.styled(tag, palette.accent + click))
        return Content("  ").join(parts) if len(parts) > 1 else Content("")

    def on_click(self, event: events.Click) -> None:
        """Add what was clicked on."""
        tag = event.style.meta.get(_TAG)
        if tag is not None:
            event.stop()
            self._tags.put(with_tag(self._tags.value, tag))
            self.screen.set_focus(self._tags)
