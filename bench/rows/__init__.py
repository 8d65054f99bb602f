"""The rows of the table, one file each; a file whose name begins with `_` is none."""
