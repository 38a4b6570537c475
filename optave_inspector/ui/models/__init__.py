"""Qt models over the session's entries and exchanges."""
