"""How a query that is being typed can go on."""

from __future__ import annotations

from aimux_tui.query.complete import complete
from aimux_tui.query.parse import parse

KNOWN = {"project": ("api", "my app", "web-api"), "provider": ("claude", "codex")}


def shown(text: str) -> list[str]:
    return [one.text for one in complete(text, KNOWN)]


def test_fields_and_flags_are_offered_by_their_beginning() -> None:
    assert shown("pro") == ["provider:", "project:"]
    assert shown("login -fa") == ["failed"]
    assert "cost>" in shown("")
    assert shown("quite another thing") == []


def test_values_are_offered_after_the_field() -> None:
    assert shown("label:") == ["good", "bad", "waste", "none", "any"]
    assert shown("project:a") == ["api", "my app", "web-api"]
    assert shown("since:t") == ["today", "yesterday"]
    assert shown("nofield:x") == []


def test_a_value_with_a_space_is_quoted() -> None:
    (one,) = complete("x project:my", KNOWN)
    assert one.query == 'x project:"my app" '
    assert parse(one.query)[1].values == ("my app",)


def test_the_next_of_several_values_is_offered() -> None:
    (one,) = complete("provider:claude,co", KNOWN)
    assert one.query == "provider:claude,codex "


def test_quoted_values_are_completed_too() -> None:
    (one,) = complete('project:"my', KNOWN)
    assert one.query == 'project:"my app" '
