"""Large lines of known shape, read at their ends only: most bytes of a log are never decoded.

A pattern with an unescaped quote cannot match inside a JSON string, and a line is taken only if
what surrounds its large value is flat: strings and words, no object, no list. Whatever deviates
(pretty-printed, spliced, of another shape) is left to the decoder. Bytes that are damaged inside
the large value go unnoticed until somebody opens the turn.
"""

from __future__ import annotations

import msgspec

from aimux_tui.providers.claude.records import (
    Attachment,
    Block,
    Line,
    Message,
    PatchPart,
    ProgressData,
    ToolUseResult,
)
from aimux_tui.providers.claude.vocabulary import MACHINE_ATTACHMENTS, PROGRESS_TYPES

MIN_SIZE = 16_384
"""Bytes from which on skimming a line is cheaper than decoding it."""

_EDGE = 1500
"""Bytes at either end of a line within which its envelope lies."""
_BEGIN = b'{"parentUuid":"'
_CLOSING_BRACE = 0x7D
_RESULT = b'"message":{"role":"user","content":[{"tool_use_id":"'
_CONTENT = b'","type":"tool_result","content":'
_RESULT_END = b'}]},"'
_FAILED = b'"is_error":true'
_ANOTHER_CALL = b'"tool_use_id":"'
_TWIN = b'"toolUseResult":{'
_PLAIN_TWINS = (
    b'"stdout":"',
    b'"mode":"',
    b'"filenames":[',
    b'"type":"text","file":',
    b'"type":"image","file":',
    b'"type":"file_unchanged","file":',
)
"""How the twins of results begin that say nothing but their output."""
_EDIT_TWIN = b'"filePath":"'
_OLD_STRING = b'","oldString":"'
_PATCH = b'"structuredPatch":['
_PATCH_END = b'],"userModified":'
_SOURCE = b'"sourceToolAssistantUUID":"'
_ANOTHER_RECORD = b'{"parentUuid":'
_PROGRESS = b'"type":"progress","data":{'
_NESTED_MESSAGE = b'"message":{"type":"'
_TYPE = b'"type":"'
_AGENT = b',"agentId":"'
_ATTACHMENT = b'"attachment":{"type":"'
_ATTACHMENT_END = b'},"type":"attachment",'
_SIDECHAIN = b'"isSidechain":true'
_patch = msgspec.json.Decoder(list[PatchPart]).decode


class Skimmer:
    """Recognises the lines of one log that need no decoding."""

    def __init__(self) -> None:
        self._known = ("", "")
        self._marks: tuple[bytes, ...] | None = None

    def settle(self, version: str, branch: str) -> None:
        """Take only lines that state this version and branch: others bring news."""
        self._known = (version, branch)
        self._marks = None

    def _find_marks(self) -> tuple[bytes, ...]:
        if self._marks is None:
            version, branch = self._known
            facts = {"version": version} | ({"gitBranch": branch} if branch else {})
            self._marks = tuple(
                msgspec.json.encode({name: text})[1:-1] for name, text in facts.items() if version
            )
        return self._marks

    def read(self, block: bytes, start: int, end: int) -> Line | None:
        """The record in a large line as far as a scan cares; None if it must be decoded."""
        if block[end - 1] != _CLOSING_BRACE or not block.startswith(_BEGIN, start):
            return None
        if not (self._find_marks() if self._marks is None else self._marks):
            return None
        edge = start + _EDGE
        found: Line | None = None
        if (at := block.find(_RESULT, start, edge)) >= 0:
            found = self._result(block, start, at, end)
        elif block.find(_ANOTHER_RECORD, start + 1, end) >= 0:
            return None
        elif (at := block.find(_PROGRESS, start, edge)) >= 0:
            found = self._progress(block, start, at, end)
        elif (at := block.find(_ATTACHMENT, start, edge)) >= 0:
            found = self._attachment(block, start, at, end)
        return found

    def _brings_news(self, envelope: bytes) -> bool:
        """Whether the envelope does not state the version and branch that are known."""
        return any(mark not in envelope for mark in self._find_marks())

    def _result(self, block: bytes, start: int, at: int, end: int) -> Line | None:
        """A tool result that succeeded and brought nothing but its output or a patch."""
        call = at + len(_RESULT)
        call_end = block.find(b'"', call, call + 200)
        if not block.startswith(_CONTENT, call_end):
            return None
        close = block.find(_RESULT_END, call_end, end)
        twin = block.find(_TWIN, close, close + _EDGE) if close >= 0 else -1
        origin = block.rfind(_SOURCE, max(twin, end - _EDGE), end) if twin >= 0 else -1
        if origin < 0 or block.find(_ANOTHER_CALL, call_end, close) >= 0:
            return None
        tail_start = block.rfind(b"}", twin, origin) + 1
        head, middle = block[start + 1 : at], block[close + 3 : twin]
        tail = block[tail_start : end - 1]
        envelope = head + middle + tail
        if not _is_flat(envelope) or b'"type":"user"' not in head:
            return None
        # Two records spliced into one line differ in this.
        parent = block[start + len(_BEGIN) : block.find(b'"', start + len(_BEGIN), end)]
        if not block.startswith(parent + b'"', origin + len(_SOURCE)):
            return None
        if self._brings_news(envelope) or block.find(_FAILED, close - 20, close) >= 0:
            return None
        inside = twin + len(_TWIN)
        result: ToolUseResult | None = None
        if not block.startswith(_PLAIN_TWINS, inside):
            parts = _parts(block, inside, tail_start)
            if parts is None:
                return None
            result = ToolUseResult(structured_patch=parts)
        call_id = block[call:call_end].decode("utf-8", "replace")
        return Line(
            type="user",
            uuid=_text(envelope, b',"uuid":"'),
            timestamp=_text(envelope, b'"timestamp":"'),
            is_sidechain=_SIDECHAIN in envelope,
            message=Message(content=[Block(type="tool_result", tool_use_id=call_id)]),
            tool_use_result=result,
        )

    def _progress(self, block: bytes, start: int, at: int, end: int) -> Line | None:
        close = block.rfind(b'},"', end - _EDGE, end)
        head, tail = block[start + 1 : at], block[close + 1 : end - 1]
        envelope = head + tail
        if close < at or not _is_flat(envelope) or self._brings_news(envelope):
            return None
        data = at + len(_PROGRESS)
        if block.startswith(_TYPE, data):
            kind, agent = _text(block[data : data + 100], _TYPE), None
        elif block.startswith(_NESTED_MESSAGE, data):
            named = block.rfind(_AGENT, close - 100, close)
            agent = _text(block[named:close], _AGENT) if named >= 0 else None
            kind = "agent_progress" if agent else None
        else:
            return None
        if kind not in PROGRESS_TYPES or (kind == "agent_progress") != bool(agent):
            return None
        return Line(
            type="progress",
            uuid=_text(tail, b'"uuid":"'),
            timestamp=_text(tail, b'"timestamp":"'),
            is_sidechain=_SIDECHAIN in envelope,
            data=ProgressData(kind, agent),
            parent_tool_use_id=_text(tail, b'"parentToolUseID":"'),
        )

    def _attachment(self, block: bytes, start: int, at: int, end: int) -> Line | None:
        named = at + len(_ATTACHMENT)
        kind = _text(block[named - len(_TYPE) : named + 100], _TYPE)
        close = block.find(_ATTACHMENT_END, named, end)
        if kind not in MACHINE_ATTACHMENTS or close < 0:
            return None
        # What was rendered for the model may stand behind the envelope, in a list.
        last = block.find(b"[", close, end)
        head, tail = block[start + 1 : at], block[close + 1 : last if last >= 0 else end - 1]
        envelope = head + tail
        if not _is_flat(envelope) or self._brings_news(envelope):
            return None
        return Line(
            type="attachment",
            uuid=_text(tail, b'"uuid":"'),
            timestamp=_text(tail, b'"timestamp":"'),
            is_sidechain=_SIDECHAIN in envelope,
            attachment=Attachment(kind),
        )


def _is_flat(envelope: bytes) -> bool:
    """Whether these pieces of an object hold no object or list, nor any part of one."""
    return not (b"{" in envelope or b"[" in envelope or b"}" in envelope or b"]" in envelope)


def _parts(block: bytes, start: int, end: int) -> list[PatchPart] | None:
    """The patch in the twin of an edit's result; None if it is not one."""
    if not block.startswith(_EDIT_TWIN, start):
        return None
    path = start + len(_EDIT_TWIN)
    if not block.startswith(_OLD_STRING, block.find(b'"', path, path + 4096)):
        return None
    at = block.rfind(_PATCH, start, end)
    close = block.find(_PATCH_END, at, end)
    if at < 0 or close < 0:
        return None
    try:
        return _patch(block[at + len(_PATCH) - 1 : close + 1])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _text(envelope: bytes, name: bytes) -> str | None:
    """The text behind `name`, which ends with the opening quote."""
    start = envelope.find(name)
    if start < 0:
        return None
    start += len(name)
    text = envelope[start : envelope.find(b'"', start)]
    return None if b"\\" in text else text.decode("utf-8", "replace")
