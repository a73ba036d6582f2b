"""`python -m aimux_tui` and the `aimux` command: hands over to the command line, late."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    from aimux_tui.cli.main import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
