"""A page as elements, by the parser of the standard library: enough to ask what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "br", "hr", "input", "link", "img", "base", "source", "embed"})


@dataclass
class Element:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, name: str = "", class_: str = "") -> list[Element]:
        """Elements below, by name and class."""
        return [
            one
            for one in self.walk()
            if one is not self
            and (not name or one.name == name)
            and (not class_ or class_ in one.classes)
        ]

    def one(self, name: str = "", class_: str = "") -> Element:
        found = self.all(name, class_)
        assert found, f"no <{name} class={class_}>"
        return found[0]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]
        self.strays: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].name != tag:
            self.strays.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(page: str) -> Element:
    """The page's elements; every element must be closed where it belongs."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    assert not builder.strays, builder.strays
    assert builder.open == [builder.root], [one.name for one in builder.open]
    return builder.root
