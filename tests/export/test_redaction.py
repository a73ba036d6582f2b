"""What leaves in each profile: no secret outside `full`, no words in `redacted`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.export.redaction import material as redacted_material
from aimux_tui.export.redaction.material import RedactedMaterial
from aimux_tui.export.redaction.redactor import VALUE_LIMIT, Place, Redactor
from aimux_tui.export.redaction.removal import Reason, Removal
from aimux_tui.export.registry import FORMATS, load_exporter
from aimux_tui.model.annotation import Label, SessionAnnotation, TurnAnnotation, Verdict
from aimux_tui.model.body import Body
from aimux_tui.model.log import Problem
from aimux_tui.model.tools import FileEdit, Hunk, ToolKind, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Step, Text, Thinking, Unknown
from aimux_tui.model.usage import Cost
from tests.export.html.materials import FakeMaterial, context
from tests.export.stage import BOUNDED, CLAUDE, CODEX, FULL, REDACTED, Sink, Stage
from tests.tui.fake_sessions import make_session
from tests.tui.fake_turns import make_turn, tool

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
PLACE = Place("claude:one", "turn-1", "/steps/0/text")
FORMAT_NAMES = [row.name for row in FORMATS]


def planted(text: str) -> FakeMaterial:
    """A session with a text in every place that holds one."""
    edit = FileEdit(f"/src/{text}", "update", (Hunk((f"-{text}", f"+{text}"), 1, 1),), 1, 1)
    steps: list[Step] = [
        Text(Body.of(f"It is {text}.")),
        Thinking(Body.of(text)),
        tool(
            "Bash",
            ToolKind.EXECUTE,
            f"echo {text}",
            input={"command": f"echo {text}", "env": {text: [text]}, "n": 3, "on": True},
            output=Body.of(f"out {text}"),
            error=f"failed: {text}",
            status=ToolStatus.FAILED,
        ),
        tool("Edit", ToolKind.EDIT, f"/src/{text}", input={}, edits=(edit,)),
        Notice(NoticeKind.ERROR, f"Error {text}", Body.of(text)),
        Image("image/png", 70),
        Unknown("odd", Body.of(text)),
    ]
    session = make_session(
        "claude:one",
        f"About {text}",
        cwd=f"/home/alice/{text}",
        git_branch=f"fix-{text}",
        status_reason=f"waits for {text}",
        problems=(Problem(1, 0, f"bad {text}"),),
        other_paths=(f"/home/alice/{text}.bak",),
    )
    return FakeMaterial(
        [make_turn(1, f"Use {text}", steps, prompt=f"Use {text} please")],
        session=session,
        labels={"turn-1": TurnAnnotation("turn-1", 1, Label.BAD, f"leaks {text}", author="me")},
        verdict=SessionAnnotation(Verdict.FAILED, (f"tag-{text}",), f"noted {text}"),
    )


def exported(name: str, material: FakeMaterial, redactor: Redactor | None) -> str:
    sink = Sink()
    made: Any = RedactedMaterial(material, redactor) if redactor else material
    load_exporter(name).write([made], sink, context())
    return bytes(sink).decode()


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_a_secret_leaves_in_full_alone(name: str) -> None:
    assert TOKEN in exported(name, planted(TOKEN), None)
    for profile in (BOUNDED, REDACTED):
        told: list[Removal] = []
        assert TOKEN not in exported(name, planted(TOKEN), Redactor(profile, told.append))
        assert told
        assert all(TOKEN not in repr(removal) for removal in told)


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_no_words_leave_in_redacted(name: str) -> None:
    words = "quince marmalade"
    for reason in (FULL, BOUNDED):
        redactor = Redactor(reason) if reason is BOUNDED else None
        assert words in exported(name, planted(words), redactor)
    text = exported(name, planted(words), Redactor(REDACTED))
    # Names of places, and what people wrote in order to export it, stay.
    places = ("noted", "leaks", "tag-", "fix-", "bad", "/src/", "~/", "/home/u/")
    for found in parts_around(text, words):
        assert any(place in found for place in places), found


def parts_around(text: str, words: str) -> Iterator[str]:
    start = text.find(words)
    while start >= 0:
        yield text[max(0, start - 20) : start + len(words)]
        start = text.find(words, start + 1)


def test_what_happened_and_what_it_cost_stays_in_redacted() -> None:
    lines = [
        json.loads(line)
        for line in exported("jsonl", planted("secret plan"), Redactor(REDACTED)).splitlines()
    ]
    session, turn = lines[1], lines[2]
    assert session["key"] == "claude:one"
    assert session["cwd"] == "~/secret plan"
    assert session["annotation"]["verdict"] == "failed"
    assert turn["usage"]["output"] == 1_100
    assert turn["annotation"]["label"] == "bad"
    bash = turn["steps"][2]
    assert (bash["name"], bash["status"], bash["duration_s"]) == ("Bash", "failed", 0.4)
    assert bash["input"] == {
        "command": "[removed: 16 characters]",
        "env": {"[removed: 11 characters, 0]": ["[removed: 11 characters]"]},
        "n": 3,
        "on": True,
    }
    edit = turn["steps"][3]["edits"][0]
    assert (edit["additions"], edit["deletions"], edit["hunks"][0]["lines"]) == (1, 1, [])
    assert turn["prompt"][0]["text"] == "[removed: 22 characters]"


def test_names_of_models_without_a_price_stay() -> None:
    session = make_session("claude:one", "x", cost=Cost(0.0, ("my-model",)))
    material = RedactedMaterial(FakeMaterial([], session=session), Redactor(REDACTED))
    assert material.session.cost.unpriced_models == ("my-model",)


def test_every_text_of_the_model_is_gone_over() -> None:
    """A new field of the model counts as words unless somebody says otherwise."""
    known = redacted_material._KEPT | redacted_material._NAMES | redacted_material._BRIEF
    for kind, names in known.items():
        assert {field.name for field in fields(kind)} >= set(names)

    class More(Struct, frozen=True):
        remark: str

    material = RedactedMaterial(planted("x"), Redactor(REDACTED))
    assert material._go_over(More("new words"), PLACE) == More("[removed: 9 characters]")


def test_a_secret_comes_again_without_its_name() -> None:
    password = "tr0ub4dor&3x"
    steps: list[Step] = [
        tool("Write", ToolKind.WRITE, ".env", input={"content": f"DB_PASSWORD={password}"}),
        Text(Body.of(f"I wrote {password} into it.")),
    ]
    turn = make_turn(1, f"The password is {password}", steps)
    text = exported("jsonl", FakeMaterial([turn]), Redactor(BOUNDED))
    assert password not in text
    assert "I wrote [masked: password] into it." in text


def test_a_value_is_masked_by_the_name_of_its_argument() -> None:
    given = {"headers": {"x-api-key": "Zq8fK2mN4pR6tV9w"}, "cache_key": "Zq8fK2mN4pR6tV9y"}
    call = tool("Fetch", ToolKind.WEB, "GET /", input=given)
    text = exported("jsonl", FakeMaterial([make_turn(1, "Get it", [call])]), Redactor(BOUNDED))
    assert "Zq8fK2mN4pR6tV9w" not in text
    assert "Zq8fK2mN4pR6tV9y" in text


def test_a_title_that_was_cut_within_a_secret_does_not_show_its_beginning() -> None:
    title = ("please use this key " * 20)[:180] + TOKEN[:18]
    turn = make_turn(1, title, [Text(Body.of("Used."))], prompt=title + TOKEN[18:])
    text = exported("jsonl", FakeMaterial([turn]), Redactor(BOUNDED))
    assert TOKEN[:10] not in text
    assert "[masked: GitHub token]" in text


def test_a_long_value_is_cut_and_its_hash_is_that_of_the_whole() -> None:
    told: list[Removal] = []
    whole = "".join(f"line {number}\n" for number in range(20_000))
    redactor = Redactor(BOUNDED, told.append)
    kept = redactor.settled(lambda: redactor.words(whole, PLACE))
    digest = hashlib.sha256(whole.encode()).hexdigest()
    assert told == [
        Removal(
            "claude:one",
            "turn-1",
            "/steps/0/text",
            Reason.CUT,
            len(whole) - VALUE_LIMIT,
            f"sha256:{digest}",
        )
    ]
    assert kept.startswith("line 0\n")
    assert kept.endswith("line 19999\n")
    assert digest in kept
    assert len(kept) < VALUE_LIMIT + 200


def test_a_long_diff_stays_one() -> None:
    hunk = Hunk(tuple(f"+line {number}" for number in range(100)), 1, 1)
    edit = FileEdit("/a", "update", (hunk,), 100, 0)
    call = tool("Edit", ToolKind.EDIT, "/a", edits=(edit,))
    material = FakeMaterial([make_turn(1, "Edit it", [call])])
    (exported_turn,) = RedactedMaterial(material, Redactor(BOUNDED, limit=200)).turns()
    (kept,) = exported_turn.turn.tool_calls[0].edits[0].hunks
    assert kept.lines[0] == "+line 0"
    assert kept.lines[-1] == "+line 99"
    assert {line[0] for line in kept.lines} == {"+", "\\"}
    assert any(line.startswith("\\ [cut: ") for line in kept.lines)


def test_a_secret_in_the_part_that_is_cut_out_is_no_part_of_the_hash() -> None:
    told: list[Removal] = []
    redactor = Redactor(BOUNDED, told.append, limit=100)
    redactor.settled(lambda: redactor.words("a " * 60 + TOKEN + " b" * 60, PLACE))
    masked = "a " * 60 + "[masked: GitHub token]" + " b" * 60
    assert [removal.reason for removal in told] == [Reason.MASKED, Reason.CUT]
    assert told[1].hash == "sha256:" + hashlib.sha256(masked.encode()).hexdigest()


def test_hidden_things_have_hashes_that_tell_nothing() -> None:
    told: list[Removal] = []
    for _ in range(2):
        redactor = Redactor(REDACTED, told.append)
        redactor.settled(partial(redactor.words, "yes", PLACE))
    redactor.settled(partial(redactor.words, "yes", PLACE / "again"))
    first, second, third = (removal.hash for removal in told)
    assert first.startswith("hmac-sha256:")
    assert first != second == third


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/alice/shop/a.py", "~/shop/a.py"),
        ("/Users/alice/shop", "~/shop"),
        ("/root/x", "~/x"),
        ("/data/me/x", "~/x"),
        (r"C:\Users\alice\shop", r"~\shop"),
        ("/srv/shop", "/srv/shop"),
        ("/home/u/.claude/projects/-home-alice-shop/1.jsonl", "~/.claude/projects/-~-shop/1.jsonl"),
    ],
)
def test_paths_do_not_tell_whose_home_it_was(path: str, shown: str) -> None:
    assert Redactor(REDACTED, home="/data/me").name(path, PLACE) == shown
    assert Redactor(BOUNDED, home="/data/me").name(path, PLACE) == path


def test_names_of_arguments_can_neither_leak_nor_break_the_path() -> None:
    told: list[Removal] = []
    call = tool("X", ToolKind.OTHER, "", input={f"a/~b {TOKEN}": TOKEN})
    exported("jsonl", FakeMaterial([make_turn(1, "x", [call])]), Redactor(BOUNDED, told.append))
    paths = [removal.path for removal in told]
    assert "/steps/0/input/a~1~0b [masked: GitHub token]" in paths


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_the_manifest_lists_what_is_missing(stage: Stage, tmp_path: Path, name: str) -> None:
    stage.add_lines(
        "codex",
        {
            "timestamp": "2026-11-20T10:00:00Z",
            "type": "event_msg",
            "payload": {"type": "user_message", "message": f"use {TOKEN}"},
        },
    )
    target = tmp_path / "out" / "x"
    result = stage.export(name, target, BOUNDED, sessions=(CODEX,))
    assert result.manifest is not None
    header, *entries = [json.loads(line) for line in result.manifest.read_text().splitlines()]
    assert (header["schema"], header["version"], header["profile"]) == (
        "aimux.redaction",
        1,
        "bounded",
    )
    assert {entry["reason"] for entry in entries} == {"masked"}
    assert {entry["kind"] for entry in entries} == {"GitHub token"}
    assert "/prompt/0/text" in {entry["path"] for entry in entries}
    assert sum(result.removed.values()) == len(entries)
    for path in target.parent.iterdir():
        assert TOKEN.encode() not in path.read_bytes()


@pytest.mark.parametrize("profile", [BOUNDED, REDACTED])
def test_the_paths_of_the_manifest_lead_into_the_jsonl_export(profile: RedactionProfile) -> None:
    told: list[Removal] = []
    text = exported("jsonl", planted(TOKEN), Redactor(profile, told.append))
    lines = {
        (line.get("session", line["key"]), line["key"] if line["type"] == "turn" else ""): line
        for line in map(json.loads, text.splitlines())
        if line["type"] in {"session", "turn"}
    }
    assert len(told) > 15
    for removal in told:
        value: Any = lines[removal.session, removal.turn]
        if removal.path == "/other_paths":
            continue  # is not exported
        for part in removal.path.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            value = value[int(name)] if isinstance(value, list) else value[name]
        assert str(removal.reason) in json.dumps(value), removal


def test_a_manifest_of_an_earlier_export_does_not_stay(stage: Stage, tmp_path: Path) -> None:
    target = tmp_path / "out" / "x"
    assert stage.export("jsonl", target, REDACTED).manifest is not None
    assert stage.export("jsonl", target, FULL).manifest is None
    assert sorted(path.name for path in target.parent.iterdir()) == ["x", "x.receipt.json"]


def test_a_long_input_is_redacted_whole(stage: Stage) -> None:
    """Its copy in the model is cut; the secret stands behind the cut."""
    stage.add_lines("claude", *claude_call({"content": "x" * 30_000 + f" {TOKEN} end"}))
    line = next(line for line in stage.lines(BOUNDED, sessions=(CLAUDE,)) if line["type"] == "turn")
    text = json.dumps(line)
    assert TOKEN not in text
    assert "[masked: GitHub token] end" in text


def claude_call(arguments: dict[str, Any]) -> list[dict[str, Any]]:
    from tests.cli.homes import claude_records

    like = next(record for record in claude_records() if record["type"] == "assistant")
    content = [{"type": "tool_use", "id": "toolu_9", "name": "Write", "input": arguments}]
    message = {**like["message"], "id": "msg_9", "content": content, "stop_reason": "tool_use"}
    return [{**like, "uuid": "u-9", "requestId": "req_9", "message": message}]
