"""What is typed right behind the key that opens a form belongs into the form.

A key goes to the widget with the focus and from there up to the app, where its command is found.
Those behind it are on the same way by then, and newer ones would overtake them: all are kept back
until the form can take them in their order.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events

from aimux_tui.tui.widgets.row_view import RowView

if TYPE_CHECKING:
    from textual.app import App

_PATIENCE = 0.5
"""Seconds after which a key that has not come back is not waited for any more."""
_MOVE = 0.02
"""Seconds in which a key that is no letter may give the focus to another field."""


class TypedAhead:
    """Asked of each key that comes from the terminal, and when it has come up from a list."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._on_the_way: dict[events.Key, float] = {}
        """Keys that a list was given, and when; one that has no use for them passes them all on."""
        self._back: list[events.Key] = []
        self._new: list[events.Key] = []
        self._release: asyncio.Task[None] | None = None

    def takes(self, event: events.Key) -> bool:
        """Whether the key is kept back for a form."""
        is_form = getattr(self._app.screen, "TAKES_TYPED_AHEAD", False)
        if event.is_forwarded:
            was_below = self._on_the_way.pop(event, None) is not None
            if is_form and was_below:
                return self._keep(event, self._back)
        elif is_form:
            if self._must_wait():
                return self._keep(event, self._new)
        elif isinstance(self._app.focused, RowView):
            self._on_the_way[event] = monotonic()
        return False

    def _must_wait(self) -> bool:
        since = monotonic() - _PATIENCE
        self._on_the_way = {key: at for key, at in self._on_the_way.items() if at > since}
        return bool(self._on_the_way or self._release or self._app.screen.focused is None)

    def _keep(self, event: events.Key, keys: list[events.Key]) -> bool:
        keys.append(event)
        if self._release is None:
            self._release = asyncio.create_task(self._hand_over())
        return True

    async def _hand_over(self) -> None:
        """Give the form its keys as soon as it can take them and all have come."""
        end = monotonic() + _PATIENCE
        # What is waited for has no event, and is there within a few turns of the loop.
        while (self._on_the_way or self._app.screen.focused is None) and monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        while self._back or self._new:
            event = (self._back or self._new).pop(0)
            target = self._app.screen.focused or self._app.screen
            target._forward_event(events.Key(event.key, event.character))  # noqa: SLF001 - as App does
            if not event.is_printable:
                await asyncio.sleep(_MOVE)
        self._release = None
