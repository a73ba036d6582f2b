"""What is exported to real servers, and what must be found there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from aimux_tui.export.otlp.result import OtlpProgress
from aimux_tui.export.otlp.spans import Span
from aimux_tui.model.annotation import Label, Verdict
from tests.e2e.peers import PeerServer
from tests.export.otlp.stage import OTHER, Stage, text, tool, zoo_log


def judged_stage(root: Path) -> Stage:
    """Two sessions; one has a label with a note on its first turn, and a verdict."""
    stage = Stage(root)
    first, _ = stage.turn_keys()
    stage.label(first, label=Label.GOOD, note="found the off-by-one at once")
    stage.judge(verdict=Verdict.ACHIEVED, tags=("slow", "chatty"), note="well done")
    other = zoo_log()
    other.prompt("And now?")
    for number in range(20):
        other.say(tool(f"toolu_n{number}", "Bash", command=f"echo {number}"), stop="tool_use")
        other.result(f"toolu_n{number}", str(number))
    other.say(text("Twenty times."))
    # Requests of its own, rather than those of a fork.
    data = other.data.replace(b"msg_", b"msg_b").replace(b"toolu_02", b"toolu_0b")
    stage.write_file(OTHER, "", data)
    return stage


def killing(server: PeerServer, after: int) -> Callable[[OtlpProgress], None]:
    """Kills the server as soon as it has taken so many spans."""

    def report(progress: OtlpProgress) -> None:
        if progress.spans >= after:
            server.kill()

    return report


def read(server: PeerServer, path: str, **params: Any) -> Any:
    """What the server says at a path of its REST API."""
    answer = httpx.get(server.base + path, params=params, timeout=60, trust_env=False)
    assert answer.status_code == 200, (path, answer.text[:300])
    return answer.json()


def write(server: PeerServer, path: str, body: Mapping[str, Any]) -> Any:
    """Post to the server's REST API."""
    answer = httpx.post(server.base + path, json=body, timeout=60, trust_env=False)
    assert answer.status_code == 200, (path, answer.text[:300])
    return answer.json()


def by_id(spans: list[Span]) -> dict[str, Span]:
    """Span id in hex → span."""
    return {span.span_id.hex(): span for span in spans}
