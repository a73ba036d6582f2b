from __future__ import annotations

import pytest
from textual.keys import _character_to_key

from aimux_tui.keys import collide, label, parse_key, parse_keys, textual_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("g", "g"),
        ("G", "G"),
        ("$", "$"),
        ("+", "+"),
        ("é", "é"),
        ("shift+g", "G"),
        ("Ctrl+P", "ctrl+p"),
        ("ctrl++", "ctrl++"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("Shift+Tab", "shift+tab"),
        ("Esc", "escape"),
        ("RETURN", "enter"),
        ("PgDn", "pagedown"),
        ("F5", "f5"),
        ("alt+x", "alt+x"),
        ("ctrl+i", "tab"),
        (" ", "space"),
    ],
)
def test_one_key_has_one_written_form(written: str, key: str) -> None:
    assert parse_key(written) == key
    assert parse_key(key) == key


@pytest.mark.parametrize("text", ["", "gg", "hyper+x", "ctrl+", "ctrl-x", "f99", "shift+1", "\x1b"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|character"):
        parse_keys(text)


def test_sequences() -> None:
    assert parse_keys("y  C") == "y C"
    assert parse_keys(" ") == "space"
    with pytest.raises(ValueError, match="two"):
        parse_keys("a b c")


def test_sequences_collide_if_one_begins_the_other() -> None:
    assert collide("y", "y c")
    assert collide("y c", "y c")
    assert not collide("y c", "y p")
    assert not collide("y", "Y")


def test_labels_are_short() -> None:
    assert label("enter") == "⏎"
    assert label("ctrl+pagedown") == "ctrl+pgdn"
    assert label("y c") == "y c"
    assert label("+") == "+"


def test_textual_calls_characters_by_the_same_names() -> None:
    characters = [chr(code) for code in range(0x21, 0x7F)] + ["é", "ß", "€", "№"]
    assert [textual_key(c) for c in characters] == [_character_to_key(c) for c in characters]
    assert textual_key("ctrl+p") == "ctrl+p"
    assert textual_key("ctrl+\\") == "ctrl+backslash"
