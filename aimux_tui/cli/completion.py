"""`aimux completion`: the scripts with which shells complete aimux's command line.

shtab makes them from the parser. What it cannot know is added: sessions and log files, also where
a command could stand. Bash is left to complete files itself, as it alone quotes them well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import shtab

from aimux_tui.cli.parser import COMPLETE_SESSIONS, build_parser
from aimux_tui.cli.setup import look_around, make_library
from aimux_tui.errors import AimuxError
from aimux_tui.providers.registry import provider_names
from aimux_tui.text.sanitise import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_SAFE_ID = re.compile(r"\w[\w.-]*", re.ASCII)
"""Ids come from logs, and shells put words together in many ways: others are not offered."""
_ASK = f"aimux {COMPLETE_SESSIONS} 2>/dev/null"

_BASH = f"""\
_aimux_sessions() {{
  local id title
  while IFS=$'\\t' read -r id title; do
    [[ $id == "$1"* ]] && printf '%s\\n' "$id"
  done < <({_ASK})
}}
_aimux_first_word() {{
  if [[ -n $1 ]]; then _aimux_sessions "$1"; fi
}}
_shtab_aimux_pos_0_COMPGEN=_aimux_first_word"""
_BASH_END = "complete -o bashdefault -o default -F _shtab_aimux aimux"

_ZSH = f"""\
_aimux_sessions() {{
  local -a sessions
  sessions=("${{(@f)$({_ASK})}}")
  sessions=("${{(@)sessions/$'\\t'/:}}")
  _describe -V 'sessions' sessions
}}
_aimux_targets() {{
  _alternative 'sessions:session:_aimux_sessions' 'files:log file:_files'
}}
functions[_aimux_commands]=$functions[_shtab_aimux_commands]
_shtab_aimux_commands() {{
  _aimux_commands
  local -i found=$?
  if [[ -n $PREFIX ]]; then _aimux_targets && found=0; fi
  return found
}}"""

_FISH_END = f"""\
complete -c aimux -n '_shtab_aimux_using; and test $_shtab_aimux_npos -eq 0; \
and string length -q -- (commandline -ct)' \
-ka '({_ASK}) (__fish_complete_path (commandline -ct))'"""

_TARGET = {
    "bash": "_aimux_sessions",
    "zsh": "_aimux_targets",
    "fish": f"({_ASK}) (__fish_complete_path (commandline -ct))",
}
_FILES = {"bash": "", "zsh": "_files", "fish": "(__fish_complete_path (commandline -ct))"}


def run(shell: str) -> int:
    """Print the script for this shell: "bash", "zsh" or "fish"."""
    print(script(shell))
    return 0


def script(shell: str) -> str:
    """What the shell has to evaluate."""
    parser = build_parser()
    for action in _actions(parser):
        if action.dest in {"session", "paths", "out"}:
            # An attribute that shtab looks for.
            vars(action)["complete"] = _TARGET if action.dest == "session" else _FILES
        elif action.dest == "provider":
            action.choices = provider_names()
    additions = {"bash": _BASH, "zsh": _ZSH}
    text = shtab.complete(parser, shell, preamble=additions.get(shell, ""))
    ends = {"bash": _BASH_END, "fish": _FISH_END}
    return f"{text}\n{ends.get(shell, '')}".rstrip()


def print_sessions() -> int:
    """Print each session's id and title, the newest first, with a tab between.

    As quick as may be: new logs are looked at, not read. Silent whatever is wrong.
    """
    try:
        library = make_library(look_around())
        library.load()
        for _ in library.list_rest():
            pass
    except AimuxError:
        return 1
    for session in library.sessions():
        if not (session.parent_key or session.hidden_reason) and _SAFE_ID.fullmatch(
            session.session_id
        ):
            title = one_line(session.title, 60)
            print(f"{session.session_id}\t{session.project}: {title}")
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of the parser and of its commands."""
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to list them
        yield action
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                yield from _actions(command)
