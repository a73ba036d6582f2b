"""What a turn shows is what a search goes through: for every agent, and in real logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aimux_tui.errors import SessionError
from aimux_tui.model.passage import PassageKind
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Text, Thinking, Turn, TurnKind
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.registry import load_provider, load_providers
from aimux_tui.sources.discovery import Home, find_logs, recognise_log
from aimux_tui.sources.files import FileSource
from aimux_tui.sources.reader import LogReader
from aimux_tui.store.search.records import records_in
from tests.cli.homes import make_home

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"


def turns_of(file: LogFile) -> Iterator[tuple[Turn, set[tuple[PassageKind, str]]]]:
    """Each turn as it is shown, and its passages, with runs of blanks as one."""
    provider = load_provider(file.provider)
    scan, source = provider.scan(file), FileSource(file)
    for chunk in LogReader(file).read(is_final=True):
        scan.feed(chunk.data, chunk.offset)
    for turn in scan.turns:
        passages = {
            (passage.kind, " ".join(passage.text.split()))
            for span in turn.spans
            for record in records_in(file, [turn], span.offset, source.read(span))
            for passage in provider.passages(file, record.data)
        }
        yield provider.read_turn(source, turn), passages
    source.close()


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def shown(turn: Turn) -> Iterator[tuple[set[PassageKind], str]]:
    """The texts of a turn, and which kinds of passages may hold them."""
    kinds = PassageKind
    if turn.summary.kind is not TurnKind.SHELL:
        for part in turn.prompt:
            if isinstance(part, Text):
                yield {kinds.PROMPT, kinds.NOTICE, kinds.OUTPUT}, part.body.text
    for step in turn.steps:
        match step:
            case Text():
                yield {kinds.RESPONSE}, step.body.text
            case Thinking():
                yield {kinds.THINKING}, step.body.text
            case ToolCall():
                for text in strings(step.input):
                    yield {kinds.INPUT, kinds.EDIT, kinds.PATH}, text.removesuffix("…")
                for edit in step.edits:
                    yield {kinds.PATH}, edit.path
                if step.name != "tool_search":
                    yield {kinds.OUTPUT}, step.output.text


def check(file: LogFile) -> int:
    checked = 0
    for turn, passages in turns_of(file):
        for kinds, text in shown(turn):
            words = " ".join(text.split())
            if not words:
                continue
            checked += 1
            assert any(kind in kinds and words in said for kind, said in passages), (
                f"{file.path}, turn {turn.summary.number}: {sorted(kinds)} {words[:200]!r}"
            )
    return checked


def test_every_agent(tmp_path: Path):
    make_home(tmp_path)
    homes = [Home(p.name, root) for p in load_providers() for root in p.roots({}, tmp_path)]
    logs = list(find_logs(homes))
    assert {found.file.provider for found in logs} == {p.name for p in load_providers()}
    assert all(check(found.file) for found in logs)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the samples")
@pytest.mark.parametrize("agent", ["claude", "codex", "gemini"])
def test_samples(agent: str):
    checked = 0
    for path in sorted((SAMPLES / agent).rglob("*")):
        if path.is_file():
            try:
                file = recognise_log(path).file
            except SessionError:
                continue
            checked += check(file)
    assert checked > 100
