"""Markdown for an issue: readable, folded, and without effect beyond being read."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from aimux_tui.export.markdown import MarkdownExporter
from aimux_tui.export.markdown_text import fenced, shortened, without_effect
from aimux_tui.model.annotation import Label, SessionAnnotation, TurnAnnotation, Verdict
from aimux_tui.model.body import Body
from aimux_tui.model.tools import FileEdit, Hunk, ToolKind
from aimux_tui.model.turn import Text
from tests.export.html.hostile import hostile_material
from tests.export.html.materials import FakeMaterial, context
from tests.export.stage import Sink, Stage
from tests.tui.fake_turns import LOGIN_EDIT, make_turn, tool

OURS = {"details", "summary", "b", "div", "sub"}


class Elements(HTMLParser):
    """Every element of what a Markdown parser passes on as HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes = 0
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += len(attrs)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.names.add("comment")

    def handle_decl(self, decl: str) -> None:
        self.names.add("declaration")

    def unknown_decl(self, data: str) -> None:
        self.names.add("declaration")


def elements_of(text: str) -> Elements:
    elements = Elements()
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
        if token.type == "html_block":
            elements.feed(token.content)
        for child in token.children or ():
            if child.type == "html_inline":
                elements.feed(child.content)
    return elements


def pictures_in(text: str) -> int:
    tokens = MarkdownIt("commonmark").parse(text)
    return sum(child.type == "image" for token in tokens for child in token.children or ())


def markdown_of(*materials: FakeMaterial, limit: int = 60_000) -> str:
    sink = Sink()
    MarkdownExporter(limit).write(materials, sink, context(len(materials)))
    return bytes(sink).decode()


def test_it_reads_like_the_session(stage: Stage) -> None:
    text = stage.exported("markdown").decode()
    for part in (
        "# Fix the login redirect",
        "> Fix the login redirect",
        "<details><summary>✗ <b>Bash</b> pytest -q",
        "```sh\npytest -q\n```",
        "```diff\n@@ line 3 @@\n-a\n+b\n```",
        "Sub-agent",
        "> Look for other redirects",
        "They fail.",
    ):
        assert part in text


def test_labels_verdicts_and_notes_are_told() -> None:
    said = {"turn-1": TurnAnnotation("turn-1", 1, Label.BAD, "wrong file @alice")}
    verdict = SessionAnnotation(Verdict.FAILED, ("loop", "a`b"), "gave up")
    text = markdown_of(FakeMaterial([make_turn(1, "Fix it")], labels=said, verdict=verdict))
    assert "**BAD** wrong file @\u200calice" in text
    assert "**FAILED** `loop` `ab` gave up" in text


def test_nothing_of_a_hostile_session_is_an_element_or_loads() -> None:
    text = markdown_of(hostile_material("http://127.0.0.1:9"), limit=10**7)
    elements = elements_of(text)
    assert elements.names <= OURS
    assert elements.attributes == 0
    assert elements.open == []
    assert pictures_in(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x>",
        "a ` b\nc ` <img src=x> ` d",
        r"a \` <img src=x> `",
        "- a\n  ```\n  code\n<img src=x>\n  ```\n<img src=x>",
        "- ```\n<img src=x>\n",
        "```\ncode\n   ````  \n<img src=x>",
        "~~~ a`b`\ncode\n~~~\n<img src=x>",
        "``` a`b\n<img src=x>\n```",
        "````\n```\n````\n<img src=x>",
        "> ```\n<img src=x>",
        "`one` `<img src=x>` <img src=x>",
        "``a`<img src=x>`b`` <img src=x>",
        "1. x\n\n    ```\n<img src=x>\n    ```\n<img src=x>",
        "<!-- \n-->\n<img src=x>",
        "[a]: <javascript:x>\n<javascript:alert(1)> ![p](http://x/y.png)",
        "    <img src=x>\n\n\t```\n<img src=x>",
        "</details></summary>",
        "```\nnever closed <b>",
        "&lt;img src=x&gt; <\nimg src=x>",
        "`a\n\n<img src=x>\n\nb`",
        "| `a | b` | <img src=x> |\n|---|---|---|\n| ` | <img src=x> ` |",
    ],
)
def test_elements_stay_text_wherever_code_may_begin_or_end(text: str) -> None:
    made = f"{without_effect(text)}\n\nEND <sub>ours</sub>\n"
    elements = elements_of(made)
    assert elements.names == {"sub"}
    assert pictures_in(made) == 0
    # What follows is not swallowed by anything that the text left open.
    last = MarkdownIt("commonmark", {"html": True}).parse(made)[-2]
    assert last.type == "inline"
    assert last.content.startswith("END")


def test_code_stays_as_it_is() -> None:
    text = "Use `Vec<T>` and\n\n```rust\nlet a: Vec<u8>; // @alice\n```\nnot <b>."
    assert without_effect(text) == text.replace("not <b>", "not &lt;b>")


def test_a_fence_is_longer_than_any_in_it() -> None:
    text = "a\n```\nb\n`````\nc"
    tokens = MarkdownIt("commonmark").parse(fenced(text, "sh"))
    assert [(token.type, token.content) for token in tokens] == [("fence", text + "\n")]


def test_headings_of_an_answer_are_no_headings_of_the_document() -> None:
    answer = [Text(Body.of("# Done\n\nTitle\n===\n\n- a\n---\n"))]
    text = markdown_of(FakeMaterial([make_turn(1, "Fix it", answer)]))
    tokens = MarkdownIt("commonmark").parse(text)
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]


def test_diffs_are_fenced_whatever_they_hold() -> None:
    edit = FileEdit("/a.md", "update", (Hunk(("+```", "-<b>", " @bob"), 1, 1),), 1, 1)
    call = tool("Edit", ToolKind.EDIT, "/a.md", edits=(edit, LOGIN_EDIT))
    text = markdown_of(FakeMaterial([make_turn(1, "Fix it", [call])]))
    fences = [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence"]
    assert [fence.info for fence in fences] == ["diff", "diff"]
    assert fences[0].content == "@@ line 1 @@\n+```\n-<b>\n @bob\n"


def test_a_long_document_tells_what_had_no_room() -> None:
    turns = [make_turn(number, f"Step {number}", prompt="x" * 3_000) for number in range(1, 400)]
    text = markdown_of(FakeMaterial(turns), limit=20_000)
    assert len(text) < 20_200
    assert "Turn 8 (left out for its length): Step 8" in text
    assert "more turns had no room" in text


def test_a_long_value_says_how_much_is_missing() -> None:
    text = shortened("a" * 800 + "b" * 400, 400)
    assert text.startswith("a" * 300 + "\n")
    assert text.endswith("b" * 100)
    assert "[… 800 characters left out …]" in text
