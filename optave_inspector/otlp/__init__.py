"""Connections and exchanges as OpenTelemetry spans, sent to a collector over OTLP/HTTP: live, or from a capture."""

import logging

# Its libraries log each failure, with values of malformed headers among them; all of that is told by verdicts.
logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
