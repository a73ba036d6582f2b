"""The agents with their own telemetry turned on, sent to a receiver."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.e2e.agents import Agent, Sandbox

_CLAUDE = {
    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
    "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",
    "OTEL_LOGS_EXPORTER": "otlp",
    "OTEL_METRICS_EXPORTER": "otlp",
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_LOGS_EXPORT_INTERVAL": "500",
    "OTEL_METRIC_EXPORT_INTERVAL": "1000",
    "OTEL_TRACES_EXPORT_INTERVAL": "500",
}


@dataclass(frozen=True, slots=True)
class Reporting:
    """An agent that reports to `url`, in `http/protobuf` or `http/json` where it can choose."""

    inner: Agent
    url: str
    protocol: str = "http/protobuf"

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def model(self) -> str:
        return self.inner.model

    def arguments(self, prompt: str, model: str, session: str) -> list[str]:
        return list(self.inner.arguments(prompt, model, session))

    def prepare(self, sandbox: Sandbox, url: str) -> Mapping[str, str]:
        """The inner agent's settings, and those of its telemetry."""
        settings = dict(self.inner.prepare(sandbox, url))
        match self.inner.name:
            case "claude":
                settings |= _CLAUDE
                settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = self.url
                settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = self.protocol
            case "codex":
                self._prepare_codex(sandbox)
            case "gemini":
                self._prepare_gemini(sandbox)
        return settings

    def _prepare_codex(self, sandbox: Sandbox) -> None:
        protocol = "json" if self.protocol.endswith("json") else "binary"
        lines = ["[otel]", 'environment = "test"']
        for setting, signal in (
            ("exporter", "logs"),
            ("trace_exporter", "traces"),
            ("metrics_exporter", "metrics"),
        ):
            place = f'endpoint = "{self.url}/v1/{signal}", protocol = "{protocol}"'
            lines.append(f"{setting} = {{ otlp-http = {{ {place} }} }}")
        with (sandbox.home / ".codex" / "config.toml").open("a") as file:
            file.write("\n".join(lines) + "\n")

    def _prepare_gemini(self, sandbox: Sandbox) -> None:
        path = sandbox.home / ".gemini" / "settings.json"
        settings = json.loads(path.read_text())
        settings["telemetry"] = {
            "enabled": True,
            "target": "local",
            "otlpEndpoint": self.url,
            "otlpProtocol": "http",
            "traces": True,
        }
        path.write_text(json.dumps(settings))
