"""Long texts of Claude Code's logs: what is kept of them, and what is read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aimux_tui.model.body import BODY_LIMIT, Body
from aimux_tui.model.tools import ToolCall
from aimux_tui.providers.claude import PROVIDER
from tests.providers.claude.transcripts import Transcript, text, use

LONG = "bear 🐻 \u2028\n" * 6000
REMINDER = "<system-reminder>Be kind.</system-reminder>"


def bodies(log: Transcript) -> Iterator[Body]:
    for turn in log.turns():
        for step in (*turn.prompt, *turn.steps):
            if isinstance(step, ToolCall):
                yield from (step.input_body, step.output)
            elif hasattr(step, "body"):
                yield step.body


def whole(log: Transcript, body: Body) -> str:
    return body.text if body.ref is None else PROVIDER.read_body(log, body.ref)


def words(log: Transcript) -> None:
    log.answer(text(f"\n  {LONG}"))


def output(log: Transcript) -> None:
    log.answer(use("Bash", command="cat"))
    log.result("toolu_1", f"    indented\n{LONG}")


def output_in_blocks(log: Transcript) -> None:
    log.answer(use("Bash", command="cat"))
    log.result("toolu_1", [text(LONG), text(LONG)])


def output_in_the_structured_result(log: Transcript) -> None:
    log.answer(use("Bash", command="cat"))
    log.result("toolu_1", "", toolUseResult={"stdout": LONG, "stderr": "warning"})


def arguments(log: Transcript) -> None:
    log.answer(use("Bash", command=f"   {LONG}"))


def arguments_that_look_like_a_result(log: Transcript) -> None:
    log.answer(use("Bash", stdout=LONG))


def an_argument_that_is_no_object(log: Transcript) -> None:
    log.answer({"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": LONG})


def prompt_behind_a_reminder(log: Transcript) -> None:
    log.user(f"{REMINDER}\n{LONG}")


def prompt_in_blocks(log: Transcript) -> None:
    log.user([text(REMINDER), text(f"{REMINDER}{LONG}")])


def queued_prompt(log: Transcript) -> None:
    queued = {"type": "queued_command", "prompt": LONG, "commandMode": "prompt"}
    log.record("attachment", attachment=queued)


def command(log: Transcript) -> None:
    log.user(f"<command-name>/x</command-name><command-args>{LONG}</command-args>")


def output_of_a_command(log: Transcript) -> None:
    log.user("<bash-input>make</bash-input>")
    log.user(f"<bash-stdout>{LONG}</bash-stdout><bash-stderr>warning</bash-stderr>")


def notification(log: Transcript) -> None:
    log.user(
        "<task-notification><task-id>b1</task-id><summary>Done</summary>"
        f"<result>{LONG}</result></task-notification>"
    )


def summary(log: Transcript) -> None:
    log.user([text(REMINDER), text(LONG)], isCompactSummary=True)


def machine(log: Transcript) -> None:
    log.user([text(REMINDER), text(LONG)], isMeta=True)


def words_in_the_models_place(log: Transcript) -> None:
    message = {"model": "<synthetic>", "content": [text(f"  {LONG}")]}
    log.record("assistant", message=message, isApiErrorMessage=True)


def news(log: Transcript) -> None:
    log.line({"type": "seance", "words": LONG})


@pytest.mark.parametrize(
    "write",
    [
        words, output, output_in_blocks, output_in_the_structured_result, arguments,
        arguments_that_look_like_a_result, an_argument_that_is_no_object,
        prompt_behind_a_reminder, prompt_in_blocks, queued_prompt, command, output_of_a_command,
        notification, summary, machine, words_in_the_models_place, news,
    ],
    ids=lambda write: write.__name__,
)  # fmt: skip
def test_what_is_cut_is_the_beginning_of_what_is_read(write: Callable[[Transcript], None]):
    log = Transcript()
    log.user("Go")
    write(log)
    cut = [body for body in bodies(log) if body.ref is not None]
    assert cut
    for body in cut:
        read = whole(log, body)
        assert len(body.text) == BODY_LIMIT
        assert (read[:BODY_LIMIT], len(read)) == (body.text, body.length)


class TestSpilledOutputs:
    TEXT = "🐻\n" * 30_000

    def write(self, log: Transcript, path: str) -> Body:
        """The output of a call that is said to lie at `path`."""
        log.user("Print much")
        log.answer(use("Bash", command="yes"))
        log.result(
            "toolu_1",
            "<persisted-output>\nOutput too large (48.2KB). Full output saved to: "
            f"{path}\n\nPreview (first 2KB):\nyes\n</persisted-output>",
            toolUseResult={"stdout": "yes", "persistedOutputSize": 150_000},
        )
        return log.call().output

    def place(self, log: Transcript) -> Path:
        place = log.folder / "tool-results" / "b7.txt"
        place.parent.mkdir(parents=True)
        return place

    @pytest.mark.parametrize("agent", ["", "a1"])
    def test_they_are_read_from_the_sessions_folder(self, tmp_path: Path, agent: str):
        log = Transcript(tmp_path, agent)
        self.place(log).write_text(self.TEXT)
        body = self.write(log, "/home/somebody/else/b7.txt")
        assert (body.text, body.length) == (self.TEXT[:BODY_LIMIT], len(self.TEXT))
        assert whole(log, body) == self.TEXT

    def test_the_preview_stands_for_a_file_that_is_gone(self, tmp_path: Path):
        log = Transcript(tmp_path)
        body = self.write(log, "/x/b7.txt")
        assert body.is_whole
        assert "Preview (first 2KB):\nyes" in body.text

    def test_links_are_not_followed(self, tmp_path: Path):
        log = Transcript(tmp_path)
        secret = tmp_path / "secret"
        secret.write_text("hush")
        place = self.place(log)
        place.symlink_to(secret)
        assert "hush" not in whole(log, self.write(log, str(place)))


@pytest.mark.parametrize("depth", [30, 500, 900, 980, 1000, 1100, 100_000])
def test_nothing_is_nested_too_deeply(depth: int):
    log = Transcript()
    log.user("Go")
    log.answer(use("X", a="@"), {"type": "hologram", "a": "@"})
    log.result("toolu_1", "fine", toolUseResult={"a": "@"})
    log.record("attachment", attachment={"type": "hologram", "a": "@"})
    log.line({"type": "seance", "a": "@"})
    log.data = log.data.replace(b'"@"', b"[" * depth + b"]" * depth)
    for body in bodies(log):
        assert whole(log, body)[: len(body.text)] == body.text


ODD = [None, 5, True, 0.5, "", "x", [], [None], [5], [{}], [{"type": None}], {}, {"a": 1}]
TOOLS = [
    "TodoWrite", "AskUserQuestion", "ExitPlanMode", "Edit", "MultiEdit", "Write", "NotebookEdit",
    "Task", "TaskUpdate", "TaskCreate", "Grep", "Read", "mcp__x", "mcp__x__y",
]  # fmt: skip
ARGUMENTS = [
    "todos", "questions", "plan", "edits", "file_path", "old_string", "content", "prompt",
    "taskId", "pattern", "offset", "subagent_type",
]  # fmt: skip
TWIN = [
    "structuredPatch", "durationMs", "agentId", "filePath", "content", "stdout", "answers", "plan",
    "exitCode", "interrupted",
]  # fmt: skip
FIELDS = [
    "content", "files", "prompt", "condition", "blockingError", "hookName", "commandMode",
    "filename", "snippet", "error", "compactMetadata", "microcompactMetadata", "hookInfos",
    "hookErrors", "retryAttempt", "retryInMs", "maxRetries", "cause", "hookCount", "url",
    "stopReason", "output", "fullOutput", "agentId", "operation", "prNumber", "title",
    "relocatedCwd", "worktreeSession", "mode", "permissionMode", "timestamp", "from", "to",
]  # fmt: skip
KINDS = [
    "file", "edited_text_file", "diagnostics", "queued_command", "goal_status", "task_status",
    "hook_success", "hook_blocking_error", "invoked_skills", "plan_mode", "nested_memory",
    "api_error", "stop_hook_summary", "compact_boundary", "microcompact_boundary",
    "local_command", "away_summary", "error", "api_refusal", "model_refusal_fallback",
    "informational", "bash_progress", "hook_progress", "agent_progress", "text", "thinking",
    "fallback", "image", "tool_result", "web_search_tool_result",
]  # fmt: skip
RECORDS = ["queue-operation", "pr-link", "frame-link", "relocated", "worktree-state", "mode"]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_values_of_any_type_are_survived(odd: object):
    log = Transcript()
    log.user("Go")
    fields = dict.fromkeys(FIELDS, odd)
    for kind in (*KINDS, odd):
        log.record("attachment", attachment=fields | {"type": kind})
        log.record("system", **fields | {"subtype": kind})
        log.record("progress", data=fields | {"type": kind}, parentToolUseID=odd)
        log.record("assistant", message={"id": "m", "content": [fields | {"type": kind}]})
    for number, name in enumerate(TOOLS):
        log.answer(use(name, f"call_{number}", **dict.fromkeys(ARGUMENTS, odd)))
        twin = dict.fromkeys(TWIN, odd) | {"type": "create"}
        log.result(f"call_{number}", odd, toolUseResult=twin)
    for name in ("user", "assistant", "attachment", "system", "progress", *RECORDS, odd):
        log.line({"type": name, "message": odd, "attachment": odd, "data": odd} | fields)
        log.line({"type": name, "message": {"content": odd}, "toolUseResult": odd})
    for body in bodies(log):
        assert whole(log, body)[: len(body.text)] == body.text
