"""A turn of Claude Code, opened: what its reader sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aimux_tui.model.body import Body
from aimux_tui.model.tools import ToolCall, ToolKind, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Step, Text, Thinking, TurnKind, Unknown
from aimux_tui.providers.claude import PROVIDER
from tests.providers.claude.transcripts import SESSION, Transcript, image, notices, text, use

REFUSAL = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it "
    "was a file edit, the new_string was NOT written to the file). "
)


@pytest.fixture
def log() -> Transcript:
    log = Transcript()
    log.user("Change the greeting")
    return log


def shown(step: Step) -> str:
    """A step in a word or two."""
    match step:
        case Text():
            return step.body.text
        case ToolCall():
            return f"{step.name} {step.status}"
        case Thinking():
            return "thinking (hidden)" if step.is_hidden else f"thinking {step.body.text}"
        case Image():
            return f"{step.media_type} {step.size}"
        case Notice():
            return f"{step.kind}: {step.title}"
    return f"unknown {step.type}"


def whole(log: Transcript, body: Body) -> str:
    return body.text if body.ref is None else PROVIDER.read_body(log, body.ref)


class TestTheModel:
    def test_blocks_come_in_the_order_of_the_log(self, log: Transcript):
        log.answer(
            {"type": "thinking", "thinking": "A greeting.", "signature": "x"},
            text("I look first."),
            use("Read", "toolu_1", file_path="/work/zoo/a.py"),
            use("Bash", "toolu_2", command="ls"),
        )
        log.result("toolu_2", "a.py")
        log.result("toolu_1", "print('hi')")
        log.answer(text("There it is."))
        assert [shown(step) for step in log.turn().steps] == [
            "thinking A greeting.",
            "I look first.",
            "Read ok",
            "Bash ok",
            "There it is.",
        ]

    def test_words_name_their_model_and_their_time(self, log: Transcript):
        log.answer(text("Hello."))
        (words,) = log.turn().steps
        assert isinstance(words, Text)
        assert words.model == "claude-sonnet-4-5"
        assert words.at == datetime(2026, 5, 1, 9, 0, 2, tzinfo=UTC)
        assert words.record is not None
        assert b"Hello." in log.read(words.record)

    def test_thinking_without_words_is_hidden(self, log: Transcript):
        log.answer({"type": "thinking", "thinking": "", "signature": "sealed"})
        log.answer({"type": "redacted_thinking", "data": "sealed"})
        assert [shown(step) for step in log.turn().steps] == ["thinking (hidden)"] * 2

    def test_a_block_nobody_knows_is_shown_raw(self, log: Transcript):
        log.answer({"type": "hologram", "beam": 7})
        (step,) = log.turn().steps
        assert isinstance(step, Unknown)
        assert "hologram" in step.type
        assert "beam" in step.body.text

    def test_an_error_of_the_api_is_no_word_of_the_model(self, log: Transcript):
        log.record(
            "assistant",
            message={"id": "m", "model": "<synthetic>", "content": [text("API Error: 529")]},
            isApiErrorMessage=True,
        )
        assert [shown(step) for step in log.turn().steps] == ["error: API Error: 529"]

    def test_a_server_side_search_answers_in_the_models_own_message(self, log: Transcript):
        log.answer(
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "q"}},
            {
                "type": "web_search_tool_result",
                "tool_use_id": "s1",
                "content": [
                    {"type": "web_search_result", "title": "Bears", "url": "https://bears.example"}
                ],
            },
        )
        call = log.call()
        assert (call.kind, call.status, call.snippet) == (ToolKind.WEB, ToolStatus.OK, "q")
        assert call.output.text == "Bears\nhttps://bears.example"


class TestPrompts:
    def test_reminders_before_a_prompt_are_left_out(self):
        log = Transcript()
        log.user("<system-reminder>Be brief.</system-reminder>\nSay hello")
        (prompt,) = log.turn().prompt
        assert isinstance(prompt, Text)
        assert prompt.body.text == "Say hello"

    def test_a_picture_is_kept_by_reference(self):
        log = Transcript()
        log.user([text("What is this?"), image("aGVsbG8=")])
        words, picture = log.turn().prompt
        assert isinstance(words, Text)
        assert isinstance(picture, Image)
        assert (picture.media_type, picture.size) == ("image/png", len(b"hello"))
        assert picture.ref is not None
        assert PROVIDER.read_body(log, picture.ref) == "aGVsbG8="

    def test_a_command_is_shown_as_it_was_typed(self):
        log = Transcript()
        log.user(
            "<command-name>/review</command-name><command-message>review</command-message>"
            "<command-args>the diff</command-args>"
        )
        log.user("<local-command-stdout>Nothing to review</local-command-stdout>")
        turn = log.turn()
        assert turn.summary.kind is TurnKind.COMMAND
        assert [shown(step) for step in turn.prompt] == ["/review the diff"]
        assert [shown(step) for step in turn.steps] == ["command_output: Nothing to review"]

    def test_the_users_own_shell(self):
        log = Transcript()
        log.user("<bash-input>make</bash-input>")
        log.user("<bash-stdout>built\n2 files</bash-stdout><bash-stderr>1 warning</bash-stderr>")
        turn = log.turn()
        assert [shown(step) for step in turn.prompt] == ["!make"]
        (output,) = turn.steps
        assert isinstance(output, Notice)
        assert output.body.text == "built\n2 files\n1 warning"

    def test_a_prompt_typed_meanwhile_begins_a_turn_of_its_own(self, log: Transcript):
        log.answer(use("Bash", command="sleep 9"))
        log.line({"type": "queue-operation", "operation": "enqueue", "content": "Faster"})
        log.record(
            "attachment",
            attachment={"type": "queued_command", "prompt": "Faster", "commandMode": "prompt"},
        )
        log.result("toolu_1", "slept")
        log.answer(text("Done."))
        first, second = log.turns()
        assert [shown(step) for step in first.steps] == ["Bash ok", "queue: Queued: Faster"]
        assert second.summary.kind is TurnKind.STEERING
        assert [shown(step) for step in second.prompt] == ["Faster"]
        assert [shown(step) for step in second.steps] == ["Done."]

    def test_a_background_task_reports_back(self):
        log = Transcript()
        log.user(
            "<task-notification><task-id>b1</task-id><status>completed</status>"
            "<summary>Tests passed</summary><result>12 passed</result></task-notification>"
        )
        (words,) = log.turn().prompt
        assert shown(words) == "Tests passed\n\n12 passed"


class TestOutcomes:
    def test_a_command_that_failed(self, log: Transcript):
        log.answer(use("Bash", command="make"))
        log.result("toolu_1", "Exit code 2\nno rule", failed=True, toolUseResult="Error: Exit")
        call = log.call()
        assert (call.kind, call.snippet) == (ToolKind.EXECUTE, "make")
        assert (call.status, call.exit_code) == (ToolStatus.FAILED, 2)
        assert call.error == "Exit code 2\nno rule"
        assert call.output.text == "Exit code 2\nno rule"

    def test_a_call_that_the_user_refused(self, log: Transcript):
        log.answer(use("Write", file_path="/work/zoo/b.py", content="x\n"))
        log.result("toolu_1", REFUSAL, failed=True, toolUseResult="User rejected tool use")
        call = log.call()
        assert (call.status, call.error) == (ToolStatus.REJECTED, "The user said no.")
        (edit,) = call.edits
        assert (edit.is_proposed, edit.path, edit.additions) == (True, "/work/zoo/b.py", 1)

    def test_the_user_says_why_they_refused(self, log: Transcript):
        log.answer(use("Bash", command="make"))
        words = f"{REFUSAL}To tell you how to proceed, the user said:\nUse ninja"
        log.result("toolu_1", words, failed=True)
        assert log.call().error == "The user said no: Use ninja"

    @pytest.mark.parametrize("echo", ["Sibling tool call errored", "Cancelled: parallel tool call"])
    def test_a_call_dropped_with_its_sibling_did_not_fail_itself(self, log: Transcript, echo: str):
        log.answer(use("Read", file_path="/a"))
        log.result("toolu_1", f"<tool_use_error>{echo}</tool_use_error>", failed=True)
        assert log.call().status is ToolStatus.CANCELLED

    def test_what_marks_an_error_is_no_part_of_its_reason(self, log: Transcript):
        log.answer(use("Read", file_path="/a"))
        log.result("toolu_1", "<tool_use_error>No such file</tool_use_error>", failed=True)
        assert (log.call().status, log.call().error) == (ToolStatus.FAILED, "No such file")

    def test_the_result_of_a_call_says_how_long_it_took(self, log: Transcript):
        log.answer(use("WebFetch", url="https://example.org"))
        log.result("toolu_1", "page", toolUseResult={"durationMs": 2500, "code": 200})
        call = log.call()
        assert call.duration == call.logged_duration == timedelta(seconds=2.5)
        assert (call.kind, call.snippet) == (ToolKind.WEB, "https://example.org")

    def test_a_call_without_a_result_runs(self, log: Transcript):
        log.answer(use("Bash", command="make"))
        assert log.call().status is ToolStatus.RUNNING
        assert log.call().duration is None

    def test_a_command_runs_on_when_the_user_steers(self, log: Transcript):
        log.answer(use("Bash", command="make"))
        log.record(
            "attachment",
            attachment={"type": "queued_command", "prompt": "Hurry", "commandMode": "prompt"},
        )
        steered, steering = log.turns()
        assert [shown(step) for step in steered.steps] == ["Bash running"]
        assert steering.summary.kind is TurnKind.STEERING
        log.result("toolu_1", "made")
        assert [shown(step) for step in log.turns()[0].steps] == ["Bash ok"]

    def test_a_running_command_shows_what_it_has_printed(self, log: Transcript):
        log.answer(use("Bash", command="make"))
        for output in ("one", "one\ntwo"):
            log.record(
                "progress",
                data={"type": "bash_progress", "output": "two", "fullOutput": output},
                parentToolUseID="toolu_1",
            )
        assert log.call().output.text == "one\ntwo"

    def test_a_command_cut_short_did_not_finish(self, log: Transcript):
        log.answer(use("Bash", command="make"))
        log.result("toolu_1", "half", toolUseResult={"stdout": "half", "interrupted": True})
        assert (log.call().status, log.call().error) == (ToolStatus.CANCELLED, "Interrupted")

    def test_the_exit_code_of_a_background_command(self, log: Transcript):
        log.answer(use("BashOutput", bash_id="b1"))
        log.result("toolu_1", "<status>failed</status>", toolUseResult={"exitCode": 3})
        assert log.call().exit_code == 3

    def test_a_result_without_its_call_is_no_call(self):
        log = Transcript()
        log.result("toolu_0", "From before this log began")
        (turn,) = log.turns()
        assert turn.tool_calls == ()
        assert "From before this log began" in shown(turn.steps[0])

    def test_an_interrupted_turn_cancels_what_was_not_answered(self, log: Transcript):
        log.answer(use("Bash", command="make"))
        log.user("[Request interrupted by user for tool use]")
        log.user("Something else")
        first, _ = log.turns()
        (call,) = first.tool_calls
        assert call.status is ToolStatus.CANCELLED
        assert notices(first, NoticeKind.INTERRUPTION)[0].title == (
            "Request interrupted by user for tool use"
        )

    def test_pictures_in_a_result_follow_the_call(self, log: Transcript):
        log.answer(use("Read", file_path="/work/zoo/a.png"))
        log.result("toolu_1", [text("a picture"), image("aGVsbG8=")])
        call, picture = log.turn().steps
        assert isinstance(call, ToolCall)
        assert call.output.text == "a picture"
        assert shown(picture) == "image/png 5"

    def test_one_record_can_answer_several_calls(self, log: Transcript):
        log.answer(use("Bash", "toolu_1", command="a"), use("Bash", "toolu_2", command="b"))
        log.user(
            [
                {"type": "tool_result", "tool_use_id": "toolu_2", "content": "B"},
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "A"},
            ]
        )
        assert [call.output.text for call in log.turn().tool_calls] == ["A", "B"]


class TestEdits:
    def test_the_patch_of_the_result_has_line_numbers(self, log: Transcript):
        log.answer(use("Edit", file_path="/work/zoo/a.py", old_string="hi", new_string="ho"))
        patch = [
            {
                "oldStart": 7,
                "oldLines": 2,
                "newStart": 7,
                "newLines": 2,
                "lines": [" a", "-hi", "+ho"],
            }
        ]
        log.result(
            "toolu_1",
            "Updated.",
            toolUseResult={"filePath": "/work/zoo/a.py", "structuredPatch": patch},
        )
        (edit,) = log.call().edits
        assert (edit.operation, edit.additions, edit.deletions) == ("update", 1, 1)
        assert not edit.is_proposed
        (hunk,) = edit.hunks
        assert (hunk.old_start, hunk.lines) == (7, (" a", "-hi", "+ho"))

    def test_a_created_file_is_all_new(self, log: Transcript):
        log.answer(use("Write", file_path="/work/zoo/b.py", content="a\nb\n"))
        twin = {"type": "create", "filePath": "/work/zoo/b.py", "content": "a\nb\n"}
        log.result("toolu_1", "Created.", toolUseResult=twin | {"structuredPatch": []})
        call = log.call()
        (edit,) = call.edits
        assert call.kind is ToolKind.WRITE
        assert (edit.operation, edit.additions, edit.is_proposed) == ("create", 2, False)

    def test_without_a_structured_result_the_input_tells(self):
        """As in the logs of sub-agents of some versions."""
        log = Transcript(agent="a1")
        log.user("Change it")
        log.answer(use("Edit", file_path="/work/zoo/a.py", old_string="hi", new_string="ho"))
        log.result("toolu_1", "Updated.")
        (edit,) = log.call().edits
        assert edit.is_proposed
        assert edit.hunks[0].lines == ("-hi", "+ho")
        assert edit.hunks[0].old_start is None

    def test_an_edit_that_failed_shows_what_it_wanted(self, log: Transcript):
        log.answer(use("Edit", file_path="/a", old_string="x", new_string="y"))
        log.result("toolu_1", "<tool_use_error>not found</tool_use_error>", failed=True)
        assert [edit.is_proposed for edit in log.call().edits] == [True]

    def test_a_write_that_changed_nothing_is_no_edit(self, log: Transcript):
        log.answer(use("Write", file_path="/a", content="x\n"))
        twin = {"type": "update", "filePath": "/a", "content": "x\n", "structuredPatch": []}
        log.result("toolu_1", "Written.", toolUseResult=twin)
        assert log.call().edits == ()

    def test_replacing_nothing_creates_a_file(self, log: Transcript):
        log.answer(use("Edit", file_path="/a", old_string="", new_string="y\n"))
        assert log.call().edits[0].operation == "create"

    def test_several_replacements_are_one_edit(self, log: Transcript):
        edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": "d\ne"}]
        log.answer(use("MultiEdit", file_path="/work/zoo/a.py", edits=edits))
        (edit,) = log.call().edits
        assert (len(edit.hunks), edit.additions, edit.deletions) == (2, 3, 2)


class TestSnippets:
    @pytest.mark.parametrize(
        ("call", "snippet"),
        [
            (use("Read", file_path="/work/zoo/a.py"), "a.py"),
            (use("Read", file_path="/etc/hosts"), "/etc/hosts"),
            (use("Read", file_path="/a.py", offset=10, limit=5), "/a.py:10-14"),
            (use("mcp__tracker__get_issue", id="ZOO-7"), "tracker: get_issue ZOO-7"),
            (use("ExitPlanMode", plan="# Feed the bears\n\n1. Buy fish"), "Feed the bears"),
            (use("Grep", pattern="TODO", path="src"), "TODO in src"),
            (use("TaskUpdate", taskId="3", status="completed"), "#3 completed"),
            (use("Skill", skill="review", args="fast"), "review fast"),
        ],
    )
    def test_a_call_in_a_line(self, log: Transcript, call: dict[str, object], snippet: str):
        log.answer(call)
        assert log.call().snippet == snippet

    def test_how_far_a_list_of_tasks_has_come(self, log: Transcript):
        todos = [
            {"content": "Read", "status": "completed", "activeForm": "Reading"},
            {"content": "Write", "status": "in_progress", "activeForm": "Writing"},
            {"content": "Rest", "status": "pending", "activeForm": "Resting"},
        ]
        log.answer(use("TodoWrite", todos=todos))
        call = log.call()
        assert call.kind is ToolKind.TASK
        assert call.snippet == "1/3 done · Writing"

    def test_tasks_are_called_by_their_subjects(self, log: Transcript):
        log.answer(use("TaskCreate", subject="Sort the animals", description="…"))
        log.result("toolu_1", "Task #1 created successfully: Sort the animals")
        log.answer(use("TaskUpdate", "toolu_2", taskId="1", status="in_progress"))
        assert [call.snippet for call in log.turn().tool_calls] == [
            "#1 Sort the animals",
            "#1 in_progress · Sort the animals",
        ]

    def test_a_question_to_the_user_and_the_answer(self, log: Transcript):
        asked = [{"question": "Which database?", "header": "DB", "options": []}]
        log.answer(use("AskUserQuestion", questions=asked))
        log.result("toolu_1", "Answered.", toolUseResult={"answers": {"Which database?": "SQLite"}})
        call = log.call()
        assert (call.kind, call.snippet) == (ToolKind.TASK, "Which database? → SQLite")

    def test_a_tool_of_a_server(self, log: Transcript):
        log.answer(use("mcp__tracker__get_issue", id="ZOO-7"))
        assert log.call().kind is ToolKind.MCP

    @pytest.mark.parametrize("is_in_result", [False, True])
    def test_a_plan_can_be_read_as_a_text(self, log: Transcript, is_in_result: bool):
        plan = {"plan": "# Feed the bears\n\n1. Buy fish"}
        log.answer(use("ExitPlanMode", **({} if is_in_result else plan)))
        log.result("toolu_1", "Approved.", toolUseResult=plan if is_in_result else {})
        call, proposed = log.turn().steps
        assert isinstance(call, ToolCall)
        assert call.snippet == "Feed the bears"
        assert isinstance(proposed, Notice)
        assert (proposed.kind, proposed.title) == (NoticeKind.MODE, "Proposed plan")
        assert proposed.body.text == plan["plan"]


class TestAgents:
    def test_the_result_names_the_child(self, log: Transcript):
        log.answer(use("Agent", description="Count the bears", prompt="Count.", subagent_type="x"))
        log.result("toolu_1", "There are two.", toolUseResult={"agentId": "a1f", "status": "ok"})
        call = log.call()
        assert call.kind is ToolKind.AGENT
        assert "Count the bears" in call.snippet
        assert call.child_key == f"claude:{SESSION}/a1f"

    def test_what_is_no_name_names_no_child(self, log: Transcript):
        log.answer(use("Agent", description="Count", prompt="Count."))
        log.result("toolu_1", "Two.", toolUseResult={"agentId": "../../a b"})
        assert log.call().child_key == ""

    def test_a_childs_key_is_the_same_from_within_an_agent(self):
        log = Transcript(agent="a0")
        log.user("Delegate")
        log.answer(use("Task", description="Count", prompt="Count."))
        log.result("toolu_1", [text("agentId: a2 (for resuming)")])
        assert log.call().child_key == f"claude:{SESSION}/a2"

    def test_a_running_agent_is_known_by_its_progress(self, log: Transcript):
        log.answer(use("Task", description="Count", prompt="Count."))
        log.record(
            "progress", data={"type": "agent_progress", "agentId": "a3"}, parentToolUseID="toolu_1"
        )
        assert log.call().child_key == f"claude:{SESSION}/a3"

    def test_records_of_an_agent_in_its_parents_log_stand_behind_the_call(self, log: Transcript):
        log.answer(use("Task", description="Count", prompt="Count the bears."))
        log.user("Count the bears.", uuid="side-1", parentUuid=None, isSidechain=True)
        log.answer(text("Two bears."), parentUuid="side-1", isSidechain=True)
        log.result("toolu_1", "Two bears.")
        log.answer(text("The agent says two."))
        call, opening, words, closing, last = log.turn().steps
        assert shown(call) == "Task ok"
        assert isinstance(opening, Notice)
        assert "Count the bears." in opening.title
        assert shown(words) == "Two bears."
        assert isinstance(closing, Notice)
        assert shown(last) == "The agent says two."


class TestBeside:
    def test_a_compaction_and_its_summary(self, log: Transcript):
        log.answer(text("Much work."))
        log.record(
            "system",
            subtype="compact_boundary",
            content="Conversation compacted",
            compactMetadata={"trigger": "auto", "preTokens": 155_000},
        )
        log.user(
            "This session is being continued from a previous conversation. The bears were fed.",
            isCompactSummary=True,
        )
        _, after = log.turns()
        assert after.summary.kind is TurnKind.CONTINUATION
        boundary, *_ = told = notices(after, NoticeKind.COMPACTION)
        assert boundary.title == "Conversation compacted automatically at 155,000 tokens"
        assert "The bears were fed." in told[-1].body.text

    def test_a_retry_of_the_api(self, log: Transcript):
        log.record(
            "system",
            subtype="api_error",
            error={"status": 529, "error": {"error": {"message": "Overloaded"}}},
            retryAttempt=2,
            maxRetries=10,
            retryInMs=1234.5,
        )
        (retry,) = notices(log.turn(), NoticeKind.API_RETRY)
        assert retry.title == "API error 529: Overloaded (retry 2 of 10 in 1.2 s)"

    def test_a_hook_that_blocked(self, log: Transcript):
        log.answer(use("Bash", command="rm -r /"))
        log.record(
            "attachment",
            attachment={
                "type": "hook_blocking_error",
                "hookName": "PreToolUse:Bash",
                "blockingError": {"blockingError": "Not that.", "command": "guard.sh"},
            },
        )
        (hook,) = notices(log.turn(), NoticeKind.HOOK)
        assert "PreToolUse:Bash" in hook.title
        assert "blocked" in hook.title
        assert hook.body.text == "Not that."

    def test_hooks_that_did_their_work_are_not_shown(self, log: Transcript):
        log.record("progress", data={"type": "hook_progress", "hookName": "PostToolUse:Read"})
        hook = {"type": "hook_success", "hookName": "SessionStart", "stdout": "ok", "exitCode": 0}
        log.record("attachment", attachment=hook)
        log.record("system", subtype="stop_hook_summary", hookCount=1, hookErrors=[])
        assert log.turn().steps == ()

    def test_a_stop_hook_that_failed(self, log: Transcript):
        log.record("system", subtype="stop_hook_summary", hookCount=2, hookErrors=["No tests"])
        (hook,) = log.turn().steps
        assert isinstance(hook, Notice)
        assert (hook.kind, hook.title) == (NoticeKind.HOOK, "A stop hook failed")
        assert hook.body.text == "No tests"

    def test_what_every_session_is_told_is_not_shown(self, log: Transcript):
        for kind in ("prompt_snapshot", "skill_listing", "total_tokens_reminder", "auto_mode"):
            log.record("attachment", attachment={"type": kind, "content": "…"})
        log.user("Caveat: The messages below were generated by the user.", isMeta=True)
        log.user([text("[Image: source: /tmp/a.png]")], isMeta=True)
        assert log.turn().steps == ()

    def test_a_skill_is_called_by_its_name(self, log: Transcript):
        words = "Base directory for this skill: /home/dev/.claude/skills/review\n\n# Review"
        log.user([text(words)], isMeta=True)
        (skill,) = notices(log.turn(), NoticeKind.CONTEXT)
        assert skill.title == "Skill: review"
        assert "# Review" in skill.body.text

    def test_a_file_that_somebody_else_changed(self, log: Transcript):
        log.record(
            "attachment",
            attachment={"type": "edited_text_file", "filename": "/work/a.py", "snippet": "1 hi"},
        )
        (changed,) = notices(log.turn(), NoticeKind.CONTEXT)
        assert changed.title == "File changed outside: /work/a.py"
        assert changed.body.text == "1 hi"

    def test_what_nobody_knows_is_shown_raw(self, log: Transcript):
        log.record("system", subtype="telepathy", thought="bears")
        log.record("attachment", attachment={"type": "hologram"})
        log.line({"type": "seance"})
        log.data += b"{ torn\n"
        steps = log.turn().steps
        assert all(isinstance(step, Unknown) for step in steps)
        assert len(steps) == 4
        assert "telepathy" in shown(steps[0])
        assert "torn" in steps[3].body.text

    def test_book_keeping_is_not_shown(self, log: Transcript):
        log.line({"type": "file-history-snapshot", "messageId": "m", "snapshot": {}})
        log.line({"type": "api-request", "params": {}})
        log.line({"type": "last-prompt", "lastPrompt": "Change", "leafUuid": "x"})
        log.line({"type": "cost-state", "totalCostUSD": 1})
        log.record("system", subtype="turn_duration", durationMs=10)
        assert log.turn().steps == ()


class TestSpilledOutputs:
    def spilled(self, log: Transcript, path: str) -> str:
        """What is read for an output that is said to lie at `path`."""
        log.user("Print much")
        log.answer(use("Bash", command="yes"))
        log.result(
            "toolu_1",
            "<persisted-output>\nOutput too large (48.2KB). Full output saved to: "
            f"{path}\n\nPreview (first 2KB):\nyes\n</persisted-output>",
        )
        return whole(log, log.call().output)

    @pytest.mark.parametrize(
        "path", ["/etc/passwd", "/x/tool-results/../secret.txt", "C:\\x\\secret.txt", "/x/.."]
    )
    def test_files_elsewhere_are_never_read(self, tmp_path: Path, path: str):
        log = Transcript(tmp_path)
        (log.folder / "tool-results").mkdir(parents=True)
        (log.folder / "secret.txt").write_text("secret")
        read = self.spilled(log, path)
        assert "secret" not in read.replace("secret.txt", "")
        assert "Preview" in read


class TestLiveStates:
    def test_what_running_sessions_say(self, tmp_path: Path):
        folder = tmp_path / "sessions"
        folder.mkdir()
        (folder / "7.json").write_text(
            '{"pid": 7, "sessionId": "s1", "status": "waiting", "waitingFor": "permission prompt",'
            ' "updatedAt": 1777626000000, "peerToken": "hush"}'
        )
        (folder / "8.json").write_text('{"pid": 8, "sessionId": "s2", "sta')
        (folder / "9.json").write_text("[]")
        (folder / "10.json").write_text('{"pid": 10, "sessionId": 5, "status": "busy"}')
        states = PROVIDER.live_states(tmp_path)
        assert list(states) == ["s1"]
        state = states["s1"]
        assert (state.status, state.waiting_for, state.pid) == ("waiting", "permission prompt", 7)
        assert state.updated == datetime(2026, 5, 1, 9, tzinfo=UTC)
        assert "hush" not in repr(state)

    def test_the_newest_word_counts(self, tmp_path: Path):
        folder = tmp_path / "sessions"
        folder.mkdir()
        for pid, status, at in ((5, "idle", 2000), (6, "busy", 1000)):
            (folder / f"{pid}.json").write_text(
                f'{{"pid": {pid}, "sessionId": "s", "status": "{status}", "updatedAt": {at}}}'
            )
        assert PROVIDER.live_states(tmp_path)["s"].status == "idle"
