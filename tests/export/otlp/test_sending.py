"""Sending: what goes over the wire, what is sent again, what happens when it does not arrive."""

from __future__ import annotations

import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from aimux_tui.config.schema import TracePer
from aimux_tui.errors import ExportError
from aimux_tui.export.otlp import wire
from aimux_tui.export.otlp.exporter import spooled_sessions
from aimux_tui.export.otlp.link import Patience
from aimux_tui.export.otlp.result import OtlpError
from aimux_tui.export.otlp.spool import Spool
from aimux_tui.export.otlp.target import OtlpTarget
from aimux_tui.model.annotation import Label
from tests.export.otlp.server import Reply, Request, Server, free_port, raw_server, serving
from tests.export.otlp.stage import GENERIC, OTHER, Stage, text, tool, zoo_log

ALL = 13
"""Spans of the stage's session."""


def failure(stage: Stage, base: str, **target) -> OtlpError:
    with pytest.raises(OtlpError) as caught:
        stage.export(base, **target)
    return caught.value


class TestOverTheWire:
    def test_spans_arrive_as_they_were_built(self, stage: Stage):
        with serving(Server()) as server:
            result = stage.export(server.base, headers={"authorization": "Bearer x"})
        assert result.line == f"1 trace, {ALL} spans → {server.base[7:]}"
        (post,) = server.posts
        assert post.path == "/v1/traces"
        assert post.headers["content-type"] == "application/x-protobuf"
        assert post.headers["authorization"] == "Bearer x"
        assert post.is_gzip
        assert {s.span_id: s.name for s in server.taken} == {
            s.span_id: s.name for s in stage.spans()
        }

    def test_batches_stay_under_the_limit(self, stage: Stage, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("aimux_tui.export.otlp.delivery.BATCH_BYTES", 4_000)
        with serving(Server()) as server:
            stage.export(server.base)
        sizes = [len(post.plain) for post in server.posts]
        assert len(sizes) > 3
        # A span that is larger by itself goes alone.
        assert all(len(p.spans) == 1 for p in server.posts if len(p.plain) > 4_400)
        assert set(server.copies.values()) == {1}
        assert len(server.taken) == ALL

    @pytest.mark.parametrize("status", [400, 415])
    def test_who_takes_no_gzip_is_sent_plain_and_remembered(self, stage: Stage, status: int):
        def rule(request: Request) -> Reply | None:
            return Reply(status) if request.is_gzip else None

        with serving(Server(rule)) as server:
            assert stage.export(server.base).spans == ALL
            assert [post.is_gzip for post in server.posts] == [True, False]
            stage.go_on()
            stage.export(server.base)
        assert not server.posts[-1].is_gzip

    def test_partial_success_is_told_and_not_sent_again(self, stage: Stage):
        said = ExportTraceServiceResponse()
        said.partial_success.rejected_spans = 2
        said.partial_success.error_message = "too old"
        with serving(Server(lambda _: Reply(body=said.SerializeToString()))) as server:
            result = stage.export(server.base)
            again = stage.export(server.base)
        assert (result.spans, result.rejected) == (ALL - 2, 2)
        assert result.remarks == ("the server refused 2 spans: too old",)
        assert again.spans == 0
        assert len(server.posts) == 1

    @pytest.mark.parametrize("body", [b'{"partialSuccess":null}', b"\xff" * 40, b"<html>"])
    def test_an_unreadable_200_is_a_success(self, stage: Stage, body: bytes):
        headers = {"content-type": "application/x-protobuf"}
        with serving(Server(lambda _: Reply(body=body, headers=headers))) as server:
            assert stage.export(server.base).spans == ALL

    def test_an_endless_answer_is_cut(self, stage: Stage):
        with serving(Server(lambda _: Reply(body=b"\0" * (20 << 20)))) as server:
            assert stage.export(server.base).spans == ALL


class TestAgain:
    def test_nothing_new_is_nothing_sent(self, stage: Stage):
        with serving(Server()) as server:
            stage.export(server.base)
            result = stage.export(server.base)
        assert (result.spans, result.unchanged) == (0, ALL)
        assert result.line.startswith(f"nothing new, {ALL} spans there already")
        assert len(server.posts) == 1

    def test_only_what_is_new_or_changed_is_sent(self, stage: Stage):
        with serving(Server()) as server:
            stage.export(server.base)
            stage.go_on()
            stage.export(server.base)
            assert sorted(s.name for s in server.posts[-1].spans) == [
                "chat claude-opus-4-6", "claude session", "turn 3",
            ]  # fmt: skip
            stage.label(stage.turn_keys()[0], label=Label.GOOD)
            stage.export(server.base)
        assert [span.name for span in server.posts[-1].spans] == ["turn 1"]

    def test_each_endpoint_has_a_memory_of_its_own(self, stage: Stage):
        with serving(Server()) as one, serving(Server()) as other:
            stage.export(one.base)
            assert stage.export(other.base).spans == ALL

    def test_turns_as_traces_change_nothing_that_is_over(self, stage: Stage):
        with serving(Server()) as server:
            first = stage.export(server.base, trace_per=TracePer.TURN)
            stage.go_on()
            again = stage.export(server.base, trace_per=TracePer.TURN)
        assert (first.traces, again.traces, again.spans) == (2, 1, 2)
        assert set(server.copies.values()) == {1}

    def test_a_damaged_memory_is_made_anew(self, stage: Stage):
        with serving(Server()) as server:
            stage.export(server.base)
            (stage.state / "otlp/sent.sqlite").write_bytes(b"not a database, but long enough" * 99)
            assert stage.export(server.base).spans == ALL


class TestRetries:
    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_what_otlp_calls_retryable_is_retried(self, stage: Stage, status: int):
        replies = [Reply(status), Reply(status)]
        with serving(Server(lambda _: replies.pop() if replies else None)) as server:
            assert stage.export(server.base).spans == ALL
        assert len(server.posts) == 3

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500, 501])
    def test_nothing_else_is(self, stage: Stage, status: int):
        with serving(Server(lambda _: Reply(status))) as server:
            failure(stage, server.base)
        # A 400 may mean that gzip is not understood.
        assert len(server.posts) == (2 if status == 400 else 1)

    @pytest.mark.parametrize("as_date", [False, True])
    def test_the_server_says_how_long_to_wait(self, stage: Stage, as_date: bool):
        later = datetime.now(UTC) + timedelta(seconds=8)
        asked = format_datetime(later, usegmt=True) if as_date else "7"
        slept: list[float] = []
        replies = [Reply(503, headers={"retry-after": asked})]
        with serving(Server(lambda _: replies.pop() if replies else None)) as server:
            stage.export(server.base, patience=Patience(sleep=slept.append))
        assert 5 < sum(slept) < 9

    def test_waits_grow_with_jitter_and_end(self, stage: Stage):
        slept: list[float] = []
        patience = Patience(attempts=4, first_wait=1.0, sleep=slept.append)
        with serving(Server(lambda _: Reply(503))) as server, pytest.raises(OtlpError):
            stage.export(server.base, patience=patience)
        assert len(server.posts) == 4
        assert 0.5 + 1 + 2 <= sum(slept) <= 1 + 2 + 4

    def test_a_wait_that_is_too_long_is_left_to_the_user(self, stage: Stage):
        slept: list[float] = []
        asked = Reply(429, headers={"retry-after": "3600"})
        with serving(Server(lambda _: asked)) as server, pytest.raises(OtlpError) as caught:
            stage.export(server.base, patience=Patience(sleep=slept.append))
        assert "asks to wait 3600 s" in caught.value.hint
        assert not slept


class TestTooMuchAtOnce:
    def test_batches_are_halved_until_they_fit(self, stage: Stage):
        def rule(request: Request) -> Reply | None:
            return Reply(413) if len(request.spans) > 4 else None

        with serving(Server(rule)) as server:
            assert stage.export(server.base).spans == ALL
        assert set(server.copies.values()) == {1}

    def test_halves_that_arrived_are_not_sent_again(self, stage: Stage):
        replies = [Reply(413), None, Reply(500)]
        with serving(Server(lambda _: replies.pop(0) if replies else None)) as server:
            assert failure(stage, server.base).result.spans == ALL // 2
            assert stage.retry(server.base).spans == ALL - ALL // 2
        assert set(server.copies.values()) == {1}

    def test_a_huge_span_may_be_called_a_bad_request(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(wire, "BATCH_BYTES", 300)
        monkeypatch.setattr("aimux_tui.export.otlp.delivery.BATCH_BYTES", 300)

        def rule(request: Request) -> Reply | None:
            return Reply(400) if request.spans[0].name == "turn 1" else None

        with serving(Server(rule)) as server:
            result = stage.export(server.base)
        assert (result.spans, result.rejected) == (ALL - 1, 1)

    def test_a_span_that_never_fits_is_told(self, stage: Stage):
        def rule(request: Request) -> Reply | None:
            is_huge = any(span.name == "execute_tool Bash" for span in request.spans)
            return Reply(413) if is_huge else None

        with serving(Server(rule)) as server:
            result = stage.export(server.base)
        assert (result.spans, result.rejected) == (ALL - 1, 1)
        assert "larger than the server takes" in result.remarks[0]


def explained() -> dict[str, Reply]:
    status = AnyMessage(value=b"no such tenant")  # its field 2 is that of a google.rpc.Status
    protobuf = {"content-type": "application/x-protobuf"}
    return {
        "no such tenant": Reply(422, status.SerializeToString(), protobuf),
        "quota": Reply(403, b'{"message": "quota"}', {"content-type": "application/json"}),
        "be gone [31m": Reply(500, b"be gone\n\x1b[31m", {"content-type": "text/plain"}),
    }


class TestFailures:
    """Each says what to do, and nothing is lost."""

    @pytest.mark.parametrize(
        ("status", "message", "hint"),
        [
            (401, "answers 401", "export.headers"),
            (403, "answers 403", "permissions"),
            (404, "answers 404", "export.endpoint"),
            (422, "answers 422", "does not take"),
            (500, "answers 500", "see its log"),
            (503, "answers 503", "see its log"),
        ],
    )
    def test_refusals(self, stage: Stage, status: int, message: str, hint: str):
        with serving(Server(lambda _: Reply(status))) as server:
            error = failure(stage, server.base)
            self.kept_and_retried(stage, server, error)
        assert message in error.message
        assert hint in error.hint

    @pytest.mark.parametrize("said", explained())
    def test_what_the_server_says_is_told(self, stage: Stage, said: str):
        with serving(Server(lambda _: explained()[said])) as server:
            assert failure(stage, server.base).message.endswith(said)

    def test_nobody_listens(self, stage: Stage):
        base = f"http://127.0.0.1:{free_port()}"
        error = failure(stage, base)
        assert "Connection refused" in error.message
        assert "is the server running?" in error.hint
        assert "`aimux export --retry`" in error.hint
        assert error.result.spooled == 1

    def test_no_such_host(self, stage: Stage):
        error = failure(stage, "http://nowhere.invalid:4318")
        assert "nowhere.invalid:4318" in error.message
        assert error.result.spooled == 1

    @pytest.mark.parametrize("backend", [None, GENERIC])
    def test_a_server_that_hangs(self, stage: Stage, backend):
        chosen = {} if backend is None else {"backend": backend}
        with raw_server(None) as base:
            error = failure(stage, base, timeout=0.2, **chosen)
        assert "did not answer in 0.2 s" in error.message
        assert "export.timeout" in error.hint
        assert error.result.spooled == 1

    @pytest.mark.parametrize("garbage", [b"\x15\x03\x01\x00\x02\x02F", b"220 smtp\r\n", b""])
    def test_a_server_that_speaks_something_else(self, stage: Stage, garbage: bytes):
        with raw_server(garbage) as base:
            error = failure(stage, base)
        assert "not HTTP" in error.message
        assert error.result.spooled == 1

    def test_a_redirect_is_not_followed(self, stage: Stage):
        reply = Reply(302, headers={"location": "https://elsewhere/login"})
        with serving(Server(lambda _: reply)) as server:
            error = failure(stage, server.base)
        assert "redirects" in error.message
        assert "https://elsewhere/login" in error.hint

    def test_tls_where_none_is_spoken(self, stage: Stage):
        with serving(Server()) as server:
            error = failure(stage, server.base.replace("http:", "https:"))
        assert "TLS with" in error.message
        assert "export.insecure" in error.hint

    def test_a_certificate_that_nobody_knows(self, stage: Stage, certificate: Path):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        with serving(Server(), context) as server:
            error = failure(stage, server.base)
            assert "self-signed certificate" in error.message
            assert "export.certificate" in error.hint
            assert stage.retry(server.base, certificate=str(certificate)).spans == ALL

    def test_a_certificate_that_is_none(self, stage: Stage):
        with pytest.raises(Exception, match="cannot be used"):
            stage.export("https://127.0.0.1:1", certificate=str(stage.root / "missing.pem"))

    def kept_and_retried(self, stage: Stage, server: Server, error: OtlpError) -> None:
        assert error.result.spooled == 1
        assert sum(spooled_sessions(stage.state).values()) == 1
        server.rule = lambda _request: None
        assert stage.retry(server.base).spans == ALL
        assert set(server.copies.values()) == {1}
        assert spooled_sessions(stage.state) == {}
        assert stage.export(server.base).spans == 0


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that signed itself, with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        pytest.skip("openssl cannot make a certificate")
    path = folder / "both.pem"
    path.write_bytes((folder / "key.pem").read_bytes() + (folder / "certificate.pem").read_bytes())
    return path


class TestSpool:
    def test_a_server_that_dies_midway(self, stage: Stage, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("aimux_tui.export.otlp.delivery.BATCH_SPANS", 4)
        stage.write(zoo_log(), OTHER)
        with serving(Server()) as server:
            server.rule = lambda _: Reply(500) if len(server.taken) >= 8 else None
            error = failure(stage, server.base)
            assert (error.result.spans, error.result.spooled) == (8, 2)
            assert "2 sessions kept" in error.hint
            server.rule = lambda _request: None
            result = stage.retry(server.base)
        spans = len(stage.spans())
        assert result.spans == spans - 8
        assert len(server.copies) == spans
        assert set(server.copies.values()) == {1}

    def test_what_waits_goes_to_its_own_endpoint(self, stage: Stage):
        failure(stage, f"http://127.0.0.1:{free_port()}")
        with serving(Server()) as server:
            assert stage.retry(server.base).remarks == ("nothing waits to be sent there",)
        assert not server.requests

    def test_a_newer_export_takes_the_place_of_what_waits(self, stage: Stage):
        base = f"http://127.0.0.1:{free_port()}"
        failure(stage, base)
        stage.go_on()
        failure(stage, base)
        assert list(spooled_sessions(stage.state).values()) == [1]

    def test_parts_have_nothing_to_add_to_the_whole(self, stage: Stage):
        stage.label(stage.turn_keys()[0], label=Label.BAD)
        with serving(Server(lambda _: Reply(500))) as server:
            for _ in range(2):
                with pytest.raises(OtlpError):
                    stage.export(server.base, scope={"labels": frozenset({Label.BAD})})
            assert list(spooled_sessions(stage.state).values()) == [2]
            server.rule = lambda _request: None
            stage.export(server.base)
            assert spooled_sessions(stage.state) == {}

    def test_a_state_folder_that_cannot_be_used(self, stage: Stage):
        stage.state.write_text("a file in its place")
        with pytest.raises(ExportError, match="nothing can be kept") as caught:
            stage.export("http://127.0.0.1:1")
        assert "AIMUX_STATE_DIR" in caught.value.hint

    def test_credentials_are_in_no_file(self, stage: Stage):
        base = f"http://127.0.0.1:{free_port()}"
        failure(stage, base, headers={"authorization": "Bearer geheim"})
        files = [path for path in stage.state.rglob("*.*") if path.suffix != ".lock"]
        assert any(path.suffix == ".parcel" for path in files)
        for path in files:
            assert path.stat().st_mode & 0o077 == 0
            data = path.read_bytes()
            assert b"geheim" not in data

    def test_it_is_bounded(self, stage: Stage, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("aimux_tui.export.otlp.spool.Spool.__init__.__defaults__", (100,))
        error = failure(stage, f"http://127.0.0.1:{free_port()}")
        assert error.result.spooled == 0
        assert "no room" in error.result.remarks[0]
        assert spooled_sessions(stage.state) == {}

    def test_a_damaged_parcel_is_thrown_away(self, stage: Stage):
        base = f"http://127.0.0.1:{free_port()}"
        failure(stage, base)
        (parcel,) = stage.state.rglob("*.parcel")
        parcel.write_bytes(parcel.read_bytes()[:-40])
        with serving(Server()) as server:
            parcel.with_name("x.parcel").write_bytes(b"none at all")
            stage.retry(server.base)
        assert spooled_sessions(stage.state).keys() <= {f"{base} aimux aimux"}

    def test_two_at_once_would_send_twice(self, stage: Stage):
        with serving(Server()) as server:
            place = OtlpTarget(base=server.base).place
            with Spool(stage.state / "otlp").alone(place):
                with pytest.raises(ExportError, match="another aimux"):
                    stage.export(server.base)
                with serving(Server()) as other:
                    assert stage.export(other.base).spans == ALL
            assert stage.export(server.base).spans == ALL

    def test_cancelling_keeps_no_half_session(self, stage: Stage):
        calls = []

        def should_stop() -> bool:
            calls.append(1)
            return len(calls) > 6

        with serving(Server()) as server:
            result = stage.export(server.base, should_stop=should_stop)
        assert result.is_cancelled
        assert result.line.endswith("cancelled → " + server.base[7:])
        assert not list(stage.state.rglob("*.parcel*"))


def test_a_large_session_is_sent_in_pieces(tmp_path: Path):
    log = zoo_log()
    for number in range(300):
        log.prompt(f"prompt {number}")
        log.say(tool(f"toolu_x{number}", "Bash", command="ls"), stop="tool_use")
        log.result(f"toolu_x{number}", "x" * 9_000)
        log.say(text("done"))
    stage = Stage(tmp_path, log)
    with serving(Server()) as server:
        result = stage.export(server.base)
    assert result.spans == len(stage.spans())
    assert len(server.posts) > 1
    assert max(len(post.plain) for post in server.posts) < wire.BATCH_BYTES + 10_000
