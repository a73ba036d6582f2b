"""`aimux env` and `aimux run`: an agent's telemetry, sent here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aimux_tui.cli import env
from tests.cli.conftest import Run


def test_a_shell_can_evaluate_what_is_printed(home: Path, run: Run) -> None:
    code, out, _ = run("env", "claude", "--shell", "sh")
    assert code == 0
    script = f'{out}\necho "$OTEL_EXPORTER_OTLP_ENDPOINT $CLAUDE_CODE_ENABLE_TELEMETRY"'
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "http://127.0.0.1:4318 1"


@pytest.mark.parametrize("shell", ["fish", "powershell"])
def test_in_the_words_of_other_shells(home: Path, run: Run, shell: str) -> None:
    out = run("env", "gemini", "--shell", shell)[1]
    said = {"fish": "set -gx GEMINI_TELEMETRY_ENABLED true"}
    assert said.get(shell, "$env:GEMINI_TELEMETRY_ENABLED = 'true'") in out


def test_the_port_of_the_settings_is_used(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIMUX_OTEL_PORT", "5000")
    assert "http://127.0.0.1:5000" in run("env", "copilot")[1]


def test_write_shows_the_change_and_makes_it(home: Path, run: Run) -> None:
    code, out, _ = run("env", "codex", "--write", "--yes")
    assert code == 0
    assert "+[otel]" in out
    assert "http://127.0.0.1:4318/v1/logs" in (home / ".codex" / "config.toml").read_text()
    assert "says so already" in run("env", "codex", "--write", "--yes")[1]


def test_write_asks_and_takes_no_for_an_answer(home: Path, run: Run) -> None:
    code, _, err = run("env", "claude", "--write")
    assert (code, "nobody is there to be asked" in err) == (2, True)
    assert not (home / ".claude").exists()


def test_what_has_no_settings_says_what_to_do(home: Path, run: Run) -> None:
    code, _, err = run("env", "copilot", "--write", "--yes")
    assert (code, "start-up file" in err) == (2, True)


@pytest.fixture
def agent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called claude and codex that tells how it was started."""
    folder = home / "bin"
    folder.mkdir()
    for name in ("claude", "codex", "opencode", "vim"):
        script = folder / name
        script.write_text(
            f"#!{sys.executable}\nimport json, os, sys\n"
            "print(json.dumps({'arguments': sys.argv[1:], 'env': dict(os.environ)}))\n"
        )
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def started(*arguments: str) -> tuple[dict[str, object], str]:
    done = subprocess.run(
        [sys.executable, "-m", "aimux_tui", "run", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout), done.stderr


def test_run_becomes_the_agent_with_everything_set(agent: Path) -> None:
    told, err = started("--", "claude", "-p", "--resume", "x")
    assert told["arguments"] == ["-p", "--resume", "x"]
    variables = told["env"]
    assert isinstance(variables, dict)
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
    version, trace, span, flags = variables["TRACEPARENT"].split("-")
    assert (version, len(trace), len(span), flags) == ("00", 32, 16, "01")
    assert "nothing listens at" in err or err == ""


def test_codex_is_told_by_arguments(agent: Path) -> None:
    told, _ = started("codex", "exec", "hello")
    arguments = told["arguments"]
    assert isinstance(arguments, list)
    assert arguments[-2:] == ["exec", "hello"]
    assert 'otel.exporter={otlp-http={endpoint="http://127.0.0.1:4318/v1/logs",' in " ".join(
        arguments
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no command"),
        (("--",), "no command"),
        (("no-such-program",), "no such command"),
        (("vim", "x"), "is no agent"),
        (("opencode", "run"), "is pointed here by its settings"),
    ],
)
def test_what_cannot_be_started_says_why(
    agent: Path, run: Run, words: tuple[str, ...], message: str
) -> None:
    code, _, err = run("run", *words)
    assert (code, message in err) == (2, True)


def test_an_address_that_takes_any_is_reached_at_this_machine(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aimux_tui.config.schema import OtelSettings

    assert env.receiver_url(OtelSettings(host="0.0.0.0")) == "http://127.0.0.1:4318"
    assert env.receiver_url(OtelSettings(host="::1", port=9)) == "http://[::1]:9"
