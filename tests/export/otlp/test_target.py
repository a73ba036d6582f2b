"""Endpoints as people write them, and the result line."""

from __future__ import annotations

import pytest

from aimux_tui.config.schema import ExportSettings, MlflowSettings
from aimux_tui.errors import ExportError
from aimux_tui.export.otlp.result import OtlpResult
from aimux_tui.export.otlp.target import target_of


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("localhost:5000", "http://localhost:5000"),
        ("127.0.0.1:4318", "http://127.0.0.1:4318"),
        ("[::1]:4318", "http://[::1]:4318"),
        ("otel.example.com", "https://otel.example.com"),
        ("otel.example.com:4318", "https://otel.example.com:4318"),
        ("http://otel.example.com:4318/", "http://otel.example.com:4318"),
        ("https://example.com/mlflow/v1/traces", "https://example.com/mlflow"),
        (" https://example.com/api/public/otel ", "https://example.com/api/public/otel"),
    ],
)
def test_endpoints(given: str, base: str):
    target = target_of(ExportSettings(endpoint=given))
    assert target.base == base
    assert target.traces_url == f"{base}/v1/traces"


def test_without_tls_if_asked():
    settings = ExportSettings(endpoint="otel.example.com:4318", insecure=True)
    assert target_of(settings).base == "http://otel.example.com:4318"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("", "set export.endpoint"),
        ("grpc://x:4317", "only OTLP over HTTP"),
        ("http://", "set export.endpoint"),
        ("host:port", "set export.endpoint"),
        ("two words:80", "set export.endpoint"),
        ("https://me:secret@example.com", "export.headers"),
        ("http://[::1", "set export.endpoint"),
    ],
)
def test_what_is_no_endpoint_is_told(given: str, hint: str):
    with pytest.raises(ExportError) as caught:
        target_of(ExportSettings(endpoint=given))
    assert hint in caught.value.hint
    assert "secret" not in caught.value.message


def test_the_project_names_the_experiment_unless_one_is_named():
    assert target_of(ExportSettings(endpoint="x")).experiment == "aimux"
    named = ExportSettings(endpoint="x", project="p", mlflow=MlflowSettings(experiment="e"))
    assert (target_of(named).experiment, target_of(named).project) == ("e", "p")


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (
            OtlpResult(place="MLflow experiment 1", traces=3, spans=212, assessments=14),
            "3 traces, 212 spans, 14 assessments → MLflow experiment 1",
        ),
        (OtlpResult(place="x:1", traces=1, spans=1), "1 trace, 1 span → x:1"),
        (OtlpResult(place="x:1", unchanged=9), "nothing new, 9 spans there already → x:1"),
        (OtlpResult(spooled=2), "0 traces, 0 spans, 2 sessions kept for a retry"),
        (
            OtlpResult(place="x:1", traces=1, spans=5, rejected=2, is_cancelled=True),
            "1 trace, 5 spans, 2 refused, cancelled → x:1",
        ),
    ],
)
def test_the_result_is_one_line(result: OtlpResult, line: str):
    assert result.line == line
