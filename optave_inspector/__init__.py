"""Optave Inspector: connect to Optave tenants, inspect their frames, reproduce close-code issues."""

__version__ = "0.1.0"
