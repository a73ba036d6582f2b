"""Exports that the test lets go on, fail, or be cancelled."""

from __future__ import annotations

import threading
from pathlib import Path

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.errors import AimuxError, ExportError
from aimux_tui.export.progress import ExportCancelledError
from aimux_tui.tui.export_port import Control, Done, Endpoint, Progress, Sample
from aimux_tui.tui.export_scopes import Chosen


class FakeExports:
    """Fulfils `export_port.ExportPort`; `calls` tells what was asked for."""

    usual_profile = RedactionProfile.BOUNDED

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.chosen: list[Chosen] = []
        self.gate = threading.Event()
        """Cleared: an export waits at 3 of 12 turns."""
        self.gate.set()
        self.error: AimuxError | OSError | None = None
        self.done = Done("12 turns, 3 sub-agents → /out/x.jsonl", Path("/out/x.jsonl"))
        self.sent = Done("3 traces, 212 spans, 14 assessments → MLflow experiment 1")
        self.consents: dict[str, RedactionProfile] = {}
        self.waiting = False

    def to_file(self, chosen: Chosen, format_name: str, path: str, control: Control) -> Done:
        self._called(chosen, "file", format_name, path)
        return self._work(control, self.done)

    def endpoint(self, given: str) -> Endpoint:
        if not given:
            raise ExportError("no endpoint to export to", hint="set export.endpoint")
        return Endpoint(f"http://{given}", "mlflow", is_local=True, trace_per="session")

    def consent(self, endpoint: Endpoint) -> RedactionProfile | None:
        return self.consents.get(endpoint.name)

    def give_consent(self, endpoint: Endpoint, profile: RedactionProfile) -> None:
        self.consents[endpoint.name] = profile

    def sample(self, chosen: Chosen, profile: RedactionProfile, control: Control) -> Sample:
        text = "my \x1b[31mkey is" + (
            " sk-123" if profile is RedactionProfile.FULL else " [masked]"
        )
        removed = {} if profile is RedactionProfile.FULL else {"masked": 2, "cut": 1}
        return Sample(1, 12, (("Prompt", text),), removed, 7)

    def send(self, chosen: Chosen, given: str, profile: RedactionProfile, control: Control) -> Done:
        self._called(chosen, "send", given, profile.value)
        return self._work(control, self.sent)

    def has_waiting(self) -> bool:
        return self.waiting

    def retry(self, control: Control) -> Done:
        self.calls.append(("retry",))
        return self._work(control, self.sent)

    def _called(self, chosen: Chosen, *call: str) -> None:
        self.chosen.append(chosen)
        self.calls.append(call)

    def _work(self, control: Control, done: Done) -> Done:
        control.report(Progress(3, 12))
        while not self.gate.wait(0.005):
            if control.should_stop():
                raise ExportCancelledError
        if self.error is not None:
            raise self.error
        return done
