"""Values as they are written, turned into what the schema asks for. Raises only ConfigError."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any, get_args, get_origin

from msgspec import Struct, structs

from aimux_tui.config.document import Listing, Located, Scalar, Table
from aimux_tui.errors import ConfigError
from aimux_tui.keys import parse_keys
from aimux_tui.spelling import suggestion

TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0"})
_LAST_PORT = 65535


def convert(kind: Any, name: str, given: Located) -> object:
    """`given` as a value of the type `kind`; `name` says in errors which setting it is."""
    if kind is bool:
        return _to_bool(name, given)
    if kind is str:
        return _to_text(name, given)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _to_choice(kind, name, given)
    if get_origin(kind) is tuple:
        items = given.items if isinstance(given, Listing) else (given,)
        return tuple(_to_text(name, item) for item in items)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _to_record(kind, name, given)
    if kind is int:
        return _to_port(name, given)
    if kind is float or float in get_args(kind):
        return _to_number(name, given)
    raise TypeError(f"no conversion to {kind}")


def convert_keys(name: str, given: Located) -> tuple[str, ...]:
    """Keys: one, a list of them, or none. What looks like a number is taken as it was written."""
    if isinstance(given, Scalar) and given.value is None and given.text in {"", "null"}:
        return ()
    keys: list[str] = []
    for item in given.items if isinstance(given, Listing) else (given,):
        if not isinstance(item, Scalar):
            raise bad_value(name, item, "expected a key or a list of keys")
        try:
            keys.append(parse_keys(item.text))
        except ValueError as error:
            raise bad_value(name, item, str(error)) from error
    return tuple(dict.fromkeys(keys))


def bad_value(name: str, given: Located, problem: str, hint: str = "") -> ConfigError:
    """The error that a setting's value cannot be used."""
    return ConfigError(f"{given.place}: {name}: {problem}", hint)


def _to_bool(name: str, given: Located) -> bool:
    """A yes or no."""
    word = given.text.lower() if isinstance(given, Scalar) else ""
    if word not in TRUE | FALSE:
        raise bad_value(name, given, "expected true or false")
    return word in TRUE


def _to_text(name: str, given: Located) -> str:
    """A text that is not empty."""
    if isinstance(given, Scalar) and isinstance(given.value, str) and given.value:
        return given.value
    raise bad_value(name, given, "expected text")


def _to_choice(kind: type[StrEnum], name: str, given: Located) -> StrEnum:
    """One of a few words."""
    word = given.text if isinstance(given, Scalar) else ""
    choices = [member.value for member in kind]
    if word not in choices:
        problem = f"{word!r} is not one of {', '.join(choices)}"
        raise bad_value(name, given, problem, suggestion(word, choices))
    return kind(word)


def _to_port(name: str, given: Located) -> int:
    """A number that a port can have; the only whole numbers among the settings."""
    text = given.text if isinstance(given, Scalar) else ""
    if not (text.isdecimal() and len(text) <= 5 and 0 < int(text) <= _LAST_PORT):
        raise bad_value(name, given, f"expected a number from 1 to {_LAST_PORT}")
    return int(text)


def _to_number(name: str, given: Located) -> float:
    """An amount: of money, of seconds."""
    value = given.value if isinstance(given, Scalar) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(number := float(value or 0)) or number < 0:
        raise bad_value(name, given, "expected a number of 0 or more")
    return number


def _to_record(kind: type[Struct], name: str, given: Located) -> object:
    """A Struct from a mapping of its fields."""
    fields = {field.name: field for field in structs.fields(kind)}
    if not isinstance(given, Table):
        raise bad_value(name, given, f"expected a mapping of {', '.join(fields)}")
    values: dict[str, object] = {}
    for key, value in given.entries:
        if key not in fields:
            raise bad_value(name, value, f"unknown key {key!r}", suggestion(key, fields))
        values[key] = convert(fields[key].type, f"{name}.{key}", value)
    missing = [key for key, field in fields.items() if field.required and key not in values]
    if missing:
        raise bad_value(name, given, f"{' and '.join(missing)} must be given")
    return kind(**values)
