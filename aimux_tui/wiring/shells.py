"""Variables as a shell takes them in."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SHELLS = ("sh", "fish", "powershell")


def assignments(variables: Mapping[str, str], shell: str) -> str:
    """Lines that set the variables."""
    return "\n".join(_assignment(name, value, shell) for name, value in variables.items())


def _assignment(name: str, value: str, shell: str) -> str:
    match shell:
        case "fish":
            return f"set -gx {name} {shlex.quote(value)}"
        case "powershell":
            doubled = value.replace("'", "''")
            return f"$env:{name} = '{doubled}'"
        case _:
            return f"export {name}={shlex.quote(value)}"


def shell_of(program: str) -> str:
    """The shell of this name ("/usr/bin/fish"); most understand what `sh` does."""
    name = program.rpartition("/")[2]
    return name if name in SHELLS else "sh"
