"""Two sessions never share a file, and no id leads out of the folder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.annotations.file_names import file_name


def test_a_uuid_is_its_own_file_name():
    id_ = "5a1d3a3e-0000-4000-8000-000000000001"
    assert file_name(f"claude:{id_}") == f"{id_}.jsonl"


@pytest.mark.parametrize("id_", ["../../etc/passwd", "a/b", "A", "con", "", ".", "ü\n", "x" * 500])
def test_any_other_id_is_made_safe(id_: str):
    name = file_name(f"gemini:{id_}")
    assert name.startswith("gemini-")
    assert name.isascii()
    assert "/" not in name
    assert len(name) < 120


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_ids_have_two_files_even_where_case_does_not_count(one: str, other: str):
    names = {
        file_name(f"{agent}:{id_}").lower() for agent in ("claude", "codex") for id_ in (one, other)
    }
    assert len(names) == 2 * len({one, other})
