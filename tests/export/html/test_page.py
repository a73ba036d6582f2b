"""The page: what stands on it, where, and how honestly."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC
from pathlib import Path

import pytest
from msgspec.structs import replace

from aimux_tui.export.html import HtmlExporter
from aimux_tui.model.annotation import Label, SessionAnnotation, TurnAnnotation, Verdict
from aimux_tui.model.body import Body, BodyRef, Span
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import (
    Image,
    Notice,
    NoticeKind,
    Text,
    Thinking,
    Turn,
    TurnKind,
    TurnState,
)
from aimux_tui.model.usage import Cost, Usage
from tests.export.html.dom import Element, parse
from tests.export.html.materials import FakeMaterial, Pieces, context, html_of
from tests.tui.fake_sessions import make_session
from tests.tui.fake_turns import ANSWER, LOGIN_EDIT, NEW_FILE, make_turn, tool

MINUS = "\N{MINUS SIGN}"


def page_of(*turns: Turn, **given: object) -> Element:
    return parse(html_of(FakeMaterial(turns, **given)))


def facts_of(page: Element) -> dict[str, str]:
    facts = page.one("dl", "facts")
    names = [one.text for one in facts.all("dt")]
    return dict(zip(names, (one.text for one in facts.all("dd")), strict=True))


# The session.


def test_the_head_tells_the_facts_of_the_session():
    facts = facts_of(page_of(make_turn(1, "fix it")))
    assert facts["Agent"] == "Claude Code 2.1.7"
    assert facts["Model"] == "claude-sonnet-4-5"
    assert facts["Started"] == "2026-03-14 09:47:00"
    assert facts["Tool calls"] == "17, 1 failed"
    assert facts["Edits"] == f"3 +41 {MINUS}12"
    assert facts["Tokens"] == "361k→4.1k 94% of the input from the cache"
    assert facts["Cost"].startswith("$0.42")
    assert facts["Context"] == "88.0k of 200k tokens at the end"


@pytest.mark.parametrize(
    ("usage", "cost", "shown"),
    [
        (Usage(input=10, output=5), Cost(0.0, ("mystery-1",)), "—"),
        (Usage(input=10, output=5), Cost(1.2, ("mystery-1",)), "≥$1.20"),
        (Usage(input=10, output=5, is_lower_bound=True), Cost(1.2, (), True), "≥$1.20"),
        (Usage(), Cost(), "—"),
    ],
)
def test_costs_are_honest(usage: Usage, cost: Cost, shown: str):
    session = make_session("claude:one", "x", total_usage=usage, total_cost=cost)
    material = FakeMaterial([make_turn(1, "x", usage=usage)], session=session, cost=cost)
    page = parse(html_of(material))
    assert facts_of(page)["Cost"].startswith(shown)
    assert page.one("span", "numbers").text.endswith(shown)
    assert ("mystery-1" in facts_of(page)["Cost"]) == bool(cost.unpriced_models)


def test_what_is_left_out_or_unreadable_is_said():
    session = make_session("claude:one", "x", bad_lines=2, is_partial=True)
    page = page_of(make_turn(3, "x"), session=session, left_out=11)
    warnings = [one.text for one in page.one("header").all("p", "warn")]
    assert warnings[0] == "11 turns left out: not asked for"
    assert warnings[1] == "2 lines of the log could not be read"
    assert "still being read" in warnings[2]


def test_verdict_tags_and_note_stand_at_the_head():
    said = SessionAnnotation(Verdict.PARTIAL, ("gave up early",), "Nearly.\nTry again.", "ada")
    labels = {"turn-1": TurnAnnotation("turn-1", 1, Label.WASTE)}
    head = page_of(make_turn(1, "x"), verdict=said, labels=labels).one("header")
    assert [one.text for one in head.all("span", "badge")] == ["partial", "gave up early"]
    assert head.one("span", "count").text == "1 waste"
    assert head.one("blockquote").text == "Nearly.\nTry again.ada"


def test_several_sessions_stand_on_one_page():
    other = make_session("codex:two", "Another one", provider="codex")
    page = parse(
        html_of(
            FakeMaterial([make_turn(1, "first")]),
            FakeMaterial([make_turn(1, "second")], session=other),
        )
    )
    assert page.one("title").text == "2 sessions"
    assert [one.attributes["id"] for one in page.all("article")] == ["s1", "s2"]
    assert [one.text for one in page.one("nav").all("h2")] == ["Fix the login", "Another one"]
    idents = [one.attributes["id"] for one in page.walk() if "id" in one.attributes]
    assert len(idents) == len(set(idents))


def test_nothing_is_said_too():
    assert "No turn was chosen" in html_of()


def test_the_foot_tells_what_was_exported_and_how():
    foot = parse(html_of(FakeMaterial(), labels=["bad"])).one("footer").text
    assert "on 2026-03-14 12:00, in UTC" in foot
    assert "profile bounded: secrets masked" in foot
    assert "labels: bad" in foot


# Turns.


def test_a_turn_can_be_folded_and_shows_its_numbers_closed():
    turn = make_turn(12, "run the tests", [tool("Bash", ToolKind.EXECUTE, "pytest -q")])
    [details] = page_of(turn).all("details", "turn")
    heading = details.one("summary")
    assert heading.one("span", "title").text == "run the tests"
    assert heading.one("span", "numbers").text == "3m02s  13.0k→1.1k  $0.08"
    assert heading.one("a", "number").attributes["href"] == "#" + details.attributes["id"]
    assert details.one("p", "does").text == "Bash · claude-sonnet-4-5"


def test_labels_and_notes_of_turns():
    labels = {
        "turn-1": TurnAnnotation("turn-1", 1, Label.BAD, "wrong\nfile", author="ada"),
        "turn-2": TurnAnnotation("turn-2", 2, None, "only a note"),
    }
    page = page_of(*(make_turn(number, f"turn {number}") for number in (1, 2, 3)), labels=labels)
    bad, noted, plain = page.all("details", "turn")
    assert bad.one("span", "badge").text == "BAD"
    assert bad.one("blockquote", "remark").text == "wrong\nfileada"
    assert noted.classes == {"turn", "top", "unlabelled", "noted"}
    assert "only a note" in noted.text
    assert plain.classes == {"turn", "top", "unlabelled"}


def test_the_filter_offers_what_tells_turns_apart():
    labels = {"turn-1": TurnAnnotation("turn-1", 1, Label.BAD, "note")}
    turns = [make_turn(number, f"turn {number}") for number in (1, 2, 3)]
    page = page_of(*turns, labels=labels)
    assert [one.text for one in page.one("fieldset").all("label")] == [
        "all 3", "bad 1", "with a note 1", "not labelled 2",
    ]  # fmt: skip
    assert not page_of(*turns).all("fieldset")
    style = page.one("style").text
    for radio in page.all("input"):
        if radio.attributes["type"] == "radio" and radio.attributes["id"] != "show-all":
            assert f"#{radio.attributes['id']}:checked" in style


def test_the_outline_leads_to_every_turn():
    failing = tool("Bash", ToolKind.EXECUTE, "make", status=ToolStatus.FAILED)
    page = page_of(make_turn(1, "one"), make_turn(2, "two", [failing]))
    rows = page.one("nav").all("li")
    assert [one.text for one in rows] == ["1one", "2two✗"]
    targets = {one.attributes.get("id") for one in page.walk()}
    assert all(one.one("a").attributes["href"][1:] in targets for one in rows)


def test_what_began_and_how_a_turn_ended_is_told():
    turn = make_turn(1, "/compact", kind=TurnKind.COMMAND, state=TurnState.INTERRUPTED)
    page = page_of(turn)
    assert page.one("p", "kind").text == "command"
    assert page.one("summary").one("span", "warn").text == "interrupted"
    lonely = make_turn(1, "hello", prompt_only=True)
    assert "no answer in the log" in page_of(replace(lonely, steps=())).text


def test_a_long_session_opens_with_its_turns_closed():
    for turns, is_open in ((3, True), (400, False)):
        session = make_session("claude:one", "x", turns=turns)
        details = page_of(make_turn(1, "x"), session=session).one("details", "turn")
        assert ("open" in details.attributes) == is_open


# Steps.


def test_answers_are_markdown_and_prompts_keep_their_lines():
    page = page_of(make_turn(1, "x", [Text(Body.of(ANSWER))], prompt="first line\n**second** line"))
    answer = page.one("div", "answer")
    assert answer.one("h4").text == "What was wrong"
    assert answer.one("li").text.startswith("next_url is checked")
    assert answer.one("figcaption").text == "python"
    assert answer.one("figure").one("code").text.startswith("def safe(url: str)")
    prompt = page.one("div", "prompt")
    assert prompt.all("br")
    assert prompt.one("strong").text == "second"


def test_a_pasted_document_is_shown_as_it_is_and_folded():
    text = "\n".join(f"line {number} *not marked*" for number in range(1_000))
    prompt = page_of(make_turn(1, "x", prompt=text)).one("div", "prompt")
    assert not prompt.all("em")
    [more] = prompt.all("details")
    assert re.fullmatch(r"… 9\d\d more lines \(.* KB\)", more.one("summary").text)
    assert "line 999" in more.text


def test_thinking_notices_and_pictures():
    steps = [
        Thinking(Body.of("let me see *this*")),
        Thinking(Body(), is_hidden=True),
        Notice(NoticeKind.COMPACTION, "the conversation was compacted", Body.of("summary")),
        Notice(NoticeKind.ERROR, "API error 529", Body.of("overloaded")),
        Image("image/png", 34_000),
    ]
    page = page_of(make_turn(1, "x", steps))
    thinking = page.one("details", "thinking")
    assert thinking.one("summary").text == "✻ thinking 4 words"
    assert "open" not in thinking.attributes
    text = page.one("div", "body").text
    assert "thinking, hidden by the agent" in text
    assert "API error 529" in text
    assert "image/png, 34.0 KB: pictures are not exported" in text
    assert not page.all("img")


def test_a_tool_call_tells_how_it_went():
    call = tool(
        "Bash", ToolKind.EXECUTE, "pytest -q", status=ToolStatus.FAILED, exit_code=2,
        error="1 failed", output=Body.of("\n".join(f"test {n}" for n in range(228))),
    )  # fmt: skip
    [details] = page_of(make_turn(1, "x", [call])).all("details", "call")
    heading = details.one("summary").text
    assert heading == "✗Bashpytest -qexit 20.4s"
    assert "open" in details.attributes, "a failure is what readers look for"
    assert details.one("p", "error").text == "1 failed"
    assert details.one("dl", "fields").text == "commandpytest -q"
    more = details.one("details", "fold")
    assert more.one("summary").text == "… 212 more lines (1.8 KB)"
    assert details.one("pre").text.count("\n") == 15
    assert "test 227" in more.text


@pytest.mark.parametrize(
    ("error", "output", "is_shown"),
    [
        ("Exit code 1\n1 fail…", "Exit code 1\n1 failed\nand more", False),
        ("1 failed", "2 passed\n1 failed", True),
        ("refused", "", True),
    ],
)
def test_an_error_is_not_told_twice(error: str, output: str, is_shown: bool):
    call = tool(
        "Bash", ToolKind.EXECUTE, "make", status=ToolStatus.FAILED, error=error,
        output=Body.of(output),
    )  # fmt: skip
    details = page_of(make_turn(1, "x", [call])).one("details", "call")
    assert bool(details.all("p", "error")) == is_shown


def test_texts_that_were_cut_are_fetched_whole():
    ref = BodyRef(Span(0, 1), "/output")
    call = tool("Bash", ToolKind.EXECUTE, "make", output=Body("start", 8, ref))
    page = page_of(make_turn(1, "x", [call]), bodies={"/output": "start and end"})
    assert "start and end" in page.one("details", "call").text


def test_what_is_too_long_for_a_page_is_counted():
    call = tool("Bash", ToolKind.EXECUTE, "yes", output=Body.of("y" * 1_000_000))
    details = page_of(make_turn(1, "x", [call])).one("details", "call")
    assert "600,000 more characters are not on this page" in details.text
    assert details.text.count("y") < 401_000


def test_inputs_are_fields_and_structures_are_laid_out():
    call = tool("Task", ToolKind.OTHER, "", input={"n": 3, "todo": [{"a": None}], "s": "text"})
    fields = page_of(make_turn(1, "x", [call])).one("dl", "fields")
    assert [one.text for one in fields.all("dt")] == ["n", "todo", "s"]
    assert [one.text for one in fields.all("dd")] == ["3", '[\n  {\n    "a": null\n  }\n]', "text"]


def test_edits_are_diffs_with_numbers_and_changed_words():
    call = tool("Edit", ToolKind.EDIT, "views.py", edits=(LOGIN_EDIT, NEW_FILE))
    page = page_of(make_turn(1, "x", [call]))
    first, second = page.all("section", "edit")
    assert first.one("h4").text == f"/home/u/src/webshop/auth/views.py +2 {MINUS}1 "
    rows = [[cell.text for cell in row.all("td")] for row in first.all("tr")]
    assert rows[0] == ["41", "41", "", "def login(request):"]
    assert rows[1] == ["42", "", MINUS, "    return redirect(request.GET['next'])"]
    assert rows[2] == ["", "42", "+", "    target = request.GET.get('next', '/')"]
    assert rows[-1][:2] == ["43", "44"]
    assert first.all("mark")
    assert "new file" in second.one("h4").text
    files = [[cell.text for cell in row.all("td")] for row in page.one("table", "files").all("tr")]
    assert files[1] == ["/home/u/src/webshop/auth/views.py", "1 edit", "+2", f"{MINUS}1"]


def test_a_long_edit_is_folded():
    lines = tuple(f"+line {number}" for number in range(300))
    edit = replace(NEW_FILE, hunks=(replace(NEW_FILE.hunks[0], lines=lines),), additions=300)
    call = tool("Write", ToolKind.WRITE, "hosts.py", edits=(edit,))
    details = page_of(make_turn(1, "x", [call])).one("details", "call")
    assert "open" not in details.attributes
    assert details.one("details", "fold").one("summary").text == "220 more lines"
    assert "line 299" in details.text


# Sub-agents.


def test_a_sub_agent_stands_below_its_call():
    child_session = make_session("claude:child", "look around", agent_name="Explore")
    labels = {"turn-1": TurnAnnotation("turn-1", 1, Label.BAD)}
    child = FakeMaterial([make_turn(1, "look around")], session=child_session, labels=labels)
    call = tool("Agent", ToolKind.AGENT, "look", child_key="claude:child")
    page = page_of(
        make_turn(1, "x", [call, Text(Body.of("after"))]), children={"claude:child": child}
    )
    body = page.one("details", "top").one("div", "body")
    blocks = [one for one in body.children if isinstance(one, Element)]
    kinds = [min(one.classes) for one in blocks if one.name in {"details", "div"}]
    assert kinds == ["prompt", "call", "agent", "answer"]
    agent = page.one("details", "agent")
    assert agent.one("summary").one("b").text == "Explore"
    assert agent.one("details", "turn").one("span", "badge").text == "BAD"
    assert "top" not in agent.one("details", "turn").classes
    assert child.is_closed


def test_other_sub_agents_come_last_and_deep_ones_are_named():
    other = FakeMaterial([make_turn(1, "alone")], session=make_session("claude:b", "alone"))
    page = page_of(make_turn(1, "x"), others=[other])
    assert "Sub-agents that no call above led to" in page.one("article").text
    call = tool("Agent", ToolKind.AGENT, "deeper", child_key="next")
    deep = FakeMaterial([make_turn(1, "bottom")])
    for _ in range(30):
        deep = FakeMaterial([make_turn(1, "x", [call])], children={"next": deep})
    page = parse(html_of(deep))
    assert len(page.all("details", "agent")) == 8
    assert "sub-agent next: too deep to be shown here" in page.text


# The file.


def test_the_page_may_load_nothing_and_run_only_its_own():
    page = parse(html_of(FakeMaterial([make_turn(1, "x")])))
    [policy] = [
        one.attributes["content"]
        for one in page.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    def digest(name: str) -> str:
        text = page.one(name).text.encode()
        return base64.b64encode(hashlib.sha256(text).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest('style')}'; "
        f"script-src 'sha256-{digest('script')}'; base-uri 'none'; form-action 'none'"
    )
    assert not [one for one in page.walk() if {"src", "style"} & set(one.attributes)]
    assert not re.search(r"url\(|@import|https?://", page.one("style").text)
    assert len(page.all("script")) == len(page.all("style")) == 1


def test_the_page_is_written_in_small_pieces_and_turns_are_forgotten():
    """Of 1,000 turns no more than one is in memory, and no piece is larger than a step."""
    alive = 0
    most = 0

    class Counted(list[int]):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def turns():
        nonlocal alive, most
        for number in range(1, 1_001):
            output = Body.of("\n".join(f"line {n}" for n in range(100)))
            call = tool("Bash", ToolKind.EXECUTE, "make", output=output, input={"n": Counted()})
            alive += 1
            most = max(most, alive)
            yield make_turn(number, f"turn {number}", [call])
            del call

    out = Pieces()
    HtmlExporter(UTC).write([FakeMaterial(turns())], out, context())
    assert most <= 3
    assert max(map(len, out[20:-5])) < 20_000
    assert b"".join(out).count(b'class="turn unlabelled top"') == 1_000


def test_html_is_made_in_one_module_only():
    """Whatever becomes `Html` was escaped, as long as nobody else calls the type."""
    folder = Path(__file__).parents[3] / "aimux_tui" / "export" / "html"
    makers = {path.name for path in folder.glob("*.py") if re.search(r"\bHtml\(", path.read_text())}
    assert makers == {"markup.py"}
