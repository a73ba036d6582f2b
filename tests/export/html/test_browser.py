"""The page in a real browser: hostile text neither runs nor phones home, and all of it works."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aimux_tui.export.html.markup import Html
from aimux_tui.model.annotation import Label, TurnAnnotation
from aimux_tui.model.tools import ToolKind, ToolStatus
from tests.export.html.browser import run_browser, trap
from tests.export.html.dom import Element, parse
from tests.export.html.hostile import attacks, hostile_material
from tests.export.html.materials import FakeMaterial, html_of
from tests.export.html.test_safety import assert_harmless
from tests.tui.fake_sessions import make_session
from tests.tui.fake_turns import make_turn, tool

pytestmark = pytest.mark.e2e
OWNED = re.compile(r"<html[^>]*data-owned")


def test_the_attacks_are_real(tmp_path: Path):
    """Put into a page as they are, they run and ask: only then do the others prove anything."""
    page = tmp_path / "page.html"
    with trap() as (url, asked):
        body = "\n".join(
            # An open dialogue would hold the browser up, and a page that is left shows nothing.
            line.replace("alert(1)", "")
            for line in attacks(url).splitlines()
            if "/refresh" not in line and line not in {"<plaintext>", "<textarea>"}
        )
        page.write_text(f"<!doctype html><html><body>{body}", errors="replace")
        dom, _ = run_browser(page, "--dump-dom")
    assert OWNED.search(dom)
    assert {"/fetch", "/img", "/css"} & set(asked)


def test_hostile_text_neither_runs_nor_asks(tmp_path: Path):
    page = tmp_path / "page.html"
    with trap() as (url, asked):
        page.write_text(html_of(hostile_material(url), project=attacks(url)))
        dom, console = run_browser(page, "--dump-dom")
    assert not OWNED.search(dom)
    assert asked == []
    assert console == "", "no script or style was refused, and none failed"
    after = parse(dom)
    assert after.one("p", "keys").all("kbd"), "our own script has run"
    # It adds the line of keys, and nothing else does.
    assert_harmless(_without_keys(dom))
    before = parse(page.read_text())
    assert [one.name for one in _without_keys(dom).walk()] == [one.name for one in before.walk()]
    assert after.one("body").text.count("<script>document") > 60


def test_even_what_is_not_escaped_can_neither_run_nor_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The second line of defence: what the page itself may do."""
    monkeypatch.setattr("aimux_tui.export.html.steps.markdown", lambda text, **_: Html(text))
    page = tmp_path / "page.html"
    with trap() as (url, asked):
        # No policy keeps a page from being left.
        lines = [line for line in attacks(url).splitlines() if "/refresh" not in line]
        prompts = "\n".join(lines[:-5] + lines[-1:])
        page.write_text(html_of(FakeMaterial([make_turn(1, "x", prompt=prompts)])))
        dom, console = run_browser(page, "--dump-dom")
    assert "<iframe" in dom, "it was not escaped"
    assert not OWNED.search(dom)
    assert asked == []
    assert "Content Security Policy" in console


# What readers do with it.


def test_the_filter_hides_the_other_turns_without_our_script(tmp_path: Path):
    labels = {"turn-2": TurnAnnotation("turn-2", 2, Label.BAD)}
    child = FakeMaterial(
        [make_turn(1, "child")],
        session=make_session("claude:child", "child"),
        labels={"turn-1": TurnAnnotation("turn-1", 1, Label.BAD)},
    )
    call = tool("Agent", ToolKind.AGENT, "look", child_key="child")
    turns = [make_turn(1, "one"), make_turn(2, "two"), make_turn(3, "three", [call])]
    source = html_of(FakeMaterial(turns, labels=labels, children={"child": child}))
    shown = (
        "[...document.querySelectorAll('.top')].filter(one => one.offsetParent).map(one => one.id)"
    )
    choose = "document.getElementById('show-{}').checked = true;"
    for name, expected in (("bad", [2, 3]), ("unlabelled", [1, 3]), ("all", [1, 2, 3])):
        seen = measure(source, shown, tmp_path, before=choose.format(name), has_script=False)
        assert seen == [f"s1-{number}" for number in expected], name


def test_keys_go_from_turn_to_turn(tmp_path: Path):
    failing = tool("Bash", ToolKind.EXECUTE, "make", status=ToolStatus.FAILED)
    turns = [make_turn(n, f"turn {n}", [failing] if n == 4 else []) for n in range(1, 6)]
    source = html_of(FakeMaterial(turns))
    press = "for (const key of '{}') dispatchEvent(new KeyboardEvent('keydown', {{key}}));"
    here = "document.activeElement.closest('.top')?.id"
    for keys, at in (("jj", "s1-2"), ("jjjk", "s1-2"), ("x", "s1-4"), ("jjjjjjjj", "s1-5")):
        # From above the first turn on, wherever that lies on this screen.
        seen = measure(source, here, tmp_path, before="scrollTo(0, 0);" + press.format(keys))
        assert seen == at, keys
    closed = "document.querySelectorAll('.top[open]').length"
    assert measure(source, closed, tmp_path, before=press.format("c")) == 0
    assert measure(source, closed, tmp_path, before=press.format("co")) == 5


def test_a_link_opens_what_it_leads_to(tmp_path: Path):
    session = make_session("claude:one", "x", turns=400)
    source = html_of(FakeMaterial([make_turn(n, f"turn {n}") for n in (1, 2)], session=session))
    is_open = "[...document.querySelectorAll('.top')].map(one => one.open)"
    follow = "location.hash = 's1-2'; dispatchEvent(new Event('hashchange'));"
    assert measure(source, is_open, tmp_path) == [False, False]
    assert measure(source, is_open, tmp_path, before=follow) == [False, True]


def test_turns_are_printed_open_and_closed_again(tmp_path: Path):
    session = make_session("claude:one", "x", turns=400)
    source = html_of(FakeMaterial([make_turn(1, "one")], session=session))
    is_open = "document.querySelector('.top').open"
    printing = "dispatchEvent(new Event('beforeprint'));"
    assert measure(source, is_open, tmp_path, before=printing) is True
    after = printing + "dispatchEvent(new Event('afterprint'));"
    assert measure(source, is_open, tmp_path, before=after) is False


@pytest.mark.parametrize("width", [360, 700, 1200, 1800])
def test_nothing_is_wider_than_the_screen(tmp_path: Path, width: int):
    with trap() as (url, _):
        source = html_of(hostile_material(url), FakeMaterial([make_turn(1, "x" * 300)]))
    script = (
        "(() => { document.querySelectorAll('details').forEach(one => { one.open = true; });"
        " return document.documentElement.scrollWidth - innerWidth; })()"
    )
    assert measure(source, script, tmp_path, f"--window-size={width},900") <= 0


def measure(
    source: str,
    expression: str,
    folder: Path,
    *flags: str,
    before: str = "",
    has_script: bool = True,
) -> Any:
    """What an expression says in the page, which for once lets a script of ours in."""
    source = re.sub("script-src &#x27;[^&]*", "script-src &#x27;unsafe-inline", source)
    if not has_script:
        source = re.sub("<script>.*</script>", "", source, flags=re.DOTALL)
    report = f"<script>{before};document.title = JSON.stringify({expression})</script></body>"
    page = folder / "measured.html"
    page.write_text(source.replace("</body></html>", report + "</html>"))
    dom, _ = run_browser(page, "--dump-dom", *flags)
    return json.loads(parse(dom).one("title").text)


def _without_keys(dom: str) -> Element:
    return parse(re.sub(r'<p class="keys">.*?</p>', "", dom, flags=re.DOTALL))
