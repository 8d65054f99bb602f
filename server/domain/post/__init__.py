"""Everything that goes out to one person besides the passive reply: rows with a life, at most once."""
