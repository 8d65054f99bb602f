"""The door that WeChat knocks at, in all three modes: who is let in, who is not, and what is left behind."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pymongo
import pytest
import pytest_asyncio

from server.simulator import ids, kinds
from server.simulator.crypto import signature
from tests.stories.city import City
from tests.stories.forgeries import DAY, Forger
from tests.stories.poster import Answer, Poster
from tests.stories.story import Story

pytestmark = pytest.mark.usefixtures("story")
Database = pymongo.database.Database[dict[str, Any]]
SKEWED = "WeChat's clock and ours are far apart."


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["safe", "compatible", "plain"])
async def mode(request: pytest.FixtureRequest, city: City) -> str:
    """The mode that service and account are set to."""
    [web] = city.webs
    if request.param != "safe":
        web.end()
        web.equip(XINYI_OA_MODE=request.param)
        web.launch()
        await city.ready()
        await city.ask("/simulator/account", {"mode": request.param}, method="PUT")
    return str(request.param)


@pytest_asyncio.fixture(loop_scope="module")
async def poster(city: City, mode: str) -> AsyncIterator[Poster]:
    async with Poster(city) as poster:
        poster.mode = mode
        yield poster


@pytest.fixture
def data(city: City) -> Iterator[Database]:
    """The city's database through a plain client."""
    with pymongo.MongoClient[dict[str, Any]](city.environ["XINYI_MONGO_URL"]) as client:
        yield client[city.environ["XINYI_MONGO_NAME"]]


async def test_wechat_is_proved_that_the_address_is_ours(poster: Poster) -> None:
    stamp, nonce, echo = str(int(poster.now())), "1514711492", "5838479218127813673"
    right = {"signature": signature(poster.token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "echostr": echo}
    answer = await poster.post(right, b"", method="GET")
    assert (answer.status, answer.body) == (200, echo.encode())
    for name in right:
        for value in ("", "0" * 40, "签"):
            wrong = await poster.post({**right, name: value}, b"", method="GET")
            if name != "echostr" or value != "0" * 40:
                assert_refused(f"{name}={value}", wrong)
        assert_refused(
            name, await poster.post({key: each for key, each in right.items() if key != name}, b"", method="GET")
        )


async def test_a_follower_is_answered_in_the_accounts_mode(poster: Poster, story: Story) -> None:
    person = await story.a_follower()
    assert "预约" in await person.writes("帮助")
    answer = await poster.bring(poster.text(person.openid, "帮助"))
    assert "预约" in answer.words
    assert (b"<Encrypt>" in answer.body) is (poster.mode != "plain")
    assert ("预约".encode() in answer.body) is (poster.mode == "plain")


async def test_what_is_not_wechats_is_refused_with_nothing_said_and_nothing_kept(
    poster: Poster, data: Database
) -> None:
    forger, log = Forger(poster), poster.city.webs[0].log
    before, told, size = everything(data), 0, log.stat().st_size
    for name, knock in forger.all():
        answer = await poster.post(knock.query, knock.body, method=knock.method, kind=knock.kind)
        assert_refused(name, answer)
        told += 1
    assert told >= 60
    assert everything(data) == before
    assert log.stat().st_size == size, log.read_text()[size:][:2000]


async def test_a_body_that_no_door_takes_is_refused_as_well(poster: Poster, data: Database) -> None:
    before = everything(data)
    knock = Forger(poster).knock()
    assert_refused("300 KB", await poster.post(knock.query, knock.body + b" " * 300 * 1024))
    assert everything(data) == before


async def test_a_stamp_that_is_off_is_heard_with_an_alarm_but_not_after_a_day(poster: Poster) -> None:
    forger, log = Forger(poster), poster.city.webs[0].log
    for ahead in (-DAY + 120, 3 * DAY):
        before = log.read_text().count(SKEWED)
        knock = forger.knock(stamp=str(int(poster.now() + ahead)))
        assert (await poster.post(knock.query, knock.body)).status == 200
        assert log.read_text().count(SKEWED) == before + 1


async def test_a_message_is_never_refused_for_when_it_was_written(poster: Poster) -> None:
    for years in (-20, -1, 1, 9):
        letter = poster.text(ids.openid(), "帮助", created=poster.now() + years * 365 * DAY)
        assert "预约" in (await poster.bring(letter)).words


async def test_names_are_not_judged(poster: Poster) -> None:
    letter = poster.text("旁人 ' \" & < 的名字", "帮助")
    letter = replace(letter, fields={**letter.fields, "ToUserName": "gh_somebody_else"})
    answer = await poster.bring(letter)
    assert answer.fields["ToUserName"] == letter.openid
    assert answer.fields["FromUserName"] == "gh_somebody_else"


async def test_in_compatible_mode_the_clear_copy_changes_nothing(poster: Poster) -> None:
    letter = poster.text(ids.openid(), "帮助")
    post = poster.wrapped(letter)
    body = post.body.replace("帮助".encode(), "热线".encode())
    answer = poster.opened(await poster.post(post.query, body), post)
    assert ("12355" in answer.words or "热线" in answer.words.splitlines()[0]) is (poster.mode == "plain")


@pytest.mark.parametrize("what", ["hologram", "file", "miniprogrampage", "event"])
async def test_what_nobody_knows_is_kept_sealed_and_answered_with_success(
    what: str, poster: Poster, data: Database
) -> None:
    openid, secret = ids.openid(), "没人认得的话"
    nodes = {"MsgType": what, "Event": "moon_landing", "EventKey": secret} if what == "event" else {"MsgType": what}
    answer = await poster.bring(poster.letter(openid, {**nodes, "Title": secret, "MsgId": 5}))
    assert answer.is_success
    [row] = data["messages"].find({"_id": {"$regex": f"^{openid}:"}})
    assert row["kind"] == "unknown"
    assert secret.encode() not in bytes(row["sealed"])
    assert len(bytes(row["sealed"])) > len(secret.encode())


async def test_every_event_of_the_fact_sheet_is_heard(story: Story, mode: str) -> None:
    assert mode
    person = await story.a_follower()
    for name in kinds.EVENTS:
        for spelt in (name, name.upper()):
            await person.does(spelt)
            if name == "unsubscribe":
                await person.does("subscribe")
            assert person.told is not None
            assert [each["status"] for each in person.told["deliveries"]] == [200], (spelt, person.told)


async def test_every_kind_of_message_of_the_fact_sheet_is_heard(story: Story, mode: str) -> None:
    assert mode
    person = await story.a_follower()
    for name in kinds.MESSAGES:
        await person.sends(name)
        assert person.told is not None
        assert [each["status"] for each in person.told["deliveries"]] == [200], (name, person.told)


async def test_an_end_of_a_mass_send_that_nobody_knows_of_is_heard(poster: Poster, data: Database) -> None:
    number = str(int(poster.now() * 1000))
    event = poster.event("oAdministrator", "MASSSENDJOBFINISH", MsgID=number, Status="send success", TotalCount=3)
    assert (await poster.bring(event)).is_success
    assert (await poster.bring(event)).is_success
    assert data["mass_events"].count_documents({"_id": number}) == 1


async def test_coming_and_leaving_older_than_what_is_known_changes_nothing(poster: Poster, data: Database) -> None:
    openid, now = ids.openid(), int(poster.now())

    async def follows(event: str, created: int) -> bool:
        assert (await poster.bring(poster.event(openid, event, created, EventKey=""))).status == 200
        row = data["followers"].find_one({"_id": openid})
        assert row is not None
        return bool(row["follows"])

    assert await follows("subscribe", now)
    assert await follows("unsubscribe", now - 10)
    assert not await follows("unsubscribe", now + 5)
    assert not await follows("subscribe", now + 2)
    assert await follows("subscribe", now + 9)


def assert_refused(name: str, answer: Answer) -> None:
    assert answer.status in (400, 403), (name, answer)
    assert answer.body == b"", (name, answer)


def everything(data: Database) -> dict[str, int]:
    """How many rows every collection has."""
    return {name: data[name].count_documents({}) for name in data.list_collection_names()}
