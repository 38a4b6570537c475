"""Connections and exchanges as OpenTelemetry spans, sent to a collector over OTLP/HTTP: live, or from a capture."""
