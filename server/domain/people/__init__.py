"""Who is served: followers and workers."""
