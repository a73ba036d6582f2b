"""Opening a file in the user's editor, at a line where that is known."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLUS_LINE = frozenset(
    {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "kak", "joe"}
)
"""Editors that take `+LINE FILE`."""
_GOTO = frozenset({"code", "code-insiders", "codium", "cursor", "windsurf"})
"""Editors that take `--goto FILE:LINE`."""
_COLON = frozenset({"hx", "helix", "subl", "zed", "zeditor"})
"""Editors that take `FILE:LINE`."""
_READ_ONLY = {"vi": "-R", "vim": "-R", "nvim": "-R", "nano": "-v", "micro": "-readonly=true"}
_BLOCK = 1 << 20


def editor_command(
    path: str, line: int | None, env: Mapping[str, str], *, is_read_only: bool = False
) -> list[str]:
    """The command that opens a file in $VISUAL, $EDITOR or vi."""
    editor = shlex.split(env.get("VISUAL") or env.get("EDITOR") or "vi") or ["vi"]
    name = Path(editor[0]).name
    if is_read_only and name in _READ_ONLY:
        editor.append(_READ_ONLY[name])
    if line is None:
        return [*editor, path]
    if name in _PLUS_LINE:
        return [*editor, f"+{line}", path]
    if name in _GOTO:
        return [*editor, "--goto", f"{path}:{line}"]
    if name in _COLON:
        return [*editor, f"{path}:{line}"]
    return [*editor, path]


def line_at(path: str, offset: int) -> int:
    """The number of the line, from 1 on, in which a byte of a file lies. Blocks; raises OSError."""
    lines, left = 1, offset
    with Path(path).open("rb") as file:
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            lines += block.count(b"\n")
            left -= len(block)
    return lines
