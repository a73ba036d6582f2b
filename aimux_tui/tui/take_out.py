"""The commands that take something out of the screen: to the clipboard, into an editor."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from aimux_tui.errors import AimuxError, CommandError
from aimux_tui.tui.clipboard import copy
from aimux_tui.tui.editor import editor_command, line_at
from aimux_tui.tui.subject_text import command_of, file_of, text_of

if TYPE_CHECKING:
    from aimux_tui.tui.screens.main import MainScreen
    from aimux_tui.tui.trace_feed import TraceFeed
    from aimux_tui.tui.views.subject import Subject


class TakeOut:
    """Does `copy.…` and `file.edit` for what is selected in the pane with the focus."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def _selected(self) -> Subject:
        subject = self._screen.navigator.selected(self._screen.arrangement.pane)
        if subject is None:
            raise CommandError("nothing is selected")
        return subject

    def _feed(self) -> TraceFeed:
        feed = self._screen.navigator.reader.feed
        if feed is None:
            raise CommandError("no session is open")
        return feed

    async def cmd_copy_text(self) -> None:
        """Copy the text of what is selected."""
        try:
            text, what = await text_of(self._selected(), self._feed())
        except (AimuxError, OSError) as error:
            raise CommandError(str(error)) from error
        await copy(self._screen.app, text, what)

    async def cmd_copy_command(self) -> None:
        """Copy the command of the selected tool call."""
        await copy(self._screen.app, command_of(self._selected()), "the command")

    async def cmd_copy_path(self) -> None:
        """Copy the path of the selected file, else of the log."""
        subject = self._selected()
        path, _ = file_of(subject)
        what = "the log's path" if path == subject.session.path else "the path"
        await copy(self._screen.app, path, what)

    async def cmd_copy_resume(self) -> None:
        """Copy the command that takes the session up again."""
        from aimux_tui.providers.registry import load_provider

        session = self._selected().session
        provider = load_provider(session.provider)
        command = shlex.join(provider.resume_command(session.session_id, session.cwd))
        if session.cwd:
            # Agents look for their sessions in the folder where they are started.
            command = f"cd {shlex.quote(session.cwd)} && {command}"
        await copy(self._screen.app, command, "the command that resumes the session")

    async def cmd_file_edit(self) -> None:
        """Open the selected file in the editor, else the log at the record."""
        subject = self._selected()
        path, line = file_of(subject)
        is_log = path == subject.session.path
        if is_log and subject.records:
            line = await asyncio.to_thread(line_at, path, subject.records[0].offset)
        if not await asyncio.to_thread(Path(path).exists):
            raise CommandError(f"{path} is not there any more")
        command = editor_command(path, line, os.environ, is_read_only=is_log)
        try:
            with self._screen.app.suspend():
                code = subprocess.call(command)  # noqa: ASYNC221 - the editor has the terminal
        except SuspendNotSupported as error:
            raise CommandError("there is no terminal to give to an editor") from error
        except OSError as error:
            raise CommandError(
                f"{command[0]} cannot be run: {error.strerror}", hint="set $EDITOR"
            ) from error
        self._screen.refresh(layout=True)
        if code:
            raise CommandError(f"{command[0]} ended with exit code {code}")
