"""What is known of how a connection ended: evidence, likely causes, advice; the same live as from a stored capture."""
