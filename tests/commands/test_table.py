from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

from aimux_tui.commands.base import EVERYWHERE, ArgumentKind, Pane
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.commands.registry import chords, commands_by_id, default_keymap, single_keys
from aimux_tui.config.keymap import build_keymap, collisions
from aimux_tui.config.load import load_settings
from aimux_tui.config.schema import SessionSort, TimeMode
from aimux_tui.keys import parse_keys

EXAMPLE = Path(__file__).parents[2] / "config" / "config.yaml"


def test_no_key_means_two_things_at_once() -> None:
    assert collisions(COMMANDS) == []


def test_ids_names_and_handlers_are_unique() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert len({command.handler for command in COMMANDS}) == len(COMMANDS)
    # A name that is another command's id would shadow it on the `:` line.
    assert not {command.name for command in COMMANDS} & {command.id for command in COMMANDS}


def test_every_row_is_well_formed() -> None:
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", command.id), command.id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", command.name), command.name
        assert command.handler.isidentifier()
        assert command.help[0].isupper(), command.help
        assert not command.help.endswith("."), command.help
        assert command.panes
        assert all(keys == parse_keys(keys) for keys in command.keys), command.keys
        assert command.label or not command.in_footer, command.id
        chord_only = [keys for keys in command.keys if " " in keys]
        assert command.label or not chord_only, "the which-key line shows the label"


def test_arguments_that_may_be_left_out_come_last_and_text_comes_first() -> None:
    for command in COMMANDS:
        required = [argument.is_required for argument in command.arguments]
        assert required == sorted(required, reverse=True)
        for argument in command.arguments:
            if argument.kind is not ArgumentKind.FILE:
                assert bool(argument.choices) == (argument.kind is ArgumentKind.CHOICE)
        kinds = [argument.kind for argument in command.arguments]
        assert ArgumentKind.TEXT not in kinds[1:]


def test_choices_are_those_of_the_settings() -> None:
    assert commands_by_id()["session.sort"].arguments[0].choices == tuple(SessionSort)
    assert commands_by_id()["show.time"].arguments[0].choices == tuple(TimeMode)


def test_the_footer_has_something_for_every_pane() -> None:
    for pane in Pane:
        shown = [command for command in COMMANDS if command.in_footer and pane in command.panes]
        assert 5 <= len(shown) <= 16


def test_chords_follow_the_keymap() -> None:
    tree = chords(default_keymap())
    assert {key: command.id for key, command in tree["y"].items()} == {
        "y": "copy.text",
        "c": "copy.command",
        "p": "copy.path",
        "r": "copy.resume",
    }
    keymap, errors = build_keymap(COMMANDS, {"copy.path": ("y f", "ctrl+y"), "copy.text": ("Y",)})
    assert errors == []
    assert list(chords(keymap)["y"]) == ["c", "f", "r"]
    assert single_keys(keymap, "copy.path") == ("ctrl+y",)
    assert single_keys(keymap, "copy.command") == ()


def test_the_commands_of_the_example_settings_exist(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(re.sub(r'(?m)^( +)# (?=["\w./*-]+: )', r"\1", EXAMPLE.read_text()))
    settings, _ = load_settings(file, {})
    assert settings.keys
    keymap, errors = build_keymap(COMMANDS, settings.keys, settings.origins)
    assert errors == []
    assert keymap["session.sort"] == ("ctrl+s",)


def test_everything_but_a_few_keys_works_everywhere() -> None:
    local = {command.id for command in COMMANDS if command.panes != EVERYWHERE}
    assert all(
        not one.panes & other.panes or not set(one.keys) & set(other.keys)
        for one, other in combinations(COMMANDS, 2)
    )
    assert local == {
        "list.filter",
        "turn.collapse-all",
        "list.mark",
        "list.mark-range",
        "search.next",
        "search.previous",
        "turn.next-failure",
        "turn.next-unlabelled",
        "turn.previous-failure",
        "view.next",
        "view.previous",
    }


def test_the_table_needs_no_screen() -> None:
    script = (
        "import sys, aimux_tui.commands.complete, aimux_tui.config.keymap\n"
        "print([m for m in ('textual', 'rich', 'yaml') if m in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert result.stdout.strip() == "[]"
