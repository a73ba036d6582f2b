"""The annotated file that users copy."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from aimux_tui.config.document import Located, Table, parse_document
from aimux_tui.config.fields import setting_fields
from aimux_tui.config.load import load_settings
from aimux_tui.config.schema import PriceOverride, Settings

EXAMPLE = Path(__file__).parents[2] / "config" / "config.yaml"


def names_in(node: Located, prefix: str = "") -> set[str]:
    if not isinstance(node, Table) or prefix.rstrip(".") in setting_fields():
        return {prefix.rstrip(".")}
    return {name for key, value in node.entries for name in names_in(value, f"{prefix}{key}.")}


def test_it_holds_the_defaults_and_names_every_setting() -> None:
    settings, errors = load_settings(EXAMPLE, {})
    assert (replace(settings, origins={}), errors) == (Settings(), [])
    document = parse_document(EXAMPLE.read_text(), "config.yaml")
    assert document is not None
    assert names_in(document) == set(setting_fields())


def test_its_commented_examples_load_too(tmp_path: Path) -> None:
    text = re.sub(r'(?m)^( +)# (?=["\w./*-]+: )', r"\1", EXAMPLE.read_text())
    file = tmp_path / "config.yaml"
    file.write_text(text)
    settings, errors = load_settings(file, {})
    assert errors == []
    assert settings.cost.prices["ollama/*"] == PriceOverride(input=0.0, output=0.0)
    assert settings.cost.prices["my-proxy/claude-opus"].cache_write_1h == 9
    assert settings.keys["copy.resume"] == ("y s",)
    assert settings.keys["app.mute"] == ()
