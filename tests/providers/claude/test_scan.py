"""What the scan of a Claude Code log says: turns, requests, calls, edits, state, identity."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aimux_tui.model.log import LogState
from aimux_tui.model.turn import TurnKind, TurnState
from tests.providers.claude.build import SESSION, Log, patch_twin, scanned, text, thinking, use


class TestRequests:
    def test_lines_of_one_message_are_one_request_and_the_last_usage_counts(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(thinking("a"), text("b"), text("c"), outputs=[1, 7, 90])
        (request,) = log.summary().requests
        usage = request.usage
        assert (usage.output, usage.requests, usage.input, usage.cache_read) == (90, 1, 3, 1000)
        assert (usage.cache_write_5m, usage.cache_write_1h) == (5, 15)

    def test_other_records_may_stand_between_the_lines_of_a_message(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Bash", "t1"), message="msg_a", outputs=[1], stop="tool_use")
        log.result("t1")
        log.say(use("Bash", "t2"), message="msg_b", stop="tool_use")
        log.say(use("Bash", "t3"), message="msg_a", outputs=[33], stop="tool_use")
        summary = log.summary()
        assert summary.usage.requests == 2
        assert [request.usage.output for request in summary.requests] == [33, 50]

    def test_one_message_id_under_two_request_ids_is_two_requests(self) -> None:
        log = Log()
        log.say(text("a"), message="msg_a", requestId="req_1")
        log.say(text("b"), message="msg_a", requestId="req_2")
        assert log.summary().usage.requests == 2

    def test_a_replay_in_another_log_has_the_same_keys(self) -> None:
        first, second = Log(), Log(agent="a1")
        for log in (first, second):
            log.say(text("a"), message="msg_a")
            log.say(text("b"), message="msg_b")
        keys = [request.key for request in first.summary().requests]
        assert keys == [request.key for request in second.summary().requests]
        assert len(set(keys)) == 2
        assert 0 not in keys

    def test_a_message_without_a_stop_reason_is_a_lower_bound(self) -> None:
        log = Log("2.1.20")
        log.prompt("go")
        log.say(text("a"), stop=None)
        assert log.summary().usage.is_lower_bound
        log.say(text("b"))
        assert [request.usage.is_lower_bound for request in log.summary().requests] == [True, False]

    def test_synthetic_messages_are_no_requests(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(text("API Error: 529"), model="<synthetic>", isApiErrorMessage=True)
        summary = log.summary()
        assert summary.usage.requests == 0
        assert (summary.state, summary.state_detail) == (LogState.ERROR, "API Error: 529")
        assert log.rows()[0].state is TurnState.ERROR

    def test_tiers_searches_and_thinking_are_told(self) -> None:
        log = Log()
        log.say(
            text("a"),
            usage={
                "speed": "fast",
                "server_tool_use": {"web_search_requests": 2},
                "output_tokens_details": {"thinking_tokens": 30},
            },
        )
        log.say(text("b"), usage={"service_tier": "priority"})
        first, second = log.summary().requests
        assert (first.tier, first.usage.web_searches, first.usage.reasoning) == ("fast", 2, 30)
        assert second.tier == "priority"

    def test_written_tokens_of_untold_life_count_as_five_minutes(self) -> None:
        log = Log()
        log.say(text("a"), usage={"cache_creation": None, "cache_creation_input_tokens": 70})
        usage = log.summary().usage
        assert (usage.cache_write_5m, usage.cache_write_1h) == (70, 0)

    def test_the_context_is_that_of_the_newest_request(self) -> None:
        log = Log()
        log.say(text("a"))
        log.say(text("b"), usage={"cache_read_input_tokens": 5000, "output_tokens": 7})
        assert log.summary().context_tokens == 3 + 20 + 5000 + 7

    def test_requests_that_did_not_change_are_the_same_objects(self) -> None:
        log = Log()
        log.say(text("a"))
        log.say(text("b"), message="msg_b", outputs=[1])
        before = len(log.data)
        scan = log.scan()
        old = scan.summary().requests
        log.say(text("c"), message="msg_b", outputs=[60])
        scan.feed(log.data[before:], before)
        new = scan.summary().requests
        assert new[0] is old[0]
        assert (old[1].usage.output, new[1].usage.output) == (1, 60)
        assert new[1].key == old[1].key


class TestTurns:
    def test_each_kind_of_user_record_is_told_apart(self) -> None:
        log = Log()
        for content in (
            "real prompt",
            "<command-name>/review</command-name><command-args>42</command-args>",
            "<local-command-stdout>shown</local-command-stdout>",
            "<bash-input>git status</bash-input>",
            "<bash-stdout>clean</bash-stdout><bash-stderr></bash-stderr>",
            "<task-notification><summary>tests passed</summary></task-notification>",
            '<teammate-message teammate_id="alice">hello</teammate-message>',
            "Caveat: The messages below were generated by the user",
            "<system-reminder>only this</system-reminder>",
            "<ide_opened_file>a.py</ide_opened_file>\nwhat is this file?",
            [{"type": "image", "source": {"type": "base64", "data": "aGk="}}],
        ):
            log.prompt(content)
        log.prompt("skill body", isMeta=True)
        assert [(row.kind, row.title) for row in log.rows()] == [
            (TurnKind.PROMPT, "real prompt"),
            (TurnKind.COMMAND, "/review 42"),
            (TurnKind.SHELL, "!git status"),
            (TurnKind.NOTIFICATION, "tests passed"),
            (TurnKind.INJECTED, '<teammate-message teammate_id="alice">hello</teammate-message>'),
            (TurnKind.PROMPT, "what is this file?"),
            (TurnKind.PROMPT, "[image]"),
        ]
        assert log.summary().turns == 3

    def test_a_message_of_another_origin_is_no_prompt(self) -> None:
        log = Log()
        log.prompt("ping", origin={"kind": "peer"})
        log.prompt("pong", origin={"kind": "human"})
        assert [row.kind for row in log.rows()] == [TurnKind.INJECTED, TurnKind.PROMPT]

    def test_a_queued_prompt_counts_when_it_is_given_to_the_agent(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Bash", "t1"), stop="tool_use")
        log.line({"type": "queue-operation", "operation": "enqueue", "content": "left!"})
        log.line({"type": "queue-operation", "operation": "remove", "content": "left!"})
        steering = log.attach("queued_command", prompt="left!", commandMode="prompt")
        log.attach("queued_command", prompt="<task-notification/>", commandMode="task-notification")
        log.result("t1")
        log.say(text("ok"))
        first, second = log.rows()
        assert (second.kind, second.title, second.key) == (TurnKind.STEERING, "left!", steering)
        assert log.summary().turns == 2
        assert (first.state, second.state) == (TurnState.DONE, TurnState.DONE)
        assert dict(first.tools) == {"Bash": 1}

    def test_a_steered_turn_runs_as_long_as_its_calls(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Bash", "t1"), use("Bash", "t2"), stop="tool_use")
        log.result("t1")
        log.attach("queued_command", prompt="left!", commandMode="prompt")
        states = [[row.state for row in log.rows()]]
        log.say(text("ok"), stop="tool_use")
        states.append([row.state for row in log.rows()])
        log.result("t2")
        states.append([row.state for row in log.rows()])
        log.say(text("done"))
        states.append([row.state for row in log.rows()])
        run, done = TurnState.RUNNING, TurnState.DONE
        assert states == [[run, run], [run, run], [done, run], [done, done]]

    @pytest.mark.parametrize("ending", ["[Request interrupted by user]", "something else"])
    def test_a_steered_turn_is_interrupted_with_its_calls(self, ending: str) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Bash", "t1"), stop="tool_use")
        log.attach("queued_command", prompt="left!", commandMode="prompt")
        log.prompt(ending)
        assert [row.state for row in log.rows()[:2]] == [TurnState.INTERRUPTED] * 2

    def test_a_late_result_belongs_to_the_turn_of_its_call(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Edit", "t1"), stop="tool_use")
        log.prompt("and then this")
        log.result("t1", "no", error=True)
        log.say(text("sorry"))
        first, second = log.rows()
        assert (first.failures, second.failures) == (1, 0)
        late = log.data.index(log.lines[3])
        assert any(span.offset <= late < span.end for span in first.spans)
        assert not any(span.offset <= late < span.end for span in second.spans)

    def test_a_result_before_its_call_finds_it(self) -> None:
        log = Log()
        log.prompt("one")
        log.result("t9", twin=patch_twin("/a", "-x", "+y", "+z"))
        log.prompt("two")
        log.say(use("Edit", "t9"), stop="tool_use")
        first, second = log.rows()
        assert (first.edits, second.edits) == (0, 1)
        assert (second.additions, second.deletions) == (2, 1)
        assert log.summary().state is LogState.RESPONDING

    def test_work_before_any_prompt_is_a_turn_of_its_own(self) -> None:
        log = Log(agent="a1")
        first = log.say(text("I am ready")) and log.last
        (row,) = log.rows()
        assert (row.kind, row.key, row.request_count) == (TurnKind.CONTINUATION, first, 1)
        assert log.summary().turns == 0

    def test_a_compaction_begins_a_segment(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Bash", "t1"), stop="tool_use")
        boundary = log.system("compact_boundary", compactMetadata={"trigger": "auto"})
        log.prompt(
            "This session is being continued from a previous conversation", isCompactSummary=True
        )
        log.say(text("going on"))
        log.prompt("next")
        rows = log.rows()
        assert [row.kind for row in rows] == [
            TurnKind.PROMPT, TurnKind.CONTINUATION, TurnKind.PROMPT,
        ]  # fmt: skip
        assert rows[1].key == boundary
        assert [row.segment for row in rows] == [0, 1, 1]
        assert log.summary().compactions == 1
        assert log.summary().turns == 2

    def test_a_summary_without_a_boundary_is_a_compaction_too(self) -> None:
        log = Log("1.0.80")
        log.prompt("This session is being continued from a previous conversation that ran out")
        log.say(text("on it"))
        assert [row.kind for row in log.rows()] == [TurnKind.CONTINUATION]
        assert log.summary().compactions == 1

    def test_spans_hold_every_line_once(self) -> None:
        log = Log()
        log.line({"type": "mode", "mode": "normal", "sessionId": SESSION})
        log.prompt("one")
        log.say(text("a"))
        log.line({"type": "last-prompt", "lastPrompt": "one"})
        log.prompt("two")
        log.say(text("b"))
        covered = sorted((s.offset, s.end) for row in log.rows() for s in row.spans)
        assert covered == [(0, covered[0][1]), (covered[0][1] + 1, len(log.data) - 1)]

    def test_durations_are_those_the_log_measured(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(text("a"))
        log.wait(60)
        log.system("turn_duration", durationMs=1500)
        (row,) = log.rows()
        assert row.logged_duration == timedelta(seconds=1.5)

    def test_a_notifications_turn_does_not_last_since_the_prompt(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(text("a"))
        log.wait(60)
        log.prompt("<task-notification><task-id>b1</task-id></task-notification>")
        log.say(text("seen"))
        log.system("turn_duration", durationMs=62_000)
        _, row = log.rows()
        assert row.kind is TurnKind.NOTIFICATION
        assert row.duration is not None
        assert row.duration < timedelta(seconds=10)

    def test_keys_are_unique_even_for_repeated_records(self) -> None:
        log = Log()
        log.prompt("go")
        log.lines *= 3
        keys = [row.key for row in log.rows()]
        assert len(set(keys)) == 3
        assert keys[0] == log.last

    def test_a_repeated_call_counts_once(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Bash", "t1"), stop="tool_use")
        log.result("t1", error=True)
        log.lines += log.lines[1:]
        summary = log.summary()
        assert (summary.tool_calls, summary.failed_tool_calls) == (1, 1)


class TestState:
    def test_the_state_follows_the_conversation(self) -> None:
        log = Log()
        seen = []

        def look() -> None:
            summary = log.summary()
            seen.append((summary.state, summary.state_detail))

        look()
        log.prompt("go")
        look()
        log.say(text("first"), use("Bash", "t1"), use("Read", "t2"), stop="tool_use")
        look()
        log.result("t1")
        look()
        log.result("t2")
        look()
        log.say(text("done"))
        look()
        assert seen == [
            (LogState.EMPTY, ""),
            (LogState.RESPONDING, ""),
            (LogState.TOOL, "Bash"),
            (LogState.TOOL, "Read"),
            (LogState.RESPONDING, ""),
            (LogState.FINISHED, ""),
        ]

    def test_an_interruption_ends_the_turn(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Bash", "t1"), stop="tool_use")
        log.result("t1", "The user doesn't want to proceed with this tool use.", error=True)
        log.prompt("[Request interrupted by user for tool use]")
        summary = log.summary()
        assert summary.state is LogState.INTERRUPTED
        assert (summary.failed_tool_calls, summary.rejected_tool_calls) == (1, 1)
        assert log.rows()[0].state is TurnState.INTERRUPTED

    def test_a_local_command_leaves_the_log_where_it_was(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(text("done"))
        log.prompt("<command-name>/clear</command-name>")
        assert log.summary().state is LogState.FINISHED
        assert log.rows()[1].state is TurnState.DONE

    def test_a_command_that_the_model_answers_is_running(self) -> None:
        log = Log()
        log.prompt("<command-name>/review</command-name>")
        log.prompt("Please review", isMeta=True)
        assert log.rows()[0].state is TurnState.RUNNING
        log.say(text("looks good"))
        assert log.rows()[0].state is TurnState.DONE

    def test_a_message_that_only_thought_so_far_is_not_finished(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(thinking("hm"))
        assert log.summary().state is LogState.RESPONDING
        log.system("turn_duration", durationMs=10)
        assert log.summary().state is LogState.FINISHED

    def test_a_prompt_that_nobody_answered_is_marked(self) -> None:
        log = Log()
        log.prompt("go")
        (row,) = log.rows()
        assert row.prompt_only
        assert row.ended is None


class TestEdits:
    @pytest.mark.parametrize(
        ("twin", "counts"),
        [
            (patch_twin("/a", " x", "-y", "+z", '+"quoted", +x', "\\ No newline"), (1, 2, 1)),
            ({"type": "create", "filePath": "/a", "content": "x\ny\n"}, (1, 2, 0)),
            ({"type": "create", "filePath": "/a", "content": "x\ny"}, (1, 2, 0)),
            ({"type": "update", "filePath": "/a", "structuredPatch": []}, (0, 0, 0)),
            ("Error: no such file", (0, 0, 0)),
            ([{"type": "text", "text": "from a server"}], (0, 0, 0)),
            ({"stdout": '"structuredPatch":[{"lines":["+x"]}]'}, (0, 0, 0)),
        ],
    )
    def test_edits_are_counted_from_results(
        self, twin: object, counts: tuple[int, int, int]
    ) -> None:
        log = Log()
        log.prompt("go")
        log.say(use("Edit", "t1"), stop="tool_use")
        log.result("t1", twin=twin)
        summary = log.summary()
        assert (summary.edits, summary.additions, summary.deletions) == counts


class TestIdentity:
    def test_where_and_when(self) -> None:
        log = Log()
        log.prompt("go")
        log.version = "2.1.201"
        log.say(text("a"), model="claude-haiku-4-5")
        log.say(text("b"))
        summary = log.summary()
        assert summary.key == f"claude:{SESSION}"
        assert (summary.cwd, summary.git_branch) == ("/work/zoo", "main")
        assert summary.agent_version == "2.1.201"
        assert summary.models == ("claude-haiku-4-5", "claude-opus-4-6")
        assert summary.started is not None
        assert summary.updated is not None
        assert summary.updated - summary.started == timedelta(seconds=2)

    def test_titles_by_rank(self) -> None:
        log = Log()
        log.prompt("first words")
        assert (log.summary().title, log.summary().title_is_given) == ("first words", False)
        log.line({"type": "summary", "summary": "Its summary", "leafUuid": log.last})
        assert (log.summary().title, log.summary().title_is_given) == ("Its summary", True)
        log.line({"type": "ai-title", "aiTitle": "By the model", "sessionId": SESSION})
        assert log.summary().title == "By the model"
        log.line({"type": "custom-title", "customTitle": "By the user", "sessionId": SESSION})
        log.line({"type": "ai-title", "aiTitle": "Again", "sessionId": SESSION})
        assert log.summary().title == "By the user"

    def test_summaries_of_other_sessions_are_handed_on(self) -> None:
        log = Log("1.0.80")
        log.line({"type": "summary", "summary": "Another session", "leafUuid": "elsewhere"})
        log.prompt("go")
        summary = log.summary()
        assert summary.title == "go"
        assert summary.titles_for_others == {"elsewhere": "Another session"}
        assert summary.last_record_id == log.last

    def test_forks_name_their_origin(self) -> None:
        log = Log()
        log.prompt("go", forkedFrom={"sessionId": "other", "messageUuid": "m"})
        assert log.summary().forked_from == "claude:other"

    def test_unknown_types_and_fields_are_counted_by_version(self) -> None:
        log = Log()
        log.attach("brand_new")
        log.attach("brand_new")
        log.record("wholly-new", {"x": 1})
        log.prompt("go", neverHeardOf=1)
        log.say({"type": "hologram"})
        assert log.summary().unknown == {
            "2.1.200 attachment/brand_new": 2,
            "2.1.200 wholly-new": 1,
            "2.1.200 user.neverHeardOf": 1,
            "2.1.200 assistant block hologram": 1,
        }

    def test_bad_lines_are_told_with_their_place(self) -> None:
        log = Log()
        log.prompt("go")
        log.lines.append(b'{"type":"user","mess\n')
        log.lines.append(b"\n")
        log.lines.append(b"[1,2]\n")
        log.say(text("a"))
        summary = log.summary()
        assert (summary.lines, summary.bad_lines) == (4, 2)
        assert [(p.line, p.offset) for p in summary.problems] == [
            (2, len(log.lines[0])),
            (4, len(b"".join(log.lines[:3]))),
        ]

    def test_values_of_odd_types_cost_only_themselves(self) -> None:
        log = Log()
        log.prompt("go", isMeta="perhaps", gitBranch=7, origin=[1])
        log.say(text("a"), usage={"input_tokens": "many", "output_tokens": 1.5, "speed": {}})
        summary = log.summary()
        assert (summary.turns, summary.bad_lines, summary.usage.requests) == (1, 0, 1)
        assert summary.usage.cache_read == 1000

    def test_a_last_line_without_its_newline_counts_once(self) -> None:
        log = Log()
        log.prompt("go")
        log.say(text("a"))
        data = log.data
        scan = scanned(log.file, data[:-1], b"\n")
        assert scan.summary() == log.summary()
        assert list(scan.turns) == log.rows()
