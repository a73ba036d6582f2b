"""The records of both sides of a conversation as prompt, steps and tool calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.body import Body
from aimux_tui.model.tools import ToolCall, ToolKind
from aimux_tui.model.turn import (
    Image,
    Notice,
    NoticeKind,
    Text,
    Thinking,
    TurnKind,
    Unknown,
)
from aimux_tui.providers.claude.bodies import beyond, body_at, json_text, picture, text_body
from aimux_tui.providers.claude.decoding import decode_line
from aimux_tui.providers.claude.ledger import request_key
from aimux_tui.providers.claude.outcomes import flattened
from aimux_tui.providers.claude.places import agent_id_of, stem_of
from aimux_tui.providers.claude.prompts import (
    TURN_KINDS,
    UserKind,
    classify,
    one_line,
    text_of,
)
from aimux_tui.providers.claude.threads import Item, Threads
from aimux_tui.providers.claude.toolcalls import CallDraft, Result
from aimux_tui.providers.claude.vocabulary import CALL_BLOCKS, SYNTHETIC_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from aimux_tui.model.body import Span
    from aimux_tui.model.turn import Step, TurnSummary
    from aimux_tui.providers.base import LogFile, LogSource

Fields = dict[str, Any]
_CONTENT = "/message/content"
_SKILL = "Base directory for this skill:"
_QUIET = ("<local-command-caveat>", "Caveat: The messages below", "[Image: ")
"""Beginnings of what the machine says that tells a reader nothing."""
_BACKSLASH = "\\"


class MessageReader:
    """Reads the `user` and `assistant` records of one turn."""

    def __init__(self, file: LogFile, turn: TurnSummary) -> None:
        self._file = file
        self._turn = turn
        self._is_main = not agent_id_of(file.path)
        self._seen: set[int] = set()
        """Hashes of the lines of API messages."""
        self.prompt: list[Text | Image] = []
        self.has_begun = False
        """Whether the record that begins the turn was met."""
        self.drafts: dict[str, CallDraft] = {}
        self.settled: set[str] = set()
        """Calls of which nothing is kept but their ids."""
        self.is_outdated = False
        """One of those has got another result."""
        self.threads = Threads()
        self.progress: dict[str, Body] = {}
        """Call → what it has printed so far."""
        self.agents: dict[str, str] = {}
        """Call → the agent that reports progress for it."""
        self.subjects: dict[str, str] = {}
        """Task id → its subject."""

    def assistant(
        self, record: Fields, line: bytes, span: Span, at: datetime | None
    ) -> list[Item | None]:
        """The steps in a line of an API message, unless it is an exact repetition."""
        if (digest := hash(line)) in self._seen:
            return []
        self._seen.add(digest)
        message = _dict(record, "message")
        content = message.get("content")
        if message.get("model") == SYNTHETIC_MODEL or record.get("isApiErrorMessage"):
            items: list[Item | None] = [_own_words(record, flattened(content), span, at)]
        elif isinstance(content, str):
            body, model = text_body(content, span, _CONTENT), _str(message, "model")
            items = [Text(body, at, span, model, _request(record))]
        else:
            blocks = content if isinstance(content, list) else []
            items = [
                self._block(record, block, f"{_CONTENT}/{index}", span, at)
                for index, block in enumerate(blocks)
                if isinstance(block, dict)
            ]
        return self._placed(record, "", items, span, at)

    def _placed(
        self, record: Fields, task: str, items: list[Item | None], span: Span, at: datetime | None
    ) -> list[Item | None]:
        """The items, or none if they belong to a sub-agent that is recorded in this log."""
        if record.get("isSidechain") is not True or not self._is_main:
            return items
        thread = self.threads.of(record, task, span, at)
        thread.items += [item for item in items if item is not None]
        return []

    def _block(
        self, record: Fields, block: Fields, pointer: str, span: Span, at: datetime | None
    ) -> Item | None:
        model, request = _str(_dict(record, "message"), "model"), _request(record)
        kind = _str(block, "type")
        match kind:
            case "text":
                body = text_body(_str(block, "text"), span, f"{pointer}/text")
                return Text(body, at, span, model, request)
            case "thinking":
                body = text_body(_str(block, "thinking"), span, f"{pointer}/thinking")
                return Thinking(body, not body, at, span, model, request)
            case "redacted_thinking":
                return Thinking(Body(), True, at, span, model, request)  # noqa: FBT003
            case "fallback":
                title = f"Model fallback: {_name(block.get('from'))} → {_name(block.get('to'))}"
                return Notice(NoticeKind.INFO, title, Body(), at, span)
        if kind in CALL_BLOCKS:
            return self._call(record, block, pointer, span, at)
        if isinstance(block.get("tool_use_id"), str):
            return self._result(Result(block, pointer, span, at))
        if (found := picture(block, span, pointer, at)) is not None:
            return found
        return Unknown(f"block {kind}", text_body(json_text(block), span, pointer), at, span)

    def _call(
        self, record: Fields, block: Fields, pointer: str, span: Span, at: datetime | None
    ) -> CallDraft | None:
        call_id = _str(block, "id")
        if call_id in self.drafts:
            return None
        arguments = block.get("input")
        draft = CallDraft(
            id=call_id,
            name=_str(block, "name"),
            arguments=arguments if isinstance(arguments, dict) else {"input": arguments},
            record=span,
            pointer=pointer,
            at=at,
            cwd=_str(record, "cwd"),
            root_session=self._root_session(record),
            request=_request(record),
        )
        self.drafts[call_id] = draft
        return draft

    def _result(self, result: Result) -> Result:
        self.is_outdated |= result.call_id in self.settled
        return result

    def _root_session(self, record: Fields) -> str:
        if self._is_main:
            return stem_of(self._file.path)
        return self._file.parent_hint or _str(record, "sessionId")

    def user(
        self, record: Fields, line: bytes, span: Span, at: datetime | None
    ) -> list[Item | None]:
        """The steps in a user record; what begins the turn becomes its prompt."""
        typed = decode_line(line)
        if typed is None:
            return []
        is_side = record.get("isSidechain") is True and self._is_main
        text = text_of(typed)
        kind = classify(typed, text, is_sidechain=is_side)
        if kind is UserKind.RESULT:
            return self._placed(record, "", self._results(record, span, at), span, at)
        if kind is UserKind.SIDECHAIN:
            if not self.has_begun and record.get("uuid") == self._turn.key:
                self._begin(record, span, at)
                self.threads.of(record, text, span, at)
                return []
            return self._placed(record, text, [], span, at)
        if kind is UserKind.COMPACT_SUMMARY:
            self.has_begun = True
            title = "Summary of the conversation so far"
            body = body_at(record, span, _CONTENT)
            return [Notice(NoticeKind.COMPACTION, title, body, at, span)]
        if kind in TURN_KINDS and not self.has_begun:
            self._begin(record, span, at)
            return []
        return _beside(kind, record, text, span, at)

    def _begin(self, record: Fields, span: Span, at: datetime | None) -> None:
        """Take a record as the turn's prompt."""
        self.has_begun = True
        content = _dict(record, "message").get("content")
        if self._turn.kind not in {TurnKind.PROMPT, TurnKind.STEERING, TurnKind.CONTINUATION}:
            content = None
        self._take_prompt(record, content, _CONTENT, span, at)

    def begin_by_command(self, record: Fields, span: Span, at: datetime | None) -> None:
        """Take a system record with a command as what begins the turn."""
        self.has_begun = True
        self._take_prompt(record, None, "/content", span, at)

    def begin_by_queue(self, record: Fields, span: Span, at: datetime | None) -> None:
        """Take a queued prompt as what begins the turn."""
        self.has_begun = True
        content = _dict(record, "attachment").get("prompt")
        self._take_prompt(record, content, "/attachment/prompt", span, at)

    def _take_prompt(
        self, record: Fields, content: Any, pointer: str, span: Span, at: datetime | None
    ) -> None:
        """The words and pictures of a list of blocks, else all that stands at the pointer."""
        if not isinstance(content, list):
            self.prompt.append(Text(body_at(record, span, pointer), at, span))
            return
        for index, block in enumerate(content):
            place = f"{pointer}/{index}"
            if (found := picture(block, span, place, at)) is not None:
                self.prompt.append(found)
            elif body := body_at(record, span, f"{place}/text"):
                self.prompt.append(Text(body, at, span))

    def _results(self, record: Fields, span: Span, at: datetime | None) -> list[Item | None]:
        items: list[Item | None] = []
        twin = record.get("toolUseResult")
        content = _dict(record, "message").get("content")
        for index, block in enumerate(content if isinstance(content, list) else ()):
            if isinstance(block, dict) and block.get("type") == "tool_result":
                items.append(self._result(Result(block, f"{_CONTENT}/{index}", span, at, twin)))
                twin = None
            elif found := picture(block, span, f"{_CONTENT}/{index}", at):
                items.append(found)
            elif body := body_at(record, span, f"{_CONTENT}/{index}/text"):
                title = one_line(body.text)
                items.append(Notice(NoticeKind.CONTEXT, title, body, at, span))
        return items


def _own_words(record: Fields, text: str, span: Span, at: datetime | None) -> Notice:
    """What Claude Code said in the model's place."""
    is_error = bool(record.get("isApiErrorMessage"))
    kind = NoticeKind.ERROR if is_error else NoticeKind.INFO
    title = one_line(text)
    return Notice(kind, title, beyond(title, text_body(text, span, _CONTENT)), at, span)


def _beside(
    kind: UserKind, record: Fields, text: str, span: Span, at: datetime | None
) -> list[Item | None]:
    """What a user record says that is neither prompt nor result."""
    body = body_at(record, span, _CONTENT)
    title = one_line(body.text)
    match kind:
        case UserKind.INTERRUPTION:
            return [Notice(NoticeKind.INTERRUPTION, title.strip("[]"), Body(), at, span)]
        case UserKind.OUTPUT:
            more = beyond(title, body)
            return [Notice(NoticeKind.COMMAND_OUTPUT, title or "No output", more, at, span)]
        case UserKind.META | UserKind.EMPTY if text.startswith(_QUIET) or not text:
            content = _dict(record, "message").get("content")
            blocks = content if isinstance(content, list) else []
            return [
                picture(block, span, f"{_CONTENT}/{index}", at)
                for index, block in enumerate(blocks)
            ]
        case UserKind.META if text.startswith(_SKILL):
            path = text.removeprefix(_SKILL).strip().partition("\n")[0]
            title = f"Skill: {path.replace(_BACKSLASH, '/').rstrip('/').rpartition('/')[2]}"
    return [Notice(NoticeKind.CONTEXT, title, beyond(title, body), at, span)]


def result_steps(result: Result, source: LogSource) -> Iterator[Step]:
    """A result whose call is not in this log: it counts as no call, unless it changed a file."""
    body = result.output(source)
    edits = result.edits()
    if edits:
        yield ToolCall(
            id=result.call_id,
            name="",
            kind=ToolKind.OTHER,
            input={},
            snippet="result of a call that is not in this turn",
            status=result.status,
            output=body,
            error=result.error,
            ended=result.at,
            edits=edits,
            result_record=result.record,
        )
    else:
        title = one_line(f"Result of a call that is not in this turn: {body.text}")
        yield Notice(NoticeKind.INFO, title.removesuffix(":"), body, result.at, result.record)
    yield from result.images()


def _request(record: Fields) -> int:
    """The key of the request that an assistant record came from."""
    message_id = _str(_dict(record, "message"), "id") or None
    request_id = record.get("requestId")
    request_id = request_id if isinstance(request_id, str) else None
    return request_key(message_id, request_id, _str(record, "uuid"))


def _dict(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _str(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return _str(value, "model") or json_text(value)
    return str(value)
