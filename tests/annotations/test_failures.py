"""A label that could not be written is an error, and is not shown."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aimux_tui.annotations import appending
from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.file_names import file_name
from aimux_tui.errors import AnnotationError
from aimux_tui.model.annotation import Label
from tests.annotations.changes import OTHER, SESSION, turn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evaluations"


@pytest.fixture
def book(folder: Path) -> EvaluationBook:
    book = EvaluationBook(folder)
    book.record((turn(1, Label.GOOD),))
    return book


@pytest.fixture
def limit_file_size() -> Iterator[Callable[[int], None]]:
    """As a full disk: no file grows past so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def labels(book: EvaluationBook, session: str = SESSION) -> dict[str, Label | None]:
    return {key: one.label for key, one in book.get(session).turns.items()}


@pytest.mark.parametrize("room", [0, 40], ids=["not a byte fits", "a part of the line fits"])
def test_a_full_disk(
    book: EvaluationBook, folder: Path, limit_file_size: Callable[[int], None], room: int
):
    path = folder / file_name(SESSION)
    before = path.read_bytes()
    limit_file_size(len(before) + room)
    with pytest.raises(AnnotationError) as caught:
        book.record((turn(2, Label.BAD), turn(1, Label.BAD)))
    assert str(path) in caught.value.message
    assert "free some space" in caught.value.hint
    assert labels(book) == {"turn-1": Label.GOOD}
    assert path.read_bytes() == before

    limit_file_size(1 << 20)
    book.record((turn(2, Label.BAD),))
    assert labels(book) == {"turn-1": Label.GOOD, "turn-2": Label.BAD}


def test_a_disk_that_cannot_keep_what_it_took(
    book: EvaluationBook, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def failing(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    before = (folder / file_name(SESSION)).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(AnnotationError):
            book.record((turn(1, None),))
    book.refresh()
    assert labels(book) == {"turn-1": Label.GOOD}
    assert (folder / file_name(SESSION)).read_bytes() == before


def test_of_a_batch_that_failed_nothing_is_shown_until_the_next_look(
    book: EvaluationBook, folder: Path
):
    (folder / file_name(OTHER)).mkdir()
    with pytest.raises(AnnotationError, match=file_name(OTHER)):
        book.record((turn(2, Label.BAD), turn(1, Label.BAD, session=OTHER)))
    assert labels(book) == {"turn-1": Label.GOOD}
    assert book.refresh() == {SESSION}
    assert labels(book)["turn-2"] is Label.BAD
    assert [problem.reason for problem in book.problems] == ["Is a directory"]


def test_a_home_that_is_no_folder(tmp_path: Path):
    (tmp_path / "evaluations").write_text("")
    book = EvaluationBook(tmp_path / "evaluations")
    book.load()
    assert [problem.path for problem in book.problems] == [str(tmp_path / "evaluations")]
    with pytest.raises(AnnotationError) as caught:
        book.record((turn(1, Label.GOOD),))
    assert "AIMUX_HOME" in caught.value.hint
    assert not book.all()


def test_a_read_only_home(book: EvaluationBook, monkeypatch: pytest.MonkeyPatch):
    def refusing(path: Path, _flags: int, _mode: int = 0) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(AnnotationError, match="Read-only file system") as caught:
        book.record((turn(1, Label.BAD),))
    assert "AIMUX_HOME" in caught.value.hint
    assert labels(book) == {"turn-1": Label.GOOD}


def test_a_file_that_a_stopped_process_holds(
    book: EvaluationBook, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    import fcntl

    monkeypatch.setattr(appending, "_PATIENCE_S", 0.01)
    with (folder / file_name(SESSION)).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AnnotationError, match="another process holds the file"):
            book.record((turn(1, Label.BAD),))
    book.record((turn(1, Label.BAD),))
    assert labels(book) == {"turn-1": Label.BAD}


def test_a_file_system_without_locks(book: EvaluationBook, monkeypatch: pytest.MonkeyPatch):
    def refusing(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(appending.fcntl, "flock", refusing)
    book.record((turn(1, Label.BAD),))
    assert labels(book) == {"turn-1": Label.BAD}


def test_a_file_that_is_replaced_while_its_lock_is_waited_for(
    book: EvaluationBook, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    path = folder / file_name(SESSION)
    lock = appending._lock

    def replacing(descriptor: int, of: Path) -> None:
        monkeypatch.setattr(appending, "_lock", lock)
        copy = path.with_suffix(".new")
        copy.write_bytes(path.read_bytes())
        copy.replace(path)
        lock(descriptor, of)

    monkeypatch.setattr(appending, "_lock", replacing)
    book.record((turn(2, Label.BAD),))
    assert labels(book) == {"turn-1": Label.GOOD, "turn-2": Label.BAD}
    fresh = EvaluationBook(folder)
    fresh.load()
    assert labels(fresh) == labels(book)
