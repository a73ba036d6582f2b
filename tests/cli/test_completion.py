"""`aimux completion`: the shells themselves say what they would complete."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aimux_tui.cli.parser import command_names
from tests.cli.conftest import Run
from tests.cli.homes import CLAUDE_ID, CODEX_ID, GEMINI_ID, write_lines

ROOT = Path(__file__).parents[2]
# As a program that bash runs; `|` divides the words typed, the last of which is to be completed.
ASK_BASH = """\
eval "$(aimux completion bash)"
IFS='|' read -ra COMP_WORDS <<< "$1"
[[ $1 == *'|' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
_shtab_aimux 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def env(logs: dict[str, Path], home: Path) -> dict[str, str]:
    """An environment whose `aimux` is this one, over a home with a session of each agent."""
    folder = home / "bin"
    folder.mkdir()
    program = folder / "aimux"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m aimux_tui "$@"\n'
    )
    program.chmod(0o755)
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("AIMUX_", "HOME"))}
    return {**kept, "PATH": f"{folder}:{os.environ['PATH']}", "TERM": "dumb", "LC_ALL": "C.UTF-8"}


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(shell), reason=f"{shell} is not installed")


def ask_bash(env: dict[str, str], words: str) -> set[str]:
    command = ["bash", "--norc", "-c", ASK_BASH, "bash", words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split("\n")) - {""}


def ask_fish(env: dict[str, str], line: str) -> dict[str, str]:
    """What fish offers: word → description."""
    program = f"aimux completion fish | source; complete -C'{line}'"
    command = ["fish", "--no-config", "-c", program]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)
    return dict((row + "\t").split("\t")[:2] for row in done.stdout.splitlines())


class Zsh:
    """A zsh at a terminal: what it completes can be seen nowhere else."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self._terminal, child = pty.openpty()
        self._process = subprocess.Popen(
            ["zsh", "-f", "-i"], cwd=folder, env=env, stdin=child, stdout=child, stderr=child,
            start_new_session=True,
        )  # fmt: skip
        os.close(child)
        self._shown = ""

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def type(self, text: str, until: str, seconds: float = 60) -> str:
        """Type, and wait until it shows `until`; returns what it has shown since."""
        self._shown = ""
        os.write(self._terminal, text.encode())
        last = time.monotonic() + seconds
        while until not in self._shown:
            left = last - time.monotonic()
            assert left > 0, f"waited in vain for {until!r}: {self._shown!r}"
            if select.select([self._terminal], [], [], left)[0]:
                self._shown += os.read(self._terminal, 65536).decode("utf-8", "replace")
        return self._shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(run: Run, shell: str) -> None:
    code, out, err = run("completion", shell)
    assert (code, err) == (0, "")
    assert all(name in out for name in command_names())
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=out, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@needs("bash")
def test_bash(env: dict[str, str]) -> None:
    assert ask_bash(env, "aimux|") == {*command_names()}
    assert ask_bash(env, "aimux|ses") == {"sessions"}
    assert ask_bash(env, "aimux|--f") == {"--follow"}
    assert ask_bash(env, "aimux|sessions|--p") == {"--provider", "--project"}
    assert ask_bash(env, "aimux|sessions|--provider|") == {"claude", "codex", "gemini"}
    assert ask_bash(env, "aimux|config|") == {"show", "path", "check"}
    assert ask_bash(env, "aimux|completion|z") == {"zsh"}
    assert ask_bash(env, "aimux|label|11") == {CLAUDE_ID}
    assert ask_bash(env, f"aimux|label|{CLAUDE_ID}|7|") == {"good", "bad", "waste", "none"}
    assert ask_bash(env, "aimux|labels|") == {"list", "check"}


@needs("bash")
def test_bash_completes_sessions(env: dict[str, str]) -> None:
    assert ask_bash(env, "aimux|show|") == {CLAUDE_ID, CODEX_ID, GEMINI_ID}
    assert ask_bash(env, "aimux|show|11") == {CLAUDE_ID}
    assert ask_bash(env, "aimux|show|--turn|3|019") == {CODEX_ID}
    assert ask_bash(env, "aimux|33") == {GEMINI_ID}
    # Nothing of ours: bash completes a file then, and quotes its name.
    assert ask_bash(env, "aimux|counts|") == set()
    assert ask_bash(env, "aimux|show|./") == set()


@needs("fish")
def test_fish(env: dict[str, str], logs: dict[str, Path]) -> None:
    assert set(ask_fish(env, "aimux ")) == {*command_names()}
    assert set(ask_fish(env, "aimux sessions --pro")) == {"--provider", "--project"}
    assert set(ask_fish(env, "aimux sessions --provider c")) == {"claude", "codex"}
    shown = ask_fish(env, "aimux show 1")
    assert shown == {CLAUDE_ID: "shop: Fix the login redirect"}
    assert CODEX_ID in ask_fish(env, "aimux 019")
    folder = logs["claude"].parent
    assert str(logs["claude"]) in ask_fish(env, f"aimux counts {folder}/")


@needs("zsh")
def test_zsh(env: dict[str, str], logs: dict[str, Path], tmp_path: Path) -> None:
    shell = Zsh(env, tmp_path)
    try:
        shell.type(
            "PS1=; unsetopt beep; autoload -Uz compinit && compinit -D; echo rea''dy\n", "ready"
        )
        shell.type("eval \"$(aimux completion zsh)\"; echo rea''dy\n", "ready")
        shell.type("aimux sess\t", "aimux sessions ")
        shell.type("--prov\tc\t", "claude")
        shell.type("\x15aimux show 11\t", CLAUDE_ID)
        shell.type("\x15aimux 019\t", CODEX_ID)
        listed = shell.type("\x15aimux show \t", CODEX_ID)
        assert "Fix the login redirect" in listed
        (tmp_path / "only-log.jsonl").write_text("")
        shell.type("\x15aimux counts only\t", "only-log.jsonl")
    finally:
        shell.close()


def test_no_id_that_a_shell_could_obey_is_offered(logs: dict[str, Path], run: Run) -> None:
    hostile = "$(touch owned)"
    record = {
        "type": "user",
        "uuid": "h1",
        "sessionId": hostile,
        "timestamp": "2026-11-20T10:00:00.000Z",
        "cwd": "/home/dev/shop",
        "message": {"role": "user", "content": "\x1b[31mred\tand\nmore"},
    }
    write_lines(logs["claude"].parent / f"{hostile}.jsonl", [record])
    write_lines(logs["claude"].parent / "plain.jsonl", [record])
    code, out, err = run("complete-sessions")
    assert (code, err) == (0, "")
    ids = [line.split("\t")[0] for line in out.splitlines()]
    assert set(ids) == {CLAUDE_ID, CODEX_ID, GEMINI_ID, "plain"}
    assert "\x1b" not in out
    assert all(line.count("\t") == 1 for line in out.splitlines())
    assert f"{hostile}" in run("sessions", "--json")[1]


def test_without_sessions_nothing_is_offered(home: Path, run: Run) -> None:
    assert run("complete-sessions") == (0, "", "")
