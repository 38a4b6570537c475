"""Optave's client WebSocket protocol v3 as plain values and rules: no I/O, no clock, no Qt."""
