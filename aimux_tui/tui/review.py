"""What was said of a session, with its labels counted."""

from __future__ import annotations

from msgspec import Struct

from aimux_tui.model.annotation import Annotations, Tally


class Review(Struct, frozen=True, eq=False):
    """Annotations of one session. Known by its identity, since one is made for every change."""

    annotations: Annotations
    tally: Tally

    def __bool__(self) -> bool:
        return bool(self.annotations.turns or self.annotations.session)

    @classmethod
    def of(cls, annotations: Annotations) -> Review:
        """Count the labels."""
        return cls(annotations, annotations.tally)


UNSEEN = Review(Annotations(""), Tally())
"""Nobody said anything."""
