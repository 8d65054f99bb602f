"""The account's token: sealed, kept past its life, and fetched by one process at a time."""

import asyncio
from datetime import timedelta

import pytest

from server.storage.mongo import Mongo
from server.storage.tokens import TokenStore
from server.vault.seals import Seals
from server.wechat.token import Token
from tests.domain.booking.builders import NOW

APPID = "wx0123456789abcdef"
SOON = NOW + timedelta(seconds=10)


@pytest.fixture
def tokens(mongo: Mongo, seals: Seals) -> TokenStore[Token]:
    return TokenStore(mongo.data, seals, Token)


def a_token(value: str = "71_secret") -> Token:
    return Token(value, NOW + timedelta(hours=2))


async def test_a_token_comes_back_as_it_was_kept_and_is_readable_to_nobody(
    tokens: TokenStore[Token], mongo: Mongo
) -> None:
    assert await tokens.load(APPID) is None
    assert await tokens.claim(APPID, "one", NOW, SOON)
    assert await tokens.load(APPID) is None
    assert await tokens.save(APPID, "one", a_token())
    assert await tokens.load(APPID) == a_token()
    row = await mongo.data["tokens"].find_one()
    assert "71_secret" not in repr(row)


async def test_of_twenty_who_claim_at_once_one_fetches(tokens: TokenStore[Token]) -> None:
    told = await asyncio.gather(*(tokens.claim(APPID, f"p{number}", NOW, SOON) for number in range(20)))
    assert sum(told) == 1


async def test_a_claim_holds_until_it_runs_out_or_is_given_back(tokens: TokenStore[Token]) -> None:
    assert await tokens.claim(APPID, "one", NOW, SOON)
    assert await tokens.claim(APPID, "one", NOW, SOON)
    assert not await tokens.claim(APPID, "two", NOW, SOON)
    assert await tokens.claim(APPID, "two", SOON, SOON + timedelta(seconds=10))
    await tokens.release(APPID, "one")
    assert not await tokens.claim(APPID, "three", SOON, SOON + timedelta(seconds=10))
    await tokens.release(APPID, "two")
    assert await tokens.claim(APPID, "three", SOON, SOON + timedelta(seconds=10))


async def test_who_lost_the_claim_keeps_nothing(tokens: TokenStore[Token]) -> None:
    await tokens.claim(APPID, "one", NOW, SOON)
    await tokens.claim(APPID, "two", SOON, SOON + timedelta(seconds=10))
    assert not await tokens.save(APPID, "one", a_token("old"))
    assert await tokens.save(APPID, "two", a_token("new"))
    assert await tokens.load(APPID) == a_token("new")
