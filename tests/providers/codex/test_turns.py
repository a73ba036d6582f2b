"""What is a turn, what steers one, and what only looks like one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aimux_tui.model.log import LogState
from aimux_tui.model.tools import ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text, TurnKind, TurnState
from tests.providers.codex.build import START, Rollout, exited

SHELL = "<user_shell_command>\n<command>\nenv\n</command>\n<result>\nA=1\n</result>\n"


def session() -> Rollout:
    return Rollout().meta().context()


def test_a_prompt_in_an_open_task_steers_it():
    log = session().start("t").typed("go").ran("ls", "c").typed("faster").said("ok")
    log.end("t", duration_ms=9_000).start("u").typed("next").said("ok").end("u", duration_ms=500)
    turns = log.turns()
    assert [(turn.key, turn.kind) for turn in turns] == [
        ("t", TurnKind.PROMPT),
        ("t#1", TurnKind.STEERING),
        ("u", TurnKind.PROMPT),
    ]
    assert log.summary().turns == 3
    # The task's duration is neither turn's.
    assert [turn.logged_duration for turn in turns] == [None, None, timedelta(milliseconds=500)]


def test_a_result_that_comes_after_steering_belongs_to_its_call():
    log = session().start("t").typed("go").call("exec_command", "c", {"cmd": "make"})
    log.typed("hurry").output("c", exited(2, "boom")).said("It broke.").end("t")
    first, second = log.turns()
    assert (first.failures, second.failures) == (1, 0)
    assert len(first.spans) == 2
    opened = log.opened()
    (call,) = opened[0].tool_calls
    assert (call.status, call.exit_code, call.output.text) == (ToolStatus.FAILED, 2, "boom")
    assert opened[1].tool_calls == ()
    assert [step.body.text for step in opened[1].steps if isinstance(step, Text)] == ["It broke."]


def test_without_tasks_each_prompt_begins_a_turn():
    log = session().typed("one").said("1").typed("two").said("2")
    assert [(turn.kind, turn.title, turn.state) for turn in log.turns()] == [
        (TurnKind.PROMPT, "one", TurnState.DONE),
        (TurnKind.PROMPT, "two", TurnState.DONE),
    ]
    assert log.summary().state is LogState.FINISHED


def test_keys_do_not_hang_on_numbers():
    """What is written before a turn changes its number, never its key."""
    one = session().start("t").typed("a").end("t")
    two = session().start("s").typed("z").end("s").start("t").typed("a").end("t")
    assert one.turns()[0].key == two.turns()[1].key == "t"


def test_keys_of_turns_without_ids_are_stable_and_unique():
    log = session().typed("same").said("1").typed("same").said("2")
    keys = [turn.key for turn in log.turns()]
    assert len(set(keys)) == 2
    assert keys == [turn.key for turn in log.turns()]


def test_a_prompt_written_before_its_task_is_that_tasks():
    log = session().event("user_message", message="go").start("t").said("ok").end("t")
    (turn,) = log.turns()
    assert (turn.key, turn.kind, turn.title) == ("t", TurnKind.PROMPT, "go")


def test_injected_context_is_no_prompt():
    log = session().start("t")
    log.sent("# AGENTS.md instructions for /work\n\n<INSTRUCTIONS>\nx\n</INSTRUCTIONS>")
    log.sent("<user_instructions>\nx\n</user_instructions>").sent("<skill>\nx\n</skill>")
    log.sent("<ENVIRONMENT_CONTEXT>\nx\n</environment_context>").typed("go").end("t")
    (turn,) = log.turns()
    assert (turn.kind, turn.title) == (TurnKind.PROMPT, "go")
    (opened,) = log.opened()
    assert [step.kind for step in opened.steps if isinstance(step, Notice)] == [
        NoticeKind.CONTEXT
    ] * 4


@pytest.mark.parametrize(
    "text",
    [
        "<skill> explain this tag",
        "<environment_context> and then some",
        "<div>fix this</div>",
        "# AGENTS.md instructions should be shorter",
    ],
)
def test_a_prompt_may_look_like_markup(text: str):
    log = Rollout().meta().start("t").sent(text).said("ok").end("t")
    assert [turn.title for turn in log.turns()] == [text]


def test_what_an_editor_adds_is_not_the_prompt():
    around = "# Context from my IDE setup:\n\n## Open tabs:\n- a.py\n\n"
    text = around + "## My request for Codex:\nFix it\n"
    log = session().start("t").typed(text).end("t")
    (turn,) = log.opened()
    assert turn.summary.title == "Fix it"
    assert [part.body.text for part in turn.prompt if isinstance(part, Text)] == ["Fix it"]
    (notice,) = [step for step in turn.steps if isinstance(step, Notice)]
    assert "Open tabs" in notice.body.text


def test_pictures_are_prompts():
    url = "data:image/png;base64," + "A" * 400
    log = session().start("t")
    content = [
        {"type": "input_text", "text": "<image>"},
        {"type": "input_image", "image_url": url},
        {"type": "input_text", "text": "</image>"},
    ]
    log.item("message", role="user", content=content)
    log.event("user_message", message="", images=[url]).said("A cat.").end("t")
    (turn,) = log.opened()
    assert (turn.summary.kind, turn.summary.title) == (TurnKind.PROMPT, "[image]")
    (picture,) = turn.prompt
    assert isinstance(picture, Image)
    assert (picture.media_type, picture.size) == ("image/png", 300)


def test_the_users_own_command_is_a_turn_that_does_not_count():
    log = session().start("t").sent(SHELL + "</user_shell_command>").end("t", duration_ms=40)
    (turn,) = log.opened()
    assert (turn.summary.kind, turn.summary.title) == (TurnKind.SHELL, "!env")
    assert log.summary().turns == 0
    (notice,) = turn.steps
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.body.text) == (NoticeKind.COMMAND_OUTPUT, "A=1")


def test_compaction_is_counted_once_however_it_is_told():
    log = session().start("t").typed("go").said("ok").add("compacted", {"message": "so far"})
    log.event("context_compacted").said("on").end("t")
    log.start("u").typed("more").event("context_compacted").add("compacted", {"message": ""})
    log.end("u").start("v").typed("last").end("v")
    assert log.summary().compactions == 2
    assert [turn.segment for turn in log.turns()] == [0, 1, 2]
    notices = [step for turn in log.opened() for step in turn.steps if isinstance(step, Notice)]
    assert [notice.kind for notice in notices] == [NoticeKind.COMPACTION] * 2
    assert notices[0].body.text == "so far"


def test_compactions_in_a_row_are_not_twins():
    log = session().start("t").typed("go").add("compacted", {"message": "a"})
    log.said("x").add("compacted", {"message": "b"}).end("t")
    assert log.summary().compactions == 2


def test_compacting_on_request_is_a_command():
    log = session().start("t").spent(100).sent("Summary", role="assistant")
    log.add("compacted", {"message": "Summary"}).completed("ContextCompaction", id="x").end("t")
    (turn,) = log.turns()
    assert (turn.kind, turn.title) == (TurnKind.COMMAND, "/compact")
    assert log.summary().turns == 0


def test_compacting_before_a_prompt_is_part_of_it():
    log = session().start("t").spent(100).add("compacted", {"message": "x"}).typed("go")
    log.said("ok").end("t")
    (turn,) = log.turns()
    assert (turn.kind, turn.title, turn.segment) == (TurnKind.PROMPT, "go", 1)


@pytest.mark.parametrize("event", ["turn_aborted", "task_aborted"])
def test_an_aborted_task(event: str):
    log = session().start("t").typed("go").call("exec_command", "c", {"cmd": "sleep 9"})
    log.sent("<turn_aborted>\nx\n</turn_aborted>")
    log.event(event, turn_id="t", reason="interrupted", duration_ms=1_500)
    (turn,) = log.opened()
    assert turn.summary.state is TurnState.INTERRUPTED
    assert turn.summary.duration == timedelta(seconds=1.5)
    assert log.summary().state is LogState.INTERRUPTED
    (call,) = turn.tool_calls
    assert call.status is ToolStatus.CANCELLED
    assert [s.kind for s in turn.steps if isinstance(s, Notice)] == [NoticeKind.INTERRUPTION]


def test_a_call_that_the_user_stopped_has_failed():
    log = session().start("t").typed("go").call("exec_command", "c", {"cmd": "sleep 9"})
    log.output("c", "aborted by user after 1.1s").event("turn_aborted", turn_id="t")
    assert log.summary().failed_tool_calls == 1
    (call,) = log.calls()
    assert (call.status, call.error) == (ToolStatus.CANCELLED, "aborted by user after 1.1s")


def test_a_task_whose_agent_was_killed_is_interrupted_by_the_next():
    log = session().start("t").typed("go").ran("ls", "c").start("u").typed("again").end("u")
    assert [turn.state for turn in log.turns()] == [TurnState.INTERRUPTED, TurnState.DONE]


def test_a_failed_task():
    error = {"message": '{"error": {"message": "no such model"}}', "codex_error_info": "other"}
    log = session().start("t").typed("go").end("t", error=error)
    (turn,) = log.opened()
    assert turn.summary.state is TurnState.ERROR
    summary = log.summary()
    assert (summary.state, summary.state_detail) == (LogState.ERROR, "no such model")
    (notice,) = turn.steps
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.title) == (NoticeKind.ERROR, "no such model")


def test_an_error_that_was_overcome_is_only_a_notice():
    log = session().start("t").typed("go").event("error", message="hiccup").said("ok").end("t")
    (turn,) = log.opened()
    assert turn.summary.state is TurnState.DONE
    assert [step.title for step in turn.steps if isinstance(step, Notice)] == ["hiccup"]


def test_rolled_back_turns_stay():
    log = session().start("t").typed("a").end("t").start("u").typed("b").end("u")
    log.event("thread_rolled_back", num_turns=1).start("v").typed("c").end("v")
    assert [turn.title for turn in log.turns()] == ["a", "b", "c"]
    notices = [[s.title for s in turn.steps if isinstance(s, Notice)] for turn in log.opened()]
    assert notices == [[], ["the last turn rolled back"], []]
    ended = log.turns()[1].ended
    assert ended is not None
    assert (ended - START).seconds == 9


def test_what_comes_between_tasks_belongs_to_the_last_turn():
    log = session().start("t").typed("a").end("t")
    log.sent('<subagent_notification>\n{"agent_path":"x"}\n</subagent_notification>')
    log.event("thread_name_updated", thread_name="My title").start("u").typed("b").end("u")
    first, _ = log.opened()
    assert [step.title for step in first.steps if isinstance(step, Notice)] == [
        "a sub-agent reported",
        "renamed: My title",
    ]


@pytest.mark.parametrize(
    ("records", "state", "detail"),
    [
        (lambda log: log, LogState.EMPTY, ""),
        (lambda log: log.start("t"), LogState.RESPONDING, ""),
        (lambda log: log.start("t").typed("x"), LogState.RESPONDING, ""),
        (lambda log: log.start("t").typed("x").call("shell", "c"), LogState.TOOL, "shell"),
        (lambda log: log.start("t").typed("x").ran("ls", "c"), LogState.RESPONDING, ""),
        (lambda log: log.start("t").typed("x").said("y"), LogState.RESPONDING, ""),
        (lambda log: log.start("t").typed("x").said("y").end("t"), LogState.FINISHED, ""),
        (lambda log: log.typed("x").said("y"), LogState.FINISHED, ""),
        (lambda log: log.typed("x").call("shell", "c"), LogState.TOOL, "shell"),
        (lambda log: log.typed("x").call("shell", "c").typed("y"), LogState.RESPONDING, ""),
    ],
)
def test_where_the_log_stands(records, state: LogState, detail: str):
    summary = records(session()).summary()
    assert (summary.state, summary.state_detail) == (state, detail)


def test_a_live_turn_is_running():
    log = session().start("t").typed("go").call("exec_command", "c", {"cmd": "make"})
    (turn,) = log.opened()
    assert turn.summary.state is TurnState.RUNNING
    assert not turn.summary.prompt_only
    assert turn.tool_calls[0].status is ToolStatus.RUNNING


def test_times_are_those_of_the_tasks_records():
    log = session().start("t").typed("go").said("ok").end("t")
    log.second += 500
    log.event("thread_settings_applied", thread_settings={"model": "gpt-6"}).start("u").typed("x")
    first = log.turns()[0]
    assert first.started is not None
    assert first.ended is not None
    assert (first.started - START).seconds == 2
    assert (first.ended - first.started).seconds == 5


def test_a_task_in_which_nothing_happens_is_no_turn():
    log = session().start("t").end("t").start("u").event("turn_aborted", turn_id="u")
    log.start("v").typed("go").end("v")
    assert [turn.key for turn in log.turns()] == ["v"]
    assert log.turns()[0].number == 1


def test_the_same_task_twice_has_two_keys():
    log = session().start("t").typed("a").end("t").start("t").typed("b").end("t")
    assert [turn.key for turn in log.turns()] == ["t", "t~2"]
