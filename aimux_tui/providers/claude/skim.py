"""Large lines of known shape, read at their ends only: most bytes of a log are never decoded.

A pattern with an unescaped quote cannot match inside a JSON string, and each line is taken only if
its head and its tail have exactly the shape that Claude Code writes, compact and in its own order.
Whatever deviates (pretty-printed, spliced, a new field) is left to the decoder.
"""

from __future__ import annotations

import re

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

MIN_SIZE = 4096
"""Bytes from which on skimming a line is cheaper than decoding it."""

_CLOSING_BRACE = 0x7D
_HEAD_SIZE = 1500
_TAIL_SIZE = 1500

_TEXT = rb'"[^"\\]*"'
_ANY_TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_CONTEXT = (
    rb'(?:"(?:agentId|cwd|entrypoint|gitBranch|promptId|sessionId|sessionKind|session_id|slug'
    rb'|teamName|userType|version)":' + _ANY_TEXT + rb",)*"
)
_HEAD = re.compile(
    rb'\{"parentUuid":(?:null|(?P<parent>' + _TEXT + rb'))'
    rb',"isSidechain":(?:(?P<side>true)|false),' + _CONTEXT +
    rb'(?:"type":"user","message":\{"role":"user","content":\[\{"tool_use_id":"(?P<call>[^"\\]+)"'
    rb',"type":"tool_result","content":(?P<content>["\[])'
    rb'|"type":"progress","data":\{(?:"type":"(?P<progress>\w+)"|"message":\{"type":")'
    rb'|"attachment":\{"type":"(?P<attachment>\w+)")'
)  # fmt: skip
_RESULT_END = b'}]},"uuid":"'
_RESULT_TWIN = re.compile(
    rb'\}\]\},"uuid":"(?P<uuid>[^"\\]*)","timestamp":"(?P<at>[^"\\]*)","toolUseResult":\{'
    rb'(?:(?P<plain>"stdout":"|"mode":"|"filenames":\[|"type":"(?:text|image|file_unchanged)","file":)'
    rb'|(?P<edit>"filePath":' + _ANY_TEXT + rb',"oldString":"))'
)
_RESULT_TAIL = re.compile(
    rb'\},"sourceToolAssistantUUID":(?P<parent>' + _TEXT + rb')'
    rb'(?:,"(?:cwd|entrypoint|gitBranch|sessionId|sessionKind|session_id|slug|userType|version)":' +
    _ANY_TEXT + rb')*\}$'
)  # fmt: skip
_PROGRESS_TAIL = re.compile(
    rb'\}(?P<fields>(?:,"(?:parentToolUseID|timestamp|toolUseID|uuid)":"[^"\\]*"){4})\}$'
)
_AGENT = re.compile(rb',"agentId":"(?P<agent>[^"\\]*)"$')
_ATTACHMENT_TAIL = re.compile(
    rb',"type":"attachment","uuid":"(?P<uuid>[^"\\]*)","timestamp":"(?P<at>[^"\\]*)"[,}]'
)
_FIELD = re.compile(rb'"(\w+)":"([^"\\]*)"')
_FAILED = b'"is_error":true'
_ANOTHER_CALL = b'"tool_use_id":"'
_ANOTHER_RECORD = b'{"parentUuid":'
_PATCH = b'"structuredPatch":['
_PATCH_END = b'],"userModified":'
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
        if block[end - 1] != _CLOSING_BRACE or not self._find_marks():
            return None
        head = _HEAD.match(block, start, min(end, start + _HEAD_SIZE))
        if head is None:
            return None
        if head["call"] is not None:
            return self._result(block, end, head)
        if block.find(_ANOTHER_RECORD, head.end(), end) >= 0:
            return None
        if head["attachment"] is not None:
            return self._attachment(block, end, head)
        return self._progress(block, end, head)

    def _is_news(self, block: bytes, head: re.Match[bytes], tail: int, end: int) -> bool:
        """Whether the line does not state the version and branch that are known."""
        first, last = head.span()
        for mark in self._find_marks():
            if block.find(mark, first, last) < 0 and block.find(mark, tail, end) < 0:
                return True
        return False

    def _result(self, block: bytes, end: int, head: re.Match[bytes]) -> Line | None:
        """A tool result that succeeded and brought nothing but its output or a patch."""
        close = block.find(_RESULT_END, head.end(), end)
        if close < 0 or block.find(_FAILED, close - 20, close) >= 0:
            return None
        if block.find(_ANOTHER_CALL, head.end(), close) >= 0:
            return None
        twin = _RESULT_TWIN.match(block, close, min(end, close + _HEAD_SIZE))
        if twin is None:
            return None
        tail = _RESULT_TAIL.search(block, max(twin.end(), end - _TAIL_SIZE), end)
        # Two records spliced into one line differ in this.
        if tail is None or tail["parent"] != head["parent"]:
            return None
        if self._is_news(block, head, tail.start(), end):
            return None
        twin_result: ToolUseResult | None = None
        if twin["edit"] is not None:
            parts = self._parts(block, twin.end(), tail.start())
            if parts is None:
                return None
            twin_result = ToolUseResult(structured_patch=parts)
        block_read = Block(type="tool_result", tool_use_id=_str(head["call"]))
        return Line(
            type="user",
            uuid=_str(twin["uuid"]),
            timestamp=_str(twin["at"]),
            is_sidechain=head["side"] is not None,
            message=Message(content=[block_read]),
            tool_use_result=twin_result,
        )

    @staticmethod
    def _parts(block: bytes, start: int, end: int) -> list[PatchPart] | None:
        at = block.rfind(_PATCH, start, end)
        close = block.find(_PATCH_END, at, end)
        if at < 0 or close < 0:
            return None
        try:
            return _patch(block[at + len(_PATCH) - 1 : close + 1])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def _progress(self, block: bytes, end: int, head: re.Match[bytes]) -> Line | None:
        close = block.rfind(b'},"', max(head.end(), end - _TAIL_SIZE), end)
        tail = _PROGRESS_TAIL.match(block, close, end) if close >= 0 else None
        if tail is None or self._is_news(block, head, end, end):
            return None
        kind, agent = _str(head["progress"]), None
        if kind is None:
            named = _AGENT.search(block, max(head.end(), close - 100), close)
            if named is None:
                return None
            kind, agent = "agent_progress", _str(named["agent"])
        if kind not in PROGRESS_TYPES:
            return None
        fields = dict(_FIELD.findall(tail["fields"]))
        return Line(
            type="progress",
            uuid=_str(fields.get(b"uuid")),
            timestamp=_str(fields.get(b"timestamp")),
            is_sidechain=head["side"] is not None,
            data=ProgressData(kind, agent),
            parent_tool_use_id=_str(fields.get(b"parentToolUseID")),
        )

    def _attachment(self, block: bytes, end: int, head: re.Match[bytes]) -> Line | None:
        kind = _str(head["attachment"])
        if kind not in MACHINE_ATTACHMENTS:
            return None
        tail = _ATTACHMENT_TAIL.search(block, head.end(), end)
        if tail is None or self._is_news(
            block, head, tail.end(), min(end, tail.end() + _TAIL_SIZE)
        ):
            return None
        return Line(
            type="attachment",
            uuid=_str(tail["uuid"]),
            timestamp=_str(tail["at"]),
            is_sidechain=head["side"] is not None,
            attachment=Attachment(kind),
        )


def _str(text: bytes | None) -> str | None:
    return None if text is None else text.decode("utf-8", errors="replace")
