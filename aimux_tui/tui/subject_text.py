"""What can be taken from a subject: its text, its command, its file."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from aimux_tui.errors import CommandError
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Image, Notice, Text, Thinking, Turn, Unknown

if TYPE_CHECKING:
    from aimux_tui.model.body import Body
    from aimux_tui.tui.trace_feed import TraceFeed
    from aimux_tui.tui.views.subject import Subject

_PATH_FIELDS = ("file_path", "path", "absolute_path", "notebook_path", "filename")


async def text_of(subject: Subject, feed: TraceFeed) -> tuple[str, str]:
    """(the whole text, what it is in words). Raises CommandError, SessionError, OSError."""
    match subject.step:
        case Text(body=body):
            return await whole(body, feed), "the answer"
        case Thinking(body=body) if body:
            return await whole(body, feed), "the thinking"
        case ToolCall() as call:
            return await _of_call(call, feed)
        case Notice(title=title, body=body):
            return await whole(body, feed) if body else title, "the notice"
        case Unknown(body=body):
            return await whole(body, feed), "the record"
        case Image() | Thinking():
            raise CommandError("there is no text in it")
    if subject.turn is None:
        return subject.session.session_id, "the session's id"
    turn = subject.details or await feed.read_turn(subject.turn.key)
    if subject.part == "prompt":
        return await _prompt(turn, feed), "the prompt"
    answers = [step for step in turn.steps if isinstance(step, Text) and step.body.text.strip()]
    if not answers:
        return await _prompt(turn, feed), "the prompt"
    return await whole(answers[-1].body, feed), "the answer"


async def _of_call(call: ToolCall, feed: TraceFeed) -> tuple[str, str]:
    if call.output:
        return await whole(call.output, feed), "the output"
    if call.error:
        return call.error, "the error"
    return call.snippet or call.name, "the call"


async def whole(body: Body, feed: TraceFeed) -> str:
    """All of a text that may have been cut. Raises SessionError, OSError."""
    return body.text if body.ref is None else await feed.body(body.ref)


async def _prompt(turn: Turn, feed: TraceFeed) -> str:
    texts = [await whole(block.body, feed) for block in turn.prompt if isinstance(block, Text)]
    return "\n\n".join(texts)


def command_of(subject: Subject) -> str:
    """The command that a tool call ran. Raises CommandError."""
    call = subject.tool_call
    if call is None:
        raise CommandError("select a tool call to copy its command")
    for name in ("command", "cmd", "script"):
        value = call.input.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
            # A list is what a shell is started with: its last word is what people would type.
            if len(value) == 3 and value[1] in {"-c", "-lc"}:
                return str(value[2])
            return " ".join(value)
    return call.snippet or call.name


def file_of(subject: Subject) -> tuple[str, int | None]:
    """(the file that a subject is about, the line if known); the log itself without one."""
    call = subject.tool_call
    if call is not None:
        for edit in subject.edits:
            line = next((hunk.new_start for hunk in edit.hunks if hunk.new_start), None)
            return _absolute(edit.new_path or edit.path, subject), line
        for name in _PATH_FIELDS:
            value = call.input.get(name)
            if isinstance(value, str) and value:
                offset = call.input.get("offset")
                return _absolute(value, subject), offset if isinstance(offset, int) else None
    return subject.session.path, None


def _absolute(path: str, subject: Subject) -> str:
    return str(PurePath(subject.session.cwd or "/", path))
