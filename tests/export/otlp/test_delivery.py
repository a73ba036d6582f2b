"""What is sent to a backend that keeps the first version of a span, and what never leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import pytest

from aimux_tui.config.schema import ExportBackend, RedactionProfile
from aimux_tui.export.otlp.backends import registry
from aimux_tui.export.otlp.backends.base import Finished
from aimux_tui.export.otlp.exporter import export_sessions
from aimux_tui.export.otlp.link import Link
from aimux_tui.export.otlp.memory import Told
from aimux_tui.export.otlp.spans import TraceFacts
from aimux_tui.export.otlp.target import OtlpTarget
from aimux_tui.export.progress import ExportTracker
from aimux_tui.export.run import make_redactor
from aimux_tui.model.annotation import Label
from tests.export.otlp.server import Server, serving
from tests.export.otlp.stage import HASTE, Log, Stage, text, tool

SECRET = "sk-ant-api03-" + "Zx9Qw3Er7Ty1Ui5Op" * 5 + "AA"


class Keeper:
    """A backend that keeps the first version of each span."""

    has_judgements = False
    replaces_traces = True
    headers: ClassVar[Mapping[str, str]] = {}
    cleared: ClassVar[list[bytes]] = []
    told: ClassVar[list[TraceFacts]] = []
    has_lost_everything = False

    def __init__(self, link: Link) -> None:
        self.title = "the keeper"
        self.place = link.target.base

    def holds(self, trace_id: bytes) -> bool:
        return not self.has_lost_everything

    def clear(self, trace_id: bytes, last_span_id: bytes) -> None:
        self.cleared.append(trace_id)

    def finish(self, facts: TraceFacts, told: Told) -> Finished:
        self.told.append(facts)
        return Finished()


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> type[Keeper]:
    monkeypatch.setattr(Keeper, "cleared", [])
    monkeypatch.setattr(Keeper, "told", [])
    monkeypatch.setattr(Keeper, "has_lost_everything", False)
    monkeypatch.setitem(registry._BACKENDS, ExportBackend.PHOENIX, Keeper)  # type: ignore[arg-type]
    return Keeper


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        yield running


def send(stage: Stage, server: Server, **scope):
    return stage.export(server.base, backend=ExportBackend.PHOENIX, scope=scope)


def test_a_changed_trace_is_deleted_and_sent_whole(
    stage: Stage, server: Server, keeper: type[Keeper]
):
    first = send(stage, server)
    stage.go_on()
    again = send(stage, server)
    assert len(keeper.cleared) == 1
    assert again.spans == first.spans + 2
    assert again.unchanged == 0


def test_new_spans_alone_delete_nothing(stage: Stage, server: Server, keeper: type[Keeper]):
    stage.go_on()
    keys = stage.turn_keys()
    stage.label(keys[1], label=Label.BAD)
    send(stage, server, labels=frozenset({Label.BAD}))
    stage.label(keys[0], label=Label.BAD)
    result = send(stage, server, labels=frozenset({Label.BAD}))
    assert keeper.cleared == []
    assert result.spans == 10
    assert set(server.copies.values()) == {1}


def test_a_part_of_a_session_deletes_nothing(stage: Stage, server: Server, keeper: type[Keeper]):
    """What else is in the trace could not be sent again."""
    send(stage, server)
    stage.label(stage.turn_keys()[0], label=Label.GOOD)
    result = send(stage, server, labels=frozenset({Label.GOOD}))
    assert keeper.cleared == []
    assert result.spans == 0
    assert "1 changed span stayed as before" in result.remarks[0]


def test_a_label_changes_no_span_but_is_told(stage: Stage, server: Server, keeper: type[Keeper]):
    send(stage, server)
    stage.label(stage.turn_keys()[0], label=Label.GOOD)
    assert send(stage, server).spans == 0
    assert [j.value for j in keeper.told[-1].judgements] == ["good"]
    # The same once more is nothing new.
    stage.label(stage.turn_keys()[0], label=Label.GOOD)
    send(stage, server)
    assert len(keeper.told) == 2


def test_what_the_server_has_lost_is_sent_again(stage: Stage, server: Server, keeper: type[Keeper]):
    first = send(stage, server)
    keeper.has_lost_everything = True
    assert send(stage, server).spans == first.spans


@pytest.mark.parametrize("profile", [RedactionProfile.BOUNDED, RedactionProfile.REDACTED])
def test_secrets_do_not_leave(tmp_path, server: Server, profile: RedactionProfile):
    log = Log()
    log.prompt(f"my key is {SECRET}")
    log.say(text(f"so it is {SECRET}"), tool("toolu_x", "Bash", command=f"export KEY={SECRET}"))
    log.result("toolu_x", f"set {SECRET}", error=True)
    stage = Stage(tmp_path, log)
    stage.label(stage.turn_keys()[0], note=f"{SECRET} again")
    materials = stage.selection().materials(ExportTracker(), make_redactor(profile))
    result = export_sessions(materials, OtlpTarget(base=server.base), stage.state, patience=HASTE)
    assert result.spans == len(server.taken) > 0
    assert not any(SECRET.encode() in post.plain for post in server.posts)


def test_nothing_is_masked_without_a_redactor(tmp_path, server: Server):
    log = Log()
    log.prompt(f"my key is {SECRET}")
    log.say(text("ok"))
    Stage(tmp_path, log).export(server.base)
    assert SECRET.encode() in server.posts[0].plain
