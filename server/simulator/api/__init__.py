"""The calls of WeChat's own interface, one small file for each family."""
