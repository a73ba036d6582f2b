"""Putting telemetry into an agent's settings, and nothing else."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from aimux_tui.errors import CommandError
from aimux_tui.wiring.recipes import ConfigFile, agents, recipe
from aimux_tui.wiring.settings_file import as_text, place_of, plan

URL = "http://127.0.0.1:4318"


def config_of(agent: str) -> ConfigFile:
    config = recipe(agent, URL).config
    assert config is not None
    return config


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    change = plan(config_of("claude"), path)
    assert change.is_needed
    change.write()
    assert json.loads(path.read_text())["env"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == URL
    assert path.stat().st_mode & 0o777 == 0o600
    assert not plan(config_of("claude"), path).is_needed


def test_what_else_stands_in_json_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{\n    "model": "opus",\n    "env": {\n        "MINE": "1"\n    }\n}\n')
    path.chmod(0o640)
    change = plan(config_of("claude"), path)
    assert '-    "model"' not in change.diff()
    change.write()
    document = json.loads(path.read_text())
    assert (document["model"], document["env"]["MINE"]) == ("opus", "1")
    assert '\n    "env": {\n        "MINE"' in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o640


def test_comments_and_order_of_toml_stay(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    before = '# mine\nmodel = "gpt-5"   # the good one\n\n[otel]\nenvironment = "dev" # stays\n'
    path.write_text(before)
    plan(config_of("codex"), path).write()
    text = path.read_text()
    assert text.startswith(before.rstrip())
    otel = tomllib.loads(text)["otel"]
    assert otel["environment"] == "dev"
    assert otel["trace_exporter"]["otlp-http"]["endpoint"] == f"{URL}/v1/traces"


def test_other_values_are_replaced_and_shown_in_the_diff(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"telemetry": {"enabled": false, "outfile": "x"}}')
    change = plan(config_of("gemini"), path)
    assert "+" in change.diff()
    change.write()
    telemetry = json.loads(path.read_text())["telemetry"]
    assert (telemetry["enabled"], telemetry["outfile"]) == (True, "x")


@pytest.mark.parametrize(
    ("agent", "text", "message"),
    [
        ("claude", '{"env": 1}', "env is no table"),
        ("claude", "[]", "holds no JSON object"),
        ("gemini", '{\n// mine\n"a": 1}', "is no plain JSON"),
        ("codex", "a = = 1", "is no TOML"),
        ("codex", "otel = 5", "otel is no table"),
    ],
)
def test_what_cannot_be_changed_without_loss_is_left(
    tmp_path: Path, agent: str, text: str, message: str
) -> None:
    path = tmp_path / "settings"
    path.write_text(text)
    with pytest.raises(CommandError, match=message):
        plan(config_of(agent), path)
    assert path.read_text() == text


def test_a_file_that_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    change = plan(config_of("claude"), path)
    path.write_text("{}")
    with pytest.raises(CommandError, match="has changed meanwhile"):
        change.write()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.json", tmp_path / "settings.json"
    real.write_text("{}")
    link.symlink_to(real)
    plan(config_of("claude"), link).write()
    assert link.is_symlink()
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in real.read_text()


def test_the_agents_own_variables_say_where_the_file_is() -> None:
    home = Path("/home/u")
    env = {"CLAUDE_CONFIG_DIR": "/c", "CODEX_HOME": "/x", "GEMINI_CLI_HOME": "/g"}
    places = {agent: place_of(config_of(agent), env, home) for agent in ("claude", "codex")}
    assert places == {"claude": Path("/c/settings.json"), "codex": Path("/x/config.toml")}
    assert place_of(config_of("gemini"), env, home) == Path("/g/.gemini/settings.json")
    assert place_of(config_of("gemini"), {}, home) == Path("/home/u/.gemini/settings.json")


@pytest.mark.parametrize("agent", agents())
def test_every_recipe_points_at_the_receiver(agent: str) -> None:
    made = recipe(agent, URL)
    said = [*made.variables.values(), *made.arguments]
    if made.config is not None:
        said.append(as_text(made.config))
    assert any(URL in text for text in said)


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini", "qwen", "copilot"])
def test_content_is_left_out_when_asked(agent: str) -> None:
    assert recipe(agent, URL, with_content=False) != recipe(agent, URL)


def test_an_unknown_agent_is_refused_with_the_likely_one() -> None:
    with pytest.raises(CommandError) as caught:
        recipe("clade", URL)
    assert caught.value.hint == "did you mean claude?"
