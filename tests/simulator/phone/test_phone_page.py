"""The simulated phone in a browser: menu, articles, profile, clock, keyboard and small screens."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.simulator.phone.service import GREETING
from tests.simulator.phone.stage import Phone, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

# A function that names each visible text with too little contrast to the nearest opaque ground below it.
CONTRASTS = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


async def test_a_menu_button_is_heard_and_answered(phone_stage: Stage, phone: Phone) -> None:
    await phone.page.locator("#menu").get_by_role("button", name="今日").click()
    await phone.hears("你点了 today")
    assert "CLICK today" in phone_stage.service.events()
    await expect(phone.page.locator(".said--follower")).to_have_count(0)


async def test_a_sub_menu_opens_upward_and_shuts_again(phone: Phone) -> None:
    handle = phone.page.locator("#menu").get_by_role("button", name="预约")
    await handle.click()
    subs = phone.page.get_by_role("menu", name="预约")
    above, below = await subs.bounding_box(), await handle.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    await phone.page.keyboard.press("Escape")
    await expect(subs).to_be_hidden()
    await expect(handle).to_be_focused()
    await handle.click()
    await subs.get_by_role("menuitem", name="我的预约").click()
    await phone.hears("你点了 mine")
    await expect(subs).to_be_hidden()


async def test_a_menu_page_opens_and_the_account_hears_of_it(phone_stage: Stage, phone: Phone) -> None:
    await phone.page.locator("#menu").get_by_role("button", name="更多").click()
    await phone.page.get_by_role("menuitem", name="读一篇").click()
    await expect(phone.page.get_by_role("dialog", name="读一篇")).to_be_visible()
    await expect(phone.page.frame_locator("iframe").get_by_role("heading")).to_be_visible()
    await phone.page.get_by_role("button", name="关闭").click()
    await expect(phone.page.get_by_role("dialog")).to_be_hidden()
    assert f"VIEW {phone_stage.service.address}/read/one" in phone_stage.service.events()


async def test_an_article_comes_as_a_card_and_its_page_can_run_no_script(phone: Phone) -> None:
    await phone.say("文章")
    card = phone.page.get_by_role("article")
    await expect(card).to_contain_text("下班后还在想着工作？")
    await expect(card).to_contain_text("三件今天就能做的小事。")
    await card.get_by_role("link").click()
    inside = phone.page.frame_locator("iframe")
    await expect(inside.get_by_role("heading", name="老赵的十分钟")).to_be_visible()
    await expect(inside.get_by_text("script-ran")).to_have_count(0)
    await expect(phone.page.get_by_role("button", name="关闭")).to_be_focused()


async def test_what_is_sent_to_everybody_comes_as_one_card_with_its_pages(phone_stage: Stage, phone: Phone) -> None:
    await phone_stage.owner.send_to_all("清晨的第一口气", "孩子一写作业就拖，先别急着催", "夜班之后怎样睡好这一觉")
    card = phone.page.get_by_role("article")
    await expect(card.get_by_role("link")).to_have_count(3, timeout=10_000)
    covers = "images => images.map((image) => image.complete && image.naturalWidth)"
    await phone.page.wait_for_load_state("networkidle")
    assert await card.locator("img").evaluate_all(covers) == [900, 900, 900]
    await card.get_by_role("link", name="孩子一写作业就拖").click()
    await expect(phone.page.frame_locator("iframe").get_by_text("孩子一写作业就拖，先别急着催，正文。")).to_be_visible()


async def test_who_no_longer_follows_cannot_speak_until_following_again(phone_stage: Stage, phone: Phone) -> None:
    await phone.page.get_by_role("button", name="公众号资料").click()
    sheet = phone.page.get_by_role("dialog", name="资料")
    await expect(sheet).to_contain_text("已关注")
    await sheet.get_by_role("button", name="不再关注").click()
    await sheet.get_by_role("button", name="再想想").click()
    await sheet.get_by_role("button", name="不再关注").click()
    await sheet.get_by_role("button", name="不再关注").click()
    await expect(phone.page.get_by_text("你没有关注这个公众号")).to_be_visible()
    await expect(phone.page.locator("#menu, #composer")).to_have_count(2)
    await expect(phone.page.get_by_label("说点什么")).to_be_hidden()
    assert "unsubscribe" in phone_stage.service.events()
    await phone.page.get_by_role("button", name="关注", exact=True).click()
    await expect(phone.said(GREETING)).to_have_count(2)
    await expect(phone.page.get_by_text("你没有关注这个公众号")).to_be_hidden()


async def test_the_clock_can_be_wound_on_to_the_next_morning(phone: Phone) -> None:
    before = await phone.page.locator("#desk-day").text_content()
    await phone.page.get_by_role("button", name=re.compile("到[今明]早 07:30")).click()
    await expect(phone.page.locator("#clock-note")).to_have_text("到 07:30 了。", timeout=40_000)
    await expect(phone.page.locator("#status-time")).to_have_text("07:30")
    day = await phone.page.locator("#desk-day").text_content()
    await phone.page.get_by_role("button", name="到明早 07:30").click()
    await expect(phone.page.locator("#desk-day")).not_to_have_text(day or "", timeout=40_000)
    await expect(phone.page.locator("#desk-day")).not_to_have_text(before or "")
    await phone.page.get_by_role("button", name="＋1 小时").click()
    await expect(phone.page.locator("#status-time")).to_have_text("08:30", timeout=40_000)
    await expect(phone.page.locator(".stamp").first).to_contain_text(re.compile("昨天|星期"))


async def test_everything_can_be_done_with_the_keyboard_alone(phone: Phone) -> None:
    keys = phone.page.keyboard
    await phone.page.get_by_role("button", name="公众号资料").focus()
    await keys.press("Tab")
    await expect(phone.talk).to_be_focused()
    await keys.press("Tab")
    await expect(phone.page.get_by_role("button", name="换成键盘")).to_be_focused()
    for _ in range(2):
        await keys.press("Tab")
    await keys.press("ArrowUp")
    await expect(phone.page.get_by_role("menuitem", name="约一个小时")).to_be_focused()
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await phone.hears("你点了 mine")
    await phone.page.get_by_role("button", name="换成键盘").focus()
    await keys.press("Enter")
    await expect(phone.page.get_by_label("说点什么")).to_be_focused()
    await keys.insert_text("文章")
    await keys.press("Enter")
    await expect(phone.page.get_by_role("article")).to_be_visible()
    await phone.page.get_by_role("article").get_by_role("link").focus()
    await keys.press("Enter")
    await expect(phone.page.get_by_role("dialog")).to_be_visible()
    await keys.press("Escape")
    await expect(phone.page.get_by_role("article").get_by_role("link")).to_be_focused()


async def test_each_stop_of_the_keyboard_can_be_seen(phone: Phone) -> None:
    ringless = []
    await phone.page.locator("body").click(position={"x": 2, "y": 2})
    for _ in range(24):
        await phone.page.keyboard.press("Tab")
        stop, ring = await phone.page.evaluate(
            """() => {
                const at = document.activeElement;
                return [at.outerHTML.slice(0, 60), getComputedStyle(at).outlineStyle];
            }"""
        )
        if ring == "none" and not stop.startswith("<body"):
            ringless.append(stop)
    assert ringless == []


async def test_at_375_pixels_nothing_scrolls_sideways(small_phone: Phone) -> None:
    page = small_phone.page
    sideways = "() => document.documentElement.scrollWidth > window.innerWidth || window.innerWidth !== 375"
    assert not await page.evaluate(sideways)
    await small_phone.say("文章")
    await expect(page.get_by_role("article")).to_be_visible()
    assert not await page.evaluate(sideways)
    await page.get_by_role("button", name="公众号资料").click()
    assert not await page.evaluate(sideways)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="关注者和说明").click()
    assert not await page.evaluate(sideways)
    box = await page.locator("#phone").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 375, "height": 760}


async def test_at_375_pixels_the_followers_are_a_drawer(small_phone: Phone) -> None:
    page = small_phone.page
    new = page.get_by_role("button", name="新关注者")
    await expect(new).to_be_hidden()
    await page.get_by_role("button", name="关注者和说明").click()
    await expect(new).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(new).to_be_hidden()
    await expect(page.get_by_role("button", name="关注者和说明")).to_be_focused()
    await page.get_by_role("button", name="关注者和说明").click()
    await new.click()
    await expect(new).to_be_hidden()
    await small_phone.hears(GREETING)
    assert small_phone.openid not in page.url


async def test_every_text_is_dark_enough_to_read(phone: Phone, small_phone: Phone) -> None:
    for shown in (phone, small_phone):
        await every_text_stands_out(shown)


async def every_text_stands_out(shown: Phone) -> None:
    assert await shown.page.evaluate(CONTRASTS) == []
    await shown.say("文章 12356 https://example.invalid/")
    await shown.hears("12356")
    assert await shown.page.evaluate(CONTRASTS) == []
    await shown.page.get_by_role("button", name="公众号资料").click()
    await shown.page.get_by_role("button", name="不再关注").click()
    assert await shown.page.evaluate(CONTRASTS) == []


async def test_nothing_moves_for_who_asked_for_stillness(small_phone: Phone) -> None:
    await small_phone.say("慢")
    dot = small_phone.page.locator(".dots i").first
    await expect(dot).to_be_visible()
    assert await dot.evaluate("element => getComputedStyle(element).animationName") == "none"


async def test_the_page_asks_nobody_but_the_simulator(phone_stage: Stage, phone: Phone) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    phone.page.on("pageerror", lambda error: complaints.append(str(error)))
    await phone.page.reload()
    await phone.say("你好")
    await phone.hears("你说：你好")
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith(phone_stage.simulator)] == []
    assert complaints == []


async def test_no_script_or_style_stands_in_the_page_itself(phone: Phone) -> None:
    source = await (await phone.page.request.get(phone.page.url)).text()
    assert "Content-Security-Policy" in source
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", source) == []
