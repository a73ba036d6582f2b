"""Hashes of what labelled turns asked, by which they are found again should their keys change.

A turn has to be read for that, which no label waits for: its hash is written down later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.annotations.matching import content_hash
from aimux_tui.errors import SessionError
from aimux_tui.model.turn import Text
from aimux_tui.tui.subject_text import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.annotations.changes import TurnChange
    from aimux_tui.tui.label_feed import LabelFeed
    from aimux_tui.tui.trace_feed import TraceFeed

_AT_ONCE = 50
"""Hashes that are written together."""


async def add_prompt_hashes(
    labels: LabelFeed, feed: TraceFeed, targets: Sequence[TurnChange]
) -> None:
    """Write the hashes of those turns of an open session that have none. Raises AnnotationError.

    What cannot be read any more stays without.
    """
    hashed: list[TurnChange] = []
    for target in targets:
        said = labels.review(target.session_key).annotations.of_turn(target.turn_key, target.number)
        if said is None or said.content_hash or target.session_key != feed.key:
            continue
        try:
            turn = await feed.read_turn(target.turn_key)
            texts = [await whole(part.body, feed) for part in turn.prompt if isinstance(part, Text)]
        except (SessionError, OSError):
            continue
        if found := content_hash(texts):
            hashed.append(replace(target, content_hash=found))
        if len(hashed) == _AT_ONCE:
            await _write(labels, hashed)
            hashed = []
    if hashed:
        await _write(labels, hashed)


async def _write(labels: LabelFeed, hashed: Sequence[TurnChange]) -> None:
    changes = tuple(hashed)
    await labels.change(lambda _: changes, can_undo=False)
