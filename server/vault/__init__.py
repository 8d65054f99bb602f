"""Keys, seals and keyed hashes: what turns words into something only this service can read."""
