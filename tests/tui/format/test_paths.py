from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.tui.format.paths import Paths


@pytest.mark.parametrize(
    ("cwd", "text", "shown"),
    [
        ("/work/zoo", "/work/zoo/src/a.py", "src/a.py"),
        ("/work/zoo/", "/work/zoo/a.py", "a.py"),
        ("/work/zoo", "/work/zoology/a.py", "/work/zoology/a.py"),
        ("/work/zoo", "/work/zoo", "/work/zoo"),
        ("/work/zoo", "/work/zoo/a.py, /etc/b, /work/zoo/c.py", "a.py, /etc/b, c.py"),
        ("C:\\work\\zoo", "C:\\work\\zoo\\src\\a.py", "src\\a.py"),
        ("/", "/etc/passwd", "/etc/passwd"),
        ("", "/etc/passwd", "/etc/passwd"),
    ],
)
def test_what_is_below_the_sessions_folder_is_named_from_there(cwd: str, text: str, shown: str):
    assert Paths(cwd).relative(text) == shown


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (0, "/home/dev/zoo/packages/animals/src/lion.py"),
        (42, "/home/dev/zoo/packages/animals/src/lion.py"),
        (40, "/…/dev/zoo/packages/animals/src/lion.py"),
        (30, "/…/animals/src/lion.py"),
        (20, "/…/src/lion.py"),
        (5, "/…/src/lion.py"),
    ],
)
def test_a_long_path_loses_folders_after_its_beginning(columns: int, shown: str):
    assert Paths(columns=columns).fit("/home/dev/zoo/packages/animals/src/lion.py", 0) == shown


def test_what_else_the_line_says_takes_its_room():
    path = "packages/animals/src/lion.py"
    assert Paths(columns=45).fit(path, 10) == path
    assert Paths(columns=45).fit(path, 20) == "packages/…/src/lion.py"


def test_a_name_without_folders_and_a_list_of_paths_are_left_alone():
    for text in ("a_very_long_name_of_a_module.py", "packages/animals/a.py, packages/plants/b.py"):
        assert Paths(columns=20).fit(text, 0) == text


@given(st.text("ab/", max_size=60), st.integers(1, 40))
def test_it_keeps_the_name_and_never_grows(path: str, columns: int):
    shown = Paths(columns=columns).fit(path, 0)
    assert shown.endswith(path.rpartition("/")[2])
    assert len(shown) <= max(len(path), 1)
