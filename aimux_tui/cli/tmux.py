"""`aimux tmux`: a pane beside the agent's that follows its folder's session."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from aimux_tui.errors import CommandError


def run(*, width: int, is_left: bool) -> int:
    """Split the current tmux pane. Raises CommandError outside tmux or if tmux refuses."""
    pane = os.environ.get("TMUX_PANE")
    if not os.environ.get("TMUX") or not pane:
        raise CommandError(
            "this is not a tmux pane",
            hint="start tmux first, or run `aimux --follow` in any terminal",
        )
    if width < 20:
        raise CommandError(f"a pane of {width} columns is too narrow", hint="use 40 or more")
    command = shlex.join([sys.executable, "-m", "aimux_tui", "--follow"])
    split = [
        *("tmux", "split-window", "-h", "-d", "-t", pane, "-l", str(width)),
        *("-c", "#{pane_current_path}"),
        *(["-b"] if is_left else []),
        command,
    ]
    try:
        done = subprocess.run(split, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CommandError("tmux is not installed", hint="install tmux") from None
    if done.returncode:
        raise CommandError(
            f"tmux: {done.stderr.strip() or 'could not split the pane'}",
            hint="make the window wider, or pass a smaller --width",
        )
    return 0
