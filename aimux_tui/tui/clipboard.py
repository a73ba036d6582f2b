"""Putting text into the user's clipboard, also through tmux."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

LARGE = 74_994
"""Bytes that some terminals take at most (their limit for the encoded text is 100,000)."""
_PATIENCE = 2.0


def helpers_for(env: Mapping[str, str], platform: str = sys.platform) -> list[list[str]]:
    """Commands that take the text on their standard input, where OSC 52 alone would not do.

    By default tmux ignores the sequence when an application sends it, but passes on what its own
    command sets. The Terminal of macOS knows no OSC 52 at all.
    """
    commands = []
    if env.get("TMUX"):
        commands.append(["tmux", "load-buffer", "-w", "-"])
    if platform == "darwin" and "SSH_CONNECTION" not in env:
        commands.append(["pbcopy"])
    return commands


async def copy(app: App[Any], text: str, what: str) -> None:
    """Copy and say so. `what` is named in the notice: "the command"."""
    app.copy_to_clipboard(text)
    has_helper = False
    for command in helpers_for(os.environ):
        has_helper |= await _feed(command, text)
    message = f"Copied {what} ({len(text):,} characters)"
    size = len(text.encode("utf-8", "replace"))
    if size > LARGE and not has_helper:
        message += ": more than some terminals take"
    app.notify(message, markup=False, timeout=3)


async def _feed(command: list[str], text: str) -> bool:
    """Whether the command took the text."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode("utf-8", "replace")), _PATIENCE)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        return False
    return process.returncode == 0
