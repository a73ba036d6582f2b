"""`python -m aimux_tui` and the `aimux` command: hands over to the command line, late."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    from aimux_tui.cli.main import main as run

    code = run(sys.argv[1:])
    # The interpreter would look for garbage among all that is left, once more before it ends.
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(main())
