"""Following every home of a library with one watcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.watcher import watch_paths

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from aimux_tui.store.library import Library


async def changed_paths(
    library: Library,
    stop: asyncio.Event,
    on_trouble: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[frozenset[str]]:
    """The files that changed in the homes of `library`, burst by burst, until `stop` is set.

    An empty set comes when the watch has begun: what changed before that is for
    `Library.resync` to find.
    """
    wanted: list[Path] = []
    for home in library.homes:
        wanted.extend(load_provider(home.provider).watched(home.path))
    async for paths in watch_paths(wanted, stop, on_trouble):
        yield paths
