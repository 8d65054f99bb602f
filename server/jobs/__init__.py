"""Doors of the clock: one timetable, the tick that finds what is due, the worker that does it."""
