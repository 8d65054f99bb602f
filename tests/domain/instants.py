"""Instants for property tests: aware, in UTC, between two years."""

from datetime import UTC, datetime

from hypothesis import strategies as st


def instants(first: int = 2026, last: int = 2028) -> st.SearchStrategy[datetime]:
    """Any instant from the beginning of one year to the beginning of another."""
    bounds = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    naive = (bound.replace(tzinfo=None) for bound in bounds)  # hypothesis takes the zone apart from the bounds
    return st.datetimes(*naive, timezones=st.just(UTC))
