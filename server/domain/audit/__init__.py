"""Who looked at, or did, what: plain rows of ids, never words."""
