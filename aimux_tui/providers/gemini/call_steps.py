"""Tool calls of a Gemini turn in full: input, outcome, edits, pictures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from aimux_tui.model.body import BODY_LIMIT, Body, BodyRef, Span
from aimux_tui.model.tools import ToolCall, ToolKind, ToolStatus
from aimux_tui.model.turn import Image, TurnState
from aimux_tui.providers.cut_arguments import cut_arguments
from aimux_tui.providers.gemini.records import LoggedCall, decode_raw, is_present, parse_time
from aimux_tui.providers.gemini.texts import (
    SHELL_TOOL,
    as_json,
    display_text,
    parts_of,
    result_error,
    result_output,
    result_text,
    shell_report,
)
from aimux_tui.providers.gemini.toolcalls import edit_of, kind_of, snippet_of, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from msgspec import Raw

    from aimux_tui.providers.gemini.records import Record

_ERROR_LENGTH = 500
_UNSETTLED = {
    TurnState.RUNNING: ToolStatus.RUNNING,
    TurnState.INTERRUPTED: ToolStatus.CANCELLED,
}
"""What became of a call that the log leaves running, by the state of its turn."""


class Answer(Struct, frozen=True):
    """A tool's result that stands in a message of its own."""

    result: Any
    """In the form of a recorded result."""
    failed: bool
    ref: BodyRef
    at: datetime | None


class CallSource(Struct):
    """A logged call and where its parts stand."""

    logged: LoggedCall
    args: BodyRef
    result: BodyRef
    display: BodyRef
    is_from_content: bool = False

    @classmethod
    def at(cls, logged: LoggedCall, record: Span, pointer: str) -> CallSource:
        """A call of the recorder's list at `pointer` in `record`."""
        return cls(
            logged,
            BodyRef(record, f"{pointer}/args"),
            BodyRef(record, f"{pointer}/result"),
            BodyRef(record, f"{pointer}/resultDisplay"),
        )

    def take(self, change: LoggedCall, record: Span, pointer: str) -> None:
        """Take in a patch. A result that is there stays: the CLI only hides it from the model."""
        call = self.logged
        call.status = change.status or call.status
        call.timestamp = change.timestamp or call.timestamp
        call.agent_id = change.agent_id or call.agent_id
        if is_present(change.result) and not is_present(call.result):
            call.result, self.result = change.result, BodyRef(record, f"{pointer}/result")
        if is_present(change.result_display) and not is_present(call.result_display):
            call.result_display = change.result_display
            self.display = BodyRef(record, f"{pointer}/resultDisplay")


def calls_of(record: Record, span: Span) -> list[CallSource]:
    """The calls that a message lists, else those that its content asks for."""
    if record.tool_calls:
        return [
            CallSource.at(call, span, f"/toolCalls/{index}")
            for index, call in enumerate(record.tool_calls)
        ]
    calls = []
    for index, part in enumerate(parts_of(record.content)):
        wanted = part.function_call
        if wanted is not None:
            logged = LoggedCall(id=wanted.id, name=wanted.name, args=wanted.args)
            source = CallSource.at(logged, span, f"/content/{index}/functionCall")
            source.is_from_content = True
            calls.append(source)
    return calls


def call_steps(
    source: CallSource,
    started: datetime | None,
    answers: Mapping[str, Answer],
    state: TurnState,
    request: int,
) -> Iterator[ToolCall | Image]:
    """The call, and the pictures that it brought. `request`: key of the one that made it."""
    call = source.logged
    name = call.name or ""
    kind = kind_of(name, call.agent_id)
    result, result_ref = decode_raw(call.result), source.result
    ended = parse_time(call.timestamp)
    answer = answers.get(call.id or name)
    if answer is not None and not is_present(call.result):
        result, result_ref, ended = answer.result, answer.ref, ended or answer.at
    if not source.is_from_content:
        status = status_of(call)
    elif answer is not None:
        status = ToolStatus.FAILED if answer.failed else ToolStatus.OK
    else:
        status = ToolStatus.RUNNING
    arguments = decode_raw(call.args)
    # Without an edit that the scan did not count: a call only asked for is no logged call.
    edit = None if source.is_from_content else edit_of(call, status)
    if status is ToolStatus.RUNNING:
        status = _UNSETTLED.get(state, ToolStatus.UNKNOWN)
    yield ToolCall(
        id=call.id or "",
        name=name,
        kind=kind,
        input=cut_arguments(arguments, BODY_LIMIT) if isinstance(arguments, dict) else {},
        snippet=snippet_of(name, arguments),
        status=status,
        exit_code=shell_report(result_text(result)).exit_code if name == SHELL_TOOL else None,
        input_body=Body.of(as_json(arguments), source.args),
        output=_output(kind, name, result, result_ref, source),
        error=_error(status, result, call.result_display),
        started=started,
        ended=None if status is ToolStatus.RUNNING else ended,
        edits=() if edit is None else (edit,),
        record=source.args.record,
        result_record=result_ref.record if result is not None else None,
        request=request,
    )
    if result is not None and result_ref is not source.result:
        # A function response, rather than a list of parts.
        inner = BodyRef(result_ref.record, f"{result_ref.pointer}/parts")
        yield from _pictures(result[0]["functionResponse"]["parts"], inner, ended)
    else:
        yield from _pictures(result, result_ref, ended)


def picture(data: Raw | Any, media_type: str | None, ref: BodyRef, at: datetime | None) -> Image:
    """Where a picture lies. `data` is its base64 text, in quotes if it is undecoded."""
    text = data if isinstance(data, str) else bytes(data).decode("latin-1").strip('"')
    size = len(text) * 3 // 4 - text[-2:].count("=")
    return Image(media_type or "", max(size, 0), ref, at, ref.record)


def _output(
    kind: ToolKind, name: str, result: Any, result_ref: BodyRef, source: CallSource
) -> Body:
    """A command shows what its terminal showed; other tools, what they told the model."""
    shown = display_text(decode_raw(source.logged.result_display))
    told = result_output(name, result)
    if told and told == result_error(result) and kind is not ToolKind.EXECUTE:
        return Body()  # It is the call's error.
    if shown and (kind in {ToolKind.EXECUTE, ToolKind.TASK} or not told):
        return Body.of(shown, source.display)
    return Body.of(told, result_ref)


def _error(status: ToolStatus, result: Any, display: Raw) -> str:
    if status not in {ToolStatus.FAILED, ToolStatus.REJECTED, ToolStatus.CANCELLED}:
        return ""
    text = result_error(result) or display_text(decode_raw(display)) or result_text(result)
    return text.strip().split("\n\n")[0][:_ERROR_LENGTH]


def _pictures(result: Any, ref: BodyRef, at: datetime | None) -> Iterator[Image]:
    """Pictures among the parts of a result, and inside its function responses."""
    if not isinstance(result, list):
        return
    for index, part in enumerate(result):
        if not isinstance(part, dict):
            continue
        pointer = f"{ref.pointer}/{index}"
        data = part.get("inlineData")
        if isinstance(data, dict) and isinstance(data.get("data"), str):
            where = BodyRef(ref.record, f"{pointer}/inlineData/data")
            yield picture(data["data"], str(data.get("mimeType") or ""), where, at)
        response = part.get("functionResponse")
        if isinstance(response, dict):
            inner = BodyRef(ref.record, f"{pointer}/functionResponse/parts")
            yield from _pictures(response.get("parts"), inner, at)
