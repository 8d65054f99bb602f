"""Doors over HTTP: one table of routes, each with its guard; they read, ask a room, and shape the answer."""
