"""Where chats lie, which of two formats counts, whose children they are."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from aimux_tui.providers.base import LogFile
from aimux_tui.providers.gemini import PROVIDER
from tests.providers.gemini.build import Recorder, chat, write_home
from tests.providers.gemini.helpers import scanned


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def found(root: Path) -> dict[str, LogFile]:
    return {Path(file.path).name: file for file in PROVIDER.find(root)}


def test_the_home_is_named_by_the_agents_own_variable(tmp_path: Path):
    assert PROVIDER.roots({}, tmp_path) == [tmp_path / ".gemini"]
    assert PROVIDER.roots({"GEMINI_CLI_HOME": "/g"}, tmp_path) == [Path("/g/.gemini")]


def test_finding_in_a_home_that_does_not_exist(tmp_path: Path):
    assert not list(PROVIDER.find(tmp_path / "nowhere"))


def test_of_two_formats_of_one_chat_the_newer_is_the_log(tmp_path: Path):
    chats = tmp_path / "tmp" / "zoo" / "chats"
    touch(chats / "session-a.json")
    touch(chats / "session-a.jsonl")
    touch(chats / "session-b.json")
    touch(chats / "session-c.json.unreadable-17")
    touch(chats.parent / "logs.json")

    files = found(tmp_path)

    assert {name: file.format for name, file in files.items()} == {
        "session-a.jsonl": "lines",
        "session-b.json": "document",
    }
    assert {file.root for file in files.values()} == {str(tmp_path)}


def test_sub_agents_lie_in_a_folder_of_their_parent(tmp_path: Path):
    chats = tmp_path / "tmp" / "zoo" / "chats"
    touch(chats / "session-a.jsonl")
    touch(chats / "main-id" / "agent-id.jsonl")
    touch(chats / "agent-id" / "inner-id.jsonl")
    files = found(tmp_path)

    inner = PROVIDER.scan(files["inner-id.jsonl"]).summary()
    agent = PROVIDER.scan(files["agent-id.jsonl"]).summary()

    assert (agent.key, agent.parent_key) == ("gemini:main-id/agent-id", "gemini:main-id")
    assert (inner.key, inner.parent_key) == ("gemini:agent-id/inner-id", agent.key)


def test_finding_opens_no_file(tmp_path: Path):
    write_home(tmp_path)
    for path in tmp_path.rglob("*.json*"):
        path.chmod(0)

    assert len(found(tmp_path / ".gemini")) == 3


def test_a_log_is_recognised_wherever_it_lies(tmp_path: Path):
    log = chat()
    path = tmp_path / "copied.jsonl"
    assert PROVIDER.recognise(path, log.log()[:500]) == LogFile(
        "gemini", str(path), "lines", str(tmp_path)
    )
    document = PROVIDER.recognise(tmp_path / "old.json", log.document()[:500])
    assert document is not None
    assert document.format == "document"


def test_a_log_in_its_place_is_recognised_with_home_and_parent(tmp_path: Path):
    path = tmp_path / ".gemini" / "tmp" / "zoo" / "chats" / "p" / "a.jsonl"
    file = PROVIDER.recognise(path, chat().log()[:500])

    assert file == LogFile("gemini", str(path), "lines", str(tmp_path / ".gemini"), "p")


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("x.jsonl", b'{"type":"user","sessionId":"s","uuid":"u","message":{"role":"user"}}\n'),
        ("x.jsonl", b'{"timestamp":"t","type":"session_meta","payload":{"id":"i"}}\n'),
        ("x.jsonl", b'{"type":"user","text":"a \\"projectHash\\":1 b"}\n'),
        ("logs.json", b'[{"sessionId":"s","messageId":0,"type":"user","message":"hi"}]'),
        ("x.md", b'{"projectHash": "x"}'),
        ("x.jsonl", b""),
    ],
)
def test_other_logs_are_not_its_own(tmp_path: Path, name: str, head: bytes):
    assert PROVIDER.recognise(tmp_path / name, head) is None


def project_of(root: Path, folder: str, project_hash: str = "") -> str:
    log = Recorder()
    log.records = [log.head | {"projectHash": project_hash}]
    path = root / "tmp" / folder / "chats" / "session-a.jsonl"
    return scanned(log.log(), LogFile("gemini", str(path), "lines", str(root))).summary().cwd


def test_the_project_is_named_by_the_registry(tmp_path: Path):
    (tmp_path / "projects.json").write_text(
        json.dumps({"projects": {"/work/zoo": "zoo", "/work/ü": "u", "/bad": 3}})
    )

    assert project_of(tmp_path, "zoo") == "/work/zoo"
    assert project_of(tmp_path, sha256("/work/ü".encode()).hexdigest()) == "/work/ü"
    assert project_of(tmp_path, "x", sha256(b"/work/zoo").hexdigest()) == "/work/zoo"
    assert project_of(tmp_path, "x", "y") == ""


def test_the_project_is_named_by_its_marker(tmp_path: Path):
    (tmp_path / "tmp" / "zoo").mkdir(parents=True)
    (tmp_path / "tmp" / "zoo" / ".project_root").write_text("/work/marked\n")

    assert project_of(tmp_path, "zoo") == "/work/marked"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"projects": []}'])
def test_a_broken_registry_names_nothing(tmp_path: Path, text: str):
    (tmp_path / "projects.json").write_text(text)

    assert project_of(tmp_path, "zoo") == ""


def test_taking_a_session_up_again():
    assert PROVIDER.resume_command("abc", "/work/zoo") == ["gemini", "--resume", "abc"]


def test_it_watches_where_chats_appear(tmp_path: Path):
    assert PROVIDER.watched(tmp_path) == [tmp_path / "tmp"]
    assert (PROVIDER.titles(tmp_path), PROVIDER.live_states(tmp_path)) == ({}, {})
