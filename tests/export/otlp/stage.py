"""A small home of Claude Code with labels, ready to be exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.config.schema import ExportBackend, TracePer
from aimux_tui.export.otlp.exporter import export_sessions, retry_spool
from aimux_tui.export.otlp.link import Patience
from aimux_tui.export.otlp.result import OtlpResult
from aimux_tui.export.otlp.session_spans import SpanOptions, session_spans
from aimux_tui.export.otlp.spans import Span, TraceFacts
from aimux_tui.export.otlp.target import OtlpTarget
from aimux_tui.export.progress import ExportTracker
from aimux_tui.export.scope import Scope, Selection
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import find_homes
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library
from tests.providers.claude.build import SESSION, Log

AUTHOR = "me@laptop"
OTHER = "0a1b2c3d-0000-4000-8000-00000000000b"


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def thinking(words: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": "s"}


def tool(key: str, name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": key, "name": name, "input": arguments}


def zoo_log() -> Log:
    """Two turns: tools, thoughts, a failure, a sub-agent; a model without a price."""
    log = Log()
    log.prompt("Fix the failing test in parser.py")
    log.wait(2)
    log.say(
        thinking("It must be the slice."), text("I look at it."),
        tool("toolu_01", "Bash", command="pytest -q", description="Run the tests"),
        stop="tool_use", outputs=[10, 20, 120],
    )  # fmt: skip
    log.wait(3)
    log.result("toolu_01", "1 failed\nE  assert 2 == 3", error=True)
    log.say(tool("toolu_02", "Agent", prompt="Find the slice", subagent_type="Explore"))
    log.wait(9)
    log.result("toolu_02", "It is in line 7.\nagentId: a1", twin={"agentId": "a1"})
    log.say(text("Off by one in `line 7`; fixed."))
    log.wait(30)
    log.prompt("Thanks. And rewrite it in Rust?")
    log.say(text("Done?"), model="secret-model-9")
    return log


def agent_log() -> Log:
    log = Log(agent="a1")
    log.prompt("Find the slice")
    log.say(tool("toolu_a1", "Read", file_path="/work/zoo/parser.py"), message="msg_a1")
    log.result("toolu_a1", "7\tdata[1:]")
    log.say(text("It is in line 7."), message="msg_a2")
    return log


@dataclass
class Stage:
    """A home, the labels over it, and a state folder."""

    root: Path
    log: Log | None = None
    """The log of its session; without one, the zoo's with its sub-agent."""
    session: str = SESSION

    def __post_init__(self) -> None:
        self.book = EvaluationBook(self.root / "evaluations", AUTHOR)
        self.book.load()
        if self.log is None:
            self.write_file(self.session, "subagents/agent-a1.jsonl", agent_log().data)
        self.log = self.log or zoo_log()
        self.write(self.log, self.session)

    @property
    def state(self) -> Path:
        return self.root / "state"

    def write(self, log: Log, session: str) -> None:
        """Write (or write again) the log of a session."""
        self.write_file(session, "", log.data)

    def write_file(self, session: str, name: str, data: bytes) -> None:
        project = self.root / "home/.claude/projects/-work-zoo"
        path = project / session / name if name else project / f"{session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.replace(SESSION.encode(), session.encode()))

    def go_on(self) -> None:
        """One more turn."""
        assert self.log is not None
        self.log.prompt("One more thing")
        self.log.say(text("Here it is."))
        self.write(self.log, self.session)

    def selection(self, **scope: Any) -> Selection:
        home = self.root / "home"
        library = Library(find_homes(["claude"], {}, env={}, home=home), Index(None), PriceTable())
        library.load_fully()
        return Selection(library, self.book, Scope(**scope))

    def items(
        self, options: SpanOptions | None = None, **scope: Any
    ) -> Iterator[Span | TraceFacts]:
        for material in self.selection(**scope).materials(ExportTracker()):
            yield from session_spans(material, options or SpanOptions())

    def spans(self, options: SpanOptions | None = None, **scope: Any) -> list[Span]:
        return [item for item in self.items(options, **scope) if isinstance(item, Span)]

    def facts(self, options: SpanOptions | None = None, **scope: Any) -> list[TraceFacts]:
        return [item for item in self.items(options, **scope) if isinstance(item, TraceFacts)]

    def label(self, turn_key: str, **change: Any) -> None:
        key = f"claude:{self.session}"
        self.book.record((TurnChange(session_key=key, turn_key=turn_key, number=1, **change),))

    def judge(self, **change: Any) -> None:
        self.book.record((SessionChange(session_key=f"claude:{self.session}", **change),))

    def turn_keys(self) -> list[str]:
        return [
            str(span.attributes["aimux.turn.key"])
            for span in self.spans()
            if "aimux.turn.key" in span.attributes and span.attributes["session.id"] == self.session
        ]

    def export(
        self,
        base: str,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        patience: Patience | None = None,
        scope: dict[str, Any] | None = None,
        **target: Any,
    ) -> OtlpResult:
        return export_sessions(
            self.selection(**(scope or {})).materials(ExportTracker(should_stop=should_stop)),
            OtlpTarget(base=base, **target),
            self.state,
            should_stop=should_stop,
            patience=patience or HASTE,
        )

    def retry(self, base: str, patience: Patience | None = None, **target: Any) -> OtlpResult:
        place = OtlpTarget(base=base, **target)
        return retry_spool(place, self.state, patience=patience or HASTE)


HASTE = Patience(attempts=3, connects=2, sleep=lambda _seconds: None)
PER_TURN = SpanOptions(trace_per=TracePer.TURN)
GENERIC = ExportBackend.GENERIC


def named(spans: list[Span], name: str) -> Span:
    """The one span of that name."""
    (found,) = (span for span in spans if span.name == name)
    return found
