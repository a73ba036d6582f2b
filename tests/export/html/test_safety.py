"""Text from logs stays text, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.export.html.markdown import markdown
from aimux_tui.export.html.markup import clean, escape, joined, link, safe_url, tag
from tests.export.html.dom import Element, parse
from tests.export.html.hostile import CONTROLS, TRICKS, attacks, hostile_material, markdown_attacks
from tests.export.html.materials import html_of

URL = "http://127.0.0.1:9"
_ELEMENTS = """a article aside b blockquote body br cite code dd details div dl dt em fieldset
    figcaption figure footer h1 h2 h3 h4 h5 h6 head header hr html input label legend li main mark
    meta nav ol p pre s script section small span strong style summary table tbody td th thead time
    title tr ul"""
ELEMENTS = frozenset(_ELEMENTS.split())
_ATTRIBUTES = """aria-label charset checked class colspan content datetime dir for href http-equiv
    id lang name open rel start title type"""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
FIELDS = """session cwd branch version provider model note me tag you title thought answer Tool key
    in error output path same old new gone edited task notice unknown type agent child"""


def assert_harmless(page: Element) -> None:
    for one in page.walk():
        assert not one.name or one.name in ELEMENTS, one.name
        assert set(one.attributes) <= ATTRIBUTES, one.attributes
        href = one.attributes.get("href", "#")
        assert href.startswith(("#", "http://", "https://")), href


def test_every_field_of_a_hostile_session_is_shown_as_text():
    source = html_of(hostile_material(URL), project=attacks(URL))
    page = parse(source)
    assert_harmless(page)
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("body")) == 1
    assert page.one("html").attributes == {"lang": "en"}
    text = page.text
    for name in FIELDS.split():
        assert f"{name}: <script>document" in text or f"{name} " in text, name
    for name in ("answer", "error", "output", "cwd", "note", "tag", "old", "new", "path"):
        assert f":{name}" in text, f"{name} is whole"


def test_what_a_browser_would_obey_or_hide_is_replaced():
    shown = clean(TRICKS + CONTROLS)
    assert not set(shown) & set("\u202e\u202c\u2066\u2069\u2028\u2029\ufeff\ud800\udfff\ufffe\x1b")
    assert all(character.isprintable() or character in "\n\t" for character in shown)
    assert "␀" in shown
    # Letters of other scripts keep what holds them together.
    scripts = "👩\u200d👧 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 e\u0301"
    assert clean(scripts) == scripts


@given(st.text())
def test_any_text_comes_out_as_itself(text: str):
    page = parse(tag("p", text, title=text))
    [paragraph] = page.children
    assert isinstance(paragraph, Element)
    assert paragraph.text == clean(text)
    assert paragraph.attributes.get("title", "") == clean(text)
    page = parse(joined(text, tag("b", text)))
    assert page.text == clean(text) * 2


def test_html_is_escaped_once():
    once = escape("<b>")
    assert escape(once) is once
    assert joined(once, "<i>") == "&lt;b&gt;&lt;i&gt;"
    # What is put together by hand is text again.
    assert joined(f"<p>{once}</p>") == "&lt;p&gt;&amp;lt;b&amp;gt;&lt;/p&gt;"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "data:text/html,x",
        "vbscript:x", "file:///etc/passwd", "//evil.example", "/local", "http:", "https://",
        "http://a b", 'http://a"b', "http://a\\b", "http://a\u202eb", "ht\ntp://a", "",
    ],
)  # fmt: skip
def test_links_lead_to_http_alone(url: str):
    assert safe_url(url) == ""
    assert link(url, "text") == "text"


def test_a_link_tells_nobody_where_it_stood():
    assert link("https://example.org/a?b=c&d", "x") == (
        '<a href="https://example.org/a?b=c&amp;d" rel="noopener noreferrer nofollow">x</a>'
    )


def test_markdown_makes_only_what_is_listed():
    page = parse(markdown(markdown_attacks(URL)))
    assert_harmless(page)
    assert not page.all("img")
    assert not page.all("script")
    assert "[image: picture]" in page.text
    assert {one.attributes["href"] for one in page.all("a")} == {
        f"{URL}/ok",
        f"{URL}/picture.png",
        "http://example.org/?q=%22%3E%3Cscript%3E",
        "https://example.org/path",
    }


@given(st.text("ab*_`[]()<>!#|-:\\\n &;~\"'http/\t1.", max_size=200))
def test_any_markdown_is_harmless_and_closed(text: str):
    assert_harmless(parse(markdown(text)))
    assert_harmless(parse(markdown(text, keeps_lines=True)))


@given(st.text(max_size=200))
def test_plain_words_come_through_markdown(text: str):
    words = "".join(character for character in text if character.isalnum())
    assert words in parse(markdown(words)).text


@pytest.mark.parametrize(
    "text",
    ["[" * 5_000, "*a" * 5_000, "> " * 2_000 + "x", "`" * 5_001, "![[](" * 2_000, "|a" * 5_000,
     "- " * 2_000, "<a " * 3_000, "a\n" * 20_000],
)  # fmt: skip
def test_markdown_made_to_take_long_ends(text: str):
    assert_harmless(parse(markdown(text)))


def test_a_very_long_text_is_shown_as_it_is():
    text = "**not bold** " * 10_000
    assert parse(markdown(text)).one("pre").text == text
