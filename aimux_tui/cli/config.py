"""`aimux config`: the settings in force, and where each comes from."""

from __future__ import annotations

from aimux_tui.cli.output import print_json
from aimux_tui.cli.setup import look_around, tell_errors
from aimux_tui.cli.tables import Column, format_table, terminal_width
from aimux_tui.config.show import effective


def run(action: str, *, as_json: bool) -> int:
    """Print the settings ("show"), the file's path ("path"), or only what is wrong ("check").

    2 if something is wrong.
    """
    surroundings = look_around()
    tell_errors(surroundings)
    rows = effective(surroundings.settings)
    if action == "path":
        print(surroundings.paths.config_file)
    elif action == "check" and not surroundings.errors:
        print("The settings are all right.")
    elif action == "show" and as_json:
        values = {row.key: {"value": row.value, "origin": row.origin} for row in rows}
        print_json(values, is_pretty=True)
    elif action == "show":
        columns = (Column("setting"), Column("value", is_flexible=True), Column("from"))
        table = [[row.key, row.text, row.origin] for row in rows]
        print(format_table(columns, table, terminal_width()))
    return 2 if surroundings.errors else 0
