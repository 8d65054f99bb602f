"""The library and what goes out of it: pieces, editions, series."""
