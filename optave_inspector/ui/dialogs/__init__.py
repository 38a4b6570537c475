"""The few places where a decision is owed."""
