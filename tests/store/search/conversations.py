"""Logs whose every word is known, and what a search of them must find: found without aimux."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import FoundLog, Home, find_logs
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library
from aimux_tui.store.search.catalog import Catalog
from aimux_tui.store.search.coverage import reach_of
from aimux_tui.store.search.index import SearchIndex
from aimux_tui.store.search.indexing import Indexer, LogWork
from aimux_tui.store.search.needle import Needle
from aimux_tui.store.search.request import SearchRequest
from aimux_tui.store.search.text_search import TextSearch

Hit = tuple[str, int]
"""(session id, number of the turn)."""


@dataclass
class Turn:
    """A prompt, and what is answered: words, and the output of a command."""

    prompt: str
    answers: Sequence[str] = ()
    outputs: Sequence[str] = ()

    @property
    def texts(self) -> list[str]:
        """Everything that it says."""
        return [self.prompt, *self.answers, *self.outputs]


@dataclass
class Conversation:
    """A session of Claude Code that is being written."""

    path: Path
    is_ascii: bool = False
    """Whether everything beyond ASCII is escaped."""
    turns: list[Turn] = field(default_factory=list)
    _lines: int = 0

    @property
    def session_id(self) -> str:
        """As in its file's name."""
        return self.path.stem

    def say(self, turn: Turn) -> None:
        """Append a turn."""
        self.turns.append(turn)
        self._write("user", content=turn.prompt)
        for text in turn.answers:
            self._write("assistant", content=[{"type": "text", "text": text}])
        for number, text in enumerate(turn.outputs):
            call = f"toolu_{len(self.turns)}_{number}"
            use = {"type": "tool_use", "id": call, "name": "Bash", "input": {}}
            self._write("assistant", content=[use])
            result = {"type": "tool_result", "tool_use_id": call, "content": text}
            self._write("user", content=[result])

    def edit(self, path: str, old: str, new: str) -> None:
        """Append an edit of a file to the last turn."""
        call = f"toolu_edit_{self._lines}"
        arguments = {"file_path": path, "old_string": old, "new_string": new}
        use = {"type": "tool_use", "id": call, "name": "Edit", "input": arguments}
        self._write("assistant", content=[use])
        patch = [{"oldStart": 1, "newStart": 1, "lines": [f"-{old}", f"+{new}"]}]
        self._write(
            "user",
            content=[{"type": "tool_result", "tool_use_id": call, "content": "updated"}],
            toolUseResult={"filePath": path, "structuredPatch": patch},
        )

    def _write(self, kind: str, *, content: Any, **more: Any) -> None:
        self._lines += 1
        message = {"role": kind, "content": content}
        if kind == "assistant":
            message |= {"id": f"msg_{self._lines}", "model": "claude-sonnet-4-5"}
        record = {
            "type": kind,
            "uuid": f"{self.session_id}-{self._lines}",
            "timestamp": f"2026-05-01T09:{self._lines // 60 % 60:02}:{self._lines % 60:02}.000Z",
            "sessionId": self.session_id,
            "version": "2.1.200",
            "cwd": "/work/zoo",
            "isSidechain": False,
            "message": message,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record | more, ensure_ascii=self.is_ascii) + "\n")


class Zoo:
    """A home with conversations, and searches of it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "claude"
        self.folder = folder / "search"
        self.conversations: dict[str, Conversation] = {}
        self.index = SearchIndex(self.folder)

    def conversation(self, name: str, *, is_ascii: bool = False) -> Conversation:
        """A conversation that is new or goes on."""
        path = self.home / "projects" / "-work-zoo" / f"{name}.jsonl"
        return self.conversations.setdefault(name, Conversation(path, is_ascii))

    def logs(self) -> list[FoundLog]:
        """The logs as they are now."""
        return list(find_logs([Home("claude", self.home)]))

    def cover(self, segment_bytes: int = 1 << 20) -> None:
        """Bring the index up to date, within this process."""
        self.folder.mkdir(exist_ok=True)
        catalog = Catalog(self.folder / "catalog.db")
        covered = catalog.logs()
        works = []
        for found in self.logs():
            reach = reach_of(covered.get(found.file.path), found)
            if reach.missing:
                works.append(LogWork(found, reach.position))
        Indexer(self.folder, catalog, segment_bytes).take(works, lambda _: None)
        catalog.close()

    def search(self) -> TextSearch:
        """A search of what is there now."""
        library = Library([Home("claude", self.home)], Index(None), PriceTable())
        library.load_fully()
        return TextSearch(library, self.index)

    def find(self, *words: str, without: Sequence[str] = (), whole: bool = False) -> set[Hit]:
        """The turns that a search finds."""
        request = SearchRequest(
            tuple(Needle(word, is_whole=whole) for word in words),
            tuple(Needle(word, is_whole=whole) for word in without),
        )
        hits = list(self.search().search(request))
        found = [(hit.session.session_id, hit.turn.number) for hit in hits if hit.turn]
        assert len(found) == len(set(found)), "a turn is found once"
        for hit in hits:
            for excerpt in hit.excerpts:
                assert excerpt.ranges
        return set(found)

    def expect(self, *words: str, without: Sequence[str] = (), whole: bool = False) -> set[Hit]:
        """The turns that hold all the words, and none of the others."""
        return {
            (one.session_id, number)
            for one in self.conversations.values()
            if one.path.exists()
            for number, turn in enumerate(one.turns, start=1)
            if all(_holds(turn.texts, word, whole=whole) for word in words)
            and not any(_holds(turn.texts, word, whole=whole) for word in without)
        }

    def texts(self) -> Iterator[str]:
        """Everything that is said anywhere."""
        for one in self.conversations.values():
            for turn in one.turns:
                yield from turn.texts


def _holds(texts: Iterable[str], word: str, *, whole: bool) -> bool:
    pattern = r"\s+".join(map(re.escape, word.casefold().split()))
    if whole:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return any(re.search(pattern, text.casefold()) for text in texts)
