"""The library as files: content/ read, checked and turned into values; everything or nothing."""
