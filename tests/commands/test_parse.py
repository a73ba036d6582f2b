from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.commands.parse import parse
from aimux_tui.errors import CommandError


@pytest.mark.parametrize(
    ("line", "command_id", "arguments"),
    [
        (":quit", "app.quit", ()),
        ("quit", "app.quit", ()),
        ("  : quit ", "app.quit", ()),
        (":q", "app.quit", ()),
        (":QUIT", "app.quit", ()),
        (":app.quit", "app.quit", ()),
        (":view.j", "view.json", ()),
        # A whole name counts although another begins so.
        (":diff", "view.diff", ()),
        (":sort", "session.sort", ()),
        (":sort cost", "session.sort", ("cost",)),
        (":sort co", "session.sort", ("cost",)),
        (":so UPDATED", "session.sort", ("updated",)),
        (":turn 12", "turn.goto", ("12",)),
        (":12", "turn.goto", ("12",)),
        (":turn 007", "turn.goto", ("7",)),
        (":theme nord", "show.theme", ("nord",)),
        (":open '/a b/c.jsonl'", "session.open", ("/a b/c.jsonl",)),
        (":open /a\\ b", "session.open", ("/a b",)),
        (":filter", "list.filter", ()),
        (":filter it's \"odd", "list.filter", ("it's \"odd",)),
        (":filter  two  words ", "list.filter", ("two  words",)),
    ],
)
def test_what_a_line_means(line: str, command_id: str, arguments: tuple[str, ...]) -> None:
    invocation = parse(line)
    assert invocation.command.id == command_id
    assert invocation.arguments == arguments


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("", "no command", ":help lists them"),
        (":", "no command", ":help lists them"),
        (":quti", "no command :quti", "did you mean :quit?"),
        (":zzz", "no command :zzz", ":help lists them"),
        (":t", ":t is not clear", "it could be :turn, :time, :theme, :traces"),
        (":quit now", ":quit takes no argument", ":quit"),
        (":theme a b", ":theme takes one argument", ":theme [THEME]"),
        (":open", ":open needs ID|PATH", ":open ID|PATH"),
        (":turn x", "'x' is not a number", "a whole number from 1 on"),
        (":turn 0", "'0' is not a number", "a whole number from 1 on"),
        (":0", "'0' is not a number", "a whole number from 1 on"),
        (":turn ²", "'²' is not a number", "a whole number from 1 on"),
        (":sort tuns", "'tuns' is not one of the choices", "did you mean turns?"),
        (
            ":time x",
            "'x' is not one of the choices",
            "one of clock, relative, elapsed",
        ),
        (":open 'a", ":open: no closing quotation", ":open ID|PATH"),
    ],
)
def test_what_a_line_cannot_mean(line: str, message: str, hint: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse(line)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_many_possibilities_are_cut() -> None:
    with pytest.raises(CommandError) as caught:
        parse(":c")
    assert caught.value.hint.endswith(", …")


def test_every_command_is_found_by_its_name_and_its_id() -> None:
    for command in COMMANDS:
        given = [
            argument.choices[0] if argument.choices else "1"
            for argument in command.arguments
            if argument.is_required
        ]
        for name in (command.name, command.id):
            assert parse(" ".join([f":{name}", *given])).command is command


@given(st.text(max_size=40))
def test_nothing_that_is_typed_raises_anything_else(line: str) -> None:
    with contextlib.suppress(CommandError):
        parse(line)
