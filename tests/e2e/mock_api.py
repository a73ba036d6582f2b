"""A model API on the loopback that answers by a script: Anthropic, OpenAI and Gemini in one."""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import zstandard

from aimux_tui.model.usage import Usage
from tests.e2e import anthropic_api, gemini_api, responses_api
from tests.e2e.exchange import (
    Asked,
    Dialect,
    Event,
    PromptCache,
    Served,
    as_json,
    model_seconds,
    new_id,
)
from tests.e2e.script import NO_SCRIPT, PAST_THE_END, Failure, Script, Step, choose


@dataclass
class MockApi:
    """The scripted model behind the server, and the record of what it served."""

    scripts: Sequence[Script]
    title: str = "Scripted session"
    summary: str = "Nothing is left to do."
    """What it says when asked to sum a conversation up."""
    pause: float = 0.0
    """Seconds before each answer, so that somebody can watch."""
    token_scale: float = 1.0
    """Multiplies the tokens of prompts, for sessions that look longer than they are."""
    served: list[Served] = field(default_factory=list)
    unknown_prompts: list[Asked] = field(default_factory=list)
    """Turns for which no script was found: a mistake in the scenario."""
    port: int = 0

    def __post_init__(self) -> None:
        self._cache = PromptCache(self.token_scale)
        self._failed: set[tuple[str, int]] = set()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def usage(self) -> Usage:
        """Tokens of every turn that was served; titles and the like are in no log."""
        turns = (item.usage for item in self.served if item.purpose == "turn")
        return sum(turns, Usage())

    def step_for(self, asked: Asked) -> tuple[Script | None, int, Step]:
        """What to say, and where in which script that stands."""
        match asked.purpose:
            case "schema":
                return None, 0, Step(text=as_json(_sample(asked.schema or {}, self.title)))
            case "title":
                return None, 0, Step(text=self.title)
            case "summary":
                return None, 0, Step(text=f"<summary>\n{self.summary}\n</summary>")
        found, number = choose(self.scripts, asked.messages)
        if found is None:
            with self._lock:
                self.unknown_prompts.append(asked)
            return None, 0, NO_SCRIPT
        step = found.steps[number] if number < len(found.steps) else PAST_THE_END
        return found, number, step

    def failure_for(self, script: Script | None, number: int, step: Step) -> Failure | None:
        """The error to answer with, if it is due."""
        if step.failure is None or script is None:
            return None
        with self._lock:
            if (script.name, number) in self._failed and not step.failure.is_final:
                return None
            self._failed.add((script.name, number))
        return step.failure

    def usage_for(self, asked: Asked, step: Step) -> Usage:
        """The tokens to report."""
        found, total = self._cache.count(asked)
        match asked.api:
            case "anthropic":
                return anthropic_api.usage_of(step, found, total, asked.cache_life)
            case "openai":
                return responses_api.usage_of(step, found, total)
        return gemini_api.usage_of(step, found, total)

    def note(self, served: Served) -> None:
        """Keep a record of an answered request."""
        with self._lock:
            self.served.append(served)


def _sample(schema: Mapping[str, Any], title: str) -> Any:
    """The plainest value that fulfils a JSON schema."""
    if schema.get("enum"):
        return schema["enum"][0]
    match str(schema.get("type", "object")).lower():
        case "object":
            return {key: _sample(of, title) for key, of in schema.get("properties", {}).items()}
        case "array":
            return []
        case "boolean":
            return False
        case "number" | "integer":
            return 1
    return title


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, model: MockApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    DIALECTS: ClassVar[Mapping[str, Dialect]] = {
        "/messages": anthropic_api.Anthropic(),
        "/responses": responses_api.Responses(),
        ":generateContent": gemini_api.Gemini(),
        ":streamGenerateContent": gemini_api.Gemini(),
    }

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Stay silent."""

    def do_HEAD(self) -> None:
        """Clients ask whether anybody is there."""
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        """List no models: the agents know their own."""
        self._send(200, {"object": "list", "data": [], "models": [], "has_more": False})

    def do_POST(self) -> None:
        """Answer a request for a model's words; anything else is not found."""
        body = self._body()
        path = self.path.partition("?")[0]
        if path.endswith(("/count_tokens", ":countTokens")):
            length = len(as_json(body)) // 4
            self._send(200, {"input_tokens": length, "totalTokens": length})
            return
        for ending, dialect in self.DIALECTS.items():
            if path.endswith(ending):
                self._answer(dialect, path, body)
                return
        self._send(404, {"error": {"type": "not_found_error", "message": f"no {path}"}})

    def _answer(self, dialect: Dialect, path: str, body: Mapping[str, Any]) -> None:
        model = self.server.model
        asked = dialect.asked(path, body, dict(self.headers.items()))
        script, number, step = model.step_for(asked)
        request_id = new_id("req_011C", 20)
        served = Served(
            api=asked.api,
            model=asked.model,
            purpose=asked.purpose,
            script=script.name if script else "",
            step=number,
            status=200,
            usage=Usage(),
            request_id=request_id,
            started=time.time(),
        )
        failure = model.failure_for(script, number, step)
        if failure is not None:
            model.note(replace(served, status=failure.status, ended=time.time()))
            self._send(
                failure.status,
                dialect.failure(failure.status, failure.type, failure.message),
                {"request-id": request_id, "retry-after": "1"},
            )
            return
        if asked.purpose == "turn":
            time.sleep(model.pause)
        usage = model.usage_for(asked, step)
        answer = dialect.answer(asked, step, usage)
        served = replace(
            served,
            usage=usage,
            response_id=answer.id,
            seconds=model_seconds(step, usage.output),
        )
        if asked.is_streamed:
            self._stream(answer.events, step.stream_delay, served)
        else:
            model.note(replace(served, ended=time.time()))
            self._send(200, answer.document, {"request-id": request_id})

    def _stream(self, events: Sequence[Event], delay: float, served: Served) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("request-id", served.request_id)
        self.send_header("x-request-id", served.request_id)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for event in events[:-1]:
                if event.is_delta and delay:
                    time.sleep(delay)
                self._event(event)
        except OSError:
            self.close_connection = True
            self.server.model.note(replace(served, ended=time.time(), is_whole=False))
            return
        # Noted before the client can know that it has everything.
        self.server.model.note(replace(served, ended=time.time()))
        with suppress(OSError):
            self._event(events[-1])
            self._chunk(b"")

    def _event(self, event: Event) -> None:
        name = f"event: {event.name}\n" if event.name else ""
        self._chunk(f"{name}data: {as_json(event.data)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _send(
        self, status: int, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        data = as_json(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _body(self) -> Mapping[str, Any]:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            raw = b"".join(self._chunks())
        else:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        match self.headers.get("content-encoding", "").lower():
            case "gzip":
                raw = gzip.decompress(raw)
            case "zstd":
                raw = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)).read()
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            body = {}
        return body if isinstance(body, dict) else {}

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()


@contextmanager
def serving(model: MockApi) -> Iterator[MockApi]:
    """Serve `model` on a free port of the loopback."""
    with _Server(model) as server:
        model.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield model
        finally:
            server.shutdown()
            thread.join()
