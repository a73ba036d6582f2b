"""The reader hands out every whole line once, whatever happens to the file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.providers.base import LogFile, LogFormat
from aimux_tui.sources import reader as reader_module
from aimux_tui.sources.reader import LogReader, read_ends


def log_at(path: Path, log_format: LogFormat = "lines") -> LogFile:
    return LogFile("claude", str(path), log_format, str(path.parent))


def read_all(reader: LogReader, *, is_final: bool = False) -> tuple[bytes, bool]:
    """Everything that is new, joined, and whether it replaces what was read before."""
    chunks = list(reader.read(is_final=is_final))
    return b"".join(chunk.data for chunk in chunks), any(chunk.is_reset for chunk in chunks)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


def test_a_growing_log_is_handed_out_line_by_line(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n{"a":')
    reader = LogReader(log_at(path))
    assert read_all(reader) == (b'{"a":1}\n', False)
    assert read_all(reader) == (b"", False)
    with path.open("ab") as stream:
        stream.write(b"2}\n")
    assert read_all(reader) == (b'{"a":2}\n', False)


def test_a_whole_object_without_newline_is_handed_out_once(path: Path) -> None:
    path.write_bytes(b'{"a":1}')
    reader = LogReader(log_at(path))
    assert read_all(reader) == (b'{"a":1}', False)
    with path.open("ab") as stream:
        stream.write(b'\n{"a":2}\n')
    assert read_all(reader) == (b'\n{"a":2}\n', False)


def test_a_provisional_line_that_goes_on_is_read_again(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n{"b":1}')
    reader = LogReader(log_at(path))
    assert read_all(reader)[0] == b'{"a":1}\n{"b":1}'
    with path.open("ab") as stream:
        stream.write(b"garbage\n")
    assert read_all(reader) == (b'{"a":1}\n{"b":1}garbage\n', True)


def test_a_torn_last_line_comes_when_reading_is_final(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n{"a":')
    reader = LogReader(log_at(path))
    assert read_all(reader)[0] == b'{"a":1}\n'
    assert read_all(reader, is_final=True) == (b'{"a":', False)


def test_truncation_starts_anew(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n{"a":2}\n')
    reader = LogReader(log_at(path))
    read_all(reader)
    path.write_bytes(b'{"b":1}\n')
    assert read_all(reader) == (b'{"b":1}\n', True)


def test_truncation_to_nothing_is_told(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n')
    reader = LogReader(log_at(path))
    read_all(reader)
    path.write_bytes(b"")
    assert read_all(reader) == (b"", True)


def test_regrowth_past_the_old_end_is_noticed(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n')
    reader = LogReader(log_at(path))
    read_all(reader)
    with path.open("r+b") as stream:  # the same inode
        stream.truncate()
        stream.write(b'{"b":1}\n{"b":2}\n')
    assert read_all(reader) == (b'{"b":1}\n{"b":2}\n', True)


def test_replacement_by_rename_is_noticed(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b'{"a":1}\n')
    reader = LogReader(log_at(path))
    read_all(reader)
    other = tmp_path / "other"
    other.write_bytes(b'{"a":1}\n{"c":1}\n')
    os.replace(other, path)
    assert read_all(reader) == (b'{"a":1}\n{"c":1}\n', True)


def test_reading_goes_on_after_being_stopped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "BLOCK", 16)
    path.write_bytes(b'{"a":1}\n' * 10)
    reader = LogReader(log_at(path))
    chunks = reader.read()
    first = next(chunks).data
    chunks.close()
    rest, is_reset = read_all(reader)
    assert first + rest == b'{"a":1}\n' * 10
    assert not is_reset


def test_a_missing_file_is_the_callers_affair(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(LogReader(log_at(path)).read())


def test_a_document_comes_whole_and_only_when_finished(path: Path) -> None:
    path.write_bytes(b'{"messages":[]}')
    reader = LogReader(log_at(path, "document"))
    assert read_all(reader)[0] == b'{"messages":[]}'
    path.write_bytes(b'{"messages":[1')
    assert read_all(reader)[0] == b""
    path.write_bytes(b'{"messages":[1]}')
    assert read_all(reader)[0] == b'{"messages":[1]}'


def test_a_compressed_log_reads_like_a_plain_one(path: Path) -> None:
    lines = b'{"a":1}\n{"a":2}\n{"a":3}'
    path.write_bytes(zstandard.compress(lines))
    assert read_all(LogReader(log_at(path, "zstd-lines")))[0] == lines


def test_a_broken_compressed_log_is_an_os_error(path: Path) -> None:
    path.write_bytes(b"not zstd at all")
    with pytest.raises(OSError, match="not readable as zstd"):
        list(LogReader(log_at(path, "zstd-lines")).read())


@given(
    lines=st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=12),
    cuts=st.lists(st.integers(0, 240), max_size=8),
    block=st.integers(1, 40),
)
def test_cuts_at_any_byte_come_to_the_same_bytes(
    lines: list[bytes], cuts: list[int], block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = b"".join(line + b"\n" for line in lines)
    path = tmp_path_factory.mktemp("reader") / "log.jsonl"
    path.write_bytes(b"")
    reader = LogReader(log_at(path))
    handed_out = b""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_module, "BLOCK", block)
        for end in [*sorted(cuts), len(content)]:
            with path.open("r+b") as stream:
                stream.seek(0, os.SEEK_END)
                stream.write(content[stream.tell() : end])
            data, is_reset = read_all(reader)
            handed_out = data if is_reset else handed_out + data
    assert handed_out == content


def test_ends_of_a_long_log_are_whole_lines(path: Path) -> None:
    lines = [b'{"n":%d}\n' % number for number in range(1000)]
    path.write_bytes(b"".join(lines))
    head, offset, tail = read_ends(str(path), 100)
    assert head == b"".join(lines[: head.count(b"\n")])
    assert tail == b"".join(lines[-tail.count(b"\n") :])
    assert path.read_bytes()[offset:] == tail


def test_ends_of_a_short_log_are_all_of_it(path: Path) -> None:
    path.write_bytes(b'{"n":1}\n{"n":2}')
    head, offset, tail = read_ends(str(path), 100)
    assert (head, offset, tail) == (b'{"n":1}\n{"n":2}', 15, b"")


def test_a_long_first_line_comes_whole(path: Path) -> None:
    path.write_bytes(b'{"n":"%s"}\n{"n":2}\n{"n":3}\n' % (b"x" * 500))
    head, _, tail = read_ends(str(path), 20)
    assert head.startswith(b'{"n":"xxx')
    assert head.endswith(b"\n")
    assert tail.endswith(b'{"n":3}\n')
