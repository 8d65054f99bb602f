"""Xinyi (心驿): the WeChat backend with which a trade union cares for its workers' minds."""
