"""The callback: sealed text messages, from the envelope to the stored row and the sealed answer.

32 connections, 36,000 distinct messages of 2,000 followers without an open question. The service is one real
`xinyi serve` over a mongod and a valkey of its own; the ceiling is a bare Tornado handler given the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from bench import crowd
from bench.ground import Ground, answering, ground
from bench.load import lap
from bench.race import ROUNDS, Lap, race
from bench.table import Goal, Outcome
from server.embedded import free_port
from server.simulator.crypto import Sealer
from server.storage.mongo import Mongo

GOAL = Goal("callback", floor=0.25, aim=0.40, unit="× bare Tornado handler")
MESSAGES = 36_000
FOLLOWERS = 2_000
WARM = 0.3  # of a round's messages, sent beforehand


async def measure(share: float) -> Outcome:
    """Race the service against the ceiling with `share` of the messages."""
    size, now = max(64, round(MESSAGES * share / ROUNDS)), datetime.now(UTC)
    async with ground() as under:
        await _settled(under, now)
        posts = crowd.posts(under.environ, FOLLOWERS, now)
        (warm,) = crowd.chunks(posts, max(64, round(size * WARM)), 1)
        rounds = crowd.chunks(posts, size, ROUNDS)
        return await _raced(under, warm, rounds)


async def _settled(under: Ground, now: datetime) -> None:
    """Import the library and make the crowd known."""
    await under.run("library", "import", "--accept")
    chosen = under.settings
    mongo = Mongo(chosen.mongo_url, chosen.mongo_name, "bench")
    await crowd.gather_crowd(mongo, FOLLOWERS, now)
    await mongo.close()


async def _raced(under: Ground, warm: Sequence[bytes], rounds: Sequence[Sequence[bytes]]) -> Outcome:
    port, other = int(under.environ["XINYI_PORT"]), free_port()
    beside = Ground({"XINYI_CEILING_PORT": str(other)}, under.folder)
    async with under.running("server", "serve") as serving, beside.running("bench.ceiling") as bare:
        await answering(f"{under.url}/health/ready")
        await answering(f"http://127.0.0.1:{other}/wechat")

        async def ours(number: int) -> Lap:
            done, tape = await lap(port, serving, rounds[number])
            _judge(under.environ, tape.kept)
            return done

        async def ceiling(number: int) -> Lap:
            return (await lap(other, bare, rounds[number]))[0]

        await lap(port, serving, warm)
        await lap(other, bare, warm)
        ran = await race(ours, ceiling)
    return Outcome(GOAL, ran.ratio, ran.notes("callback"))


def _judge(environ: Mapping[str, str], answers: Sequence[bytes]) -> None:
    """Open a sample of the answers; raises when one is not a sealed text for one of the crowd."""
    sealer = Sealer(environ["XINYI_OA_AES_KEY"], environ["XINYI_OA_APPID"])
    for answer in answers:
        clear = ET.fromstring(sealer.open(ET.fromstring(answer).findtext("Encrypt", "")))
        is_for_the_crowd = clear.findtext("ToUserName", "").startswith("oBench")
        if not is_for_the_crowd or clear.findtext("MsgType") != "text" or not clear.findtext("Content"):
            raise RuntimeError(f"a strange answer: {ET.tostring(clear, 'unicode')[:300]}")
