"""The studio draws beside the loop, keeps what it drew, and says so when there is nothing to draw."""

import asyncio
import io
import threading
import time
from datetime import date

import pytest
from PIL import Image

from server.domain.publishing.piece import Article, BodyPicture, Line, Source, of_file
from server.domain.refusals import NotFound
from server.media.fonts import find_typeface
from server.media.runner import Runner
from server.media.studio import Materials, Studio

SOURCE = Source("who-sleep", "睡眠与健康", "某机构", "https://example.org/sleep", date(2026, 11, 20))


def an_article():
    lamp = BodyPicture("lamp.png", "0" * 64)
    text = "一段话。![灯](pictures/lamp.png)"
    body = Article("睡不着", "心理百科", "摘要", "心驿", ("睡", "夜"), ("who-sleep",), text, (lamp,))
    return of_file("sleep", body, "original", None)


def a_picture(name: str) -> bytes:
    if name != "lamp.png":
        raise FileNotFoundError(name)
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def runner():
    runner = Runner()
    yield runner
    runner.close()


@pytest.fixture
def studio(runner) -> Studio:
    return Studio(Materials(find_typeface(), {"who-sleep": SOURCE}, [], a_picture), runner)


async def test_a_cover_is_drawn_once_and_kept(studio):
    first, second = await studio.cover(an_article()), await studio.cover(an_article())
    assert first is second
    assert first.startswith(b"\xff\xd8\xff")


async def test_a_picture_of_the_body_is_found_or_refused(studio):
    assert (await studio.picture("lamp.png")).startswith(b"\x89PNG")
    with pytest.raises(NotFound):
        await studio.picture("moon.png")


def test_the_pages_hold_the_articles_sources_and_pictures(studio):
    piece = an_article()
    assert '<img src="/read/pictures/lamp.png"' in studio.page(piece)
    assert "睡眠与健康" in studio.page(piece)
    assert "睡眠与健康" in studio.html(piece.body, {"lamp.png": "https://mmbiz.qpic.cn/lamp"})
    assert "没有找到" in studio.missing()


async def test_only_an_article_has_a_page(studio):
    line = of_file("slowly", Line("慢慢来，今天先照顾好自己。"), "original", None)
    with pytest.raises(NotFound):
        studio.page(line)
    with pytest.raises(NotFound):
        await studio.cover(line)


async def test_blocking_work_runs_two_at_once_and_never_on_the_loop(runner):
    running, most, threads, lock = 0, 0, set(), threading.Lock()

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            threads.add(threading.get_ident())
        time.sleep(0.02)
        with lock:
            running -= 1
        return number

    assert await asyncio.gather(*(runner.run("work", work, n) for n in range(8))) == list(range(8))
    assert most == 2
    assert threading.get_ident() not in threads


async def test_what_the_work_raises_comes_through(runner):
    with pytest.raises(ValueError, match="invalid literal"):
        await runner.run("work", int, "no number")
