"""The page of the duty staff's phones in a browser: what comes, newest first, and nothing asked of anybody else."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, WebSocketRoute, expect

from tests.simulator.phone.stage import APPID, DESK, SECRET, SMALL, Phone, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRASTS = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
SIDEWAYS = "() => document.documentElement.scrollWidth > window.innerWidth"
STOP = """() => {
    const at = document.activeElement;
    return [at.textContent.trim(), getComputedStyle(at).outlineStyle];
}"""
QUIET = "现在很安静，还没有提醒。"


def in_group(words: str) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": words, "mentioned_list": ["@all"]}}


@pytest_asyncio.fixture(params=["desk", "small"], loop_scope="session")
async def sink(request: pytest.FixtureRequest, phone_stage: Stage) -> AsyncIterator[Page]:
    """The page at both widths; what others sent before is not on it."""
    await phone_stage.post("reset", {})
    await phone_stage.owner.sign_in(APPID, SECRET)
    await phone_stage.owner.put_up_menu(phone_stage.service.address)
    viewport = DESK if request.param == "desk" else SMALL
    context = await phone_stage.browser.new_context(viewport=viewport, reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{phone_stage.simulator}/sink")
    await expect(page.get_by_text(QUIET)).to_be_visible()
    yield page
    await context.close()


async def test_what_comes_stands_on_top_without_a_reload(phone_stage: Stage, sink: Page) -> None:
    await sink.evaluate("window.sameDocument = true")
    await phone_stage.post("sink", in_group("有一件事需要人接：1234\n回复 接 1234"))
    await phone_stage.post("sink/sms", {"to": "13800000000", "text": "1234 还没有人接"})
    notes = sink.locator(".note")
    await expect(notes).to_have_count(2)
    await expect(notes.first).to_contain_text("发给 13800000000")
    await expect(notes.first.locator(".words")).to_have_text("1234 还没有人接")
    await expect(notes.last).to_contain_text("@所有人")
    await expect(notes.last.locator(".words")).to_have_text("有一件事需要人接：1234\n回复 接 1234")
    await expect(sink.get_by_text(QUIET)).to_be_hidden()
    assert await sink.evaluate("window.sameDocument")
    await phone_stage.post("reset", {})
    await expect(sink.get_by_text(QUIET)).to_be_visible()
    await expect(notes).to_have_count(0)


async def test_what_came_before_is_there_and_one_kind_can_be_looked_at_alone(phone_stage: Stage, sink: Page) -> None:
    for number in range(3):
        await phone_stage.post("sink", in_group(f"第 {number} 件"))
    await phone_stage.post("sink/sms", {"to": "1", "text": "短的"})
    await sink.reload()
    words = sink.locator(".words")
    await expect(words).to_have_text(["短的", "第 2 件", "第 1 件", "第 0 件"])
    only = sink.get_by_role("button", name="短信")
    await only.focus()
    await sink.keyboard.press("Enter")
    await expect(words).to_have_text(["短的"])
    await expect(only).to_have_attribute("aria-pressed", "true")
    await expect(only).to_be_focused()
    await phone_stage.post("sink", in_group("又一件"))
    await expect(sink.get_by_role("button", name="群消息")).to_contain_text("4")
    await expect(words).to_have_text(["短的"])


async def test_numbers_can_be_rung_and_markup_stays_text(phone_stage: Stage, sink: Page) -> None:
    attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await phone_stage.post("sink", in_group(f"{attack} 紧急时 110、12356"))
    await expect(sink.locator(".words")).to_contain_text(attack)
    assert await sink.locator(".words img, .words script").count() == 0
    hrefs = await sink.locator(".words a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert hrefs == ["tel:110", "tel:12356"]
    await sink.get_by_text("原样").click()
    await expect(sink.locator("pre")).to_contain_text('"msgtype"')


async def test_a_lost_line_is_found_again_and_nothing_is_missed(phone_stage: Stage, sink: Page) -> None:
    lines: list[WebSocketRoute] = []

    def keep(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    await sink.route_web_socket("**/sink/live", keep)
    await sink.reload()
    await expect(sink.get_by_text(QUIET)).to_be_visible()
    await lines[0].close()
    await phone_stage.post("sink", in_group("断线时来的"))
    await expect(sink.locator(".words")).to_have_text(["断线时来的"])
    await expect(sink.locator("#lost")).to_be_hidden()


async def test_it_fits_can_be_read_and_asks_nobody_else(phone_stage: Stage, sink: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    sink.on("request", lambda request: asked.append(request.url))
    sink.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sink.on("pageerror", lambda error: complaints.append(str(error)))
    await phone_stage.post("sink", in_group("w" * 400))
    for path in ("sms", "call"):
        await phone_stage.post(f"sink/{path}", {"to": "1" * 60, "text": "请看手机"})
    await phone_stage.post("sink", {"alert": "别的"})
    await sink.reload()
    await expect(sink.locator(".note")).to_have_count(4)
    for summary in await sink.locator("summary").all():
        await summary.click()
    assert not await sink.evaluate(SIDEWAYS)
    assert await sink.evaluate(CONTRASTS) == []
    assert [url for url in asked if not url.startswith(phone_stage.simulator)] == []
    assert complaints == []
    source = await (await sink.request.get(f"{phone_stage.simulator}/sink")).text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", source) == []


async def test_each_stop_of_the_keyboard_can_be_seen(phone_stage: Stage, sink: Page) -> None:
    await phone_stage.post("sink", in_group("打 110"))
    await phone_stage.post("sink/sms", {"to": "1", "text": "请看"})
    await expect(sink.locator(".note")).to_have_count(2)
    stops = []
    for _ in range(8):
        await sink.keyboard.press("Tab")
        stops.append(await sink.evaluate(STOP))
    words = ["模拟手机", "模拟手机", "全部2", "群消息1", "短信1", "原样", "110", "原样"]
    assert stops == [[each, "solid"] for each in words]


async def test_the_way_leads_from_the_phone_to_the_page_and_back(phone: Phone) -> None:
    await phone.page.get_by_role("link", name="值班的手机").click()
    await expect(phone.page.get_by_role("heading", name="值班的手机")).to_be_visible()
    await phone.page.get_by_role("link", name="模拟手机").first.click()
    await expect(phone.page.get_by_role("heading", name="微信的模拟手机")).to_be_visible()
