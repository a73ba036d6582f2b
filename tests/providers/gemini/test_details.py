"""A turn opened: its steps in order, tool calls with outcome, edits, pictures, cut texts."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from aimux_tui.model.body import BODY_LIMIT
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text, Thinking, Unknown
from aimux_tui.providers.gemini import PROVIDER
from aimux_tui.providers.gemini.texts import shell_report
from tests.providers.gemini.build import Bytes, Recorder, chat, file_diff, sub_agent
from tests.providers.gemini.helpers import DOCUMENT, LINES, details, scanned

PNG = base64.b64encode(b"\x89PNG" + bytes(100)).decode()


def only_call(log: Recorder):
    (call,) = details(log.log())[-1].tool_calls
    return call


def called(name: str, args: dict[str, Any], output: str = "done", **fields: Any):
    log = Recorder()
    log.prompt("go")
    log.call(name, args, output, **fields)
    return only_call(log)


def test_steps_come_in_the_order_of_the_log():
    first, second = details(chat().log())

    assert [body.body.text for body in first.prompt if isinstance(body, Text)] == [
        "Change the greeting"
    ]
    kinds = [type(step).__name__ for step in first.steps]
    assert kinds == [
        *("Notice", "Text", "ToolCall", "ToolCall", "ToolCall", "ToolCall"),
        *("Thinking", "Text"),
    ]
    thinking = first.steps[-2]
    assert isinstance(thinking, Thinking)
    assert thinking.body.text == "Idea\nAlmost there."
    assert [call.name for call in first.tool_calls] == [
        *("read_file", "replace", "run_shell_command", "read_file"),
    ]
    assert [step.body.text for step in second.steps if isinstance(step, Text)] == ["Nothing."]


def test_both_formats_tell_the_same():
    log = chat()
    from_lines = scanned(log.log()).summary()
    from_document = scanned(log.document(), DOCUMENT).summary()

    for name in ("turns", "tool_calls", "failed_tool_calls", "usage", "edits", "title", "cwd"):
        assert getattr(from_lines, name) == getattr(from_document, name)
    for lines, document in zip(details(log.log()), details(log.document(), DOCUMENT), strict=True):
        assert lines.summary.key == document.summary.key
        assert [call.output.text for call in lines.tool_calls] == [
            call.output.text for call in document.tool_calls
        ]


def test_a_turn_of_a_document_reads_only_its_own_messages():
    log = chat()
    data = log.document()
    turn = scanned(data, DOCUMENT).turns[1]

    assert sum(span.length for span in turn.spans) < len(data) / 4
    source = Bytes(data, DOCUMENT)
    PROVIDER.read_turn(source, turn)
    assert source.reads == 1


def test_a_recorded_diff_becomes_an_edit_with_line_numbers():
    diff = file_diff("/z/a.py", "@@ -7,3 +7,4 @@\n a\n-b\n+c\n+d\n e\n")
    call = called("replace", {"file_path": "/z/a.py"}, resultDisplay=diff)

    (edit,) = call.edits
    assert (edit.path, edit.operation) == ("/z/a.py", "update")
    assert (edit.additions, edit.deletions, edit.is_proposed) == (2, 1, False)
    assert (edit.hunks[0].old_start, edit.hunks[0].new_start) == (7, 7)
    assert call.kind is ToolKind.EDIT


def test_a_new_file_is_a_creation():
    diff = file_diff("/z/n.md", "@@ -0,0 +1,2 @@\n+one\n+two\n", is_new=True)
    (edit,) = called("write_file", {"file_path": "/z/n.md"}, resultDisplay=diff).edits

    assert (edit.operation, edit.additions, edit.deletions) == ("create", 2, 0)


def test_an_edit_without_a_recorded_diff_is_rebuilt_from_the_arguments():
    args = {"file_path": "/z/a.py", "old_string": "x = 1\ny\n", "new_string": "x = 2\ny\n"}
    (edit,) = called("replace", args).edits

    assert edit.is_proposed
    assert edit.hunks[0].lines == ("-x = 1", "+x = 2", " y")
    assert (edit.additions, edit.deletions) == (1, 1)


@pytest.mark.parametrize(
    ("output", "operation"),
    [
        ("Successfully created and wrote to new file: /z/a.", "create"),
        ("Successfully overwrote file: /z/a.", "update"),
    ],
)
def test_a_written_file_without_a_recorded_diff(output: str, operation: str):
    (edit,) = called("write_file", {"file_path": "/z/a", "content": "1\n2\n"}, output).edits

    assert (edit.operation, edit.additions, edit.is_proposed) == (operation, 2, True)


def test_a_declined_edit_is_shown_but_not_counted():
    log = Recorder()
    log.prompt("go")
    diff = file_diff("/z/a.py", "@@ -1 +1 @@\n-b\n+c\n")
    log.call(
        "replace",
        {"file_path": "/z/a.py"},
        "[Operation Cancelled] Reason: User denied execution.",
        status="cancelled",
        resultDisplay=diff,
    )

    call = only_call(log)
    assert call.status is ToolStatus.REJECTED
    assert "User denied" in call.error
    assert [edit.is_proposed for edit in call.edits] == [True]
    assert scanned(log.log()).summary().edits == 0


def test_a_failed_edit_changed_nothing():
    args = {"file_path": "/z/a", "old_string": "no", "new_string": "yes"}
    call = called("replace", args, "0 occurrences found", status="error")

    assert (call.status, call.edits) == (ToolStatus.FAILED, ())
    assert (call.error, call.output.text) == ("0 occurrences found", "")


@pytest.mark.parametrize(
    ("report", "output", "code"),
    [
        ("Output: boom\nExit Code: 3\nProcess Group PGID: 7", "boom", 3),
        ("Output: fine\nProcess Group PGID: 7", "fine", 0),
        ("Output: (empty)\nProcess Group PGID: 7", "", 0),
        (
            (
                "<untrusted_context>\nOutput: a\nb\nExit Code: 1\nProcess Group PGID: 7\n"
                "</untrusted_context>"
            ),
            "a\nb",
            1,
        ),
        (
            (
                "Command: ls\nDirectory: /z\nOutput: a\nError: (none)\nExit Code: 0\nSignal: 0\n"
                "Background PIDs: (none)\nProcess Group PGID: 7"
            ),
            "a",
            0,
        ),
        ("Output: Exit Code: 9\nmore\nProcess Group PGID: 7", "Exit Code: 9\nmore", 0),
        ("Output: x\nSignal: 9\nProcess Group PGID: 7", "x", None),
        ("Command was cancelled.", "Command was cancelled.", None),
        ("", "", None),
    ],
)
def test_exit_codes_stand_behind_the_output(report: str, output: str, code: int | None):
    assert shell_report(report) == (output, code)


def test_a_command_that_exits_with_an_error_did_run():
    call = called(
        "run_shell_command", {"command": "make\nall"}, "Output: x\nExit Code: 2\nSignal: 0"
    )

    assert (call.status, call.exit_code, call.output.text) == (ToolStatus.OK, 2, "x")
    assert (call.kind, call.snippet) == (ToolKind.EXECUTE, "make all")


def test_coloured_output_is_shown_without_its_padding():
    tokens = [
        [{"text": "ok ", "bold": True}, {"text": "done      ", "fg": "#fff"}],
        [{"text": "          "}],
    ]
    call = called("run_shell_command", {"command": "x"}, "Output: ok", resultDisplay=tokens)

    assert call.output.text == "ok done"


def test_to_dos_are_a_list():
    todos = {
        "todos": [
            {"description": "a", "status": "completed"},
            {"description": "b", "status": "in_progress"},
            {"description": "c", "status": "pending"},
        ]
    }
    call = called("write_todos", todos, "Updated.", resultDisplay=todos)

    assert call.output.text == "[x] a\n[>] b\n[ ] c"
    assert (call.kind, call.snippet) == (ToolKind.TASK, "3 to-dos")


def test_a_call_takes_from_the_answer_to_its_own_end():
    call = called("web_fetch", {"prompt": "read https://example.org"})

    assert call.duration is not None
    assert call.duration.total_seconds() == 1
    assert (call.kind, call.snippet) == (ToolKind.WEB, "read https://example.org")


def test_a_sub_agent_is_a_spawn():
    parent = Recorder()
    parent.prompt("go")
    child = sub_agent(parent, "Count the lines")
    summary = scanned(parent.log()).summary()
    told = scanned(child.log()).summary()

    (spawn,) = summary.spawns
    assert spawn.child_key == f"gemini:{parent.session}/{child.session}"
    assert spawn.prompt_hash == told.prompt_hash != 0
    assert spawn.agent_name == "generalist"
    assert only_call(parent).kind is ToolKind.AGENT
    assert told.title == "Count the lines"
    assert scanned(parent.log()).turns[0].agents == 1


def test_a_sub_agent_that_is_a_tool_is_called_as_the_tool():
    parent = Recorder()
    parent.prompt("go")
    parent.call("codebase_investigator", {"objective": "Look around"}, "Found.")
    assert [spawn.agent_name for spawn in scanned(parent.log()).summary().spawns] == [
        "codebase_investigator"
    ]


def test_pictures_are_kept_by_reference():
    log = Recorder()
    log.prompt("see")
    log.add("user", [{"text": "look"}, {"inlineData": {"mimeType": "image/png", "data": PNG}}])
    answer = log.call("read_file", {"file_path": "a.png"})
    parts = [
        {"functionResponse": {"id": answer, "name": "read_file", "response": {"output": "ok"}}},
        {"inlineData": {"mimeType": "image/jpeg", "data": PNG}},
    ]
    call = log.messages[list(log.messages)[-2]]["toolCalls"][0] | {"result": parts}
    log.push(log.messages[list(log.messages)[-2]] | {"toolCalls": [call]})
    data = log.log()
    turn = details(data)[-1]

    prompt_image = turn.prompt[1]
    result_image = next(step for step in turn.steps if isinstance(step, Image))
    assert isinstance(prompt_image, Image)
    assert (prompt_image.media_type, prompt_image.size) == ("image/png", 104)
    assert (result_image.media_type, result_image.size) == ("image/jpeg", 104)
    for image in (prompt_image, result_image):
        assert image.ref is not None
        assert PROVIDER.read_body(Bytes(data), image.ref) == PNG


@pytest.mark.parametrize("document", [False, True])
def test_long_texts_are_cut_and_read_whole_on_demand(document: bool):
    long = "".join(f"{number} ü\n" for number in range(BODY_LIMIT // 4))
    log = Recorder()
    log.prompt(long, displayContent=[{"text": f"shown {long}"}])
    log.call(
        "run_shell_command", {"command": long}, f"Output: {long}Exit Code: 1\nSignal: 0", text=long
    )
    log.call("write_todos", {}, resultDisplay={"todos": [{"description": long}]})
    log.answer(long, thought=long)
    data = log.document() if document else log.log()
    file = DOCUMENT if document else LINES
    (turn,) = details(data, file)
    source = Bytes(data, file)

    first, second = turn.tool_calls
    texts = [step for step in turn.steps if isinstance(step, Text)]
    thinking = next(step for step in turn.steps if isinstance(step, Thinking))
    assert isinstance(turn.prompt[0], Text)
    whole = [
        (f"shown {long}", turn.prompt[0].body),
        (long, texts[0].body),
        (long, texts[1].body),
        (f"Idea\n{long.strip()}", thinking.body),
        (long.removesuffix("\n"), first.output),
        (f"[ ] {long}", second.output),
    ]
    for expected, body in whole:
        assert not body.is_whole
        assert (len(body.text), body.length) == (BODY_LIMIT, len(expected))
        assert body.ref is not None
        assert PROVIDER.read_body(source, body.ref) == expected
    assert first.input_body.ref is not None
    assert len(first.input["command"]) == BODY_LIMIT + 1
    assert PROVIDER.read_body(source, first.input_body.ref).count("ü") == long.count("ü")


def test_notices_say_what_they_are_about():
    log = Recorder()
    log.prompt("go")
    log.add("info", "Update available")
    log.add("warning", "Careful")
    log.add("error", "[API Error: busy]")
    log.add("info", "Request cancelled.")
    notices = [step for step in details(log.log())[0].steps if isinstance(step, Notice)]

    assert [(notice.kind, notice.title) for notice in notices] == [
        (NoticeKind.CONTEXT, "Context for the model"),
        (NoticeKind.INFO, "Update available"),
        (NoticeKind.INFO, "Careful"),
        (NoticeKind.ERROR, "[API Error: busy]"),
        (NoticeKind.INTERRUPTION, "Request cancelled."),
    ]


@pytest.mark.parametrize("document", [False, True])
def test_messages_without_ids_have_stable_keys_and_prompts(document: bool):
    log = chat()
    for message in log.messages.values():
        del message["id"]
    log.records = [log.head, {"$set": {"messages": list(log.messages.values())}}]
    data = log.document() if document else log.log()
    file = DOCUMENT if document else LINES
    first, second = details(data, file)
    more = log.messages[next(reversed(log.messages))] | {"content": "And more."}
    log.messages["more"] = more

    assert [text.body.text for text in first.prompt if isinstance(text, Text)] == [
        "Change the greeting"
    ]
    assert first.summary.key != second.summary.key
    if document:
        again = scanned(log.document(), file).turns
        assert [turn.key for turn in again] == [first.summary.key, second.summary.key]


def test_an_unknown_message_is_kept_raw():
    log = Recorder()
    log.prompt("go")
    log.add("hologram", "?", shimmer=3)
    log.records.append({"weather": "fine"})
    (turn,) = details(log.log())
    summary = scanned(log.log()).summary()

    unknown = [step for step in turn.steps if isinstance(step, Unknown)]
    assert [step.type for step in unknown] == ["hologram", "unknown"]
    assert '"shimmer": 3' in unknown[0].body.text
    assert unknown[1].body.text == '{"weather": "fine"}'
    assert summary.unknown is not None
    assert {"type hologram", "shimmer", "weather", "record without an id"} <= set(summary.unknown)
    assert summary.bad_lines == 0


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("plain", "prompt", "plain"),
        ("/help me", "command", "/help me"),
        ("?", "command", "?"),
        (
            (
                "I ran the following shell command:\n```sh\nls -l\n```\n\n"
                "This produced the following result:\n```\nx\n```"
            ),
            "shell",
            "ls -l",
        ),
    ],
)
def test_what_begins_a_turn(text: str, kind: str, title: str):
    log = Recorder()
    log.prompt(text)
    scan = scanned(log.log())

    assert [(turn.kind, turn.title) for turn in scan.turns] == [(kind, title)]
    assert scan.summary().turns == (kind == "prompt")


@pytest.mark.parametrize(
    "content",
    [
        "<hook_context>x</hook_context>",
        "<session_context>x</session_context>",
        "Here is the user's editor context as a JSON object.",
        "",
        [],
        [{"functionResponse": {"id": "c", "name": "glob", "response": {"output": "x"}}}],
        None,
    ],
)
def test_what_does_not_begin_a_turn(content: Any):
    log = Recorder()
    log.add("user", content)

    assert not scanned(log.log()).turns


def test_the_context_names_the_project_where_nothing_else_does():
    assert scanned(chat().log()).summary().cwd == "/work/zoo"


def test_a_file_that_changed_since_the_scan_harms_nobody():
    data = chat().log()
    turn = scanned(data).turns[0]

    opened = PROVIDER.read_turn(Bytes(data[:500]), turn)

    assert opened.summary is turn
    assert all(isinstance(step, Unknown | Notice) for step in opened.steps)
