"""Cuts what is the vendors' and what is this machine's from recorded logs."""

from __future__ import annotations

import getpass
import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Record = dict[str, Any]

REMINDER = re.compile(r"\n*<system-reminder>.*?</system-reminder>\n*", re.DOTALL)
TEXTS: Mapping[str, str] = {
    " (file state is current in your context — no need to Read it back)": "",
    " The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the "
    "file). STOP what you are doing and wait for the user to tell you how to proceed.": "",
}


def neutral(text: str, root: Path) -> str:
    """Text of a log without the folder under which it was recorded, in any spelling of it."""
    slug = re.sub(r"[^A-Za-z0-9]", "-", str(root))
    text = text.replace(str(root), "").replace(slug, "")
    return re.sub(rf"\b{re.escape(socket.gethostname())}\b", "dev-machine", text)


def leaks(text: str, root: Path) -> list[str]:
    """What of this machine is still in a text."""
    user = getpass.getuser()
    telltale = [str(root), str(Path.home()), socket.gethostname(), f'"{user}"', f" {user} "]
    return [word for word in telltale if word in text and word not in {"/", "/root"}]


def walked(value: Any) -> Any:
    """A value with reminders and stock phrases cut from every text in it."""
    match value:
        case dict():
            return {key: walked(item) for key, item in value.items()}
        case list():
            return [walked(item) for item in value]
        case str():
            for phrase, instead in TEXTS.items():
                value = value.replace(phrase, instead)
            return REMINDER.sub("", value)
    return value


def without(record: Mapping[str, Any], keys: Iterable[str]) -> Record:
    """A record without some of its keys."""
    dropped = frozenset(keys)
    return {key: value for key, value in record.items() if key not in dropped}


def only(record: Mapping[str, Any], keys: Iterable[str]) -> Record:
    """A record with some of its keys."""
    return {key: record[key] for key in keys if key in record}


def lines(text: str) -> list[Record]:
    """The records of a log."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def written(records: Iterable[Mapping[str, Any]]) -> str:
    """A log of the records."""
    return "".join(
        json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records
    )
