"""The texts in a Gemini record: content, thoughts, tool results and how they were displayed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from aimux_tui.providers.gemini.records import Part, decode_raw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.providers.gemini.records import Content, FunctionResponse

SHELL_TOOL = "run_shell_command"
_UNTRUSTED = re.compile(r"\A\s*<untrusted_context>\n?(.*?)\n?</untrusted_context>\s*\Z", re.DOTALL)
_FOOTER = re.compile(
    r"(Exit Code|Signal|Background PIDs|Process Group PGID|Error): ?(.*)\Z|\s*\Z", re.DOTALL
)
_REPORT_HEAD = re.compile(r"\A(?:Command: .*\n)?(?:Directory: .*\n)?(?:Stdout|Output): ?")
_TODO_MARKS = {"completed": "[x]", "in_progress": "[>]", "cancelled": "[-]", "blocked": "[!]"}


def parts_of(content: Content) -> Sequence[Part]:
    """The content as parts; a bare string is a part with text."""
    if content is None:
        return ()
    if isinstance(content, list):
        return [Part(item) if isinstance(item, str) else item for item in content]
    return (Part(content) if isinstance(content, str) else content,)


def content_text(content: Content) -> str:
    """What the content says, without thoughts, calls and results."""
    if isinstance(content, str):
        return content
    return "".join(part.text for part in parts_of(content) if part.text and not part.thought)


def thought_text(thought: Any) -> str:
    """A `{subject, description}` as text."""
    if not isinstance(thought, dict):
        return ""
    lines = (thought.get("subject"), thought.get("description"))
    return "\n".join(line.strip() for line in lines if isinstance(line, str) and line.strip())


def response_text(response: FunctionResponse) -> str:
    """What the model was told of a tool's outcome."""
    texts = [_outcome_text(decode_raw(response.response)), result_text(decode_raw(response.parts))]
    return "\n".join(filter(None, texts))


def is_error(response: FunctionResponse) -> bool:
    """Whether the tool told the model that it failed."""
    return bytes(response.response).lstrip(b"{ \r\n\t").startswith(b'"error"')


def result_text(result: Any) -> str:
    """The text of a tool call's `result`: parts that mostly are function responses."""
    if isinstance(result, str):
        return result
    if isinstance(result, dict):
        result = [result]
    if not isinstance(result, list):
        return ""
    texts = []
    for part in result:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            response = part.get("functionResponse")
            if isinstance(response, dict):
                texts.append(_outcome_text(response.get("response")))
                texts.append(result_text(response.get("parts")))
            elif isinstance(part.get("text"), str):
                texts.append(part["text"])
    return "\n".join(filter(None, texts))


def result_error(result: Any) -> str:
    """The error that a tool call's `result` states."""
    for part in result if isinstance(result, list) else [result]:
        response = part.get("functionResponse") if isinstance(part, dict) else None
        outcome = response.get("response") if isinstance(response, dict) else None
        if isinstance(outcome, dict) and isinstance(outcome.get("error"), str):
            return str(outcome["error"])
    return ""


def display_text(display: Any) -> str:
    """What the terminal showed of a result: text, coloured lines, to-dos, a summary."""
    match display:
        case str():
            return display
        case list():
            return _terminal_text(display)
        case {"todos": list() as todos}:
            return "\n".join(_todo_line(todo) for todo in todos if isinstance(todo, dict))
        case {"isSubagentProgress": True, "result": str() as result}:
            return result
        case {"summary": str() as summary}:
            files = [name for name in _list_of(display.get("files")) if isinstance(name, str)]
            return "\n".join([summary, *files])
    return ""


class ShellReport(NamedTuple):
    """What a shell tool told the model, taken apart."""

    output: str
    exit_code: int | None


def shell_report(text: str) -> ShellReport:
    """Split the report of a command into its output and its exit code.

    The code stands in the lines behind the output; the newer form leaves a 0 out. A command can
    print such lines itself, so only those at the very end count.
    """
    if found := _UNTRUSTED.match(text):
        text = found[1]
    lines = text.split("\n")
    facts: dict[str, str] = {}
    while lines and (footer := _FOOTER.match(lines[-1])):
        if footer[1] in facts:
            break
        lines.pop()
        if footer[1]:
            facts[footer[1]] = footer[2].strip()
    output = _REPORT_HEAD.sub("", "\n".join(lines), count=1)
    output = "" if output == "(empty)" else output
    code = facts.get("Exit Code", "")
    if re.fullmatch(r"-?\d{1,9}", code):
        return ShellReport(output, int(code))
    finished = "Process Group PGID" in facts and not facts.get("Signal", "").strip("0")
    return ShellReport(output, 0 if finished and not code else None)


def result_output(tool: str, result: Any) -> str:
    """The text of a tool call's `result` as a reader wants it: of a command, only its output."""
    text = result_text(result)
    return shell_report(text).output if tool == SHELL_TOOL else text


def as_json(value: Any) -> str:
    """Any decoded value as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def one_line(text: str, limit: int = 200) -> str:
    """The first words of a text on one line."""
    return " ".join(text[: 8 * limit].split())[:limit]


def _outcome_text(outcome: Any) -> str:
    match outcome:
        case None:
            return ""
        case str():
            return outcome
        case {"output": str() as text} | {"error": str() as text} | {"content": str() as text}:
            return text
    return as_json(outcome)


def _terminal_text(lines: list[Any]) -> str:
    """Lines of coloured tokens as text; the terminal's padding is cut off."""
    texts = []
    for line in lines:
        tokens = [token.get("text") for token in _list_of(line) if isinstance(token, dict)]
        texts.append("".join(text for text in tokens if isinstance(text, str)).rstrip())
    return "\n".join(texts).rstrip("\n")


def _todo_line(todo: dict[Any, Any]) -> str:
    return f"{_TODO_MARKS.get(str(todo.get('status')), '[ ]')} {todo.get('description', '')}"


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
