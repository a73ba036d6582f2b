"""The pages that are made from tables are up to date and complete."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.config.fields import setting_fields

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def gen_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_docs", ROOT / "scripts" / "gen_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_what_would_be_written(
    gen_docs: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["gen_docs.py", "--check"])
    assert gen_docs.main() == 0, "run scripts/gen_docs.py"


def test_a_stale_page_is_noticed(
    gen_docs: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gen_docs, "DOCS", tmp_path)
    monkeypatch.setattr("sys.argv", ["gen_docs.py", "--check"])
    assert gen_docs.main() == 1
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("sys.argv", ["gen_docs.py"])
    assert gen_docs.main() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "config.md",
        "filters.md",
        "keys.md",
    ]


def test_every_command_and_setting_is_there(gen_docs: ModuleType) -> None:
    keys, config = gen_docs.keys_page(), gen_docs.config_page()
    assert all(f"`{command.id}`" in keys for command in COMMANDS)
    assert all(f"## {name}\n" in config for name in setting_fields())


def test_every_setting_has_a_docstring(gen_docs: ModuleType) -> None:
    assert all(len(text) > 10 for text in gen_docs.field_docs().values())
