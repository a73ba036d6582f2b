"""Whatever an agent logs can be read from its compressed copy as from the log itself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aimux_tui.sources.archive import Archive, archived_homes
from aimux_tui.sources.discovery import Home, find_logs, recognise_log
from aimux_tui.sources.files import FileSource
from aimux_tui.sources.reader import LogReader
from tests.contract.homes import write_home

if TYPE_CHECKING:
    from aimux_tui.providers.base import LogFile, Provider


def told_by(provider: Provider, file: LogFile) -> tuple[Any, ...]:
    """Everything that can be read from a log."""
    scan = provider.scan(file)
    for chunk in LogReader(file).read(is_final=True):
        scan.feed(chunk.data, chunk.offset)
    source = FileSource(file)
    turns = [provider.read_turn(source, turn) for turn in scan.turns]
    source.close()
    return scan.summary(), tuple(scan.turns), turns


@pytest.fixture
def own_homes(provider: Provider, tmp_path: Path) -> list[Home]:
    """A home of the provider that a test may take apart."""
    assert write_home(provider.name, tmp_path)
    return [Home(provider.name, root) for root in provider.roots({}, tmp_path)]


def test_copies_tell_the_same_when_the_originals_are_gone(
    provider: Provider, own_homes: list[Home], tmp_path: Path
):
    originals = [found.file for found in find_logs(own_homes)]
    before = {file.path: told_by(provider, file) for file in originals}
    titles = {id_: title for home in own_homes for id_, title in provider.titles(home.path).items()}
    archive = Archive(tmp_path / "archive", limit=1 << 30)

    kept = archive.keep(originals)
    assert (kept.logs, kept.is_first, kept.trouble) == (len(originals), True, "")
    copies = list(archived_homes(archive.folder, [provider.name]))
    assert not list(find_logs(copies)), "the originals are still there"

    for home in own_homes:
        shutil.rmtree(home.path, ignore_errors=True)
    found = [found.file for found in find_logs([*own_homes, *copies])]
    assert {file.archived_from.removesuffix(".zst") for file in found} == {
        path.removesuffix(".zst") for path in before
    }
    for file in found:
        original = file.archived_from
        was = before[original] if original in before else before[f"{original}.zst"]
        assert told_by(provider, file) == was
    assert titles == {
        id_: title for home in copies for id_, title in provider.titles(home.path).items()
    }


def test_a_copy_is_recognised_wherever_it_lies(
    provider: Provider, own_homes: list[Home], tmp_path: Path
):
    archive = Archive(tmp_path / "archive", limit=1 << 30)
    originals = [found.file for found in find_logs(own_homes)]
    archive.keep(originals)
    for copy in archive.folder.rglob("*.zst"):
        file = recognise_log(copy).file
        assert file.provider == provider.name
        assert file.is_packed
