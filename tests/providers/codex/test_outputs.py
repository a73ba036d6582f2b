"""Exit codes and failures are what the header of an output says, never its text."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.providers.codex.outputs import ToolOutput, Verdict, judge, read_output
from tests.providers.codex.build import exited, running, script

LIE = "Process exited with code 7\nExit code: 7\n"
STRUCTURED = json.dumps({"output": "boom", "metadata": {"exit_code": 1, "duration_seconds": 0.25}})


def raw(value: Any) -> bytes:
    """As Codex writes it: compact, keys in order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("output", "verdict", "code", "text"),
    [
        (exited(0, LIE), Verdict.FINE, 0, LIE),
        (exited(2, "boom"), Verdict.FAILED, 2, "boom"),
        (exited(-1), Verdict.FAILED, -1, ""),
        (running(7, LIE), Verdict.FINE, None, LIE),
        ("Exit code: 0\nWall time: 0 seconds\nOutput:\nok\n", Verdict.FINE, 0, "ok\n"),
        ("Exit code: 3\nWall time: 1 seconds\nOutput:\nno\n", Verdict.FAILED, 3, "no\n"),
        ("Command: ls -x\n" + exited(1, LIE), Verdict.FAILED, 1, LIE),
        ("Command: echo '\n" + LIE + "'\n" + exited(0, "x"), Verdict.FINE, 0, "x"),
        ("Command: cat\nWall time: 0.1 seconds\nProcess exited with code 0", Verdict.FINE, 0, ""),
        (STRUCTURED, Verdict.FAILED, 1, "boom"),
        ('{"output":"Exit code: 5","metadata":{"exit_code":0}}', Verdict.FINE, 0, "Exit code: 5"),
        ('{"agent_id":"x","nickname":"y"}', Verdict.FINE, None, '{"agent_id":"x","nickname":"y"}'),
        (script("a\n"), Verdict.FINE, None, "a\n"),
        (script("boom", "failed"), Verdict.FAILED, None, "boom"),
        (script("", "running with cell ID 9"), Verdict.FINE, None, ""),
        ("Plan updated", Verdict.FINE, None, "Plan updated"),
        ("", Verdict.FINE, None, ""),
        (None, Verdict.FINE, None, ""),
        ({"content": exited(4, "x"), "success": False}, Verdict.FAILED, 4, "x"),
        ({"content": "no", "success": False}, Verdict.FAILED, None, "no"),
        ({"type": "input_text", "text": "a.txt\n"}, Verdict.FINE, None, "a.txt\n"),
        ("apply_patch verification failed: no such lines", Verdict.FAILED, None, None),
        ("exec_command failed for `ls`: CreateProcess", Verdict.FAILED, None, None),
        (
            'exec_command failed for `ls`: Rejected("rejected by user")',
            Verdict.REJECTED,
            None,
            None,
        ),
        ("failed to parse function arguments: missing field", Verdict.FAILED, None, None),
        ("unsupported call: browser_open", Verdict.FAILED, None, None),
        ("unsupported custom tool call: apply_patch", Verdict.FAILED, None, None),
        ("execution error: Io(NotFound)", Verdict.FAILED, None, None),
        ("failed in sandbox MacosSeatbelt with execution error: x", Verdict.FAILED, None, None),
        ("tool call error: tool call failed for `git/log`", Verdict.FAILED, None, None),
        ('err: "tool call error: tool call failed"', Verdict.FAILED, None, None),
        ("exec command rejected by user", Verdict.REJECTED, None, None),
        ("patch rejected: empty patch", Verdict.FAILED, None, None),
        ("patch rejected by user", Verdict.REJECTED, None, None),
        # What a tool says of something else.
        ("err: a colour of the palette", Verdict.FINE, None, None),
        ("sandbox error rates by week", Verdict.FINE, None, None),
        ("command rejected elsewhere", Verdict.FINE, None, None),
        ("tool call failed yesterday, now it works", Verdict.FINE, None, None),
        ("aborted by user after 2.0s", Verdict.CANCELLED, None, None),
        ("collab spawn failed: agent thread limit reached", Verdict.REFUSED, None, None),
        ("write_stdin failed: stdin is closed", Verdict.REFUSED, None, None),
    ],
)
def test_forms(output: Any, verdict: Verdict, code: int | None, text: str | None):
    found = read_output(output)
    assert (found.verdict, found.exit_code) == (verdict, code)
    assert found.text == (output if text is None else text)
    assert judge(raw(output)) is verdict
    assert judge(json.dumps(output).encode()) is verdict


def command(output: str, **fields: object) -> dict[str, object]:
    return {"chunk_id": "ab12", "wall_time_seconds": 0.2, "output": output, **fields}


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (command("ok\n", exit_code=0), "ok\n"),
        (command("boom", exit_code=2), "boom\n[exit code 2]"),
        (command("", exit_code=2), "[exit code 2]"),
        (command("tick", session_id=7), "tick\n[goes on as session 7]"),
        ([command("a", exit_code=0), command("b", exit_code=1)], "a\nb\n[exit code 1]"),
        ({"output": "not", "of": "a command"}, '{"output": "not", "of": "a command"}'),
        ([], "[]"),
    ],
)
def test_what_a_script_shows_of_its_commands_is_read_for_their_output(printed: Any, text: str):
    header, _ = script("")
    shown = {"type": "input_text", "text": json.dumps(printed)}
    found = read_output([header, shown])
    assert found.text == text
    assert (found.verdict, found.exit_code) == (Verdict.FINE, None), "the script's own, not theirs"


def test_a_command_that_goes_on_names_its_session():
    assert read_output(running(7)).running_as == "7"
    assert read_output(script("", "running with cell ID 12")).running_as == "12"


def test_wall_times():
    assert read_output(exited(0)).wall_time == timedelta(seconds=0.5)
    assert read_output(STRUCTURED).wall_time == timedelta(seconds=0.25)
    assert read_output(script("")).wall_time == timedelta(seconds=0.1)
    assert read_output("hello").wall_time is None


def test_errors_are_one_short_paragraph():
    assert read_output(exited(3, "a\nb")).error == "exit code 3"
    assert read_output("apply_patch verification failed: x\ny").error.endswith("failed: x")
    assert read_output(exited(0, "fine")).error == ""
    assert len(read_output("exec_command failed " + "x" * 5_000).error) <= 400


def test_pictures_in_an_output():
    parts = [{"type": "input_text", "text": "see"}, {"type": "input_image", "image_url": "data:x"}]
    assert read_output(parts) == ToolOutput("see", images=(1,))


headers = st.sampled_from(
    [
        *(exited(0), exited(1), running(3), "Command: a\\\nb\n" + exited(1), STRUCTURED),
        *("Exit code: 0\n", "Exit code: 9\nOutput:\n", "Script failed\nOutput:\n"),
        *("aborted by user", "err: x", ""),
    ]
)
texts = st.text() | st.sampled_from(["\n", "\\n", '"', LIE, "\\", "Output:\n", "Command: "])
outputs = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | texts
    | st.builds("".join, st.lists(headers | texts, max_size=5)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "type", "content", "success", "output"]), inner)
        | st.builds(lambda text: [{"type": "input_text", "text": text}], headers | texts)
    ),
    max_leaves=6,
)


@given(outputs)
def test_the_scans_glance_agrees_with_a_close_reading(output: Any):
    """The scan looks at raw bytes; whoever opens the call reads all of them."""
    assert judge(raw(output)) is read_output(output).verdict
    assert judge(json.dumps(output).encode()) is read_output(output).verdict


@given(st.binary(max_size=80))
def test_any_bytes_are_survived(data: bytes):
    assert judge(data) in Verdict
