"""What would be sent to an endpoint, before the first time: where, how much, for example what."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Static

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.errors import AimuxError
from aimux_tui.export.words import removed_words
from aimux_tui.text.sanitise import sanitise
from aimux_tui.text.units import plural
from aimux_tui.tui.messages import COMMAND
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.pane_title import drawable
from aimux_tui.tui.widgets.choice_line import ChoiceLine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual import events
    from textual.app import ComposeResult

    from aimux_tui.tui.export_port import Endpoint, Sample
    from aimux_tui.tui.format.glyphs import Glyphs

_PROFILES = tuple(RedactionProfile)
_MEANINGS = {
    RedactionProfile.FULL: "everything as the agent logged it, secrets too",
    RedactionProfile.BOUNDED: "secrets masked, very long values cut; all other words are sent",
    RedactionProfile.REDACTED: "no prompts, answers, inputs or outputs: what happened and its cost",
}


class ExportPreview(ModalScreen[RedactionProfile | None]):
    """Its result is how much may be sent; None if nothing. It is shown at once, and the example
    when it has been read.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,ctrl+s", "send", show=False, priority=True),
        Binding("escape,q", "leave", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(
        self,
        endpoint: Endpoint,
        words: str,
        profile: RedactionProfile,
        sample: Callable[[RedactionProfile], Awaitable[Sample]],
        glyphs: Glyphs,
    ) -> None:
        """`words` name what is to be sent; awaiting `sample` raises AimuxError, OSError."""
        super().__init__()
        self._endpoint = endpoint
        self._words = words
        self._sample = sample
        self._glyphs = glyphs
        self.profiles = ChoiceLine(_PROFILES, _PROFILES.index(profile), id="profile")

    def compose(self) -> ComposeResult:
        """Where to, how much, an example, what to press."""
        with Vertical(id="preview-box"):
            yield Static(id="preview-facts")
            yield self.profiles
            yield Static(id="preview-meaning")
            with VerticalScroll(id="preview-sample", can_focus=False):
                yield Static(id="preview-parts")
            yield Static(id="preview-hint")

    def on_mount(self) -> None:
        """Tell what is known, and look for an example."""
        palette, endpoint = palette_of(self.app), self._endpoint
        self.query_one("#preview-box").border_title = Content("What would be sent")
        where = "on this machine" if endpoint.is_local else "on another machine"
        backend = "" if endpoint.backend == "auto" else f", {endpoint.backend}"
        self._put(
            "#preview-facts",
            Content.assemble(
                (self._words, palette.strong),
                "\n→ ",
                (endpoint.name, palette.accent),
                (f" {where}{backend}, a trace for each {endpoint.trace_per}", palette.muted),
                ("\n\nHow much of it?", palette.muted),
            ),
        )
        send, leave = (
            palette.accent + Style.from_meta({COMMAND: name}) for name in ("send", "leave")
        )
        self._put(
            "#preview-hint",
            Content.assemble(
                ("enter send", send), "   ", ("esc send nothing", leave), "   ",
                ("asked once for each endpoint", palette.muted),
            ),
        )  # fmt: skip
        self.set_focus(self.profiles)
        self._show_profile()

    @property
    def profile(self) -> RedactionProfile:
        """How much is chosen."""
        assert self.profiles.chosen is not None
        return _PROFILES[self.profiles.chosen]

    def on_choice_line_changed(self) -> None:
        """Show the example as it would be sent then. One of them is always chosen."""
        if self.profiles.chosen is None:
            self.profiles.chosen = _PROFILES.index(RedactionProfile.BOUNDED)
        self._show_profile()

    @work(exclusive=True)
    async def _show_profile(self) -> None:
        palette, profile = palette_of(self.app), self.profile
        self._put("#preview-meaning", Content.styled(_MEANINGS[profile], palette.text))
        self._put("#preview-parts", Content.styled("reading an example…", palette.muted))
        try:
            sample = await self._sample(profile)
        except (AimuxError, OSError) as error:
            self._put("#preview-parts", Content.styled(str(error), palette.failed))
        else:
            self._put("#preview-parts", self._example(sample))

    def _example(self, sample: Sample) -> Content:
        palette = palette_of(self.app)
        parts = [
            Content.styled(
                f"{plural(sample.sessions, 'session')}, about {plural(sample.turns, 'turn')}"
                " with their sub-agents, numbers, labels and notes.",
                palette.muted,
            )
        ]
        if sample.looked_at:
            taken = removed_words(sample.removed) or "nothing taken out"
            count = sample.looked_at
            looked = "first turn" if count == 1 else f"first {count} turns"
            parts.append(Content.styled(f"In the {looked}: {taken}.", palette.muted))
            parts.append(Content.styled("For example:", palette.muted))
        for name, text in sample.parts:
            shown = sanitise(text).strip().replace("\n", " ") or "(empty)"
            parts.append(
                Content.assemble((f"{sanitise(name)}  ", palette.accent), (shown, palette.text))
            )
        return Content("\n").join(parts)

    def _put(self, selector: str, content: Content) -> None:
        self.query_one(selector, Static).update(drawable(content, self._glyphs))

    def action_send(self) -> None:
        """Let it go."""
        self.dismiss(self.profile)

    def action_leave(self) -> None:
        """Send nothing."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Move through the example."""
        self.query_one("#preview-sample").scroll_relative(y=lines, animate=False)

    def on_click(self, event: events.Click) -> None:
        """The words at the bottom are buttons."""
        match event.style.meta.get(COMMAND):
            case "send":
                self.action_send()
            case "leave":
                self.action_leave()
