"""The course of a conversation: records in, turns, calls, requests and the state of things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.log import LogState
from aimux_tui.model.turn import TurnKind
from aimux_tui.providers.claude.course import Course
from aimux_tui.providers.claude.outcomes import plain_text
from aimux_tui.providers.claude.prompts import (
    TURN_KINDS,
    UserKind,
    classify,
    one_line,
    text_of,
)
from aimux_tui.providers.claude.records import Block, ToolUseResult
from aimux_tui.providers.claude.vocabulary import (
    ASSISTANT_BLOCKS,
    CALL_BLOCKS,
    SPAWNING_TOOLS,
    SYNTHETIC_MODEL,
)

if TYPE_CHECKING:
    from aimux_tui.providers.claude.records import Line
    from aimux_tui.providers.claude.turns import OpenTurn

_PLAIN_BLOCKS = frozenset({"text", "thinking", "redacted_thinking"})
_DETAIL_LENGTH = 200
_CONTINUED = "(work before the first prompt)"
_COMPACTED = "(conversation compacted)"


class Conversation(Course):
    """Turns, requests, tool calls and spawned agents of one log, record by record.

    `start` and `end` are the bytes of a record's line in the file, without its newline. A line
    belongs to the turn in which it stands, unless a handler says otherwise.
    """

    __slots__ = ()

    def assistant(self, line: Line, at: str, start: int, end: int) -> None:
        """A line of an API message: usually one of its content blocks."""
        current = self.book.current or self._begin_work(line.uuid, at, start)
        self._worked_at = at
        ledger = self.ledger
        message = line.message
        if (
            message is None
            or message.id is None
            or message.id != ledger.open_id
            or line.request_id != ledger.open_request_id
        ):
            self._switch(line, at, current)
        content = None
        if message is not None:
            content = message.content
            if self._is_request:
                ledger.is_stale = True
                ledger.open_message = message
                if message.usage is not None:
                    ledger.open_usage = message.usage
                    ledger.statements += 1
        turn = self._message_turn or current
        repeated = 0
        if isinstance(content, list):
            for block in content:
                if block.type not in _PLAIN_BLOCKS:
                    repeated += self._take_block(block, turn, start)
        if repeated and repeated == len(content or ()):
            self._replay(content, current, start, end)
        elif turn is not current:
            self.book.leave_out(start, end)
            turn.take(start, end)
            self.book.touch(turn)
        if self._is_ours:
            self.state.last = line
            self.state.is_stopped = False

    def _switch(self, line: Line, at: str, current: OpenTurn) -> None:
        """Another message than that of the assistant line before begins, or is gone on with."""
        self._awaits_summary = False
        self._message_turn = current
        is_side = line.is_sidechain is True and self._identity.is_main
        message = line.message
        self._is_request = message is None or message.model != SYNTHETIC_MODEL
        self._is_ours = self._is_request and not is_side
        if not self._is_request:
            self._own_words(line, is_side=is_side)
            return
        index = self.ledger.switch(line, at)
        if index < current.first_request:
            self._message_turn = turn = self.book.owner(index) or current
            self.book.touch(turn)
        if not is_side:
            self.context_request = index
            if message is not None and message.model:
                self.last_model = message.model

    def _own_words(self, line: Line, *, is_side: bool) -> None:
        """Claude Code speaks in the model's place: an error, or that there is nothing to say."""
        self.ledger.leave()
        if is_side:
            return
        if line.is_api_error_message:
            self.state.set(LogState.ERROR)
            self.state.error = _words_of(line)
        elif not self.calls.pending:
            self.state.set(LogState.FINISHED)

    def _replay(
        self, content: str | list[Block] | None, current: OpenTurn, start: int, end: int
    ) -> None:
        """A line that only repeats calls; it is shown where they were made, if at all."""
        blocks = content if isinstance(content, list) else []
        if all(self.calls.turn_of(block.id or "") is not current for block in blocks):
            self.book.leave_out(start, end)

    def _take_block(self, block: Block, turn: OpenTurn, start: int) -> bool:
        """Take in a call, or a result in the model's own message. True for a call known before."""
        kind = block.type
        if kind in CALL_BLOCKS:
            call_id = block.id or ""
            if call_id in self.calls.by_id:
                return True
            name = block.name or ""
            self.calls.open(call_id, name, turn, start)
            if name in SPAWNING_TOOLS:
                self.links.open(call_id, block.input)
                turn.agents += 1
        elif kind not in ASSISTANT_BLOCKS:
            self.unknown[f"{self._identity.version} assistant block {kind}".strip()] += 1
        elif block.tool_use_id:
            self.calls.close(block.tool_use_id, is_error=bool(block.is_error))
        return False

    def user(self, line: Line, at: str, start: int, end: int) -> None:
        """A prompt, a tool's result, or one of the many other things that users seem to say."""
        content = line.message.content if line.message is not None else None
        if isinstance(content, list):
            results = content
            if len(content) != 1 or content[0].type != "tool_result":
                results = [block for block in content if block.type == "tool_result"]
            if results:
                current = self.book.current or self._begin_work(line.uuid, at, start)
                self._worked_at = at
                self.calls.answer(line, results, current, start, end)
                if self.links.by_call:
                    self._link(results, line.tool_use_result)
                state = self.state
                if not state.is_stopped and not (line.is_sidechain and self._identity.is_main):
                    state.last = line
                return
        text = text_of(line)
        is_side = line.is_sidechain is True and self._identity.is_main
        kind = classify(line, text, is_sidechain=is_side)
        if kind is UserKind.COMPACT_SUMMARY:
            if not self._awaits_summary:
                self._segment(line.uuid, at, start, is_manual=True)
            self._awaits_summary = False
        elif kind in TURN_KINDS:
            self._turn(TURN_KINDS[kind], line.uuid, text, at, start)
        elif kind is UserKind.SIDECHAIN and self.book.current is None:
            self._begin(TurnKind.CONTINUATION, line.uuid, text, at, start)
        elif kind is UserKind.INTERRUPTION:
            self._interrupt(at)
        elif kind is UserKind.OUTPUT:
            self._output(at)

    def _link(self, results: list[Block], result: object) -> None:
        """Take in what a result says of the agent that its call started."""
        for block in results:
            call_id = block.tool_use_id or ""
            if call_id not in self.links.by_call:
                continue
            if isinstance(result, ToolUseResult):
                self.links.name(call_id, result.agent_id or result.teammate_id)
                self.links.run(call_id, result.run_id)
            if self.links.is_open(call_id):
                self.links.read_result(call_id, plain_text(block.content))


def _words_of(line: Line) -> str:
    """What Claude Code says in the model's place."""
    content = line.message.content if line.message is not None else None
    if isinstance(content, str):
        return one_line(content, _DETAIL_LENGTH)
    words = [plain_text(block.text) for block in content or ()]
    return one_line(" ".join(words), _DETAIL_LENGTH)
