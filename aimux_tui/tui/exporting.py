"""The commands that export: what is selected goes to a file or to a server, in a thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aimux_tui.commands.tables.exporting import SCOPES
from aimux_tui.errors import AimuxError, CommandError
from aimux_tui.tui.clipboard import copy
from aimux_tui.tui.export_jobs import ExportJobs
from aimux_tui.tui.export_scopes import choice_named, choices
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.export_line import ExportLine
from aimux_tui.tui.trace_feed import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from textual.style import Style
    from textual.timer import Timer

    from aimux_tui.config.schema import RedactionProfile
    from aimux_tui.tui.export_port import Control, Done, Endpoint, ExportPort
    from aimux_tui.tui.export_scopes import Chosen
    from aimux_tui.tui.screens.main import MainScreen

_LOOK = 0.1
"""Seconds between two looks at how far an export is."""
_SHOWN = 20.0
"""Seconds for which its result stays."""
_NAMES = {"jsonl": "JSONL", "openai": "OpenAI messages", "markdown": "Markdown", "html": "HTML"}


class Exporting:
    """Does `export.…`. What comes of an export stands in `line`."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._port: ExportPort | None = screen.setup.exports
        self.line = ExportLine(screen.setup.glyphs, id="export-line")
        self.jobs = ExportJobs()
        self.last_path: Path | None = None
        self._scope = ""
        """Name of the scope that was asked for, for the next export."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._clearing: Timer | None = None

    async def close(self) -> None:
        """Stop what is running."""
        await self.jobs.close()

    # What is exported.

    @property
    def heading(self) -> str:
        """What the next export takes, for the which-key line."""
        chosen = self._choice()
        return f"export {chosen.words}" if chosen is not None else "export: nothing is selected"

    def _choice(self) -> Chosen | None:
        offered = choices(self._screen)
        named = [choice for choice in offered if choice.name == self._scope]
        return next(iter(named or offered), None)

    def _chosen(self, name: str = "") -> Chosen:
        """What to export now; the next export begins with what is selected again."""
        chosen = choice_named(self._screen, name) if name else self._choice()
        self._scope = ""
        if chosen is None:
            raise CommandError("no session is selected")
        return chosen

    def cmd_export_scope(self) -> None:
        """Choose the next thing that could be exported, and ask again what to do with it."""
        offered, now = choices(self._screen), self._choice()
        if now is None:
            raise CommandError("no session is selected")
        self._scope = offered[(offered.index(now) + 1) % len(offered)].name
        keys = self._screen.setup.keymap.get("export.scope", ())
        first, _, second = keys[0].partition(" ") if keys else ("", "", "")
        if second:
            self._screen.action_chord(first)
        else:
            self._screen.notify(self.heading, markup=False, timeout=4)

    def why_not_export_scope(self) -> str:
        """There must be something to choose from."""
        offered = choices(self._screen)
        if len(offered) > 1:
            return ""
        return "no filter is on and nothing is marked" if offered else "no session is selected"

    def _why_not(self) -> str:
        if self._port is None:
            return "there is nothing that could export"
        if self.jobs.is_running:
            return f"{self.jobs.what} is being exported: esc cancels it"
        return ""

    # Files.

    def cmd_export_jsonl(self) -> None:
        """Export as JSONL."""
        self._to_file(self._chosen(), "jsonl")

    def cmd_export_markdown(self) -> None:
        """Export as Markdown."""
        self._to_file(self._chosen(), "markdown")

    def cmd_export_html(self) -> None:
        """Export as HTML."""
        self._to_file(self._chosen(), "html")

    def cmd_export_file(self, format_name: str, where: str = "", path: str = "") -> None:
        """Export in a format: a scope, a path, or both."""
        if path and where not in SCOPES:
            raise CommandError(f"{where!r} is not one of {', '.join(SCOPES)}")
        name, target = (where, path) if where in SCOPES else ("", where)
        self._to_file(self._chosen(name), format_name, target)

    def why_not_export_jsonl(self) -> str:
        """Only one export runs at a time."""
        return self._why_not()

    why_not_export_markdown = why_not_export_jsonl
    why_not_export_html = why_not_export_jsonl
    why_not_export_file = why_not_export_jsonl
    why_not_export_otlp = why_not_export_jsonl
    why_not_export_preview = why_not_export_jsonl

    def why_not_export_retry(self) -> str:
        """Something must wait."""
        if (reason := self._why_not()) or self._port is None:
            return reason
        return "" if self._port.has_waiting() else "nothing waits to be sent"

    def _to_file(self, chosen: Chosen, format_name: str, path: str = "") -> None:
        port = self._given_port()
        self._start(
            _NAMES[format_name], lambda control: port.to_file(chosen, format_name, path, control)
        )

    # Endpoints.

    def cmd_export_otlp(self, endpoint: str = "") -> None:
        """Send; the first time, show what would be sent."""
        port = self._given_port()
        target = _asked(lambda: port.endpoint(endpoint))
        profile = port.consent(target)
        if profile is None:
            self._preview(endpoint, self._chosen())
        else:
            self._send(self._chosen(), endpoint, profile)

    def cmd_export_preview(self, endpoint: str = "") -> None:
        """Show what would be sent."""
        self._preview(endpoint, self._chosen())

    def cmd_export_retry(self) -> None:
        """Send what waits."""
        self._start("what was kept", self._given_port().retry)

    def _preview(self, given: str, chosen: Chosen) -> None:
        from aimux_tui.tui.screens.export_preview import ExportPreview

        port = self._given_port()
        endpoint = _asked(lambda: port.endpoint(given))
        profile = port.consent(endpoint) or port.usual_profile

        def answered(answer: RedactionProfile | None) -> None:
            if answer is None:
                self._tell("nothing was sent")
                return
            try:
                port.give_consent(endpoint, answer)
            except AimuxError as error:
                self._screen.tell(error.message)
            self._send(chosen, given, answer)

        screen = ExportPreview(
            endpoint,
            chosen.words,
            profile,
            lambda profile: self.jobs.look(lambda control: port.sample(chosen, profile, control)),
            self._screen.setup.glyphs,
        )
        self._screen.app.push_screen(screen, answered)

    def _send(self, chosen: Chosen, given: str, profile: RedactionProfile) -> None:
        port = self._given_port()
        self._start("OTLP", lambda control: port.send(chosen, given, profile, control))

    def _given_port(self) -> ExportPort:
        if self._port is None:
            raise CommandError(self._why_not())
        return self._port

    # One that runs, and what came of it.

    def cmd_export_cancel(self) -> None:
        """Stop it."""
        self.jobs.stop()
        self._look()

    def why_not_export_cancel(self) -> str:
        """There must be one."""
        return "" if self.jobs.is_running else "no export is running"

    async def cmd_export_path(self) -> None:
        """Copy the path of the last one."""
        assert self.last_path is not None
        await copy(self._screen.app, str(self.last_path), "the path of the export")

    def why_not_export_path(self) -> str:
        """There must be one."""
        return "" if self.last_path is not None else "nothing was exported to a file yet"

    def _start(self, what: str, job: Callable[[Control], Done]) -> None:
        if self._clearing is not None:
            self._clearing.stop()
        self._later(self._run(what, job))

    async def _run(self, what: str, job: Callable[[Control], Done]) -> None:
        looking = self._screen.set_interval(_LOOK, self._look)
        palette = palette_of(self._screen.app)
        try:
            done = await self.jobs.run(what, job)
        except (AimuxError, OSError) as error:
            if self.jobs.is_stopping:
                self._tell(f"{what}: cancelled, nothing of it is left")
            else:
                self._tell(*_words_of(error), style=palette.failed)
        else:
            self._show(done)
        finally:
            looking.stop()

    def _look(self) -> None:
        if not self.jobs.is_running:
            return
        progress = self.jobs.progress
        if self.jobs.is_stopping:
            words = "stopping…"
        elif not progress.turns and not progress.sent:
            words = "reading…"
        else:
            words = f"{progress.turns:,}"
            words += f" of about {progress.total:,} turns" if progress.total else " turns"
            words += f", {progress.sent:,} spans sent" if progress.sent else ""
        part = progress.turns / progress.total if progress.total else None
        self.line.progress(self.jobs.what, part, words)

    def _show(self, done: Done) -> None:
        palette = palette_of(self._screen.app)
        hint = command = ""
        if done.path is not None:
            self.last_path = done.path
            hint, command = "e p copies the path", "export.path"
        elif done.is_partial:
            hint, command = "e r sends what was kept", "export.retry"
        style = palette.waiting if done.is_partial else palette.ok
        self._tell(done.words, *done.remarks, hint=hint, command=command, style=style)

    def _tell(
        self, *lines: str, hint: str = "", command: str = "", style: Style | None = None
    ) -> None:
        shown = style if style is not None else palette_of(self._screen.app).text
        self.line.tell(lines, hint, command=command, style=shown)
        self._clearing = self._screen.set_timer(_SHOWN, self.line.clear)

    def _later(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _asked(ask: Callable[[], Endpoint]) -> Endpoint:
    """An endpoint. Raises CommandError."""
    try:
        return ask()
    except AimuxError as error:
        raise CommandError(error.message, error.hint) from error


def _words_of(error: AimuxError | OSError) -> list[str]:
    if isinstance(error, AimuxError):
        return [part for part in (error.message, error.hint) if part]
    return [describe(error)]
