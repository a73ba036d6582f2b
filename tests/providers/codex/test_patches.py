"""apply_patch in all its forms."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.model.tools import FileEdit, Hunk, ToolStatus
from aimux_tui.providers.codex.patches import (
    count_changes_of,
    count_edits,
    edits_from_changes,
    edits_from_patch,
    patch_in_command,
)
from tests.providers.codex.build import CHANGES, PATCH, Rollout, exited

HEREDOC = f"cd /work && apply_patch <<'EOF'\n{PATCH}\nEOF\n"


def test_the_grammar():
    text = (
        "*** Begin Patch\n*** Add File: new.py\n+one\n+\n"
        "*** Delete File: old.py\n"
        "*** Update File: a.py\n*** Move to: b.py\n@@ class A:\n ctx\n-old\n+new\n\n@@\n+end\n"
        "*** End of File\n*** End Patch\nnoise"
    )
    assert edits_from_patch(text) == (
        FileEdit("new.py", "create", (Hunk(("+one", "+"), 0, 1),), 2, 0, is_proposed=True),
        FileEdit("old.py", "delete", is_proposed=True),
        FileEdit(
            "a.py",
            "move",
            (Hunk((" ctx", "-old", "+new", " ")), Hunk(("+end",))),
            2,
            1,
            "b.py",
            is_proposed=True,
        ),
    )


def test_windows_line_ends_and_junk():
    text = "*** Begin Patch\r\n*** Update File: a.py\r\n-a\r\n+b\r\n*** End Patch\r\n"
    (edit,) = edits_from_patch(text)
    assert edit.hunks == (Hunk(("-a", "+b")),)
    assert edits_from_patch("no patch at all") == ()


def test_a_line_of_the_file_may_look_like_the_grammar():
    (edit,) = edits_from_patch(
        "*** Begin Patch\n*** Add File: a\n+*** End Patch\n+x\n*** End Patch"
    )
    assert edit.additions == 2


def test_changes_have_real_hunks():
    update, added = edits_from_changes(CHANGES)
    assert (update.operation, update.hunks) == ("update", (Hunk((" x", "-hi", "+ho"), 1, 1),))
    assert (added.operation, added.additions, added.is_proposed) == ("create", 2, False)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        (CHANGES, (2, 3, 1)),
        ([{"path": "a", "kind": "update", "diff": "@@ -1 +1 @@\n-a\n+b\n"}], (1, 1, 1)),
        ({"a": {"update": {"unified_diff": "@@ -1 +1 @@\n-a\n+b", "move_path": None}}}, (1, 1, 1)),
        ({"a": {"type": "delete", "content": "x\ny"}}, (1, 0, 2)),
        (
            {"a": {"type": "update", "unified_diff": "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n"}},
            (1, 1, 1),
        ),
        ({"a": {"type": "update", "unified_diff": "@@ -1 +0,0 @@\n--- x\n"}}, (1, 0, 1)),
        ({"a": {"type": "add", "content": ""}}, (1, 0, 0)),
        ({"a": None, "b": {}}, (1, 0, 0)),
        (None, (0, 0, 0)),
    ],
)
def test_counting_needs_no_hunks(changes: Any, counts: tuple[int, int, int]):
    assert count_changes_of(changes) == counts
    assert count_edits(edits_from_changes(changes)) == counts


def test_moved_files_name_both_places():
    change = {"type": "update", "unified_diff": "", "move_path": "b.py"}
    (edit,) = edits_from_changes({"a.py": change})
    assert (edit.operation, edit.path, edit.new_path) == ("move", "a.py", "b.py")


@pytest.mark.parametrize(
    "command",
    [
        ["apply_patch", PATCH],
        ["applypatch", PATCH],
        ["bash", "-lc", HEREDOC],
        HEREDOC,
        f"apply_patch <<'EOF'\n  {PATCH}\nEOF",
    ],
)
def test_patches_in_commands(command: Any):
    assert len(edits_from_patch(patch_in_command(command))) == 2


@pytest.mark.parametrize("command", ["ls", ["bash", "-lc", f"echo '{PATCH}'"], None, [], [1], 5])
def test_other_commands_hold_no_patch(command: Any):
    assert patch_in_command(command) == ""


def custom(log: Rollout) -> Rollout:
    return log.custom("apply_patch", "c", PATCH)


def function(log: Rollout) -> Rollout:
    return log.call("apply_patch", "c", {"input": PATCH})


def shell(log: Rollout) -> Rollout:
    return log.call("shell", "c", {"command": ["apply_patch", PATCH]})


def heredoc(log: Rollout) -> Rollout:
    return log.call("exec_command", "c", {"cmd": HEREDOC})


@pytest.mark.parametrize("form", [custom, function, shell, heredoc])
@pytest.mark.parametrize("evidence", ["event", "item", "none"])
def test_every_form_with_any_evidence(form: Any, evidence: str):
    """What the log records of the change is preferred; else the patch itself is read."""
    log = form(Rollout().meta().start("t").typed("go"))
    if evidence == "event":
        log.event("patch_apply_end", call_id="c", success=True, changes=CHANGES)
    elif evidence == "item":
        log.completed("FileChange", id="c", status="completed", changes=CHANGES)
    log.output("c", exited(0, "Success."))
    summary = log.summary()
    assert (summary.edits, summary.additions, summary.deletions) == (2, 3, 1)
    (call,) = log.calls()
    assert [edit.is_proposed for edit in call.edits] == [evidence == "none"] * 2
    assert call.edits[0].hunks[0].old_start == (None if evidence == "none" else 1)
    assert call.status is ToolStatus.OK


def test_both_kinds_of_evidence_count_once():
    log = custom(Rollout().meta().start("t").typed("go"))
    log.event("patch_apply_end", call_id="c", success=True, changes=CHANGES)
    log.completed("FileChange", id="c", status="completed", changes=CHANGES)
    log.output("c", exited(0))
    assert log.summary().edits == 2
    assert len(log.calls()[0].edits) == 2


def test_evidence_after_the_result_replaces_the_proposal():
    log = custom(Rollout().meta().start("t").typed("go")).output("c", exited(0))
    one = {"a.py": CHANGES["/work/zoo/a.py"]}
    log.event("patch_apply_end", call_id="c", success=True, changes=one)
    assert (log.summary().edits, log.summary().additions) == (1, 1)
    assert len(log.calls()[0].edits) == 1


@pytest.mark.parametrize(
    "output",
    [
        "apply_patch verification failed: Failed to find expected lines in a.py:\n-hi",
        exited(1, "x"),
    ],
)
def test_a_patch_that_failed_edits_nothing(output: str):
    log = custom(Rollout().meta().start("t").typed("go")).output("c", output)
    assert (log.summary().edits, log.summary().failed_tool_calls) == (0, 1)
    assert log.calls()[0].edits == ()


def test_a_patch_that_was_declined_edits_nothing():
    log = custom(Rollout().meta().start("t").typed("go"))
    log.event("patch_apply_end", call_id="c", success=False, changes=CHANGES, stderr="no")
    log.output("c", "patch rejected by user")
    summary = log.summary()
    assert (summary.edits, summary.rejected_tool_calls) == (0, 1)
    assert log.calls()[0].status is ToolStatus.REJECTED


def test_a_patch_that_waits_shows_what_it_would_do():
    log = custom(Rollout().meta().start("t").typed("go"))
    assert log.summary().edits == 0
    (call,) = log.calls()
    assert call.status is ToolStatus.RUNNING
    assert [edit.is_proposed for edit in call.edits] == [True, True]
    assert call.snippet == "a.py, b.py"


lines = st.sampled_from(
    ["*** Begin Patch", "*** End Patch", "*** Add File: a", "@@", "@@ x", " a"]
) | (
    st.sampled_from(
        ["+a", "-b", "", "*** Update File: b", "*** Move to: c", "*** End of File", "x"]
    )
)


@given(st.lists(lines).map("\n".join))
def test_any_patch_is_survived(text: str):
    for edit in edits_from_patch(text):
        shown = [line for hunk in edit.hunks for line in hunk.lines]
        assert edit.additions == sum(line.startswith("+") for line in shown)
        assert edit.deletions == sum(line.startswith("-") for line in shown)


@given(
    st.dictionaries(
        st.text(max_size=3),
        st.dictionaries(
            st.sampled_from(["type", "content", "unified_diff", "move_path", "update"]),
            st.none() | st.sampled_from(["add", "delete", "update", "a\nb", "@@ -1 +1 @@\n-a\n+b"]),
        ),
    )
)
def test_odd_changes_are_survived(changes: Any):
    count, _, _ = count_changes_of(changes)
    assert count == len(edits_from_changes(changes)) == len(changes)
