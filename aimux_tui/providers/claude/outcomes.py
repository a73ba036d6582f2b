"""What the text of a tool's result says about how the call ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui.model.tools import ToolStatus

if TYPE_CHECKING:
    from msgspec import Raw

_REJECTIONS = (
    "The user doesn't want to proceed with this tool use",
    "The user doesn't want to take this action right now",
    "User rejected tool use",
)
_ECHOES = ("Sibling tool call errored", "Cancelled: parallel tool call", "[Request interrupted")
"""Written for calls that did not fail themselves."""
_TOOL_ERROR = re.compile(r"</?tool_use_error>")
_EXIT_CODE = re.compile(r"\s*Exit code (-?\d{1,9})\b")
_ERROR_LENGTH = 500


def plain_text(content: Raw) -> str:
    """The text of a result's content, which is a string or a list of blocks."""
    try:
        return flattened(msgspec.json.decode(content)) if memoryview(content).nbytes else ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def flattened(content: Any) -> str:
    """One text of a string, or of the text blocks of a list."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(part for part in map(_block_text, content) if part)


def _block_text(block: Any) -> str:
    match block:
        case str():
            return block
        case {"type": "tool_reference", "tool_name": str(name)}:
            return name
        case {"text": str(text)}:
            return text
    return ""


def is_rejection(text: str) -> bool:
    """Whether the user said no to the call."""
    return text.lstrip().removeprefix("<tool_use_error>").startswith(_REJECTIONS)


def failed_status(text: str) -> ToolStatus:
    """How a call ended whose result is marked as an error."""
    if is_rejection(text):
        return ToolStatus.REJECTED
    bare = _TOOL_ERROR.sub("", text).strip()
    return ToolStatus.CANCELLED if bare.startswith(_ECHOES) else ToolStatus.FAILED


def error_text(text: str) -> str:
    """Why a call failed, one short paragraph."""
    bare = _TOOL_ERROR.sub("", text).strip()
    return bare if len(bare) <= _ERROR_LENGTH else bare[: _ERROR_LENGTH - 1] + "…"


def exit_code(text: str) -> int | None:
    """The exit code at the head of a failed command's result."""
    found = _EXIT_CODE.match(text)
    return int(found[1]) if found else None
