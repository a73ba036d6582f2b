"""A list of numbered items, some of them open."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding
from textual.content import Content

from aimux_tui.tui.format.lines import Row
from aimux_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult

    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.widgets.item_source import Place


class Numbers:
    """Items "0", "1", … Each is one row, an open one has further parts of `part_rows` rows."""

    def __init__(self, count: int = 0, *, parts: int = 3, part_rows: int = 2) -> None:
        self.keys = [str(number) for number in range(count)]
        self.parts = parts
        self.part_rows = part_rows
        self.open: set[str] = set()
        self.versions: dict[str, int] = {}
        self.guess: int | None = None
        self.made: list[str] = []

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, index: int) -> str:
        return self.keys[index]

    def index(self, key: str) -> int | None:
        try:
            return self.keys.index(key)
        except ValueError:
            return None

    def version(self, index: int) -> object:
        key = self.keys[index]
        return key in self.open, self.parts, self.versions.get(key, 0)

    def usual_height(self, width: int) -> int:
        return 1

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        guess = self.guess or 1 + self.parts * self.part_rows
        return [(index, guess) for key in self.open if (index := self.index(key)) is not None]

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        key = self.keys[index]
        self.made.append(key)
        version = self.versions.get(key, 0)
        rows = [Row(Content(f"item {key}" + f" v{version}" * bool(version)))]
        if key in self.open:
            rows += [
                Row(Content(f"  {key} part {part} row {row}"), part=f"p{part}")
                for part in range(self.parts)
                for row in range(self.part_rows)
            ]
        return rows


class ListApp(App[None]):
    BINDINGS: ClassVar = [
        Binding("j,down", "list('cursor_down')"),
        Binding("k,up", "list('cursor_up')"),
        Binding("pagedown", "list('page_down')"),
        Binding("pageup", "list('page_up')"),
        Binding("home", "list('first')"),
        Binding("end", "list('last')"),
        Binding("enter", "list('open')"),
    ]

    def __init__(self, items: Numbers, *, can_follow: bool = False) -> None:
        super().__init__()
        self.items = items
        self.list = VirtualList(items, can_follow=can_follow)
        self.heard: list[tuple[str, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.list

    def on_mount(self) -> None:
        self.list.focus()

    def action_list(self, name: str) -> None:
        getattr(self.list, f"action_{name}")()

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        self.heard.append(("highlighted", message.key, message.part))

    def on_virtual_list_opened(self, message: VirtualList.Opened) -> None:
        self.heard.append(("opened", message.key, message.part))

    def on_virtual_list_follow_changed(self, message: VirtualList.FollowChanged) -> None:
        self.heard.append(("follow", str(message.is_following)))

    @property
    def screen_text(self) -> list[str]:
        """The rows on the screen, without the column of the cursor and the scrollbar."""
        height = self.list.size.height
        return [self.list.render_line(y).text[1:].rstrip() for y in range(height)]

    @property
    def cursor_rows(self) -> list[int]:
        """Rows of the screen that carry the sign of the cursor."""
        height = self.list.size.height
        return [y for y in range(height) if self.list.render_line(y).text[0] != " "]


def place(item: Place | None) -> tuple[str, str] | None:
    return None if item is None else (item.key, item.part)


def messages_of(app: ListApp, name: str) -> list[tuple[str, ...]]:
    return [heard[1:] for heard in app.heard if heard[0] == name]
