"""`aimux --help`, and mistyped command lines: a stranger finds the way."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from aimux_tui import __version__
from aimux_tui.cli.parser import command_names, parse
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def narrow_and_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    # Since Python 3.14 help has colours, where they are wished for.
    for name in ("FORCE_COLOR", "PYTHON_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")


def test_the_help_names_every_command_once(run: Run) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    for name in command_names():
        assert len(re.findall(rf"^  {name} +\S", out, re.MULTILINE)) == 1, name
    assert "complete-sessions" not in out
    assert "\n  view" not in out
    assert max(map(len, out.splitlines())) <= 84


@pytest.mark.parametrize("name", command_names())
def test_every_command_has_help_of_its_own(run: Run, name: str) -> None:
    code, out, err = run(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: aimux {name} ")


@pytest.mark.parametrize("option", ["--follow", "--theme NAME", "--version"])
def test_the_options_of_the_screen_stand_in_the_help(run: Run, option: str) -> None:
    assert f"\n  {option} " in run("--help")[1]


def test_every_example_can_be_parsed(run: Run) -> None:
    """Examples rot unless somebody tries them."""
    texts = [run(name, "--help")[1] for name in command_names()]
    texts = [text.partition("examples:")[2] for text in (run("--help")[1], *texts)]
    texts += re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    examples = re.findall(r"^ {0,2}aimux\b(.*?)(?:$|  | \|)", "\n".join(texts), re.MULTILINE)
    assert len(examples) > 15
    for example in examples:
        words = [word.strip("[]") for word in shlex.split(example)]
        parse(words if words and words[0] in command_names() else ["view", *words])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["session"], "aimux sessions"),
        (["sesions", "--json"], "aimux sessions"),
        (["Doctor"], "aimux doctor"),
        (["sessions", "--jsn"], "--json"),
        (["sessions", "--provder=codex"], "--provider"),
        (["--folow"], "--follow"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_right_one(
    run: Run, arguments: list[str], says: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert f"did you mean {says}?" in err.replace("`", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show"], "SESSION | PATH"),
        (["show", "one", "two"], "'two' is one argument too many"),
        (["sessions", "--limit", "many"], "--limit"),
        (["completion", "tcsh"], "'bash', 'zsh', 'fish'"),
    ],
)
def test_wrong_usage_points_to_the_help_of_its_command(
    run: Run, arguments: list[str], says: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert f"see `aimux {arguments[0]} --help`" in err


def test_an_id_or_a_file_is_never_taken_for_a_mistyped_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "session").write_text("")
    for target in ("session", "5e55104", "deadbeef"):
        code, _, err = run(target)
        assert (code, "did you mean" in err) == (2, False)
        assert "the viewer needs a terminal" in err


def test_the_version(run: Run) -> None:
    assert run("--version") == (0, f"aimux {__version__}\n", "")
