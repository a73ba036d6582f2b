"""Files that appear whole or not at all, and their receipts."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aimux_tui.errors import ExportError
from aimux_tui.export.files import NewFiles
from aimux_tui.export.receipt import receipt_path, verify
from aimux_tui.export.run import choose_target
from tests.export.stage import CLAUDE, CODEX, REDACTED, Stage

NOBODY = os.geteuid() == 0
"""Root writes everywhere."""


def test_files_appear_together(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with NewFiles() as files:
        first, second = files.open(folder / "a"), files.open(folder / "b")
        first.write(b"one")
        second.write(b"two")
        assert not any(path.name in {"a", "b"} for path in folder.iterdir())
        files.commit()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"one", "b": b"two"}
    assert first.sha256 == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_of_what_went_wrong(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "a").write_text("before")

    def fail() -> None:
        with NewFiles() as files:
            files.open(tmp_path / "a").write(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "before"


@pytest.mark.skipif(NOBODY, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ExportError, match="cannot write") as caught, NewFiles() as files:
        files.open(tmp_path / "a")
    assert "--out" in caught.value.hint


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(ExportError, match="cannot write"), NewFiles() as files:
        files.open(tmp_path / "a" / "b")


def test_only_exports_are_replaced(stage: Stage, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
    one, several = stage.select(sessions=(CODEX,)), stage.select()
    usual = tmp_path / "usual"

    def choose(given: str, selection: object = one) -> Path:
        return choose_target(given, usual, "jsonl", selection, now)  # type: ignore[arg-type]

    name = f"{CODEX.partition(':')[2]}-20260314T123000Z.jsonl"
    assert choose("") == usual / name
    assert choose("", several) == usual / "3-sessions-20260314T123000Z.jsonl"
    assert choose(str(tmp_path)) == tmp_path / name
    target = tmp_path / "mine.jsonl"
    assert choose(str(target)) == target
    target.write_text("not an export")
    with pytest.raises(ExportError, match="is there already"):
        choose(str(target))
    target.unlink()
    stage.export("jsonl", target, sessions=(CODEX,))
    assert choose(str(target)) == target


def test_a_sub_agents_id_is_no_path(stage: Stage, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    agent = stage.library.get(CLAUDE).children[0]  # type: ignore[union-attr]
    target = choose_target("", tmp_path, "html", stage.select(sessions=(agent,)), datetime.now(UTC))
    assert target.parent == tmp_path
    assert target.suffix == ".html"


def test_a_receipt_tells_of_every_change(stage: Stage, tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    manifest = stage.export("jsonl", target, REDACTED).manifest
    assert manifest is not None
    assert verify(target).differences == ()
    assert verify(receipt_path(target)).differences == ()
    data = target.read_bytes()
    target.write_bytes(data[:-1] + b" ")
    assert "another content of the same size" in verify(target).differences[0]
    target.write_bytes(data + b"\n")
    assert f"has {len(data) + 1:,} bytes, and had {len(data):,}" in verify(target).differences[0]
    target.write_bytes(data)
    manifest.write_text("")
    assert manifest.name in verify(target).differences[0]
    manifest.unlink()
    target.unlink()
    assert verify(target).differences == (
        f"{target.name} is missing",
        f"{manifest.name} is missing",
    )


def test_what_is_no_receipt(tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    with pytest.raises(ExportError, match="has no receipt"):
        verify(target)
    for text, words in (
        ("{", "is no receipt"),
        ("{}", "is no receipt"),
        ("\udcff", "is no receipt"),
    ):
        receipt_path(target).write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(ExportError, match=words):
            verify(target)


def test_a_receipt_of_a_newer_aimux(stage: Stage, tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    stage.export("jsonl", target)
    fields = json.loads(receipt_path(target).read_text())
    receipt_path(target).write_text(json.dumps({**fields, "version": 99}))
    with pytest.raises(ExportError, match="another kind") as caught:
        verify(target)
    assert "newer" in caught.value.hint


def test_exports_may_be_renamed_with_what_stands_beside_them(stage: Stage, tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    stage.export("jsonl", target, REDACTED)
    for path in list(tmp_path.glob("x.jsonl*")):
        path.rename(tmp_path / path.name.replace("x.jsonl", "y.jsonl"))
    assert verify(tmp_path / "y.jsonl").differences == ()
