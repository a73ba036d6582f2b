"""Sessions as OpenTelemetry traces, sent over OTLP/HTTP to any collector, MLflow or Phoenix."""
