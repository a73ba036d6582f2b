"""What a tool's output says of itself: exit code, duration, failure, and the text behind them."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, decode

from aimux_tui.providers.codex.records import text_of
from aimux_tui.providers.jsonl import BadLineError, decode_object

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verdict(StrEnum):
    """How the output itself says that the call went."""

    FINE = "fine"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    """The agent would not make the call; neither a success nor a failure of the tool."""


_FINE = Verdict.FINE

FAILURES = frozenset({Verdict.FAILED, Verdict.REJECTED, Verdict.CANCELLED})
"""The verdicts that count as a failed call."""


class ToolOutput(Struct, frozen=True):
    """An output with its header taken off."""

    text: str = ""
    verdict: Verdict = Verdict.FINE
    exit_code: int | None = None
    wall_time: timedelta | None = None
    running_as: str = ""
    """Id of the session or cell in which the command goes on; "" if it has ended."""
    images: tuple[int, ...] = ()
    """Indices of the pictures among the parts of the output."""

    @property
    def error(self) -> str:
        """One short paragraph on what went wrong; "" if nothing did."""
        if self.verdict is Verdict.FINE:
            return ""
        if self.exit_code:
            return f"exit code {self.exit_code}"
        first = next((line for line in self.text.split("\n") if line.strip()), "")
        return first.strip()[:400]


class _Metadata(Struct):
    exit_code: int | None = None
    duration_seconds: float | None = None


class _Structured(Struct):
    """The form up to 0.12x, and of apply_patch later."""

    output: str
    metadata: _Metadata


class _CommandResult(Struct):
    """What a command gave the script that ran it, which scripts print as it is."""

    output: str
    wall_time_seconds: float
    exit_code: int | None = None
    session_id: int | str | None = None


_decode_structured = Decoder(_Structured).decode
_decode_results = Decoder(_CommandResult | list[_CommandResult]).decode

# A command may run over lines, so the header behind it is looked for; elsewhere it comes first.
_EXECUTED = (
    r"(?:Chunk ID: \w+\n)?Wall time: (?P<wall>[\d.]+) seconds?\n"
    r"Process (?:exited with code (?P<code>-?\d+)|running with session ID (?P<session>\S+))"
)
_EXECUTED_FIRST = re.compile(_EXECUTED)
_EXECUTED_BEHIND = re.compile("\n" + _EXECUTED)
_PLAIN = re.compile(r"Exit code: (?P<code>-?\d+)(?:\nWall time: (?P<wall>[\d.]+) seconds?)?")
_SCRIPT = re.compile(
    r"Script (?:completed|(?P<failed>failed)|running with cell ID (?P<session>\S+))"
    r"(?:\nWall time:? (?P<wall>[\d.]+) seconds?)?"
)
# Each is written by some version of Codex itself; words that only look like an error are a tool's.
_FAILED = (
    "apply_patch verification failed",
    "exec_command failed",
    "failed to parse function arguments",
    "unsupported call: ",
    "unsupported custom tool call: ",
    "execution error: ",
    "failed in sandbox ",
    "tool call error: ",
    "exec command rejected",
    "patch rejected",
    'err: "',
)
_REJECTED = "rejected by user"
_REFUSED = re.compile(r"[a-z_ ]{3,40} failed: ")

# The same headers, as they stand in the JSON of a record, for the scan.
_RAW_HEADER = re.compile(
    rb'"(?:Chunk ID: \w+\\n)?Wall time: [\d.]+ seconds?\\nProcess '
    rb"(?:exited with code (-?\d+)|running with session ID )"
    rb'|"Exit code: (-?\d+)\\n'
    rb'|\[\{"type":"input_text","text":"Script (?:completed|(failed)|running)'
)
_RAW_COMMAND = b'"Command: '
_RAW_WALL_TIME = b"\\nWall time: "
_RAW_BEHIND = re.compile(
    rb"\\nWall time: [\d.]+ seconds?\\nProcess "
    rb"(?:exited with code (-?\d+)|running with session ID )"
)
_RAW_STRUCTURED = b'"{\\"output\\":'
# A text inside the output has its quotes escaped once more, so it cannot look like this.
_RAW_METADATA = re.compile(rb',\\"metadata\\":\{\\"exit_code\\":(-?\d+)')


def judge(raw: bytes) -> Verdict:
    """The verdict of the output whose JSON is `raw`, without reading more of it than needed."""
    header = _RAW_HEADER.match(raw)
    if header is None:
        raw = bytes(raw)
        header = _find_header(raw)
    if header is not None:
        # The only group that took part is an exit code, or the word "failed".
        index = header.lastindex
        return _FINE if index is None or header[index] == b"0" else Verdict.FAILED
    try:
        value = decode(raw)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        try:
            value = decode_object(b'{"":' + raw + b"}")[""]
        except BadLineError:
            return Verdict.FINE
    return read_output(value).verdict


def _find_header(raw: bytes) -> re.Match[bytes] | None:
    """A match whose first group is the exit code, for the forms that do not begin with it."""
    if raw.startswith(_RAW_STRUCTURED):
        return _RAW_METADATA.search(raw, max(0, len(raw) - 200))
    if raw.startswith(_RAW_COMMAND):
        position = raw.find(_RAW_WALL_TIME)
        # Behind a backslash it would be no line break.
        if position > 0 and raw[position - 1 : position] != b"\\":
            return _RAW_BEHIND.match(raw, position)
    return None


def read_output(value: Any) -> ToolOutput:
    """Take an output apart, in whatever form its version wrote it."""
    match value:
        case str():
            return _read_text(value)
        case list():
            return _read_parts(value)
        case dict():
            return _read_object(value)
        case None:
            return ToolOutput()
    return ToolOutput(str(value))


def _read_object(value: dict[str, Any]) -> ToolOutput:
    content = value.get("content", value.get("text", ""))
    found = read_output(content) if isinstance(content, str | list) else ToolOutput(str(content))
    if value.get("success") is False and found.verdict is Verdict.FINE:
        return ToolOutput(found.text, Verdict.FAILED, found.exit_code, found.wall_time)
    return found


def _read_parts(parts: list[Any]) -> ToolOutput:
    texts: list[str] = []
    images: list[int] = []
    for index, part in enumerate(parts):
        if not isinstance(part, dict):
            continue
        if isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif text_of(part, "type").endswith("image"):
            images.append(index)
    if len(texts) > 1 and _SCRIPT.match(texts[0]):
        texts[1:] = map(_unwrapped, texts[1:])
    found = _read_text(_joined(texts))
    return ToolOutput(
        found.text,
        found.verdict,
        found.exit_code,
        found.wall_time,
        found.running_as,
        tuple(images),
    )


def _unwrapped(text: str) -> str:
    """What commands printed, where a script shows the objects that hold it."""
    if not text.startswith(("{", "[")):
        return text
    try:
        results = _decode_results(text)
    except (DecodeError, RecursionError, UnicodeEncodeError):
        return text
    parts = results if isinstance(results, list) else [results]
    return _joined(_told(part) for part in parts) if parts else text


def _told(result: _CommandResult) -> str:
    if result.exit_code:
        return _joined((result.output, f"[exit code {result.exit_code}]"))
    if result.session_id is not None:
        return _joined((result.output, f"[goes on as session {result.session_id}]"))
    return result.output


def _joined(texts: Iterable[str]) -> str:
    joined = ""
    for text in texts:
        joined += text if not joined or joined.endswith("\n") else f"\n{text}"
    return joined


def _read_text(text: str) -> ToolOutput:
    if text.startswith("{"):
        return _read_structured(text)
    if text.startswith("Command: "):
        header = _EXECUTED_BEHIND.search(text)
    else:
        header = _EXECUTED_FIRST.match(text) or _PLAIN.match(text) or _SCRIPT.match(text)
    if header is None:
        return ToolOutput(text, _verdict_of_message(text))
    fields = header.groupdict()
    code = int(fields["code"]) if fields.get("code") else None
    return ToolOutput(
        _behind_header(text, header.end()),
        Verdict.FAILED if code or fields.get("failed") else Verdict.FINE,
        code,
        _seconds(fields.get("wall")),
        fields.get("session") or "",
    )


def _read_structured(text: str) -> ToolOutput:
    try:
        found = _decode_structured(text)
    except (DecodeError, RecursionError, UnicodeEncodeError):
        return ToolOutput(text)
    code = found.metadata.exit_code
    return ToolOutput(
        found.output,
        Verdict.FAILED if code else Verdict.FINE,
        code,
        _seconds(found.metadata.duration_seconds),
    )


def _verdict_of_message(text: str) -> Verdict:
    """The verdict of an output that is nothing but a message of the agent."""
    if text.startswith("aborted by user") or text == "aborted":
        return Verdict.CANCELLED
    if text.startswith(_FAILED):
        return Verdict.REJECTED if _REJECTED in text[:100_000] else Verdict.FAILED
    if text[:400].startswith(_REJECTED):
        return Verdict.REJECTED
    return Verdict.REFUSED if _REFUSED.match(text) else Verdict.FINE


def _behind_header(text: str, position: int) -> str:
    """What follows the line "Output:" of a header that goes on at `position`."""
    start = position
    for _ in range(8):
        end = text.find("\n", start)
        line = text[start:] if end < 0 else text[start:end]
        if line.rstrip() == "Output:":
            return "" if end < 0 else text[end + 1 :]
        if end < 0:
            break
        start = end + 1
    return text[position:].lstrip("\n")


def _seconds(value: str | float | None) -> timedelta | None:
    if value is None:
        return None
    try:
        return timedelta(seconds=float(value))
    except (ValueError, OverflowError):
        return None
