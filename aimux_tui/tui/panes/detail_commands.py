"""The commands of the detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.errors import CommandError

if TYPE_CHECKING:
    from aimux_tui.tui.panes.detail import DetailPane


class DetailCommands:
    """What keys and the `:` line do with what is shown."""

    def __init__(self, pane: DetailPane) -> None:
        self._pane = pane

    def _step(self, step: int) -> None:
        if self._pane.subject is None or self._pane.view is None:
            raise CommandError("nothing is selected")
        from aimux_tui.tui.views.registry import views_of

        views = views_of(self._pane.subject)
        self._pane.switch(views[(views.index(self._pane.view) + step) % len(views)])

    def _switch_to(self, view_id: str) -> None:
        if self._pane.subject is None:
            raise CommandError("nothing is selected")
        from aimux_tui.tui.views.registry import views_of

        for view in views_of(self._pane.subject):
            if view.id == view_id:
                self._pane.switch(view)
                return
        raise CommandError(f"there is no {view_id} of what is selected")

    def cmd_view_next(self) -> None:
        """Show the next view."""
        self._step(1)

    def cmd_view_previous(self) -> None:
        """Show the previous view."""
        self._step(-1)

    def cmd_view_message(self) -> None:
        """Show it as it reads."""
        self._switch_to("message")

    def cmd_view_diff(self) -> None:
        """Show its edits."""
        self._switch_to("diff")

    def cmd_view_json(self) -> None:
        """Show it as a tree."""
        self._switch_to("json")

    def cmd_view_raw(self) -> None:
        """Show it as it is written."""
        self._switch_to("raw")

    def cmd_view_otel(self) -> None:
        """Show what the agent reported of it."""
        self._switch_to("otel")

    def cmd_view_side_by_side(self) -> None:
        """Show diffs in two columns, or in one."""
        self._pane.toggle_columns()

    def why_not_view_side_by_side(self) -> str:
        """A diff must be shown, in a pane that is wide enough."""
        view = self._pane.view
        if view is None or view.id != "diff":
            return "there is no diff in the detail"
        from aimux_tui.tui.format.diff import SIDE_BY_SIDE

        width = self._pane.text.row_width
        if self._pane.display and width < SIDE_BY_SIDE:
            return f"two columns need a detail of {SIDE_BY_SIDE} columns; it has {width}"
        return ""

    def cmd_item_open(self) -> None:
        """Open the sub-agent, or a branch of the tree."""
        tree = self._pane.tree_shown
        if tree is not None:
            tree.action_open()
        elif self._pane.subject is not None and self._pane.subject.child_key:
            self._pane.post_message(self._pane.ChildAsked(self._pane.subject.child_key))

    def why_not_item_open(self) -> str:
        """There must be something to open."""
        pane = self._pane
        if pane.tree_shown is not None or (pane.subject is not None and pane.subject.child_key):
            return ""
        return "there is nothing to open"

    def cmd_item_back(self) -> None:
        """Leave the string of the tree, or the detail."""
        if self._pane.is_in_string:
            self._pane.leave_string()
        else:
            self._pane.post_message(self._pane.BackAsked())
