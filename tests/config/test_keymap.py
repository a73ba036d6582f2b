from __future__ import annotations

from dataclasses import dataclass

from aimux_tui.config.keymap import build_keymap, collisions

EVERYWHERE = frozenset({"list", "detail"})


@dataclass(frozen=True)
class Item:
    id: str
    keys: tuple[str, ...] = ()
    panes: frozenset[str] = EVERYWHERE


SORT = Item("session.sort", ("s",))
COPY = Item("copy.text", ("y y", "ctrl+y"))
PATH = Item("copy.path", ("y p",))
QUIT = Item("app.quit", ("q", "Q"))
ITEMS = (SORT, COPY, PATH, QUIT)


def test_without_wishes_the_defaults_hold() -> None:
    keymap, errors = build_keymap(ITEMS, {})
    assert errors == []
    assert keymap == {item.id: item.keys for item in ITEMS}


def test_the_users_keys_replace_the_defaults_of_a_command() -> None:
    keymap, errors = build_keymap(ITEMS, {"session.sort": ("o", "ctrl+s"), "app.quit": ()})
    assert errors == []
    assert keymap["session.sort"] == ("o", "ctrl+s")
    assert keymap["app.quit"] == ()


def test_a_key_given_away_is_taken_from_the_one_who_had_it() -> None:
    keymap, errors = build_keymap(ITEMS, {"session.sort": ("q",)})
    assert errors == []
    assert keymap["app.quit"] == ("Q",)


def test_a_single_key_takes_all_sequences_that_begin_with_it() -> None:
    keymap, _ = build_keymap(ITEMS, {"session.sort": ("y",)})
    assert keymap["copy.text"] == ("ctrl+y",)
    assert keymap["copy.path"] == ()


def test_two_keys_may_be_exchanged() -> None:
    keymap, errors = build_keymap(ITEMS, {"session.sort": ("q",), "app.quit": ("s",)})
    assert errors == []
    assert (keymap["session.sort"], keymap["app.quit"]) == (("q",), ("s",))


def test_the_same_key_for_two_commands_is_an_error_that_names_its_place() -> None:
    keys = {"session.sort": ("o",), "app.quit": ("o", "Q")}
    keymap, errors = build_keymap(ITEMS, keys, {"keys.app.quit": "config.yaml:7"})
    assert [error.message for error in errors] == [
        "config.yaml:7: 'o' is already the key of session.sort"
    ]
    assert keymap["app.quit"] == ("Q",)


def test_the_same_key_may_mean_different_things_in_different_panes() -> None:
    items = (Item("a.x", ("v",), frozenset({"list"})), Item("b.x", ("w",), frozenset({"detail"})))
    keymap, errors = build_keymap(items, {"b.x": ("v",)})
    assert errors == []
    assert keymap == {"a.x": ("v",), "b.x": ("v",)}


def test_an_unknown_command_is_told_with_the_nearest() -> None:
    _, errors = build_keymap(ITEMS, {"sesion.sort": ("o",)}, {"keys.sesion.sort": "c.yaml:2"})
    assert [(error.message, error.hint) for error in errors] == [
        ("c.yaml:2: unknown command 'sesion.sort'", "did you mean session.sort?")
    ]


def test_collisions_between_defaults_are_found() -> None:
    assert collisions(ITEMS) == []
    assert collisions((*ITEMS, Item("x.y", ("y",)))) == [
        ("y y", "copy.text", "x.y"),
        ("y p", "copy.path", "x.y"),
    ]
