"""What was found, as a list draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.tui.format.hit_row import hit_height, hit_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from datetime import datetime

    from aimux_tui.store.search.results import TurnHit
    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look

_USUAL = 2


def key_of(hit: TurnHit) -> str:
    """The key of a turn among those of all sessions."""
    return f"{hit.session.key} {hit.turn.key if hit.turn is not None else ''}"


class HitItems:
    """An `ItemSource` of turns in which something was found."""

    def __init__(self, hits: Sequence[TurnHit], clock: Callable[[], datetime]) -> None:
        self.hits = hits
        self._clock = clock
        self._indexes = {key_of(hit): index for index, hit in enumerate(hits)}

    def __len__(self) -> int:
        return len(self.hits)

    def key(self, index: int) -> str:
        """Session and turn."""
        return key_of(self.hits[index])

    def index(self, key: str) -> int | None:
        """Where a turn is."""
        return self._indexes.get(key)

    def version(self, index: int) -> Hashable:
        """Hits do not change: others come in another source."""
        return id(self.hits[index])

    def usual_height(self, width: int) -> int:
        """With one excerpt."""
        del width
        return _USUAL

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """Those with more or none."""
        del width
        for index, hit in enumerate(self.hits):
            if (height := hit_height(hit)) != _USUAL:
                yield index, height

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The rows of a turn."""
        return hit_rows(self.hits[index], width, look, self._clock())
