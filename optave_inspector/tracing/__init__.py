"""Which frames belong together: exchanges, their states and times."""
