"""Where rollouts lie, and which files are rollouts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zstandard

from aimux_tui.providers.base import LogFile
from aimux_tui.providers.codex import PROVIDER
from aimux_tui.providers.codex.identity import id_from_path, milliseconds_of
from aimux_tui.providers.codex.places import turn_ids_of
from tests.providers.codex.build import Rollout, bare_session, uuid7, write_home

NAME = "rollout-2026-05-01T09-00-00-019de2c5-2e80-7000-8000-000000000001.jsonl"


def test_roots():
    home = Path("/home/u")
    assert PROVIDER.roots({}, home) == (home / ".codex",)
    assert PROVIDER.roots({"CODEX_HOME": "/data/codex"}, home) == (Path("/data/codex"),)
    assert PROVIDER.roots({"CODEX_HOME": " "}, home) == (home / ".codex",)


def test_it_finds_sessions_archived_and_cold_ones(tmp_path: Path):
    write_home(tmp_path)
    files = list(PROVIDER.find(tmp_path / ".codex"))
    assert [file.format for file in files].count("zstd-lines") == 1
    assert len(files) == 5
    assert any("archived_sessions" in file.path for file in files)
    assert {file.root for file in files} == {str(tmp_path / ".codex")}


def test_the_plain_file_wins_over_its_compressed_twin(tmp_path: Path):
    day = tmp_path / "sessions" / "2026"
    day.mkdir(parents=True)
    for name in (NAME, f"{NAME}.zst", "rollout-x.jsonl.zst", "notes.jsonl", "rollout-y.txt"):
        (day / name).touch()
    found = [Path(file.path).name for file in PROVIDER.find(tmp_path)]
    assert found == [NAME, "rollout-x.jsonl.zst"]


def test_it_watches_both_folders():
    assert PROVIDER.watched(Path("/c")) == (Path("/c/sessions"), Path("/c/archived_sessions"))


@pytest.mark.parametrize("log", [Rollout().meta(), bare_session()], ids=["envelope", "bare"])
def test_a_rollout_is_known_by_its_lines(log: Rollout):
    file = PROVIDER.recognise(Path("/any/where.jsonl"), log.data)
    assert file == LogFile("codex", "/any/where.jsonl", "lines", "/any")


def test_a_first_line_that_is_longer_than_the_head():
    data = Rollout().meta(base_instructions={"text": "x" * 100_000}).data
    data = json.dumps(json.loads(data), separators=(",", ":")).encode()
    assert PROVIDER.recognise(Path("/any/where.jsonl"), data[:4_000]) is not None


def test_a_file_in_a_home_belongs_to_it():
    path = Path(f"/h/.codex/sessions/2026/05/01/{NAME}")
    file = PROVIDER.recognise(path, Rollout().meta().data)
    assert file is not None
    assert file.root == "/h/.codex"
    assert PROVIDER.recognise(path, b"") is not None


def test_compressed_rollouts_are_known_by_name_or_content():
    packed = zstandard.ZstdCompressor().compress(Rollout().meta().data)
    for name in (f"{NAME}.zst", "other.jsonl.zst"):
        file = PROVIDER.recognise(Path("/any") / name, packed)
        assert file is not None
        assert file.format == "zstd-lines"
    assert PROVIDER.recognise(Path("/any/other.jsonl.zst"), b"\x28\xb5\x2f\xfdjunk") is None
    assert PROVIDER.recognise(Path(f"/any/{NAME}.zst"), b"no zstd") is None


@pytest.mark.parametrize(
    "head",
    [
        b'{"type":"user","message":{"role":"user","content":"x"},"uuid":"u","sessionId":"s"}\n',
        b'{"sessionId":"s","projectHash":"p","startTime":"t"}\n',
        b'{"type":"session","version":3,"id":"x","cwd":"/w"}\n',
        b"not json\n",
        b"",
    ],
)
def test_other_agents_logs_are_not_ours(head: bytes):
    assert PROVIDER.recognise(Path("/any/where.jsonl"), head) is None
    assert PROVIDER.recognise(Path("/any/where.json"), Rollout().meta().data) is None


def test_titles_the_last_one_wins(tmp_path: Path):
    rows = [
        {"id": "a", "thread_name": "first"},
        {"id": "b", "thread_name": "  "},
        {"id": "a", "thread_name": "second\nline"},
        {"id": 7, "thread_name": None},
    ]
    lines = [json.dumps(row).encode() for row in rows]
    (tmp_path / "session_index.jsonl").write_bytes(b"\n".join([*lines, b"", b"{torn"]))
    assert PROVIDER.titles(tmp_path) == {"a": "second line"}
    assert PROVIDER.titles(tmp_path / "nowhere") == {}


def test_a_name_given_in_the_log():
    log = Rollout().meta().start("t").typed("go")
    log.event("thread_name_updated", thread_id=log.thread, thread_name="My title")
    log.event("thread_name_updated", thread_id="other", thread_name="Theirs").end("t")
    summary = log.summary()
    assert (summary.title, summary.title_is_given) == ("My title", True)
    assert summary.titles_for_others == {"other": "Theirs"}
    assert not Rollout().meta().typed("go").summary().title_is_given


def test_nothing_tells_of_a_running_agent(tmp_path: Path):
    assert PROVIDER.live_states(tmp_path) == {}
    assert PROVIDER.resume_command("abc", "/work") == ["codex", "resume", "abc"]


def test_ids():
    assert id_from_path(f"/x/{NAME}") == "019de2c5-2e80-7000-8000-000000000001"
    assert id_from_path("/x/session.jsonl.zst") == "session"
    assert milliseconds_of(uuid7(0)) == 1_777_626_000_000
    assert milliseconds_of("turn-1") is None
    assert milliseconds_of("5973b6c0-94b8-487b-a530-2aeb6098ae0e") is None


def test_a_log_without_meta_data_is_named_by_its_file():
    assert Rollout("019de2c5-2e80-7000-8000-000000000001").typed("x").summary().session_id == (
        "019de2c5-2e80-7000-8000-000000000001"
    )


@pytest.mark.parametrize("packed", [False, True])
def test_another_threads_turns(tmp_path: Path, packed: bool):
    """In the folder of the day on which the thread was made, whichever that is locally."""
    parent = Rollout(uuid7(0, 7)).meta().start("turn-1").end("turn-1").start("turn-2")
    day = tmp_path / "sessions" / "2026" / "05" / "01"
    day.mkdir(parents=True)
    name = f"rollout-2026-05-01T11-00-00-{parent.thread}.jsonl"
    if packed:
        (day / f"{name}.zst").write_bytes(zstandard.ZstdCompressor().compress(parent.data))
    else:
        (day / name).write_bytes(parent.data)
    near = LogFile("codex", str(tmp_path / "elsewhere" / NAME), "lines", str(tmp_path))
    assert turn_ids_of(parent.thread, near) == {"turn-1", "turn-2"}
    assert not turn_ids_of("../../etc/passwd", near)
    assert not turn_ids_of(uuid7(9, 9), near)
