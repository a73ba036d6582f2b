"""What a script of code mode is about, read from its JavaScript without running it."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import DecodeError, Struct
from msgspec.json import decode

from aimux_tui.model.tools import ToolKind

_LONGEST = 200_000
"""Characters of a script that are looked at."""
_STRING = r"""(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
_COMMAND = re.compile(r"""["']?\bcmd["']?\s*:\s*""" + _STRING, re.DOTALL)
_PATCHED = re.compile(r"\*\*\* (?:Add|Update|Delete) File: (.+?)(?:\\n|\\r|[\n\r\"'`])")
_TOOL = re.compile(r"\btools\.([A-Za-z_]\w*)\s*\(")
_EXECUTES = frozenset({"exec_command", "write_stdin", "shell", "shell_command"})
_KINDS = {
    "web__run": ToolKind.WEB,
    "web_search": ToolKind.WEB,
    "update_plan": ToolKind.TASK,
    "view_image": ToolKind.READ,
    "spawn_agent": ToolKind.AGENT,
}


class Script(Struct, frozen=True):
    """The tools that a script calls, in order of appearance."""

    tools: tuple[str, ...]
    commands: tuple[str, ...]
    files: tuple[str, ...]
    """What its patches are about."""
    first_line: str

    @property
    def kind(self) -> ToolKind:
        """What the script does above all."""
        if _EXECUTES.intersection(self.tools) or self.commands:
            return ToolKind.EXECUTE
        if "apply_patch" in self.tools:
            return ToolKind.EDIT
        kinds = {_KINDS.get(tool, ToolKind.OTHER) for tool in self.tools}
        if any(tool.startswith("mcp__") for tool in self.tools):
            return ToolKind.MCP
        return kinds.pop() if len(kinds) == 1 else ToolKind.EXECUTE

    @property
    def snippet(self) -> str:
        """Commands and files; else the tools; else its first line."""
        parts = list(self.commands)
        if self.files:
            parts.append("apply_patch " + ", ".join(dict.fromkeys(self.files)))
        told = {"exec_command", "apply_patch"} if parts else set()
        parts += (tool for tool in dict.fromkeys(self.tools) if tool not in told)
        return " · ".join(parts) or self.first_line


@lru_cache(maxsize=256)
def read_script(text: str) -> Script:
    """Find what `text` calls."""
    text = text[:_LONGEST]
    lines = (line.strip() for line in text.split("\n"))
    return Script(
        tools=tuple(_TOOL.findall(text)),
        commands=tuple(_unquoted(found["quoted"]) for found in _COMMAND.finditer(text)),
        files=tuple(path.strip() for path in _PATCHED.findall(text)),
        first_line=next((line for line in lines if line and not line.startswith("//")), ""),
    )


def patch_in_script(text: str) -> str:
    """The patch that a script holds as a literal; "" if there is none."""
    text = text[:_LONGEST]
    start = text.find("*** Begin Patch")
    if start < 1 or text[start - 1] not in "\"'`":
        return ""
    found = re.compile(_STRING, re.DOTALL).match(text, start - 1)
    return _unquoted(found["quoted"]) if found else ""


def _unquoted(literal: str) -> str:
    """The text of a string literal, escapes resolved as far as JSON knows them."""
    if literal[0] != '"':
        inner = literal[1:-1].replace("\\" + literal[0], literal[0])
        inner = re.sub(r'(?<!\\)"', r"\\\"", inner).replace("\n", "\\n").replace("\t", "\\t")
        literal = f'"{inner}"'
    try:
        return decode(literal, type=str)
    except (DecodeError, UnicodeEncodeError):
        return literal[1:-1]
