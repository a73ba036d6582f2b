"""Nothing that was acknowledged is ever lost, whoever is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.events import BadEventError, Event, decode_event

ROOT = Path(__file__).parents[2]


def test_ten_thousand_labels_by_eight_processes_that_are_killed(tmp_path: Path):
    folder = tmp_path / "evaluations"
    done = subprocess.run(
        [sys.executable, "-m", "tests.annotations.killed_writers", str(folder), "10000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    acknowledged = [tuple(line.split(" ")) for line in done.stdout.splitlines()]
    assert len(acknowledged) >= 10_000

    written: list[Event] = []
    torn = 0
    for path in folder.iterdir():
        for line in path.read_bytes().split(b"\n"):
            try:
                written += [decode_event(line)] if line else []
            except BadEventError:
                torn += 1
    assert torn > 0, "somebody died in the midst of a write"
    assert set(acknowledged) <= {(one.session, one.turn_key, str(one.note)) for one in written}

    book = EvaluationBook(folder)
    book.load()
    assert len(book.problems) == torn
    last = {(one.session, one.turn_key): one for one in written}
    for (session, turn_key), event in last.items():
        annotation = book.get(session).turns[turn_key]
        assert (annotation.label, annotation.note) == (event.label, event.note)
