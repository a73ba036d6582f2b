"""A tree of a JSON value whose branches are made when they are opened, some at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from rich.text import Text
from textual.content import Content
from textual.message import Message
from textual.widgets import Tree

from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_count, plural
from aimux_tui.tui.format.glyphs import ASCII, Glyphs, terminal_glyphs
from aimux_tui.tui.format.lines import width_of
from aimux_tui.tui.format.plain import to_ascii
from aimux_tui.tui.palette import palette_of

if TYPE_CHECKING:
    from rich.style import Style as RichStyle
    from textual.style import Style
    from textual.widgets.tree import TreeNode

CHUNK = 250
"""Children that are added at a time."""
MAX_STRING = 200
"""Characters of a string that are shown in the tree, where there is room."""
MAX_KEY = 60
_MIN_ROOM = 8

Json = Any
"""What a JSON document is decoded to."""


class JsonNode(Struct):
    """What a line of the tree stands for."""

    value: Json
    key: str | int | None = None
    pointer: str = ""
    """JSON pointer (RFC 6901) of the value."""
    rest: int | None = None
    """For the line that stands for children which are not shown yet: from which on."""

    @property
    def is_branch(self) -> bool:
        """Whether there are children."""
        return isinstance(self.value, Mapping | list | tuple) and len(self.value) > 0


class JsonView(Tree[JsonNode], inherit_bindings=False):
    """Shows a JSON value. It binds no keys: `action_…` are there to be bound, under any id."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "

    DEFAULT_CSS = """
    JsonView {
        background: transparent;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .tree--cursor, &:focus > .tree--cursor {
            background: $primary 22%;
            color: $foreground;
            text-style: none;
        }
        &:blur > .tree--cursor { background: $foreground 8%; }
        & > .tree--highlight-line { background: transparent; }
        & > .tree--guides, & > .tree--guides-hover, & > .tree--guides-selected {
            color: $foreground 25%;
        }
    }
    """

    class TextOpened(Message):
        """A string that is too long for the tree was chosen, to be read elsewhere."""

        def __init__(self, sender: JsonView, pointer: str, text: str) -> None:
            super().__init__()
            self.view = sender
            self.pointer = pointer
            self.text = text

        @property
        def control(self) -> JsonView:
            """The tree."""
            return self.view

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(Text("nothing"), JsonNode(None), name=name, id=id, classes=classes)
        self.auto_expand = False
        self.guide_depth = 2
        self._glyphs = terminal_glyphs()
        self.draw_with(self._glyphs)

    def draw_with(self, glyphs: Glyphs) -> None:
        """Use other signs."""
        self._glyphs = glyphs
        self.show_guides = glyphs is not ASCII
        self.ICON_NODE, self.ICON_NODE_EXPANDED = f"{glyphs.closed} ", f"{glyphs.open} "
        self._invalidate()

    def show(self, value: Json, name: str = "") -> None:
        """Show another value, its first level open."""
        node = JsonNode(value, name or None)
        self.reset(Text(""), node)
        self.root.allow_expand = node.is_branch
        if node.is_branch:
            self.root.expand()
        self.move_cursor(self.root)

    # Branches.

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[JsonNode]) -> None:
        """Make the children of a branch that is opened for the first time."""
        event.stop()
        if not event.node.children:
            self._grow(event.node, 0)

    def on_tree_node_collapsed(self, event: Tree.NodeCollapsed[JsonNode]) -> None:
        """Nobody else's business."""
        event.stop()

    def on_tree_node_selected(self, event: Tree.NodeSelected[JsonNode]) -> None:
        """Open what was clicked on or chosen."""
        event.stop()
        self._open(event.node)

    def _grow(self, parent: TreeNode[JsonNode], first: int) -> TreeNode[JsonNode] | None:
        """Add a chunk of children; returns the first of them."""
        node = parent.data
        if node is None:
            return None
        added: TreeNode[JsonNode] | None = None
        for key, value in islice(_children(node.value), first, first + CHUNK):
            child = JsonNode(value, key, f"{node.pointer}/{_escaped(key)}")
            made = parent.add(Text(""), child, allow_expand=child.is_branch)
            added = added or made
        if first + CHUNK < len(node.value):
            parent.add_leaf(Text(""), JsonNode(node.value, rest=first + CHUNK))
        return added

    def _open(self, node: TreeNode[JsonNode]) -> None:
        data = node.data
        if data is None:
            return
        if data.rest is not None and node.parent is not None:
            parent = node.parent
            node.remove()
            first = self._grow(parent, data.rest)
            if first is not None:
                self.call_after_refresh(self.move_cursor, first)
        elif data.is_branch:
            node.toggle()
        elif isinstance(data.value, str) and self._is_cropped(node, data):
            self.post_message(self.TextOpened(self, data.pointer, data.value))

    # Labels.

    def render_label(
        self, node: TreeNode[JsonNode], base_style: RichStyle, style: RichStyle
    ) -> Text:
        """The key and the value, or what the value consists of."""
        data = node.data or JsonNode(None)
        icon = ""
        if node.allow_expand:
            icon = self.ICON_NODE_EXPANDED if node.is_expanded else self.ICON_NODE
        palette = palette_of(self.app)
        pieces: list[tuple[str, Style]] = [(icon, palette.muted)]
        if data.rest is not None:
            rest = plural(len(data.value) - data.rest, "more", "more")
            pieces.append((f"… {rest}, enter", palette.link))
        else:
            if data.key is not None:
                pieces += [
                    (one_line(str(data.key), MAX_KEY), palette.heading),
                    (": ", palette.faint),
                ]
            room = self._room(node) - sum(width_of(text) for text, _ in pieces)
            pieces.append(self._value(data.value, room))
        label = Text(style=base_style, no_wrap=True)
        for text, own in pieces:
            label.append(to_ascii(text) if self._glyphs is ASCII else text, own.rich_style)
        # The cursor's background, but not its colour: that of the value says more.
        label.stylize(style.background_style)
        return label

    def _room(self, node: TreeNode[JsonNode]) -> int:
        """Columns that the label of a node may take."""
        depth = 0
        while node.parent is not None and depth * self.guide_depth < self.size.width:
            node, depth = node.parent, depth + 1
        return max(self.scrollable_content_region.width - depth * self.guide_depth, _MIN_ROOM)

    def _is_cropped(self, node: TreeNode[JsonNode], data: JsonNode) -> bool:
        """Whether there is more of a string than the tree shows."""
        key = width_of(one_line(str(data.key), MAX_KEY)) + 2 if data.key is not None else 0
        return _cropped(data.value, self._room(node) - key) is not None

    def on_resize(self) -> None:
        """Crop strings anew."""
        self._invalidate()

    def _value(self, value: Json, room: int) -> tuple[str, Style]:
        palette = palette_of(self.app)
        match value:
            case Mapping():
                return f"{{{plural(len(value), 'key')}}}", palette.muted
            case list() | tuple():
                return f"[{plural(len(value), 'item')}]", palette.muted
            case str():
                return _cropped(value, room) or f'"{one_line(value)}"', palette.ok
            case bool() | None:
                return {True: "true", False: "false", None: "null"}[value], palette.waiting
            case _:
                return one_line(str(value), max(room, 1)), palette.accent

    # Moving.

    def action_open(self) -> None:
        """Open or close the branch under the cursor, or what stands there shortened."""
        if self.cursor_node is not None:
            self._open(self.cursor_node)

    def action_expand(self) -> None:
        """Open the branch under the cursor; if it is open, go to its first child."""
        node = self.cursor_node
        if node is None or not node.allow_expand:
            return
        if not node.is_expanded:
            node.expand()
        elif node.children:
            self.move_cursor(node.children[0])

    def action_collapse(self) -> None:
        """Close the branch under the cursor; if there is none to close, go to its parent."""
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded and node is not self.root:
            node.collapse()
        elif node.parent is not None:
            self.move_cursor(node.parent)

    def action_first(self) -> None:
        """To the first line."""
        self.move_cursor_to_line(0)

    def action_last(self) -> None:
        """To the last line."""
        self.move_cursor_to_line(self.last_line)


def _children(value: Mapping[str, Json] | Sequence[Json]) -> Any:
    return value.items() if isinstance(value, Mapping) else enumerate(value)


def _cropped(text: str, room: int) -> str | None:
    """The beginning of a string and how long it is; None if all of it can be shown."""
    if len(text) <= MAX_STRING and "\n" not in text and width_of(one_line(text)) + 2 <= room:
        return None
    size = f"  {format_count(len(text))} characters, enter"
    beginning = Content(one_line(text, MAX_STRING)).truncate(max(room - len(size) - 3, 1))
    return f'"{beginning.plain.rstrip("…")}…"{size}'


def _escaped(key: str | int) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
