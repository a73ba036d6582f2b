from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from aimux_tui.config.document import parse_document
from aimux_tui.config.load import load_settings
from aimux_tui.config.schema import (
    CostDisplay,
    PriceOverride,
    SessionSort,
    Settings,
    TimeMode,
)
from aimux_tui.config.show import effective
from aimux_tui.errors import ConfigError

MISSING = Path("/nonexistent/config.yaml")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def load(
    file: Path,
    text: str,
    env: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> tuple[Settings, list[str]]:
    """(settings, errors as "line: message (hint)")."""
    file.write_text(text, "utf-8")
    settings, errors = load_settings(file, env or {}, flags)
    return settings, [told(error, file) for error in errors]


def told(error: ConfigError, file: Path) -> str:
    message = error.message.removeprefix(f"{file}:")
    return f"{message} ({error.hint})" if error.hint else message


def test_no_file_means_defaults() -> None:
    settings, errors = load_settings(MISSING, {})
    assert settings == Settings()
    assert errors == []


@pytest.mark.parametrize("text", ["", "# only a comment\n", "ui:\n", "keys:\ncost:\n  prices:\n"])
def test_a_file_that_says_nothing_means_defaults(file: Path, text: str) -> None:
    assert load(file, text) == (Settings(), [])


def test_a_whole_file(file: Path) -> None:
    settings, errors = load(
        file,
        """
providers: {claude: {enabled: false, paths: [~/old, /mnt/x]}, codex: {paths: /one}}
cost:
  display: hide
  prices:
    "my/*": {input: 1, output: 2.5, cache_read: 0.1}
keys: {session.sort: "1", turn.follow: [F, y f], app.mute: []}
theme: nord
ui: {follow: no, time: elapsed, bell: false, ascii: yes, mouse: false}
index: {enabled: false}
sessions: {show_hidden: true, sort: cost}
""",
    )
    assert errors == []
    assert not settings.providers.claude.enabled
    assert settings.providers.claude.paths == ("~/old", "/mnt/x")
    assert settings.providers.codex.paths == ("/one",)
    assert settings.providers.gemini.enabled
    assert settings.cost.display is CostDisplay.HIDE
    price = PriceOverride(input=1.0, output=2.5, cache_read=0.1)
    assert settings.cost.prices == {"my/*": price}
    assert settings.keys == {"session.sort": ("1",), "turn.follow": ("F", "y f"), "app.mute": ()}
    assert settings.theme == "nord"
    assert (settings.ui.follow, settings.ui.time, settings.ui.ascii) == (
        False,
        TimeMode.ELAPSED,
        True,
    )
    assert not settings.index.enabled
    assert settings.sessions.sort is SessionSort.COST


def test_later_layers_win(file: Path) -> None:
    text = "ui: {time: relative, bell: false, mouse: false}\ntheme: nord\n"
    env = {"AIMUX_UI_TIME": "elapsed", "AIMUX_UI_BELL": "1", "AIMUX_HOME": "/x", "HOME": "/y"}
    settings, errors = load(file, text, env, {"ui.time": "clock", "ui.follow": False})
    assert errors == []
    assert settings.ui.time is TimeMode.CLOCK
    assert settings.ui.bell
    assert not settings.ui.mouse
    assert not settings.ui.follow
    assert settings.theme == "nord"
    assert settings.origins == {
        "theme": f"{file}:2",
        "ui.bell": "AIMUX_UI_BELL",
        "ui.follow": "command line",
        "ui.mouse": f"{file}:1",
        "ui.time": "command line",
    }


def test_several_paths_in_a_variable_or_flag() -> None:
    env = {"AIMUX_PROVIDERS_CODEX_PATHS": "/a:/b", "AIMUX_PROVIDERS_CLAUDE_PATHS": ""}
    settings, errors = load_settings(MISSING, env, {"providers.gemini.paths": ["/c", "/d"]})
    assert errors == []
    assert settings.providers.codex.paths == ("/a", "/b")
    assert settings.providers.claude.paths == ()
    assert settings.providers.gemini.paths == ("/c", "/d")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("them: x", "1: unknown key 'them' (did you mean theme?)"),
        ("\nui:\n  folow: no\n", "3: unknown key 'ui.folow' (did you mean ui.follow?)"),
        ("follow: no", "1: unknown key 'follow' (did you mean ui.follow?)"),
        ("index: {zzz: 1}", "1: unknown key 'index.zzz' (known: index.enabled)"),
        (
            "providers: {cluade: {}}",
            "1: unknown key 'providers.cluade' (did you mean providers.claude?)",
        ),
        (
            "ui:\n  time: clok",
            ("2: ui.time: 'clok' is not one of clock, relative, elapsed (did you mean clock?)"),
        ),
        ("ui:\n  bell: loud", "2: ui.bell: expected true or false"),
        ("ui:\n  bell: [true]", "2: ui.bell: expected true or false"),
        ("theme: 12", "1: theme: expected text"),
        ("theme: {a: b}", "1: theme: expected text"),
        ("ui: pretty", "1: ui: expected keys and values"),
        ("- a\n- b", "1: the file: expected keys and values"),
        ("keys: [a]", "1: keys: expected names and values"),
        ("keys:\n  app.quit: hyper+q", "2: keys.app.quit: 'hyper+q' is not a key"),
        ("keys:\n  app.quit: {a: b}", "2: keys.app.quit: expected a key or a list of keys"),
        (
            "keys:\n  app.quit: a b c",
            "2: keys.app.quit: 'a b c': write one key, or two with a space between them",
        ),
        ("providers: {codex: {paths: [1]}}", "1: providers.codex.paths: expected text"),
        (
            "cost: {prices: {m: 3}}",
            (
                "1: cost.prices.m: expected a mapping of input, output,"
                " cache_read, cache_write_5m, cache_write_1h"
            ),
        ),
        ("cost: {prices: {m: {input: 1}}}", "1: cost.prices.m: output must be given"),
        (
            "cost:\n prices:\n  m:\n   input: 1\n   output: free",
            "5: cost.prices.m.output: expected a number of 0 or more",
        ),
        (
            "cost: {prices: {m: {input: -1, output: 1}}}",
            "1: cost.prices.m.input: expected a number of 0 or more",
        ),
        (
            "cost: {prices: {m: {input: .inf, output: 1}}}",
            "1: cost.prices.m.input: expected a number of 0 or more",
        ),
        (
            "cost: {prices: {m: {input: 1, output: 1, cached: 1}}}",
            "1: cost.prices.m: unknown key 'cached' (did you mean cache_read?)",
        ),
        ("theme: a\ntheme: b", "2: theme: set twice"),
        ("? [a]\n: b", "1: a key must be a word"),
        ("a: &a [" + "[" * 20 + "]" * 20 + "]", "1: nested too deeply"),
    ],
)
def test_an_error_names_its_line_and_the_nearest_key(file: Path, text: str, error: str) -> None:
    settings, errors = load(file, text + "\n")
    assert errors == [error]
    assert replace(settings, origins={}) in (Settings(), Settings(theme="b"))


def test_an_error_costs_only_its_own_setting(file: Path) -> None:
    settings, errors = load(
        file,
        "ui: {time: never, bell: no, foo: 1}\nkeys: {app.quit: Q, app.help: nokey}\n"
        "cost: {prices: {bad: {}, good: {input: 1, output: 1}}}\ntheme: nord\n",
    )
    assert [error.split(" ")[0] for error in errors] == ["1:", "1:", "2:", "3:"]
    assert not settings.ui.bell
    assert settings.theme == "nord"
    assert settings.keys == {"app.quit": ("Q",)}
    assert list(settings.cost.prices) == ["good"]


@pytest.mark.parametrize(
    "text", ["ui: [", "a: b: c", "\tx: 1", "x: *nowhere", "a: \x01", "---\n---"]
)
def test_what_is_not_yaml_is_one_error(file: Path, text: str) -> None:
    settings, errors = load(file, text, {"AIMUX_THEME": "nord"})
    assert len(errors) == 1
    assert "not valid YAML" in errors[0]
    assert settings == Settings(theme="nord", origins={"theme": "AIMUX_THEME"})


def test_what_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    folder = tmp_path / "config.yaml"
    folder.mkdir()
    assert "cannot be read" in load_settings(folder, {})[1][0].message
    binary = tmp_path / "other.yaml"
    binary.write_bytes(b"theme: \xff\xfe")
    assert "not UTF-8" in load_settings(binary, {})[1][0].message


def test_a_tag_cannot_make_an_object(file: Path) -> None:
    settings, errors = load(file, "theme: !!python/object/apply:os.system [true]\nui: {bell: no}\n")
    assert errors == ["1: theme: expected text"]
    assert not settings.ui.bell


def test_a_mistyped_variable_is_told_but_strangers_are_left_alone() -> None:
    _, errors = load_settings(MISSING, {"AIMUX_UI_TIM": "x", "AIMUX_SOCKET": "y"})
    assert [(error.message, error.hint) for error in errors] == [
        ("AIMUX_UI_TIM: unknown variable", "did you mean AIMUX_UI_TIME?")
    ]


def test_a_bad_variable_names_itself() -> None:
    settings, errors = load_settings(MISSING, {"AIMUX_SESSIONS_SORT": "age"})
    assert errors[0].message.startswith("AIMUX_SESSIONS_SORT: sessions.sort: 'age' is not one of")
    assert settings.sessions.sort is SessionSort.UPDATED


@given(st.text(alphabet="aui: [],{}-\n\t'\"&*!|>#%@x1.éy", max_size=60))
def test_nothing_that_is_typed_raises_anything_else(text: str) -> None:
    with contextlib.suppress(ConfigError):
        parse_document(text, "config.yaml")


def test_effective_rows_show_value_and_origin(file: Path) -> None:
    text = "cost: {prices: {m: {input: 1, output: 2}}}\nkeys: {app.quit: [q, Q]}\n"
    settings, _ = load(file, text, {"AIMUX_UI_BELL": "off"})
    rows = {row.key: row for row in effective(settings)}
    assert (rows["ui.bell"].text, rows["ui.bell"].origin) == ("false", "AIMUX_UI_BELL")
    assert (rows["theme"].text, rows["theme"].origin) == ("textual-dark", "default")
    assert (rows["keys.app.quit"].text, rows["keys.app.quit"].origin) == ("[q, Q]", f"{file}:2")
    assert rows["cost.prices.m"].value == {"input": 1.0, "output": 2.0}
    assert rows["cost.prices.m"].text == "{input: 1, output: 2}"
    assert rows["sessions.sort"].value == "updated"
    assert json.dumps([row.value for row in effective(settings)])
    assert {row.key for row in effective(Settings())} >= {"keys", "cost.prices"}


def test_without_anything_to_read_nothing_is_imported() -> None:
    script = (
        "import sys, pathlib\n"
        "from aimux_tui.config.load import load_settings\n"
        "load_settings(pathlib.Path('/nonexistent/x'), {'AIMUX_HOME': '/x'})\n"
        "print([m for m in ('yaml', 'aimux_tui.config.layers') if m in sys.modules])\n"
    )
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


def test_yaml_is_imported_only_for_a_file(file: Path) -> None:
    file.write_text("theme: nord\n")
    script = (
        "import sys, pathlib\n"
        "from aimux_tui.config.load import load_settings\n"
        "load_settings(pathlib.Path(sys.argv[1]), {})\n"
        "print('yaml' in sys.modules)\n"
    )
    for path, expected in ((MISSING, "False"), (file, "True")):
        command = [sys.executable, "-c", script, str(path)]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        assert result.stdout.strip() == expected


def test_a_number_may_come_from_a_variable() -> None:
    settings, errors = load_settings(MISSING, {"AIMUX_EXPORT_TIMEOUT": "2.5"})
    assert (settings.export.timeout, errors) == (2.5, [])
    settings, errors = load_settings(MISSING, {"AIMUX_EXPORT_TIMEOUT": "soon"})
    assert settings.export.timeout == 30
    assert "expected a number" in errors[0].message


def test_credentials_are_not_shown(file: Path) -> None:
    settings, errors = load(file, "export: {headers: {Authorization: Bearer geheim}}")
    assert (settings.export.headers, errors) == ({"Authorization": "Bearer geheim"}, [])
    row = next(row for row in effective(settings) if row.key.startswith("export.headers"))
    assert (row.key, row.text) == ("export.headers.Authorization", "(hidden)")
