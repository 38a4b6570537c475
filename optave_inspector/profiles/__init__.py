"""Named connection settings of this user, and the place where their secrets are kept."""
