"""A tenant on loopback for learning, tests and reproductions."""
