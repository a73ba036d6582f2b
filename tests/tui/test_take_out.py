"""What can be taken out of the screen, without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aimux_tui.errors import CommandError
from aimux_tui.model.tools import ToolKind
from aimux_tui.tui.clipboard import helpers_for
from aimux_tui.tui.editor import editor_command, line_at
from aimux_tui.tui.subject_text import command_of, file_of
from aimux_tui.tui.views.subject import Subject
from tests.tui import fake_turns
from tests.tui.fake_sessions import LOGIN, make_session

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("editor", "line", "command"),
    [
        ("vim", 12, ["vim", "+12", "/f"]),
        ("nano", None, ["nano", "/f"]),
        ("code --wait", 12, ["code", "--wait", "--goto", "/f:12"]),
        ("/usr/bin/hx", 12, ["/usr/bin/hx", "/f:12"]),
        ("unheard-of", 12, ["unheard-of", "/f"]),
        ("", 3, ["vi", "+3", "/f"]),
    ],
)
def test_editors_are_told_the_line_in_their_own_way(
    editor: str, line: int | None, command: list[str]
):
    assert editor_command("/f", line, {"EDITOR": editor}) == command


def test_visual_comes_first_and_logs_are_opened_to_be_read():
    env = {"VISUAL": "nvim", "EDITOR": "nano"}
    assert editor_command("/log", 2, env, is_read_only=True) == ["nvim", "-R", "+2", "/log"]


def test_the_line_of_a_byte(tmp_path: Path):
    log = tmp_path / "log"
    log.write_bytes(b"one\ntwo\nthree\n")
    assert [line_at(str(log), offset) for offset in (0, 3, 4, 8, 100)] == [1, 1, 2, 3, 4]


def test_tmux_is_helped_to_reach_the_clipboard():
    assert helpers_for({}, "linux") == []
    assert helpers_for({"TMUX": "/tmp/tmux"}, "linux") == [["tmux", "load-buffer", "-w", "-"]]
    assert helpers_for({}, "darwin") == [["pbcopy"]]
    assert helpers_for({"SSH_CONNECTION": "1"}, "darwin") == []


def subject(**changes: object) -> Subject:
    call = fake_turns.tool("Bash", ToolKind.EXECUTE, "ls", **changes)
    return Subject(make_session(LOGIN, "t"), step=call)


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ({"command": "git status"}, "git status"),
        ({"command": ["bash", "-lc", "git log | head"]}, "git log | head"),
        ({"cmd": ["git", "show"]}, "git show"),
        ({"pattern": "x"}, "ls"),
    ],
)
def test_the_command_of_a_call(given: dict[str, object], command: str):
    assert command_of(subject(input=given)) == command


def test_only_calls_have_commands():
    with pytest.raises(CommandError):
        command_of(Subject(make_session(LOGIN, "t")))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"edits": (fake_turns.LOGIN_EDIT,)}, ("/home/u/src/webshop/auth/views.py", 41)),
        ({"input": {"file_path": "a/b.py", "offset": 7}}, ("/home/u/src/webshop/a/b.py", 7)),
        ({"input": {"path": "/etc/hosts"}}, ("/etc/hosts", None)),
        ({"input": {}}, ("/home/u/.claude/login.jsonl", None)),
    ],
)
def test_the_file_of_a_call(changes: dict[str, object], place: tuple[str, int | None]):
    assert file_of(subject(**changes)) == place
