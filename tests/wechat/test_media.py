"""What a follower said aloud, fetched: the sound whole, or the fault that its reader needs."""

from dataclasses import dataclass

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from server.domain.post.faults import Barred, Busy, Declined, Fault, Spent
from server.wechat import wire
from server.wechat.media import Media

from .conftest import CUT

PATH = "/cgi-bin/media/get"
VOICE = b"#!AMR\n" + bytes(range(256)) * 20
TWO_MB = 2 * 1024 * 1024


@dataclass
class Served:
    """A file as the platform hands it out; with `lost`, the connection breaks before the last bytes."""

    data: bytes = VOICE
    type: str = "audio/amr"
    lost: int = 0
    chunked: bool = False

    async def to(self, request):
        headers = {"Content-Type": self.type, "Content-Disposition": 'attachment; filename="voice.amr"'}
        response = web.StreamResponse(headers=headers)
        if self.chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = len(self.data)
        await response.prepare(request)
        await response.write(self.data[: len(self.data) - self.lost])
        if self.lost:
            request.transport.close()
        return response


@pytest.fixture
def media(client, platform, monkeypatch):
    monkeypatch.setattr(wire, "FIRST_PAUSE", 0.001)
    words = platform.answer

    async def answer(item, seen, request):
        return await item.to(request) if isinstance(item, Served) else await words(item, seen, request)

    platform.answer = answer
    return Media(client)


@pytest.mark.parametrize("kind", ["audio/amr", "audio/mp3", "audio/x-speex", "application/octet-stream"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_voice_is_fetched_byte_by_byte(media, platform, kind, chunked):
    platform.answers[PATH] = Served(type=kind, chunked=chunked)
    assert await media.voice("media-1") == VOICE
    [asked] = platform.asked(PATH)
    assert asked.query == {"access_token": "token-1", "media_id": "media-1"}


async def test_a_voice_of_two_megabytes_is_still_fetched(media, platform):
    platform.answers[PATH] = Served(b"\0" * TWO_MB)
    assert len(await media.voice("media-1")) == TWO_MB


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_longer_one_is_refused_while_it_is_read_and_not_asked_for_again(media, platform, chunked):
    platform.answers[PATH] = Served(b"\0" * (TWO_MB + 1), chunked=chunked)
    with pytest.raises(Declined):
        await media.voice("media-1")
    assert len(platform.asked(PATH)) == 1


@pytest.mark.parametrize(("code", "fault"), [(40007, Declined), (48001, Barred), (45009, Spent), (45011, Busy)])
@pytest.mark.parametrize("kind", ["text/plain", "application/json; encoding=utf-8", "audio/amr"])
async def test_an_error_comes_as_json_whatever_type_it_is_given(media, platform, code, fault, kind):
    raw = f'{{"errcode":{code},"errmsg":"invalid media_id rid: 6501aaaa-1111bbbb-22cc"}}'
    platform.answers[PATH] = Served(raw.encode(), kind)
    with pytest.raises(Fault) as raised:
        await media.voice("media-1")
    assert (raised.type, raised.value.code) == (fault, code)
    assert len(platform.asked(PATH)) == 1


async def test_a_refused_token_is_renewed_and_the_voice_fetched(media, platform):
    platform.answers[PATH] = [{"errcode": 40001, "errmsg": "invalid credential"}, Served()]
    assert await media.voice("media-1") == VOICE
    assert [seen.query["access_token"] for seen in platform.asked(PATH)] == ["token-1", "token-2"]


@pytest.mark.parametrize(
    "answer", [{"video_url": "http://v.example/1"}, {}, Served(b"\xff\xd8", "image/jpeg"), Served(b"\0", "video/mp4")]
)
async def test_what_is_no_sound_is_not_wanted(media, platform, answer):
    platform.answers[PATH] = answer
    with pytest.raises(Declined):
        await media.voice("media-1")


@pytest.mark.parametrize("bad", [502, CUT, b"", b"<html>", b'{"errcode":', {"errcode": -1}, Served(lost=9),
                                 Served(lost=9, chunked=True), Served(b"")])  # fmt: skip
async def test_an_answer_that_is_no_answer_is_asked_for_again(media, platform, bad):
    platform.answers[PATH] = [bad, Served()]
    assert await media.voice("media-1") == VOICE
    assert len(platform.asked(PATH)) == 2


async def test_a_platform_that_goes_on_so_is_given_up_for_now(media, platform):
    platform.answers[PATH] = Served(lost=9)
    with pytest.raises(Busy):
        await media.voice("media-1")
    assert len(platform.asked(PATH)) == 3


async def test_a_file_where_nobody_asked_for_one_is_no_answer(media, client, platform):
    platform.answers["/cgi-bin/menu/get"] = Served()
    with pytest.raises(Busy):
        await client.menu.get()


async def test_a_line_tells_neither_the_media_id_nor_the_token(media, platform):
    platform.answers[PATH] = [Served(), {"errcode": 40007, "errmsg": "invalid media_id media-1"}]
    with capture_logs() as lines:
        await media.voice("media-1")
        with pytest.raises(Declined) as raised:
            await media.voice("media-1")
    told = str(lines) + str(raised.value) + repr(raised.value.__context__)
    assert "media-1" not in told
    assert "token-1" not in told
