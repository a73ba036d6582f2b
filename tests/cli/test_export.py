"""`aimux export` and `aimux verify`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.homes import AGENT_ID, CLAUDE_ID, CODEX_ID

LINES = ("header", "session", "turn", "end")


def types_in(text: str) -> list[str]:
    return [json.loads(line)["type"] for line in text.splitlines()]


def test_a_file_in_the_usual_folder(home: Path, logs: dict[str, Path], run: Run) -> None:
    code, out, err = run("export", CODEX_ID[:13])
    assert code == 0
    path = Path(out.strip())
    assert path.parent == home / ".aimux" / "exports"
    assert path.name.startswith(CODEX_ID)
    assert tuple(types_in(path.read_text())) == LINES
    assert "1 session, 1 turn, 1 tool call" in err
    assert "(bounded)" in err


def test_the_standard_output_holds_data_alone(logs: dict[str, Path], run: Run) -> None:
    code, out, err = run("export", CODEX_ID, "--out", "-")
    assert code == 0
    assert tuple(types_in(out)) == LINES
    assert err.startswith("aimux: 1 session")


def test_a_log_file_from_elsewhere(logs: dict[str, Path], run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / logs["codex"].name
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(logs["codex"].read_bytes())
    code, out, _ = run("export", str(elsewhere), "--format", "markdown", "--out", "-")
    assert code == 0
    assert "> Run the tests" in out
    code, _, err = run("export", str(elsewhere), CLAUDE_ID, "--out", "-")
    assert code == 2
    assert "lies in no agent's home" in err


def test_filters_and_profile(logs: dict[str, Path], run: Run) -> None:
    code, out, _ = run("export", "--project", "shop", "--redact", "redacted", "--out", "-")
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    keys = [line["key"] for line in lines if line["type"] == "session"]
    assert keys == [f"claude:{CLAUDE_ID}", f"claude:{CLAUDE_ID}/{AGENT_ID}"]
    assert lines[0]["scope"] == {"project": "shop"}
    assert "Fix the login redirect" not in out


def test_labelled_turns(logs: dict[str, Path], run: Run) -> None:
    assert run("label", CODEX_ID, "1", "good", "--note", "as it should be")[0] == 0
    code, out, _ = run("export", "--label", "good", "--format", "openai", "--out", "-")
    assert code == 0
    (line,) = [json.loads(line) for line in out.splitlines()]
    assert line["metadata"]["turns"][0]["annotation"]["note"] == "as it should be"
    code, _, err = run("export", "--label", "waste", "--out", "-")
    assert code == 1
    assert "nothing to export" in err


def test_one_turn(logs: dict[str, Path], run: Run) -> None:
    code, out, _ = run("export", CODEX_ID, "--turn", "last", "--out", "-")
    assert code == 0
    assert types_in(out).count("turn") == 1
    assert run("export", CODEX_ID, "--turn", "7", "--out", "-")[0] == 3
    assert run("export", "--all", "--turn", "1")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "what is to be exported?"),
        (("--all", CODEX_ID), "either sessions or --all"),
        (("--all", "--provider", "codx"), "did you mean codex?"),
        (("--all", "--format", "jsnl"), "invalid choice"),
        (("--all", "--endpoint", "localhost"), "--format otlp"),
        (("--all", "--since", "soon"), "--since"),
    ],
)
def test_wrong_usage_is_told(
    logs: dict[str, Path], run: Run, arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run("export", *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_nothing_is_written_into_an_agents_home(
    home: Path, logs: dict[str, Path], run: Run
) -> None:
    code, _, err = run("export", CODEX_ID, "--out", str(home / ".codex" / "sessions"))
    assert code == 1
    assert "in the home of an agent" in err
    assert not list((home / ".codex").rglob("*.receipt.json"))


def test_the_result_for_programs(logs: dict[str, Path], run: Run, tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    code, out, _ = run("export", "--all", "--out", str(target), "--json")
    assert code == 0
    result = json.loads(out)
    assert result["path"] == str(target)
    assert result["bytes"] == target.stat().st_size
    assert result["counts"]["turns"] == 4
    assert result["profile"] == "bounded"


def test_a_preview_writes_nothing(home: Path, logs: dict[str, Path], run: Run) -> None:
    with logs["codex"].open("a") as stream:
        said = "see https://user:tr0ub4dor3@git.corp.example/x and http://localhost:1/"
        payload = {"type": "user_message", "message": said}
        record = {"timestamp": "2026-11-20T10:00:00Z", "type": "event_msg", "payload": payload}
        stream.write(json.dumps(record) + "\n")
    code, out, _ = run("export", "--all", "--preview")
    assert code == 0
    assert "3 sessions with 1 sub-agent, 5 turns, 4 tool calls" in out
    assert "password in a URL" in out
    assert "git.corp.example" in out
    assert not (home / ".aimux" / "exports").exists()
    found = json.loads(run("export", "--all", "--preview", "--json")[1])
    assert found["secrets"]["password in a URL"] == found["removed"]["masked"] >= 1
    assert set(found["hosts"]) == {"git.corp.example", "localhost"}
    assert found["spans"] > 10


def test_settings_say_where_and_how(home: Path, logs: dict[str, Path], run: Run) -> None:
    (home / ".aimux").mkdir()
    (home / ".aimux" / "config.yaml").write_text("export: {folder: ~/out, redact: redacted}\n")
    code, out, _ = run("export", CODEX_ID)
    assert code == 0
    path = Path(out.strip())
    assert path.parent == home / "out"
    assert json.loads(path.read_text().splitlines()[0])["profile"] == "redacted"


def test_verify(logs: dict[str, Path], run: Run, tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    run("export", "--all", "--out", str(target))
    code, out, err = run("verify", str(target))
    assert (code, err) == (0, "")
    assert out.startswith(f"✓ {target}")
    target.write_bytes(target.read_bytes() + b" ")
    code, out, _ = run("verify", str(target), "--json")
    assert code == 1
    (found,) = json.loads(out)["exports"]
    assert not found["is_unchanged"]
    code, out, err = run("verify", str(target), str(tmp_path / "none"))
    assert code == 1
    assert out.startswith("✗")
    assert "has no receipt" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing(
    home: Path, logs: dict[str, Path], tmp_path: Path, number: signal.Signals
) -> None:
    """The exporter waits at a pipe that nobody empties, so that it is surely in the middle."""
    folder = tmp_path / "out"
    folder.mkdir()
    stop = (
        "import os, sys\n"
        "from aimux_tui.export import progress\n"
        "def count(self, turn):\n"
        "    print('begun', flush=True)\n"
        "    sys.stdin.read()\n"
        "progress.ExportTracker.count = count\n"
        "from aimux_tui.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", stop, "export", "--all", "--out", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    assert len(list(folder.iterdir())) == 1
    process.send_signal(number)
    process.communicate()
    assert process.returncode == 130
    assert list(folder.iterdir()) == []


def test_nothing_is_left_where_there_is_no_room(logs: dict[str, Path], tmp_path: Path) -> None:
    """A limit of the size of files stands for the disk: writing fails in the middle."""
    folder = tmp_path / "out"
    folder.mkdir()
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "from aimux_tui.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "export", "--all", "--out", str(folder)],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "AIMUX_INDEX_ENABLED": "false",
        },
        check=False,
    )
    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert "File too large" in done.stderr
    assert list(folder.iterdir()) == []


def test_headless_exports_import_no_screen(logs: dict[str, Path]) -> None:
    code = (
        "import sys\n"
        "from aimux_tui.cli.main import main\n"
        "main(['export', '--all', '--out', '-'])\n"
        "bad = {'textual', 'rich', 'httpx', 'google.protobuf'} & set(sys.modules)\n"
        "assert not bad, bad\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
