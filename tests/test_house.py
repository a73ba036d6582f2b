"""The rules of the house: nothing grows until it can no longer be held in the head."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "aimux_tui"
FILES = sorted(PACKAGE.rglob("*.py"))
STYLES = sorted(PACKAGE.rglob("*.tcss"))
FILE_LINES, CLASS_LINES, FUNCTION_LINES = 400, 250, 60


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def imported_by(tree: ast.Module) -> set[str]:
    """First names of everything that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_module_fits_in_the_head(path: Path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "a module says in a sentence what it is for"
    assert len(source.splitlines()) <= FILE_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            assert lines_of(node) <= CLASS_LINES, f"class {node.name}"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert lines_of(node) <= FUNCTION_LINES, f"function {node.name}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_are_absolute_and_terminals_are_the_screens_alone(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    relative = [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative
    if not path.is_relative_to(PACKAGE / "tui"):
        assert not imported_by(tree) & {"textual", "rich"}


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_a_style_sheet_names_no_colour(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES
    declared = [line.partition(":")[2] for line in text.splitlines() if line.strip().endswith(";")]
    assert not [value for value in declared if "#" in value or "rgb" in value]
