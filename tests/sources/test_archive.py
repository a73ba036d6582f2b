"""The archive holds what was judged, and nothing makes it hold less."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import zstandard

from aimux_tui.providers.base import LogFile
from aimux_tui.sources import archive as module
from aimux_tui.sources.archive import Archive, archived_homes
from aimux_tui.sources.discovery import find_logs

SESSION = "5a1d3a3e-0000-4000-8000-000000000001"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / ".claude"


@pytest.fixture
def log(home: Path) -> LogFile:
    path = home / "projects" / "-work" / f"{SESSION}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"type":"user","uuid":"a","message":{"role":"user","content":"hi"}}\n' * 100)
    return LogFile("claude", str(path), "lines", str(home))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", limit=1 << 20)


def copy_of(archive: Archive) -> Path:
    (copy,) = archive.folder.rglob(f"{SESSION}.jsonl.zst")
    return copy


def content(copy: Path) -> bytes:
    return zstandard.ZstdDecompressor().decompress(copy.read_bytes())


def append(log: LogFile, text: str) -> None:
    with Path(log.path).open("a") as stream:
        stream.write(text)


def test_a_log_is_copied_once_and_again_when_it_has_grown(archive: Archive, log: LogFile):
    first = archive.keep([log])
    assert (first.logs, first.is_first, first.trouble) == (1, True, "")
    assert first.bytes == copy_of(archive).stat().st_size < 1000
    assert archive.keep([log]).logs == 0
    append(log, "{}\n")
    again = archive.keep([log])
    assert (again.logs, again.is_first) == (1, False)
    assert content(copy_of(archive)) == Path(log.path).read_bytes()


def test_the_copies_are_for_their_owner_alone(archive: Archive, log: LogFile):
    archive.keep([log])
    assert copy_of(archive).stat().st_mode & 0o077 == 0
    assert copy_of(archive).parent.stat().st_mode & 0o077 == 0
    assert archive.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what_is_left", ["", "{}\n"])
def test_a_log_that_was_cut_does_not_replace_its_copy(
    archive: Archive, log: LogFile, what_is_left: str
):
    whole = Path(log.path).read_bytes()
    archive.keep([log])
    Path(log.path).write_text(what_is_left)
    assert archive.keep([log]).logs == 0
    assert content(copy_of(archive)) == whole


def test_a_log_that_was_deleted_keeps_its_copy(archive: Archive, log: LogFile):
    archive.keep([log])
    Path(log.path).unlink()
    assert archive.keep([log]).trouble == ""
    (found,) = find_logs(archived_homes(archive.folder, ["claude"]))
    assert (found.file.format, found.file.archived_from) == ("zstd-lines", log.path)


@pytest.mark.parametrize("twin", ["", ".zst"])
def test_a_copy_is_not_listed_beside_its_original(archive: Archive, log: LogFile, twin: str):
    archive.keep([log])
    os.rename(log.path, log.path + twin)
    assert not list(find_logs(archived_homes(archive.folder, ["claude"])))
    assert not list(find_logs(archived_homes(archive.folder, ["codex"])))


def test_a_log_that_its_agent_compressed_replaces_its_copy_unless_it_is_shorter(
    archive: Archive, tmp_path: Path
):
    root = tmp_path / ".codex"
    plain = root / "sessions" / "rollout-x.jsonl"
    plain.parent.mkdir(parents=True)
    plain.write_bytes(b"{}\n" * 100)
    archive.keep([LogFile("codex", str(plain), "lines", str(root))])
    (copy,) = archive.folder.rglob("*.zst")
    packed = plain.with_name("rollout-x.jsonl.zst")
    for lines, held in ((50, 100), (200, 200)):
        packed.write_bytes(zstandard.ZstdCompressor().compress(b"{}\n" * lines))
        archive.keep([LogFile("codex", str(packed), "zstd-lines", str(root))])
        assert content(copy) == b"{}\n" * held


def test_it_does_not_grow_past_its_limit(archive: Archive, log: LogFile):
    archive.keep([log])
    before = content(copy_of(archive))
    archive.limit = archive.size() + 10
    append(log, os.urandom(5000).hex() + "\n")
    kept = archive.keep([log])
    assert kept.logs == 0
    assert "labels.archive_limit_mb" in kept.trouble
    assert content(copy_of(archive)) == before
    assert not list(archive.folder.rglob("*.part"))


def test_what_cannot_be_copied_is_told_and_the_rest_is_copied(
    archive: Archive, log: LogFile, home: Path
):
    other = home / "projects" / "-other" / f"{SESSION}.jsonl"
    other.mkdir(parents=True)
    kept = archive.keep([LogFile("claude", str(other), "lines", str(home)), log])
    assert kept.logs == 1
    assert str(other) in kept.trouble


def test_what_a_killed_copier_left_is_removed_in_time(
    archive: Archive, log: LogFile, monkeypatch: pytest.MonkeyPatch
):
    archive.keep([log])
    left = copy_of(archive).with_name(f".{SESSION}.jsonl.zst.4711.part")
    left.write_text("half")
    append(log, "{}\n")
    archive.keep([log])
    assert left.exists(), "its copier may be at work"
    monkeypatch.setattr(module, "_ABANDONED_S", 0)
    append(log, "{}\n")
    archive.keep([log])
    assert not left.exists()


def test_what_belongs_to_a_log_is_kept_with_it(archive: Archive, log: LogFile, home: Path):
    spilled = Path(log.path).with_suffix("") / "tool-results" / "toolu_1.txt"
    spilled.parent.mkdir(parents=True)
    spilled.write_text("long output")
    agent = Path(log.path).with_suffix("") / "subagents" / "agent-a1.jsonl"
    agent.parent.mkdir()
    agent.write_text("{}\n")
    agent.with_name("agent-a1.meta.json").write_text('{"agentType":"explorer"}')
    archive.keep([log, LogFile("claude", str(agent), "lines", str(home), SESSION)])
    names = {path.name for path in archive.folder.rglob("*") if path.is_file()}
    assert {"toolu_1.txt", "agent-a1.jsonl.zst", "agent-a1.meta.json"} <= names
