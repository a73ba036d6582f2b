"""Write the pages of the documentation that are made from tables: keys, settings, filters.

python scripts/gen_docs.py           # write docs/keys.md, docs/config.md and docs/filters.md
python scripts/gen_docs.py --check   # exit 1 if one of them is not what would be written
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

from aimux_tui import keys
from aimux_tui.commands.base import EVERYWHERE, Command, Group
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.config import schema
from aimux_tui.config.fields import SettingField, setting_fields
from aimux_tui.query.fields import FIELDS, FLAGS

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCS = Path(__file__).parents[1] / "docs"
TYPES = {
    "bool": "`true` or `false`",
    "str": "text",
    "int": "a whole number",
    "float": "a number of 0 or more",
    "tuple": "a list of texts",
}

KEYS_HEAD = """\
# Keys and commands

Made from the table in `aimux_tui/commands` by `scripts/gen_docs.py`.

Every command can be run by its key, from the palette (`ctrl+p`) and on the `:` line, where its
name may be shortened as long as it stays the only one, and arguments are completed. Square
brackets mark what may be left out. `:12` goes to turn 12.

Keys are changed in `~/.aimux/config.yaml`, by the id in the last column:

```yaml
keys:
  session.sort: ctrl+s
  cursor.down: [j, down, ctrl+n]
  app.mute: []
```
"""
CONFIG_HEAD = """\
# Settings

Made from `aimux_tui/config/schema.py` by `scripts/gen_docs.py`.

aimux needs no settings. Those you want go into `~/.aimux/config.yaml` (`AIMUX_HOME` moves the
folder); [config/config.yaml](../config/config.yaml) is that file with every default in it.
A command-line flag counts before an environment variable, that before the file, that before the
default. `aimux config show` prints what counts and where it was set. A mistake is told with its
line, and costs only the setting that it is in.

`AIMUX_CACHE_DIR` and `AIMUX_STATE_DIR` move aimux's cache and its own log.
"""


FILTERS_HEAD = """\
# Filters

The tables are made from `aimux_tui/query/fields.py` by `scripts/gen_docs.py`.

One language says what is wanted, wherever something can be chosen: `/` in the lists and in the
costs, `aimux sessions`, `aimux costs`, `aimux search`.

```
redirect provider:codex -label:good cost>1 failed since:3d "exact words"
```

- A **word** is looked for in the text: title, project, agent, folder, branch and models of a
  session; prompt, tools and note of a turn. Upper and lower case are alike. Words in **quotes**
  are looked for as they stand.
- A **field** with `:` holds the value anywhere in it; with `=` it is all of the value. Numbers are
  compared with `>`, `<`, `>=`, `<=` or `=`. Several values with commas between them: any of them
  will do. A value with a space or a comma in it goes into quotes. `:*` wants anything but nothing.
- A **flag** stands by itself.
- `-` before any of them turns it round. All that is written must hold.

What is unknown, such as the cost of a model without a price, is neither more nor less than any
number. In a shell, quote what has `>`, `<` or quotes in it: `aimux sessions 'cost>1' -branch:main`.
"""


def filters_page() -> str:
    """Every field and flag of the filter language."""
    rows = []
    for field in FIELDS.values():
        lists = [
            name
            for name, meaning in (("sessions", field.of_session), ("turns", field.of_turn))
            if meaning is not None
        ]
        known = f" ({', '.join(field.choices)})" if field.choices else ""
        rows.append(f"| {code(field.example)} | {field.help}{known} | {', '.join(lists)} |")
    head = "## Fields\n\n| for example | meaning | asked of |\n|---|---|---|"
    flags = [f"| {code(flag.name)} | {flag.help} |" for flag in FLAGS.values()]
    flag_head = "\n## Flags\n\n| flag | meaning |\n|---|---|"
    return "\n".join([FILTERS_HEAD, head, *rows, flag_head, *flags]) + "\n"


def keys_page() -> str:
    """Every command, by group."""
    parts = [KEYS_HEAD]
    for group in Group:
        rows = [key_row(command) for command in COMMANDS if command.group is group]
        head = "| key | `:` line | what it does | id |\n|---|---|---|---|"
        parts.append(f"## {group.value}\n\n{head}\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def key_row(command: Command) -> str:
    """One command."""
    pressed = ", ".join(code(keys.label(sequence)) for sequence in command.keys)
    where = ""
    if command.keys and command.panes != EVERYWHERE:
        where = f" ({', '.join(sorted(command.panes))})"
    cells = (pressed + where, code(command.usage), command.help, code(command.id))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def code(text: str) -> str:
    """Text in the typewriter face."""
    return f"`{text}`"


def config_page() -> str:
    """Every setting, by section."""
    docs = field_docs()
    sections = (
        f"## {field.name}\n\n{docs[field.name]}\n\n{facts(field)}\n"
        for field in setting_fields().values()
    )
    return "\n".join([CONFIG_HEAD, *sections])


def facts(field: SettingField) -> str:
    """What can be written, the default, and the variable."""
    lines = [f"- Values: {values(field)}"]
    if not field.is_mapping:
        lines.append(f"- Default: {default(field)}")
        lines.append(f"- Variable: {code(field.variable)}{' (separated by `:`)' * field.is_list}")
    return "\n".join(lines)


def values(field: SettingField) -> str:
    """What a setting may be."""
    if field.is_mapping:
        return "names, each with its value"
    if isinstance(field.type, type) and issubclass(field.type, StrEnum):
        return ", ".join(code(member.value) for member in field.type)
    name = getattr(field.type, "__name__", "")
    return TYPES[name]


def default(field: SettingField) -> str:
    """The default as it is written in the file."""
    if isinstance(field.default, bool):
        return code(str(field.default).lower())
    return code(str(field.default)) if field.default else "none"


def field_docs() -> dict[str, str]:
    """The docstring below each setting's field."""
    tree = ast.parse(inspect.getsource(schema))
    by_class = {node.name: class_docs(node) for node in tree.body if isinstance(node, ast.ClassDef)}
    return {
        name: " ".join(by_class[owner(name)][name.split(".")[-1]].split())
        for name in setting_fields()
    }


def owner(name: str) -> str:
    """The class of the schema that holds a setting."""
    section: type = schema.Settings
    for part in name.split(".")[:-1]:
        section = get_type_hints(section)[part]
    return section.__name__


def class_docs(node: ast.ClassDef) -> dict[str, str]:
    """Field → docstring below it."""
    found: dict[str, str] = {}
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = text
    return found


def pages() -> Mapping[Path, str]:
    """Every generated page."""
    return {
        DOCS / "keys.md": keys_page(),
        DOCS / "config.md": config_page(),
        DOCS / "filters.md": filters_page(),
    }


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args()
    stale = [
        path for path, text in pages().items() if not path.exists() or path.read_text() != text
    ]
    for path in stale:
        print(f"{path.name}: {'differs' if options.check else 'written'}")
        if not options.check:
            path.write_text(pages()[path])
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
