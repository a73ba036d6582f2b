from __future__ import annotations

from pathlib import Path

from aimux_tui.paths import find_paths

HOME = Path("/home/ada")


def test_the_usual_places() -> None:
    paths = find_paths({}, HOME)
    assert paths.home == HOME / ".aimux"
    assert paths.config_file == HOME / ".aimux/config.yaml"
    assert paths.evaluations == HOME / ".aimux/evaluations"
    assert paths.exports == HOME / ".aimux/exports"
    assert paths.log_file.parent == paths.state
    assert paths.cache.name == paths.state.name == "aimux"
    assert paths.cache != paths.state


def test_variables_move_them() -> None:
    env = {"AIMUX_HOME": "~/own", "AIMUX_CACHE_DIR": "/c", "AIMUX_STATE_DIR": "~"}
    paths = find_paths(env, HOME)
    assert (paths.home, paths.cache, paths.state) == (HOME / "own", Path("/c"), HOME)


def test_an_empty_variable_is_none() -> None:
    assert find_paths({"AIMUX_HOME": ""}, HOME).home == HOME / ".aimux"


def test_a_relative_folder_is_taken_from_here() -> None:
    assert find_paths({"AIMUX_HOME": "x"}, HOME).home == Path.cwd() / "x"
