"""Arize Phoenix: judgements are annotations of spans and sessions, by its REST API."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aimux_tui.config.schema import TracePer
from aimux_tui.export.otlp.backends.base import Finished
from aimux_tui.export.otlp.troubles import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.export.otlp.link import Link
    from aimux_tui.export.otlp.memory import Told
    from aimux_tui.export.otlp.spans import Judgement, TraceFacts

_NOT_FOUND = 404
_SOON_SECONDS = 10.0
_PATIENCE_SECONDS = 180.0
"""How long spans that were sent before may still be on their way into Phoenix's database."""


class PhoenixBackend:
    """Fulfils `Backend`.

    Phoenix keeps the first version of a span, so that a trace that changed is deleted and sent
    whole. Judgements do not stand on spans here: a label would make the whole trace change.
    """

    has_judgements = False
    replaces_traces = True

    def __init__(self, link: Link) -> None:
        self._link = link
        self._project = quote(link.target.project, safe="")
        self.title = f"Phoenix project {link.target.project}"
        self.place = f"{link.target.base} project {link.target.project}"
        self.headers: Mapping[str, str] = {}

    def holds(self, trace_id: bytes) -> bool:
        """Whether any span of it is there, or arrives soon."""
        return self._arrives(f"trace_id={trace_id.hex()}", _SOON_SECONDS)

    def clear(self, trace_id: bytes, last_span_id: bytes) -> None:
        """Delete a trace. Spans wait in a queue at first: those would come after the deletion."""
        self._arrives(f"span_id={last_span_id.hex()}", _PATIENCE_SECONDS)
        answer = self._link.request("DELETE", f"/v1/traces/{trace_id.hex()}")
        if not answer.is_fine and answer.status != _NOT_FOUND:
            raise refusal(self._link.target, answer)

    def finish(self, facts: TraceFacts, told: Told) -> Finished:
        """Annotate what is judged; take away what is judged no longer."""
        wanted = {judgement.identifier: judgement for judgement in facts.judgements}
        # Annotations went with the trace if it was deleted: `told` is empty then.
        known = {name: before.hash for name, before in told.judgements.items()}
        news = [j for name, j in wanted.items() if known.get(name) != j.hash]
        stale = [
            name
            for name, before in told.judgements.items()
            if name not in wanted and facts.decides(before.key)
        ]
        # Where turns are traces, no span stands for the session.
        is_of_turns = self._link.target.trace_per is TracePer.TURN
        rows = [
            {"span_id": j.span_id, **_annotation(j)}
            for j in news
            if not (j.is_of_session and is_of_turns)
        ]
        if rows:
            self._link.ask("POST", "/v1/span_annotations", json={"data": rows})
        about_session = [j for j in news if j.is_of_session]
        if about_session:
            rows = [{"session_id": facts.session_id, **_annotation(j)} for j in about_session]
            self._link.ask("POST", "/v1/session_annotations", json={"data": rows})
        for name in stale:
            self._delete(name)
        return Finished(len(news) + len(stale))

    def _delete(self, identifier: str) -> None:
        query = f"identifier={quote(identifier, safe='')}&delete_all=true"
        for kind in ("span_annotations", "session_annotations"):
            path = f"/v1/projects/{self._project}/{kind}?{query}"
            answer = self._link.request("DELETE", path)
            if not answer.is_fine and answer.status != _NOT_FOUND:
                raise refusal(self._link.target, answer)

    def _arrives(self, query: str, seconds: float) -> bool:
        """Whether a span is there, or comes within that time."""
        end = time.monotonic() + seconds
        while not self._has_span(query):
            if time.monotonic() >= end:
                return False
            self._link.pause(0.5)
        return True

    def _has_span(self, query: str) -> bool:
        path = f"/v1/projects/{self._project}/spans?limit=1&{query}"
        answer = self._link.request("GET", path)
        if answer.status == _NOT_FOUND:
            return False
        found = answer.json()
        return not isinstance(found, dict) or bool(found.get("data", True))


def _annotation(judgement: Judgement) -> dict[str, Any]:
    # No score: Phoenix would show that instead of the label, the same for bad and waste.
    result: dict[str, Any] = {"label": judgement.value}
    note = judgement.value if judgement.name == "aimux.note" else judgement.comment
    if note:
        result["explanation"] = note
    if judgement.name == "aimux.note":
        result["label"] = "note"
    return {
        "name": judgement.name,
        "annotator_kind": "HUMAN",
        "identifier": judgement.identifier,
        "result": result,
        "metadata": {"aimux.annotation.key": judgement.key, "aimux.author": judgement.author},
    }
