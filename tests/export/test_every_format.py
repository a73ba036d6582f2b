"""What every format has to fulfil; a new one is tested by its row in the registry."""

from __future__ import annotations

import errno
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.errors import CommandError, ExportError
from aimux_tui.export.files import NewFile
from aimux_tui.export.progress import ExportCancelledError, ExportCounts, ExportTracker
from aimux_tui.export.receipt import verify
from aimux_tui.export.redaction.material import RedactedMaterial
from aimux_tui.export.registry import FORMATS, FormatRow, load_exporter
from aimux_tui.export.run import export_to_file, export_to_stream, make_redactor
from aimux_tui.model.body import Body
from aimux_tui.model.turn import Text, Turn
from tests.export.html.hostile import hostile_material
from tests.export.html.materials import FakeMaterial, context
from tests.export.stage import AGENT, BOUNDED, CLAUDE, FULL, REDACTED, Sink, Stage, stop_after
from tests.tui.fake_turns import make_turn

NAMES = [row.name for row in FORMATS]
pytestmark = pytest.mark.parametrize("name", NAMES)


def row_of(name: str) -> FormatRow:
    return next(row for row in FORMATS if row.name == name)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_it_has_a_row_that_fits(name: str) -> None:
    row = row_of(name)
    assert load_exporter(name).name == name
    assert row.suffix.startswith(".")
    assert row.title
    assert row.summary
    assert len([other for other in FORMATS if other.key and other.key == row.key]) <= 1


def test_a_file_is_whole_and_has_its_receipt(stage: Stage, out: Path, name: str) -> None:
    target = out / f"all{row_of(name).suffix}"
    result = stage.export(name, target)
    assert result.counts == ExportCounts(3, 1, 4, 4, result.counts.requests)
    assert files_in(out) == [target.name, f"{target.name}.receipt.json"]
    assert result.size == target.stat().st_size > 0
    assert target.stat().st_mode & 0o077 == 0
    checked = verify(target)
    assert checked.differences == ()
    assert checked.receipt.counts["turns"] == 4
    assert checked.receipt.format == name


def test_twice_the_same_is_written(stage: Stage, name: str) -> None:
    first, second = (stage.exported(name, sessions=(CLAUDE,)) for _ in range(2))
    assert without_times(first) == without_times(second)


def without_times(data: bytes) -> bytes:
    """The time of the export is the only thing that may differ."""
    return re.sub(rb'"created":"[^"]*"', b"", re.sub(rb"\d\d:\d\d(:\d\d)?", b"", data))


def test_a_sub_agent_is_exported_once(stage: Stage, name: str) -> None:
    answer = b"There are none."
    alone = stage.exported(name, sessions=(AGENT,)).count(answer)
    with_parent = stage.exported(name, sessions=(CLAUDE,)).count(answer)
    both = stage.exported(name, sessions=(AGENT, CLAUDE)).count(answer)
    assert alone >= 1
    assert both == with_parent


@pytest.mark.parametrize("profile", [FULL, BOUNDED, REDACTED])
def test_hostile_text_is_taken(name: str, profile: RedactionProfile) -> None:
    sink = Sink()
    material: Any = hostile_material("http://127.0.0.1:9")
    redactor = make_redactor(profile)
    if redactor is not None:
        material = RedactedMaterial(material, redactor)
    load_exporter(name).write([material], sink, context())
    assert bytes(sink).decode("utf-8")
    assert "\x1b" not in bytes(sink).decode("utf-8")


def test_an_empty_session_is_taken(name: str) -> None:
    sink = Sink()
    material = FakeMaterial([])
    load_exporter(name).write([material], sink, context())
    assert bytes(sink).count(b"Traceback") == 0


def test_a_session_with_a_turn_without_answer_is_taken(name: str) -> None:
    turn = replace(make_turn(1, "Nobody answers"), steps=())
    load_exporter(name).write([FakeMaterial([turn])], Sink(), context())


@pytest.mark.parametrize("turns", [0, 1, 3])
def test_nothing_is_left_of_a_cancelled_one(stage: Stage, out: Path, name: str, turns: int) -> None:
    out.mkdir()
    (out / "kept.txt").write_text("mine")
    tracker = ExportTracker(should_stop=stop_after(turns))
    with pytest.raises(ExportCancelledError):
        stage.export(name, out / "all.x", BOUNDED, tracker)
    assert files_in(out) == ["kept.txt"]


def test_what_was_there_before_survives_a_cancelled_one(stage: Stage, out: Path, name: str) -> None:
    stage.export(name, out / "all.x")
    before = (out / "all.x").read_bytes()
    with pytest.raises(ExportCancelledError):
        stage.export(name, out / "all.x", tracker=ExportTracker(should_stop=stop_after(2)))
    assert (out / "all.x").read_bytes() == before
    assert verify(out / "all.x").differences == ()


def test_nothing_is_left_where_the_disk_is_full(
    stage: Stage, out: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: NewFile) -> None:
        raise ExportError("cannot write it") from OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(NewFile, "finish", full)
    with pytest.raises(ExportError):
        stage.export(name, out / "all.x")
    assert files_in(out) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_device_is_told_in_words(stage: Stage, name: str) -> None:
    with Path("/dev/full").open("wb", buffering=0) as stream, pytest.raises((ExportError, OSError)):
        export_to_stream(stage.select(), name, stream, FULL, ExportTracker())


def test_a_log_that_is_gone_is_left_out(stage: Stage, out: Path, name: str) -> None:
    selection = stage.select()
    stage.logs["codex"].unlink()
    tracker = ExportTracker()
    result = export_to_file(selection, name, out / "all.x", FULL, tracker)
    assert len(result.missed) == 1
    assert result.counts.sessions == 2


def test_nothing_to_export_is_an_error(stage: Stage, out: Path, name: str) -> None:
    with pytest.raises(ExportError, match="nothing to export"):
        stage.export(name, out / "all.x", project="no such project")
    assert files_in(out) == []


def test_progress_is_told_turn_by_turn(stage: Stage, out: Path, name: str) -> None:
    told: list[int] = []
    tracker = ExportTracker(lambda counts: told.append(counts.turns))
    stage.export(name, out / "all.x", tracker=tracker)
    assert told == [1, 2, 3, 4]
    assert stage.select().turns == 4


def test_memory_does_not_grow_with_a_session(name: str) -> None:
    words = "An answer of some length. " * 10_000
    turns = 40

    def make_turns() -> Iterator[Turn]:
        for number in range(1, turns + 1):
            text = f"{number} {words}"
            yield make_turn(number, "Go on", [Text(Body.of(text))])

    write = load_exporter(name).write
    write([FakeMaterial([make_turn(1, "Imports")])], Nowhere(), context())
    tracemalloc.start()
    try:
        write([FakeMaterial(make_turns())], Nowhere(), context())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < turns * len(words) / 2


class Nowhere:
    """Forgets what is written."""

    def write(self, data: bytes) -> None:
        pass


def test_an_unknown_format_is_answered_with_the_right_one(name: str) -> None:
    with pytest.raises(CommandError) as caught:
        load_exporter(name[:-1])
    assert name in caught.value.hint
