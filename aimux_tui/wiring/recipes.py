"""What makes each agent send its telemetry to an OTLP receiver over HTTP.

Names of variables and settings were checked by running the agents: Claude Code 2.1, Codex 0.169,
Gemini CLI 0.61, Qwen Code 0.24, Copilot CLI 1.0 and OpenCode 1.18.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from aimux_tui.errors import CommandError
from aimux_tui.spelling import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable

Values = Mapping[str, Any]


class ConfigFile(Struct, frozen=True):
    """What is to stand in an agent's settings."""

    path: PurePath
    """Below the user's home."""
    format: Literal["json", "toml"]
    values: Values
    """Nested as in the file."""
    variable: str = ""
    """The agent's variable that names another folder for it, if it has one."""
    folder: PurePath = PurePath()
    """The folder of the file below what the variable names."""


class Recipe(Struct, frozen=True):
    """How one agent is pointed at the receiver."""

    name: str
    title: str
    variables: Mapping[str, str]
    """Environment variables that do it, or help; none where the agent reads none."""
    arguments: tuple[str, ...]
    """Arguments of the agent that do it, where variables cannot."""
    config: ConfigFile | None
    """What does it for good; None where the agent has no settings for it."""
    is_complete: bool = True
    """The variables and arguments suffice; False: the settings are needed as well."""
    note: str = ""


def recipe(agent: str, url: str, *, with_content: bool = True) -> Recipe:
    """The recipe of an agent. `url` is the receiver's, without a path.

    Without content prompts, answers and what tools were given stay out of the telemetry.
    Raises CommandError for an agent that is not known.
    """
    make = _RECIPES.get(agent)
    if make is None:
        raise CommandError(f"no recipe for {agent!r}", hint=suggestion(agent, _RECIPES))
    return make(url, with_content)


def agents() -> tuple[str, ...]:
    """Everyone there is a recipe for."""
    return tuple(_RECIPES)


def agent_of(command: str) -> str:
    """The agent that a command starts, by the name of its file; "" if it is none of them."""
    name = PurePath(command).name.lower()
    return name if name in _RECIPES else ""


def _claude(url: str, with_content: bool) -> Recipe:  # noqa: FBT001 - one shape for all recipes
    variables = {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",
        "CLAUDE_CODE_PROPAGATE_TRACEPARENT": "1",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        # By default they come once in five seconds, metrics once in a minute.
        "OTEL_LOGS_EXPORT_INTERVAL": "1000",
        "OTEL_TRACES_EXPORT_INTERVAL": "1000",
        "OTEL_METRIC_EXPORT_INTERVAL": "10000",
    }
    if with_content:
        variables |= {
            "OTEL_LOG_USER_PROMPTS": "1",
            "OTEL_LOG_ASSISTANT_RESPONSES": "1",
            "OTEL_LOG_TOOL_DETAILS": "1",
            "OTEL_LOG_TOOL_CONTENT": "1",
        }
    config = ConfigFile(
        PurePath(".claude/settings.json"), "json", {"env": variables}, "CLAUDE_CONFIG_DIR"
    )
    return Recipe("claude", "Claude Code", variables, (), config)


def _codex(url: str, with_content: bool) -> Recipe:  # noqa: FBT001 - as above
    exporters = {
        name: {"otlp-http": {"endpoint": f"{url}/v1/{signal}", "protocol": "binary"}}
        for name, signal in (
            ("exporter", "logs"),
            ("trace_exporter", "traces"),
            ("metrics_exporter", "metrics"),
        )
    }
    arguments = ["-c", f"otel.log_user_prompt={str(with_content).lower()}"]
    for name, exporter in exporters.items():
        endpoint = exporter["otlp-http"]["endpoint"]
        value = f'{{otlp-http={{endpoint="{endpoint}",protocol="binary"}}}}'
        arguments += ["-c", f"otel.{name}={value}"]
    config = ConfigFile(
        PurePath(".codex/config.toml"),
        "toml",
        {"otel": {"log_user_prompt": with_content, **exporters}},
        "CODEX_HOME",
    )
    note = "Codex reads no variables for this: arguments or its settings do it."
    return Recipe("codex", "Codex CLI", {}, tuple(arguments), config, note=note)


def _gemini(url: str, with_content: bool) -> Recipe:  # noqa: FBT001 - as above
    variables = {
        "GEMINI_TELEMETRY_ENABLED": "true",
        "GEMINI_TELEMETRY_TARGET": "local",
        "GEMINI_TELEMETRY_OTLP_ENDPOINT": url,
        "GEMINI_TELEMETRY_OTLP_PROTOCOL": "http",
        "GEMINI_TELEMETRY_LOG_PROMPTS": str(with_content).lower(),
        "GEMINI_TELEMETRY_TRACES_ENABLED": "true",
    }
    values = {"telemetry": {**_gemini_values(url, with_content), "traces": True}}
    config = ConfigFile(
        PurePath(".gemini/settings.json"), "json", values, "GEMINI_CLI_HOME", PurePath(".gemini")
    )
    return Recipe("gemini", "Gemini CLI", variables, (), config)


def _qwen(url: str, with_content: bool) -> Recipe:  # noqa: FBT001 - as above
    values = {"telemetry": _gemini_values(url, with_content)}
    config = ConfigFile(PurePath(".qwen/settings.json"), "json", values)
    note = "Qwen Code is known to follow its settings; no variables were checked."
    return Recipe("qwen", "Qwen Code", {}, (), config, is_complete=False, note=note)


def _gemini_values(url: str, with_content: bool) -> dict[str, Any]:  # noqa: FBT001 - as above
    return {
        "enabled": True,
        "target": "local",
        "otlpEndpoint": url,
        "otlpProtocol": "http",
        "logPrompts": with_content,
    }


def _copilot(url: str, with_content: bool) -> Recipe:  # noqa: FBT001 - as above
    variables = {"COPILOT_OTEL_ENABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": url}
    if with_content:
        variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"
    note = (
        "Copilot CLI has no settings for this: put the variables into your shell's start-up file."
    )
    return Recipe("copilot", "Copilot CLI", variables, (), None, note=note)


def _opencode(url: str, with_content: bool) -> Recipe:  # noqa: FBT001 - as above
    del with_content  # it makes no difference to OpenCode
    values = {"experimental": {"openTelemetry": True}}
    config = ConfigFile(PurePath(".config/opencode/opencode.json"), "json", values)
    return Recipe(
        "opencode",
        "OpenCode",
        {"OTEL_EXPORTER_OTLP_ENDPOINT": url},
        (),
        config,
        is_complete=False,
        note="OpenCode needs both: the setting switches telemetry on, the variable says where to.",
    )


_RECIPES: Mapping[str, Callable[[str, bool], Recipe]] = {
    "claude": _claude,
    "codex": _codex,
    "gemini": _gemini,
    "qwen": _qwen,
    "copilot": _copilot,
    "opencode": _opencode,
}
