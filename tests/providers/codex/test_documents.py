"""Rollouts that are one JSON document."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from aimux_tui.model.turn import Turn
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.codex import PROVIDER
from tests.providers.codex.build import CWD, MemorySource, bare_session, document

FILE = LogFile("codex", "/h/.codex/sessions/rollout-2025-05-01-abc.json", "document", "/h/.codex")
FORMS = {"pretty": document(bare_session()), "compact": document(bare_session(), indent=None)}


def opened(data: bytes) -> list[Turn]:
    scan = PROVIDER.scan(FILE)
    scan.feed(data, 0)
    return [PROVIDER.read_turn(MemorySource(FILE, data), turn) for turn in scan.turns]


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_a_document_says_what_its_lines_would(data: bytes):
    scan = PROVIDER.scan(FILE)
    scan.feed(data, 0)
    summary, lines = scan.summary(), bare_session().summary()
    assert replace(summary, lines=lines.lines) == lines
    assert (summary.cwd, summary.turns, summary.lines) == (CWD, 1, 7)
    (turn,) = opened(data)
    (wanted,) = bare_session().opened()
    assert [type(step) for step in turn.steps] == [type(step) for step in wanted.steps]
    (call,) = turn.tool_calls
    assert (call.snippet, call.output.text, call.exit_code) == ("ls", "a.py\n", 1)


def test_every_record_has_its_place():
    for data in FORMS.values():
        (turn,) = opened(data)
        for step in turn.steps:
            assert step.record is not None
            assert data[step.record.offset] == ord("{")
            assert data[step.record.end - 1] == ord("}")


def test_a_document_read_anew_replaces_what_it_said():
    data = FORMS["pretty"]
    scan = PROVIDER.scan(FILE)
    scan.feed(data, 0)
    wanted, _ = scan.summary(), scan.changed_since(0)
    for part in (data[: len(data) // 2], b"", data):
        scan.feed(part, 0)
    assert scan.summary() == wanted
    first, mark = scan.changed_since(1)
    assert (first, scan.changed_since(mark)) == (0, (1, mark))


@pytest.mark.parametrize("part", range(1, 10))
def test_a_document_that_breaks_off_keeps_its_beginning(part: int):
    data = FORMS["pretty"]
    cut = data[: len(data) * part // 10]
    scan = PROVIDER.scan(FILE)
    scan.feed(cut, 0)
    assert scan.summary().bad_lines <= 1
    assert len(opened(cut)) == len(scan.turns)


def test_junk_is_counted():
    scan = PROVIDER.scan(FILE)
    scan.feed(b"no document", 0)
    assert (scan.summary().bad_lines, list(scan.turns)) == (1, [])


def test_it_is_found_and_recognised(tmp_path: Path):
    folder = tmp_path / "sessions"
    folder.mkdir()
    path = folder / "rollout-2025-05-01-abc.json"
    path.write_bytes(FORMS["pretty"])
    (file,) = PROVIDER.find(tmp_path)
    assert file.format == "document"
    assert PROVIDER.recognise(path, FORMS["pretty"][:300]) == file
    assert PROVIDER.recognise(path, b'{"sessionId": "x", "messages": []}') is None
