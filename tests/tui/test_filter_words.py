"""How a filter that is being typed goes on."""

from __future__ import annotations

import pytest

from aimux_tui.tui.filter_words import continuation, known_of_sessions
from tests.tui.fake_sessions import all_sessions
from tests.tui.harness import running

KNOWN = {"project": ["api", "my app"], "model": ["claude-opus-4-8"], "tool": ["Bash"]}


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("pro", "provider:"),
        ("login -la", "login -label:"),
        ("project:", "project:api"),
        ("project:a", "project:api"),
        ('project:"my', 'project:"my app"'),
        ("fa", "failed"),
        ("label:bad,wa", "label:bad,waste"),
        ("p", None),
        ("", None),
        ("login", None),
        ("project:api", None),
        ("model:opus", None),  # it stands in the middle, which cannot be shown behind the cursor
        ("Pro", None),
    ],
)
def test_the_last_word_goes_on(typed: str, completed: str | None) -> None:
    assert continuation(typed, KNOWN) == completed


def test_values_that_occur_come_by_frequency() -> None:
    known = known_of_sessions(all_sessions(), ["loop"])
    assert known["provider"][0] == "claude"
    assert "webshop" in known["project"]
    assert known["tag"] == ["loop"]


async def test_tab_completes_and_then_leads_back_to_the_list() -> None:
    async with running() as driver:
        await driver.press("slash", *"prov", "tab", *"cod", "tab")
        line = driver.main.sessions.query_one("FilterLine")
        assert line.field.value == "provider:codex"
        await driver.until(lambda: driver.main.sessions.rows.query == "provider:codex")
        await driver.press("tab")
        await driver.until(lambda: driver.app.focused is driver.main.sessions.list)
