"""The jobs' tests stand on the same stores as those of the storage."""

from tests.storage.conftest import mongo, seals

__all__ = ["mongo", "seals"]
