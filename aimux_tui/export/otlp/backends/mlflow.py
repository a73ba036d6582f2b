"""MLflow: spans by OTLP, what is said of a trace as a whole and of its turns by its REST API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aimux_tui.export.otlp.attributes import cost_json
from aimux_tui.export.otlp.backends.base import Finished
from aimux_tui.export.otlp.identity import assessment_id
from aimux_tui.export.otlp.messages import as_json
from aimux_tui.export.otlp.troubles import SendError, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.export.otlp.link import Link
    from aimux_tui.export.otlp.memory import Told
    from aimux_tui.export.otlp.spans import Judgement, TraceFacts

_TRACES = "/api/3.0/mlflow/traces"
_EXPERIMENTS = "/api/2.0/mlflow/experiments"
_KEY = "aimux.annotation.key"
"""Marks in the metadata of an assessment that it is ours."""
_PREVIEW = 1_000
"""Characters that MLflow keeps of a prompt or an answer."""
_TAG, _METADATA = 4_096, 250
_NOT_FOUND = 404
_UNAUTHORISED = frozenset({401, 403})
_COMPARED = ("assessment_name", "span_id", "feedback", "rationale")

Fields = dict[str, Any]


class MlflowBackend:
    """Fulfils `Backend`. Spans are updated in place, and so are assessments.

    What is told of a trace as a whole goes last: versions before 3.17 count tokens twice when
    spans come again.
    """

    has_judgements = True
    replaces_traces = False

    def __init__(self, link: Link) -> None:
        self._link = link
        self._experiment = _experiment_id(link)
        self.title = f"MLflow experiment {self._experiment}"
        self.place = f"{link.target.base} experiment {self._experiment}"
        self.headers: Mapping[str, str] = {"x-mlflow-experiment-id": self._experiment}

    def holds(self, trace_id: bytes) -> bool:
        """Whether the trace is there."""
        return self._found(trace_id.hex()) is not None

    def clear(self, trace_id: bytes, last_span_id: bytes) -> None:
        """Spans are updated in place."""

    def finish(self, facts: TraceFacts, told: Told) -> Finished:  # noqa: ARG002
        """Tell of the trace, and make its assessments those that are wanted; others' stay."""
        info = self._found(facts.trace_id) or {}
        there = [item for item in info.get("assessments") or () if isinstance(item, dict)]
        wanted = {
            item["assessment_id"]: item
            for item in (_assessment(facts, judgement) for judgement in facts.judgements)
        }
        kept: list[Fields] = []
        changes = 0
        for item in there:
            key = (item.get("metadata") or {}).get(_KEY)
            own = wanted.get(item.get("assessment_id"))
            if own is not None:
                changes += _update(own, item)
            elif isinstance(key, str) and facts.decides(key):
                self._link.ask("DELETE", _path(facts.trace_id, str(item.get("assessment_id"))))
                changes += 1
            else:
                kept.append(item)
        known = {item.get("assessment_id") for item in there}
        changes += sum(key not in known for key in wanted)
        described = {**self._described(facts, info), "assessments": [*wanted.values(), *kept]}
        remark = self._tell(facts, described, wanted, known)
        return Finished(changes, remark or self._misplaced(info))

    def _tell(
        self, facts: TraceFacts, described: Fields, wanted: dict[str, Fields], known: set[Any]
    ) -> str:
        """Replace what MLflow knows of the trace; one by one if it will not have it whole."""
        answer = self._link.request("POST", _TRACES, json={"trace": {"trace_info": described}})
        if answer.is_fine:
            return ""
        if answer.status in _UNAUTHORISED or answer.status >= 500:
            raise refusal(self._link.target, answer)
        for key, item in wanted.items():
            if key in known:
                update = {name: item[name] for name in ("feedback", "rationale") if name in item}
                body = {"assessment": update, "update_mask": ",".join(update)}
                self._link.ask("PATCH", _path(facts.trace_id, key), json=body)
            else:
                self._link.ask("POST", _path(facts.trace_id), json={"assessment": item})
        return f"MLflow did not take totals and previews of traces ({answer.status})"

    def _described(self, facts: TraceFacts, info: Fields) -> Fields:
        """The trace as a whole; of a part of a session, what is there of the rest stays."""
        metadata: Fields = {"mlflow.trace.session": facts.session_id[:_METADATA]}
        if facts.user:
            metadata["mlflow.trace.user"] = facts.user[:_METADATA]
        metadata["mlflow.trace.tokenUsage"] = as_json(_tokens(facts))
        if facts.usd is not None:
            metadata["mlflow.trace.cost"] = cost_json(facts.usd)
        if not facts.is_whole:
            there = info.get("trace_metadata") or {}
            names = ("mlflow.trace.tokenUsage", "mlflow.trace.cost")
            metadata |= {name: there[name] for name in names if name in there}
        tags = {"mlflow.traceName": facts.name[:_TAG], "aimux.agent": facts.agent}
        if facts.is_partial_cost:
            tags["aimux.cost.is_lower_bound"] = "true"
        location = info.get("trace_location") or {
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": {"experiment_id": self._experiment},
        }
        seconds = max(facts.end - facts.start, 0) / 1e9
        return {
            "trace_id": f"tr-{facts.trace_id}",
            "trace_location": location,
            "request_time": _timestamp(facts.start),
            "execution_duration": f"{seconds:.3f}s",
            "state": "ERROR" if facts.is_error else "OK",
            "request_preview": facts.request[:_PREVIEW],
            "response_preview": facts.response[:_PREVIEW],
            "trace_metadata": metadata,
            "tags": tags,
        }

    def _found(self, trace_id: str) -> Fields | None:
        """What MLflow knows of a trace; None if nothing."""
        answer = self._link.request("GET", f"{_TRACES}/tr-{trace_id}")
        if answer.status == _NOT_FOUND:
            return None
        value = answer.json()
        if not answer.is_fine or not isinstance(value, dict):
            raise refusal(self._link.target, answer)
        trace = value.get("trace")
        info = trace.get("trace_info") if isinstance(trace, dict) else None
        return info if isinstance(info, dict) else {}

    def _misplaced(self, info: Fields) -> str:
        """A trace stays in the experiment to which it was sent first."""
        location = info.get("trace_location") or {}
        found = (location.get("mlflow_experiment") or {}).get("experiment_id")
        if found and found != self._experiment:
            return f"a trace that is in experiment {found} already was updated there"
        return ""


def _experiment_id(link: Link) -> str:
    """The id of the experiment that is wanted, made if it does not exist. Raises SendError."""
    target = link.target
    if target.experiment_id:
        query = f"/get?experiment_id={quote(target.experiment_id, safe='')}"
        answer = link.request("GET", _EXPERIMENTS + query)
        if answer.status == _NOT_FOUND:
            message = f"MLflow has no experiment {target.experiment_id}"
            raise SendError(message, "see export.mlflow.experiment_id", status=_NOT_FOUND)
    else:
        query = f"/get-by-name?experiment_name={quote(target.experiment, safe='')}"
        answer = link.request("GET", _EXPERIMENTS + query)
        if answer.status == _NOT_FOUND:
            body = {"name": target.experiment}
            created = link.ask("POST", f"{_EXPERIMENTS}/create", json=body).json()
            return str(_of(created, "experiment_id"))
    if not answer.is_fine:
        raise refusal(target, answer)
    experiment = _of(answer.json(), "experiment")
    if _of(experiment, "lifecycle_stage") == "deleted":
        message = f"MLflow's experiment {target.experiment_id or target.experiment} is deleted"
        raise SendError(message, "restore it, or set another one in export.mlflow")
    found = _of(experiment, "experiment_id")
    if not found:
        raise SendError(f"{target.base} does not answer as MLflow does", "see export.backend")
    return str(found)


def _of(value: Any, name: str) -> Any:
    return value.get(name, "") if isinstance(value, dict) else ""


def _assessment(facts: TraceFacts, judgement: Judgement) -> Fields:
    """A judgement as MLflow stores it."""
    trace_id = bytes.fromhex(facts.trace_id)
    at = judgement.updated or _timestamp(facts.end)
    metadata = {_KEY: judgement.key}
    if judgement.is_of_session:
        metadata["mlflow.trace.session"] = facts.session_id
    found: Fields = {
        "assessment_id": assessment_id(trace_id, judgement.key, judgement.name),
        "assessment_name": judgement.name,
        "trace_id": f"tr-{facts.trace_id}",
        "span_id": judgement.span_id,
        "source": {"source_type": "HUMAN", "source_id": judgement.author or "aimux"},
        "create_time": at,
        "last_update_time": at,
        "feedback": {"value": judgement.value},
        "metadata": metadata,
        "valid": True,
    }
    if judgement.comment:
        found["rationale"] = judgement.comment
    return found


def _update(own: Fields, there: Fields) -> int:
    """Keep when it was made, and when changed if it is the same; 1 if it is not, else 0."""
    own["create_time"] = there.get("create_time") or own["create_time"]
    if all(own.get(name) == there.get(name) for name in _COMPARED):
        own["last_update_time"] = there.get("last_update_time") or own["last_update_time"]
        return 0
    return 1


def _tokens(facts: TraceFacts) -> dict[str, int]:
    counts = {
        "input_tokens": facts.input_tokens,
        "output_tokens": facts.output_tokens,
        "total_tokens": facts.input_tokens + facts.output_tokens,
    }
    caches = {
        "cache_read_input_tokens": facts.cache_read_tokens,
        "cache_creation_input_tokens": facts.cache_write_tokens,
    }
    return counts | {name: count for name, count in caches.items() if count}


def _timestamp(nanoseconds: int) -> str:
    at = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _path(trace_id: str, assessment: str = "") -> str:
    path = f"{_TRACES}/tr-{trace_id}/assessments"
    return f"{path}/{quote(assessment, safe='')}" if assessment else path
