"""The account's access token, shared by the processes of all hosts: sealed, and fetched by one at a time."""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from server.storage.mongo import QUERY_MS, Database, reaching
from server.vault.seals import Seals

T = TypeVar("T")
_KEY = "token"  # one data key for all tokens: they live two hours


@reaching
class TokenStore(Generic[T]):
    """Fulfils `wechat.token.TokenStore` in MongoDB, so that it holds with Redis gone; `kind` is what a token is."""

    def __init__(self, database: Database, seals: Seals, kind: type[T]) -> None:
        self._kind = kind
        self._tokens = database["tokens"]
        self._seals = seals

    async def load(self, appid: str) -> T | None:
        """Return the token kept last, expired or not."""
        kept = await self._tokens.find_one({"_id": appid}, max_time_ms=QUERY_MS)
        if kept is None or "token" not in kept:
            return None
        return msgspec.json.decode(await self._seals.open(bytes(kept["token"]), appid), type=self._kind)

    async def claim(self, appid: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the right to fetch until `until`; False while another's still runs at `now`."""
        free = {"_id": appid, "$or": [{"until": None}, {"until": {"$lte": now}}, {"holder": holder}]}
        change = {"$set": {"holder": holder, "until": until, "v": 1}}
        try:
            result = await self._tokens.update_one(free, change, upsert=True)
        except DuplicateKeyError:
            return False  # the row is there, and held
        return bool(result.matched_count or result.upserted_id)

    async def save(self, appid: str, holder: str, token: T) -> bool:
        """Keep the token and end the claim; False, and nothing kept, if the claim is another's."""
        sealed = await self._seals.seal(_KEY, msgspec.json.encode(token), appid)
        result = await self._tokens.update_one(
            {"_id": appid, "holder": holder}, {"$set": {"token": sealed, "until": None, "holder": None}}
        )
        return bool(result.matched_count)

    async def release(self, appid: str, holder: str) -> None:
        """End the claim if it is still this holder's; no token came of it."""
        await self._tokens.update_one({"_id": appid, "holder": holder}, {"$set": {"until": None, "holder": None}})
