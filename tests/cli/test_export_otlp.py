"""`aimux export --format otlp`: what is sent, and that nobody sends by accident."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.homes import CODEX_ID
from tests.export.otlp.server import Reply, Server, serving

FAR = "https://otel.example.invalid"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as server:
        yield server


def test_what_is_sent_twice_is_there_once(logs: dict[str, Path], run: Run, server: Server) -> None:
    arguments = ("export", "--all", "--format", "otlp", "--endpoint", server.base)
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert out.startswith(f"3 traces, {len(server.taken)} spans")
    assert max(server.copies.values()) == 1
    code, out, _ = run(*arguments)
    assert code == 0
    assert out.startswith("nothing new")
    assert max(server.copies.values()) == 1


def test_the_result_for_programs(logs: dict[str, Path], run: Run, server: Server) -> None:
    code, out, _ = run("export", CODEX_ID, "--format", "otlp", "--endpoint", server.base, "--json")
    assert code == 0
    result = json.loads(out)
    assert result["traces"] == 1
    assert result["spans"] == len(server.taken)


def test_what_could_not_be_sent_is_sent_by_a_retry(
    logs: dict[str, Path], run: Run, server: Server
) -> None:
    server.rule = lambda _request: Reply(401)
    code, _, err = run("export", CODEX_ID, "--format", "otlp", "--endpoint", server.base)
    assert code == 1
    assert "--retry" in err
    assert not server.taken
    server.rule = lambda _request: None
    code, out, _ = run("export", "--retry", "--endpoint", server.base)
    assert code == 0
    assert out.startswith("1 trace, ")
    assert max(server.copies.values()) == 1


def test_words_do_not_leave_where_they_are_redacted(
    logs: dict[str, Path], run: Run, server: Server
) -> None:
    arguments = ("export", "--all", "--format", "otlp", "--endpoint", server.base)
    assert run(*arguments, "--redact", "redacted")[0] == 0
    sent = b"".join(request.plain for request in server.posts)
    assert b"[removed: " in sent
    assert b"Run the tests" not in sent
    assert b"Fix the login redirect" not in sent


def test_nothing_goes_to_another_machine_unasked(logs: dict[str, Path], run: Run) -> None:
    code, out, err = run("export", "--all", "--format", "otlp", "--endpoint", FAR)
    assert (code, out) == (1, "")
    assert "nothing was sent" in err
    assert "--preview" in err


def test_a_preview_sends_nothing(logs: dict[str, Path], run: Run, server: Server) -> None:
    for endpoint in (FAR, server.base):
        code, out, _ = run(
            "export", "--all", "--format", "otlp", "--endpoint", endpoint, "--preview"
        )
        assert code == 0
        assert out.startswith(f"would go to {endpoint}")
        assert "3 sessions with 1 sub-agent" in out
    assert server.requests == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--all", "--format", "otlp"), 1, "no endpoint"),
        (("--all", "--format", "otlp", "--out", "x"), 2, "--out is for files"),
        (("--retry",), 1, "no endpoint"),
    ],
)
def test_wrong_usage_is_told(
    logs: dict[str, Path], run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    found, _, err = run("export", *arguments)
    assert found == code
    assert words in err
