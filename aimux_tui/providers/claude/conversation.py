"""The course of a conversation: records in, turns, calls, requests and the state of things out."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from aimux_tui.model.log import LogState
from aimux_tui.model.turn import PROMPT_KINDS, TurnKind, TurnState
from aimux_tui.providers.claude.calls import Calls
from aimux_tui.providers.claude.ledger import Ledger, digest
from aimux_tui.providers.claude.links import Links
from aimux_tui.providers.claude.outcomes import flattened, plain_text
from aimux_tui.providers.claude.prompts import (
    LOCAL_COMMANDS,
    TURN_KINDS,
    UserKind,
    classify,
    command_of,
    one_line,
    text_of,
    title_of,
    unwrapped,
)
from aimux_tui.providers.claude.records import Block, ToolUseResult
from aimux_tui.providers.claude.turns import OpenTurn, TurnBook
from aimux_tui.providers.claude.vocabulary import (
    ASSISTANT_BLOCKS,
    CALL_BLOCKS,
    SPAWNING_TOOLS,
    SYNTHETIC_MODEL,
)

if TYPE_CHECKING:
    from msgspec import Raw

    from aimux_tui.providers.claude.identity import Identity
    from aimux_tui.providers.claude.records import (
        Block,
        Line,
    )

_GOING_ON = frozenset({"tool_use", "pause_turn"})
_PLAIN_BLOCKS = frozenset({"text", "thinking", "redacted_thinking"})
_NO_BLOCKS: list[Block] = []
_DETAIL_LENGTH = 200
_CONTINUED = "(work before the first prompt)"
_COMPACTED = "(conversation compacted)"


class Conversation:
    """Turns, requests, tool calls and spawned agents of one log, record by record.

    `start` and `end` are the bytes of a record's line in the file, without its newline.
    """

    __slots__ = (
        "_awaits_summary",
        "_error",
        "_identity",
        "book",
        "calls",
        "compactions",
        "context_request",
        "last_model",
        "ledger",
        "links",
        "prompts",
        "state",
        "unknown",
    )  # fmt: skip

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self.book = TurnBook()
        self.ledger = Ledger()
        self.calls = Calls(self.book)
        self.links = Links()
        self.state = LogState.EMPTY
        self._error = ""
        self.prompts = 0
        self.compactions = 0
        self.unknown: Counter[str] = Counter()
        self.context_request = -1
        """The newest request of the main conversation."""
        self.last_model = ""
        self._awaits_summary = False
        """A compaction's boundary has come, its summary has not."""

    def cover(self, start: int, end: int) -> None:
        """A line that says nothing for the scan belongs to the turn in which it stands."""
        current = self.book.current
        if current is not None:
            current.cover(start, end)

    @property
    def state_detail(self) -> str:
        """The tool that runs, or the error."""
        if self.state is LogState.ERROR:
            return self._error
        if self.state is LogState.TOOL:
            return next(iter(self.calls.pending.values()), "")
        return ""

    def _set_state(self, state: LogState) -> None:
        self.state = state
        current = self.book.current
        if current is None:
            return
        if state is LogState.FINISHED:
            current.state = TurnState.DONE
        elif state is LogState.INTERRUPTED:
            current.state = TurnState.INTERRUPTED
        elif state is LogState.ERROR:
            current.state = TurnState.ERROR
        else:
            current.state = TurnState.RUNNING

    def _begin(self, kind: TurnKind, uuid: str | None, text: str, start: int) -> OpenTurn:
        """Open a turn whose first record is at `start`."""
        title = title_of(kind, text)
        last = self.book.current
        if last is not None and last.state is TurnState.RUNNING:
            was_left = self.calls.pending and kind is not TurnKind.STEERING
            last.state = TurnState.INTERRUPTED if was_left else TurnState.DONE
        if kind is not TurnKind.STEERING:
            self.calls.pending.clear()
        ordinal = len(self.book.turns)
        key = uuid or f"{digest(f'{self._identity.session_id} {ordinal} {text}'):016x}"
        turn = self.book.begin(kind, key, title, self._identity.at)
        turn.first_request = len(self.ledger)
        turn.segment = self.compactions
        # What stands before the first turn is shown with it. The turn's own line comes next.
        turn.spans = [start if last is not None else 0, start - 1]
        if text not in {_CONTINUED, _COMPACTED}:
            self._identity.note_prompt(text, title, kind)
        self.prompts += kind in PROMPT_KINDS
        return turn

    def _begin_work(self, uuid: str | None, start: int) -> OpenTurn:
        """A turn for work before the first prompt."""
        return self._begin(TurnKind.CONTINUATION, uuid, _CONTINUED, start)

    def assistant(self, line: Line, start: int, end: int) -> None:
        """A line of an API message: usually one of its content blocks."""
        identity = self._identity
        current = self.book.current or self._begin_work(line.uuid, start)
        turn = current
        current.has_work = True
        current.ended = identity.at
        message = line.message
        content = message.content if message is not None else None
        is_side = line.is_sidechain is True and identity.is_main
        is_own_words = message is not None and message.model == SYNTHETIC_MODEL
        if not is_own_words:
            index = self.ledger.note(line, identity.at)
            if index < current.first_request:
                turn = self.book.owner(index) or current
                self.book.touch(turn)
            if not is_side:
                self.context_request = index
                if message is not None and message.model:
                    self.last_model = message.model
        self._awaits_summary = False
        repeated = 0
        last = None
        if isinstance(content, list):
            for block in content:
                last = block.type
                if last not in _PLAIN_BLOCKS:
                    repeated += self._take_block(block, turn)
        if turn is current:
            spans = current.spans
            if start - spans[-1] == 1:
                spans[-1] = end
            else:
                current.cover(start, end)
        elif not repeated or repeated < len(content or ()):
            turn.add_elsewhere(start, end)
        if not is_side:
            self._state_after(line, last, is_own_words=is_own_words)

    def _state_after(self, line: Line, last: str | None, *, is_own_words: bool) -> None:
        """Where an assistant line leaves the conversation; `last` is its last block."""
        if self.calls.pending:
            if self.state is not LogState.TOOL:
                self._set_state(LogState.TOOL)
        elif is_own_words:
            if line.is_api_error_message:
                self._error = _words_of(line)
                self._set_state(LogState.ERROR)
            else:
                self._set_state(LogState.FINISHED)
        elif last == "text" and (line.message is None or line.message.stop_reason not in _GOING_ON):
            self._set_state(LogState.FINISHED)
        elif self.state is not LogState.RESPONDING:
            self._set_state(LogState.RESPONDING)

    def _take_block(self, block: Block, turn: OpenTurn) -> bool:
        """Take in a call, or a result in the model's own message. True for a call known before."""
        kind = block.type
        if kind in CALL_BLOCKS:
            call_id = block.id or ""
            if call_id in self.calls.by_id:
                return True
            name = block.name or ""
            self.calls.open(call_id, name, turn)
            if name in SPAWNING_TOOLS:
                self.links.open(call_id, block.input)
                turn.agents += 1
        elif kind not in ASSISTANT_BLOCKS:
            self.unknown[f"{self._identity.version} assistant block {kind}".strip()] += 1
        elif block.tool_use_id:
            self.calls.close(block.tool_use_id, is_error=bool(block.is_error))
        return False

    def user(self, line: Line, start: int, end: int) -> None:
        """A prompt, a tool's result, or one of the many other things that users seem to say."""
        content = line.message.content if line.message is not None else None
        is_side = line.is_sidechain is True and self._identity.is_main
        if isinstance(content, list):
            results = content
            if len(content) != 1 or content[0].type != "tool_result":
                results = [block for block in content if block.type == "tool_result"]
            if results:
                self._result(line, results, start, end, is_side=is_side)
                return
        text = text_of(line)
        kind = classify(line, text, is_sidechain=is_side)
        if kind is UserKind.COMPACT_SUMMARY:
            self._summary(line, start, end)
        elif kind in TURN_KINDS:
            self._turn(TURN_KINDS[kind], line.uuid, text, start, end)
        elif kind is UserKind.SIDECHAIN and self.book.current is None:
            self._begin(TurnKind.CONTINUATION, line.uuid, text, start).cover(start, end)
        else:
            self.cover(start, end)
            if kind is UserKind.INTERRUPTION:
                self._interrupt()
            elif kind is UserKind.OUTPUT:
                self._output()

    def _turn(self, kind: TurnKind, uuid: str | None, text: str, start: int, end: int) -> None:
        state = self.state
        self._begin(kind, uuid, text, start).cover(start, end)
        if kind is TurnKind.NOTIFICATION:
            self.links.read_notification(text)
        if kind is TurnKind.COMMAND:
            name, arguments = command_of(text)
            if name == "/rename" and arguments:
                self._identity.custom_title = arguments
            if name in LOCAL_COMMANDS:
                self._stay(state)
                return
        if kind is TurnKind.SHELL:
            self._stay(state)
        elif kind is TurnKind.STEERING and self.calls.pending:
            self._set_state(LogState.TOOL)
        else:
            self._set_state(LogState.RESPONDING)

    def _stay(self, state: LogState) -> None:
        """A turn began that no model answers: it is done at once, and the log is where it was."""
        self._set_state(LogState.FINISHED)
        if state is not LogState.RESPONDING and state is not LogState.TOOL:
            self.state = state

    def _output(self) -> None:
        """A command or the user's shell has answered; the model was not asked."""
        current = self.book.current
        if current is None:
            return
        current.has_work = True
        current.ended = self._identity.at
        if self.state is LogState.RESPONDING and current.kind is TurnKind.COMMAND:
            self._set_state(LogState.FINISHED)

    def _interrupt(self) -> None:
        self.calls.pending.clear()
        if self.book.current is not None:
            self.book.current.ended = self._identity.at
        self._set_state(LogState.INTERRUPTED)

    def _result(
        self, line: Line, results: list[Block], start: int, end: int, *, is_side: bool
    ) -> None:
        current = self.book.current or self._begin_work(line.uuid, start)
        current.has_work = True
        current.ended = self._identity.at
        self.calls.answer(line, results, current, start, end)
        if self.links.by_call:
            for block in results:
                if (block.tool_use_id or "") in self.links.by_call:
                    self._link(block, line.tool_use_result)
        if is_side or self.state is LogState.INTERRUPTED or self.state is LogState.ERROR:
            return
        state = LogState.TOOL if self.calls.pending else LogState.RESPONDING
        if self.state is not state:
            self._set_state(state)

    def _link(self, block: Block, result: object) -> None:
        call_id = block.tool_use_id or ""
        if isinstance(result, ToolUseResult):
            self.links.name(call_id, result.agent_id or result.teammate_id)
            self.links.run(call_id, result.run_id)
        if self.links.is_open(call_id):
            self.links.read_result(call_id, plain_text(block.content))

    def compact(self, line: Line, start: int, end: int) -> None:
        """The boundary of a compaction: a new segment begins."""
        self._segment(line.uuid, start, end, is_manual=b'"manual"' in bytes(line.compact_metadata))
        self._awaits_summary = True

    def _summary(self, line: Line, start: int, end: int) -> None:
        if self._awaits_summary:
            self._awaits_summary = False
            self.cover(start, end)
        else:
            self._segment(line.uuid, start, end, is_manual=True)

    def _segment(self, uuid: str | None, start: int, end: int, *, is_manual: bool) -> None:
        self.compactions += 1
        state = self.state
        turn = self._begin(TurnKind.CONTINUATION, uuid, _COMPACTED, start)
        turn.cover(start, end)
        self._set_state(LogState.FINISHED if is_manual else state)

    def turn_ended(self, duration_ms: float | None) -> None:
        """Claude Code has measured a turn, or run the hooks that follow one."""
        current = self.book.current
        if current is None:
            return
        current.ended = self._identity.at
        # A steering prompt's measure would begin with the prompt that it steered.
        if duration_ms and current.kind is not TurnKind.STEERING:
            current.duration_ms += duration_ms
        is_working = self.state is LogState.RESPONDING or self.state is LogState.TOOL
        if is_working and not self.calls.pending:
            self._set_state(LogState.FINISHED)

    def queued(self, line: Line, start: int, end: int) -> None:
        """A prompt that was typed while the agent worked is given to it."""
        prompt = line.attachment.prompt if line.attachment is not None else None
        text = unwrapped(_prompt_text(prompt))
        self._turn(TurnKind.STEERING, line.uuid, text, start, end)

    def local_command(self, line: Line, start: int, end: int) -> None:
        """A command of the terminal, in the newer form: a system record."""
        text = plain_text(line.content)
        if text.lstrip().startswith("<command-"):
            self._turn(TurnKind.COMMAND, line.uuid, text, start, end)
            self._stay(self.state)
        else:
            self.cover(start, end)
            self._output()


def _words_of(line: Line) -> str:
    """What Claude Code says in the model's place."""
    content = line.message.content if line.message is not None else None
    if isinstance(content, str):
        return one_line(content, _DETAIL_LENGTH)
    words = [plain_text(block.text) for block in content or ()]
    return one_line(" ".join(words), _DETAIL_LENGTH)


def _prompt_text(prompt: Raw | None) -> str:
    if prompt is None:
        return ""
    try:
        return flattened(json.loads(bytes(prompt)))
    except ValueError:
        return ""
