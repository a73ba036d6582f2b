"""What becomes of output that nobody takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "aimux_tui", "sessions")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_full_disk_is_told_in_a_line(logs: dict[str, Path]):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(COMMAND, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "aimux: the output cannot be written: No space left on device\n"


def test_output_that_is_closed_is_no_error(logs: dict[str, Path]):
    shell = f"{' '.join(COMMAND)} >&-; echo $?"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_reader_that_has_gone_is_no_error(logs: dict[str, Path]):
    shell = f"{' '.join(COMMAND)} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")
