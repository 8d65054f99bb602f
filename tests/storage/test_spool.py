"""The help spool: on disk before the reply leaves, sealed, replayed once."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from server.domain.conversation.messages import Heard, Picture, Text, Voice
from server.domain.conversation.model import Reply
from server.domain.post.saying import Words
from server.domain.refusals import Unavailable
from server.storage.spool import Spool
from server.vault.keys import Master
from tests.domain.booking.builders import NOW
from tests.storage.builders import heard_at
from tests.vault.chance import Chance

CRY = "我站在楼顶，不想活了"
ANSWER = Reply(Words("现在就打 12356"), NOW)


class Memory:
    """Stands where the conversation does: remembers what it was told, or cannot be reached."""

    def __init__(self) -> None:
        self.told: list[tuple[Heard, Reply]] = []
        self.is_away = False

    async def recall(self, heard: Heard, reply: Reply) -> None:
        if self.is_away:
            raise Unavailable("现在有点忙，请稍后再试。")
        self.told.append((heard, reply))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", Master(bytes(32), None, Chance()))


def a_cry(words: str = CRY, mark: str = "m") -> Heard:
    return heard_at(NOW, Text(words), mark=mark)


async def test_what_was_kept_comes_back_as_it_was_and_is_let_go_of(spool: Spool) -> None:
    for content in (Text(CRY), Voice("media", "amr", CRY)):
        heard, memory = heard_at(NOW, content), Memory()
        assert await spool.keep("cause", heard, ANSWER)
        assert spool.waiting() == 1
        await spool.replay(memory.recall)
        assert memory.told == [(heard, ANSWER)]
        assert spool.waiting() == 0


async def test_nothing_on_disk_can_be_read_without_the_key(spool: Spool, tmp_path: Path) -> None:
    await spool.keep("cause", a_cry(), ANSWER)
    [file] = (tmp_path / "spool").iterdir()
    raw = file.read_bytes()
    assert CRY.encode() not in raw
    assert heard_at(NOW).openid.encode() not in raw
    assert file.stat().st_mode & 0o077 == 0 or file.parent.stat().st_mode & 0o077 == 0


async def test_the_same_turn_kept_twice_is_one_file(spool: Spool) -> None:
    await spool.keep("cause", a_cry(), ANSWER)
    await spool.keep("cause", a_cry(), ANSWER)
    assert spool.waiting() == 1


async def test_turns_wait_in_their_order_until_the_store_is_back(spool: Spool, tmp_path: Path) -> None:
    memory = Memory()
    for number in range(3):
        await spool.keep(f"cause{number}", a_cry(mark=str(number)), ANSWER)
        os.utime(tmp_path / "spool" / f"cause{number}.turn", (1_000 + number, 1_000 + number))
    memory.is_away = True
    await spool.replay(memory.recall)
    assert spool.waiting() == 3
    memory.is_away = False
    await spool.replay(memory.recall)
    assert [heard.key for heard, _ in memory.told] == [a_cry(mark=str(number)).key for number in range(3)]


async def test_a_turn_that_breaks_keeps_nobody_else_away(spool: Spool, tmp_path: Path) -> None:
    memory = Memory()
    await spool.keep("good", a_cry(), ANSWER)
    (tmp_path / "spool" / "spoilt.turn").write_bytes(b"no seal of ours")
    await spool.replay(memory.recall)
    assert len(memory.told) == 1
    assert spool.waiting() == 1, "what cannot be read stays for somebody to look at"


async def test_a_file_under_another_name_does_not_open(spool: Spool, tmp_path: Path) -> None:
    memory = Memory()
    await spool.keep("cause", a_cry(), ANSWER)
    (tmp_path / "spool" / "cause.turn").rename(tmp_path / "spool" / "other.turn")
    await spool.replay(memory.recall)
    assert memory.told == []


async def test_a_folder_that_cannot_be_made_is_said_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file stands where the folder should")
    spool = Spool(tmp_path / "spool", Master(bytes(32), None, Chance()))
    assert not spool.is_writable()
    assert not await spool.keep("cause", a_cry(), ANSWER)


async def test_only_words_are_spooled(spool: Spool) -> None:
    with pytest.raises(TypeError):
        await spool.keep("cause", heard_at(NOW + timedelta(seconds=1), Picture("url", "media")), ANSWER)
