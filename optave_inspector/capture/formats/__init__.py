"""The files that a capture can be written to and made from, one module for each."""
