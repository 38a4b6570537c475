"""What to send: templates for the nine actions."""
