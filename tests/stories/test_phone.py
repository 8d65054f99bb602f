"""The three journeys as a thumb makes them: the phone in Chromium, at both widths, over the running service."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Locator, Page, ViewportSize, async_playwright, expect

from tests.simulator.phone.stage import CHROMIUM, FLAGS, Phone
from tests.stories.city import City
from tests.stories.screens import Album
from tests.stories.story import Story

pytestmark = pytest.mark.xdist_group("phone")

SCREENS: dict[int, ViewportSize] = {375: {"width": 375, "height": 760}, 1280: {"width": 1280, "height": 900}}
SHARP = "--force-device-scale-factor=2"  # without it what stands in a frame is drawn coarsely
MORNING = re.compile("到[今明]早 07:30")
HOUR = re.compile(r"\d+月\d+日 周. \d\d:\d\d")
PAGES = {
    "reading": ("first-call-to-12356", 200, "第一次打 12356，会发生什么", "阅读页，从头到尾"),
    "missing": ("no-such-article", 404, "没有找到这篇文章", "文章不在了，电话还在"),
}
OUT_OF_ORDER = "该公众号提供的服务出现故障，请稍后再试"

SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
CUT_OFF = """log => [...log.querySelectorAll(":not(.unseen)")].filter((one) => {
    const { left, right } = one.getBoundingClientRect(), { left: from, right: to } = log.getBoundingClientRect();
    return left < from || right > to;
}).map((one) => one.outerHTML.slice(0, 80))"""
SPEAKER = re.compile(r"^(心驿|我)：\s*")
TEXTS = ".bubble, .system, .card .headline"


@dataclass(slots=True)
class Hand(Phone):
    """A phone in somebody's hand, and what it was caught at: asking strangers, complaining."""

    story: Story
    album: Album
    width: int
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every request to somebody else and every complaint of the browser."""
        city, page = self.story.city, self.page
        known = (city.simulator_url, *city.web_urls, "data:")
        page.on("request", lambda asked: asked.url.startswith(known) or self.foreign.append(asked.url))
        page.on("console", lambda told: told.type in ("log", "info") or self.complaints.append(told.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    # What a thumb does.

    async def becomes_somebody_new(self) -> None:
        """Press the button that makes a follower, and wait until the account has greeted them."""
        await self.opens_drawer()
        async with self.page.expect_response(lambda answer: answer.request.method == "POST") as made:
            await self.page.get_by_role("button", name="＋ 新关注者").click()
        [self.openid] = (await (await made.value).json())["openids"]
        await self.page.locator(f'[aria-current=true][data-openid="{self.openid}"]').wait_for(state="attached")
        await self.hears("你好，这里是心驿")

    async def opens_drawer(self) -> None:
        """Show what lies beside the phone; on a desk it always does."""
        if self.width < 720:
            await self.page.get_by_role("button", name="关注者和说明").click()

    async def closes_drawer(self) -> None:
        """Go back to the phone."""
        if self.width < 720:
            await self.page.get_by_role("button", name="合上，回到手机").click()

    async def taps(self, button: str, item: str) -> None:
        """Tap a button of the account's menu, and what it opens."""
        if not await self.page.locator("#menu").is_visible():
            await self.page.get_by_role("button", name="换成菜单").click()
        await self.page.locator("#menu").get_by_role("button", name=button).click()
        await self.page.get_by_role("menuitem", name=item).click()

    async def sends(self, part: str, button: str) -> None:
        """Send something that is no text, out of the tray."""
        before = await self.bubbles.count()
        await self.types()
        await self.page.get_by_role("button", name="语音、图片、位置").click()
        tray = self.page.locator("#tray")
        await tray.get_by_role("button", name=part, exact=True).click()
        await tray.get_by_role("button", name=button).click()
        await expect(tray).to_be_hidden()
        await expect(self.bubbles).to_have_count(before + 1, timeout=10_000)

    async def is_answered(self, words: str, *answers: str) -> str:
        """Say something; returns the answer below it, which holds all these words."""
        before = await self.bubbles.count()
        await self.say(words)
        await expect(self.bubbles).to_have_count(before + 1, timeout=10_000)
        for answer in answers:
            await expect(self.bubbles.last).to_contain_text(answer)
        return (await self.bubbles.last.inner_text()).rstrip()

    async def reads(self, card: Locator) -> Frame:
        """Open an article over the chat; returns its page."""
        await card.get_by_role("link").click()
        await expect(self.page.locator("iframe.loaded")).to_be_visible()
        [frame] = [frame for frame in self.page.frames if frame != self.page.main_frame]
        assert not await frame.evaluate(SIDEWAYS)
        return frame

    async def puts_away(self) -> None:
        """Close what lies over the chat."""
        await self.page.get_by_role("button", name="关闭").click()
        await expect(self.page.get_by_role("dialog")).to_be_hidden()

    # What an eye sees.

    @property
    def bubbles(self) -> Locator:
        """What the account has said in words."""
        return self.page.locator(".said--account:not(.waiting) .bubble")

    def cards_to(self, place: str) -> Locator:
        """The articles in the chat that lead to pages of this kind: WeChat's /s/, the account's own /read/."""
        return self.talk.get_by_role("article").filter(has=self.page.locator(f'a[href*="{place}"]'))

    async def sees_in_order(self, *beginnings: str) -> None:
        """What stands in the chat from top to bottom begins so, one text after the other."""
        texts = [SPEAKER.sub("", text) for text in await self.talk.locator(TEXTS).all_inner_texts()]
        found = [next((at for at, text in enumerate(texts) if text.startswith(words)), -1) for words in beginnings]
        assert -1 not in found, texts
        assert found == sorted(found), texts

    async def is_pictured(self, name: str, sentence: str) -> None:
        """Keep a picture; nothing on it is wider than the screen."""
        assert not await self.page.evaluate(SIDEWAYS)
        assert await self.talk.evaluate(CUT_OFF) == []
        await self.album.take(self.page, name, sentence)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(city: City) -> AsyncIterator[Browser]:
    await city.run("menu", "push")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, SHARP])
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
def album() -> Album:
    return Album()


@pytest_asyncio.fixture(params=SCREENS, loop_scope="module")
async def hand(request: pytest.FixtureRequest, story: Story, browser: Browser, album: Album) -> AsyncIterator[Hand]:
    """A phone in the hand; a request to strangers or a complaint of the browser fails its story."""
    page = await screen(browser, request.param)
    hand = Hand(page, "", story, album, request.param)
    hand.watch()
    await page.goto(story.city.simulator_url)
    yield hand
    await page.close()
    assert hand.foreign == []
    assert hand.complaints == []


async def screen(browser: Browser, width: int) -> Page:
    """A sharp page of this width."""
    return await browser.new_page(viewport=SCREENS[width], device_scale_factor=2)


# The first journey: a word is answered.


async def test_a_phone_that_nobody_holds_says_how_to_begin(story: Story, browser: Browser, album: Album) -> None:
    for width in SCREENS:
        page = await screen(browser, width)
        await page.goto(story.city.simulator_url)
        await expect(page.get_by_text("还没有人关注")).to_be_visible()
        assert not await page.evaluate(SIDEWAYS)
        await album.take(page, "nobody", "还没有人关注的时候")
        await page.close()


async def test_who_follows_is_greeted_and_in_danger_given_the_lines_at_once(hand: Hand) -> None:
    await hand.becomes_somebody_new()
    await hand.is_pictured("welcome", "新关注的人先看到：这里有什么，聊天谁看得到，难受得厉害打哪里")
    await hand.is_answered("你好", "回复")
    danger = await hand.is_answered("我想自杀", "12356", "110", "120")
    assert "12356" in danger.splitlines()
    assert "12356" in danger.splitlines()[-1]  # what is seen first, above an open keyboard
    await hand.is_pictured("help", "说了危险的话，立刻看到能打的电话")
    await hand.taps("热线帮助", "求助热线")
    await hand.hears("12351")
    lines = hand.bubbles.last.get_by_role("link")
    assert {"12356", "12351", "12333", "12348", "12338", "12355", "110"} <= set(await lines.all_inner_texts())
    await hand.is_pictured("lines", "点菜单里的求助热线，号码都能点")
    await hand.sees_in_order("你好，这里是心驿", "你好", "我想自杀", "你写的话收到了", "全国统一心理援助热线")


async def test_a_tap_on_a_choice_leads_on_and_what_cannot_be_read_is_met_with_the_truth(hand: Hand) -> None:
    await hand.becomes_somebody_new()
    await hand.sends("语音", "发出语音")
    await hand.hears("听不到语音里的字")
    await hand.sends("位置", "杭州市")
    await hand.hears("位置")
    await hand.is_pictured("unread", "语音和位置：老实说听不到、到不了，给能打的电话")
    await hand.is_answered("我不想活了", "12356", "1 我这会儿安全")
    before = await hand.bubbles.count()
    await hand.bubbles.last.get_by_role("button", name="3 电话没人接").click()
    await expect(hand.bubbles).to_have_count(before + 1, timeout=10_000)
    await expect(hand.bubbles.last).to_contain_text("110")
    await hand.is_pictured("talk", "点一下“电话没人接”，换下一个能打的")


async def test_duty_staff_see_a_number_and_how_to_take_it_and_nothing_of_what_was_written(
    story: Story, browser: Browser, album: Album
) -> None:
    await story.city.run("duty", "add", "王敏", "--phone", "13800000001", "--administrator")
    await story.city.run("duty", "on", "--round")
    try:
        await (await story.a_follower()).writes("我不想活了，遗书写好了")
        for width in SCREENS:
            page = await screen(browser, width)
            await page.goto(f"{story.city.simulator_url}/sink")
            alert = page.locator(".note").filter(has_text="13800000001").first
            await expect(alert).to_contain_text(re.compile(r"接 \d{4}"))
            assert "遗书" not in await page.content()
            assert not await page.evaluate(SIDEWAYS)
            await album.take(page, "sink", "值班的手机：只有号码和怎么接，没有名字，没有内容")
            await page.close()
    finally:
        await story.city.run("duty", "off")
        await story.city.run("duty", "remove", "王敏")


async def test_what_weighs_on_somebody_is_answered_and_what_is_not_understood_honestly_so(hand: Hand) -> None:
    await hand.becomes_somebody_new()
    await hand.is_answered("最近总是睡不好", "预约")
    await hand.is_answered("阿巴阿巴", "帮助")
    await hand.is_pictured("words", "说句心里话，和程序听不懂的话")
    await hand.is_answered("帮助", "今日", "预约", "热线")
    await hand.is_pictured("usage", "怎么使用")
    await hand.is_answered("文章", "点开就能看")
    await hand.is_pictured("articles", "以前的文章")


# The second journey: an hour is booked.


async def test_an_hour_is_booked_by_numbers_after_another_was_lost_and_cancelled_again(hand: Hand) -> None:
    await hand.becomes_somebody_new()
    await hand.taps("找人聊聊", "预约专家")
    await hand.hears("想聊哪方面？回复数字")
    await hand.is_pictured("theme", "想聊哪方面")
    first = hour_in(await hand.is_answered("1", "空的时间", "\n1 ", "\n2 ", "\n3 "))
    await hand.is_pictured("hours", "三个空的时间，回复数字选一个")
    await hand.is_answered("1", "1 确认预约", first)
    await hand.is_pictured("confirm", "最后确认")
    await somebody_else_takes_it(hand.story)
    await hand.is_answered("1", "这个时间刚被约走了", "\n1 ")
    await hand.is_answered("1", "1 确认预约")
    booked = hour_in(await hand.is_answered("1", "已预约", "12356"))
    assert booked != first
    await hand.is_pictured("booked", "被别人先约走了，再挑一个，约好了")
    await hand.is_answered("我的", booked)
    await hand.is_pictured("mine", "我的预约")
    await hand.is_answered("取消", "要取消这个预约吗？", booked)
    await hand.is_answered("1", "已取消", booked)
    await hand.is_answered("我的", "还没有约好的时间")
    await hand.is_pictured("cancelled", "取消，时间让给别人")
    await hand.sees_in_order("想聊哪方面", "请看一下对不对", "这个时间刚被约走了", "已预约", "取消", "已取消")


def hour_in(text: str) -> str:
    """The first hour that a text tells, such as 11月27日 周五 10:00."""
    found = HOUR.search(text)
    assert found is not None, text
    return found[0]


async def somebody_else_takes_it(story: Story) -> None:
    """Let another worker take the first offer each time."""
    rival = await story.a_follower()
    answer = ""
    for words in ("预约", "1", "1", "1"):
        answer = await rival.writes(words)
    assert answer.startswith("已预约")


# The third journey: the morning's article arrives.


async def test_in_the_morning_the_article_comes_by_itself_and_is_read(hand: Hand) -> None:
    await hand.becomes_somebody_new()
    await expect(hand.cards_to("/s/")).to_have_count(0)
    await hand.page.evaluate("window.sameDocument = true")
    await comes_the_morning(hand)
    await expect(hand.cards_to("/s/")).to_have_count(1, timeout=20_000)
    assert await hand.page.evaluate("window.sameDocument")
    await expect(hand.cards_to("/s/").locator("img")).to_have_js_property("complete", value=True)
    await hand.is_pictured("morning", "早上七点半，文章自己到了")
    await reads_at_both_places(hand)
    await leaves_and_comes_back(hand)


async def comes_the_morning(hand: Hand) -> None:
    """Wind the clock on to half past seven by the page's own button."""
    await hand.opens_drawer()
    await hand.page.get_by_role("button", name=MORNING).click()
    await expect(hand.page.locator("#clock-note")).to_have_text("到 07:30 了。", timeout=40_000)
    await expect(hand.page.locator("#status-time")).to_have_text("07:30")
    await hand.is_pictured("clock", "把时间拨到早上七点半")
    await hand.closes_drawer()


async def reads_at_both_places(hand: Hand) -> None:
    """Open what was sent, on WeChat's page, and what 今日 gives, on the account's own."""
    title = await hand.cards_to("/s/").locator(".headline").inner_text()
    sent = await hand.reads(hand.cards_to("/s/"))
    await expect(sent.get_by_role("heading", name=title)).to_be_visible()
    await expect(sent.get_by_text("12356").last).to_be_attached()
    await hand.is_pictured("sent", "点开的是微信里的文章页")
    await sent.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    await hand.is_pictured("foot", "每篇文章的末尾都有能打的电话")
    await hand.puts_away()
    await hand.taps("今日一读", "今天的文章")
    await hand.hears("每日一语")
    kept = await hand.reads(hand.cards_to("/read/").last)
    await expect(kept.get_by_role("heading", name=title)).to_be_visible()
    await expect(kept.get_by_role("link", name="12356").last).to_be_attached()
    await hand.is_pictured("today", "菜单里的今天的文章，打开公众号自己的阅读页")
    await hand.puts_away()


async def leaves_and_comes_back(hand: Hand) -> None:
    """Follow no longer, then again."""
    page = hand.page
    await page.get_by_role("button", name="公众号资料").click()
    await page.get_by_role("button", name="不再关注").click()
    await hand.is_pictured("leaving", "公众号资料，想不再关注")
    await page.get_by_role("button", name="不再关注").click()
    await expect(page.get_by_text("你没有关注这个公众号")).to_be_visible()
    await hand.is_pictured("left", "不再关注以后")
    await page.get_by_role("button", name="关注", exact=True).click()
    await hand.hears("你回来了")
    await expect(page.get_by_text("你没有关注这个公众号")).to_be_hidden()
    await hand.is_pictured("again", "又关注了")


# What is read, and what goes wrong.


@pytest.mark.parametrize("width", SCREENS)
async def test_a_reading_page_has_its_words_and_the_numbers_at_its_foot(
    story: Story, browser: Browser, album: Album, width: int
) -> None:
    page = await screen(browser, width)
    for name, (piece, status, heading, sentence) in PAGES.items():
        answer = await page.goto(f"{story.city.web_urls[0]}/read/{piece}")
        assert answer is not None
        assert answer.status == status
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        for number in ("12356", "110", "120"):
            await expect(page.locator(f'aside a[href="tel:{number}"]')).to_be_visible()
        assert not await page.evaluate(SIDEWAYS)
        await album.take(page, name, sentence, whole=True)
    await page.emulate_media(color_scheme="dark")
    await page.goto(f"{story.city.web_urls[0]}/read/{PAGES['reading'][0]}")
    await album.take(page, "night", "夜里，手机调成深色的时候")
    await page.close()


async def test_a_service_that_is_down_shows_the_line_of_the_platform_and_later_answers_again(hand: Hand) -> None:
    city = hand.story.city
    await city.ask("/simulator/account", {"retry_seconds": 0.1}, "PUT")
    await hand.becomes_somebody_new()
    city.webs[0].kill()
    await hand.say("在吗")
    await expect(hand.talk.locator(".system", has_text=OUT_OF_ORDER)).to_be_visible(timeout=20_000)
    await hand.is_pictured("down", "服务停了，微信自己的那一行灰字")
    city.webs[0].launch()
    await city.ready()
    await hand.is_answered("在吗", "回复")
    await hand.sees_in_order("你好，这里是心驿", "在吗", OUT_OF_ORDER)
    # A cover that was asked for while nobody answered is no fault of the page.
    hand.complaints = [told for told in hand.complaints if "ERR_" not in told]
