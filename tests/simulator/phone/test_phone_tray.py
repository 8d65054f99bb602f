"""The simulated phone in a browser: what is sent besides words, what it looks like, and numbers that can be tapped."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect
from tornado.httpclient import AsyncHTTPClient

from tests.simulator.phone.stage import Phone, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRASTS = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
SIDEWAYS = "() => document.documentElement.scrollWidth > window.innerWidth"
TALK = "现在打一个电话：\n12356\n也可以回一个数字：\n1 我现在安全\n2 打了 12351 没有人接\n3 是我误会了"


async def opens_tray(phone: Phone, part: str) -> Locator:
    """The part of the tray behind this tile."""
    await phone.types()
    await phone.page.get_by_role("button", name="语音、图片、位置").click()
    await phone.page.locator("#tray").get_by_role("button", name=part).click()
    return phone.page.locator("#tray")


async def switches_recognition(stage: Stage, is_on: bool) -> None:
    url, body = f"{stage.simulator}/simulator/account", json.dumps({"recognition": is_on})
    await AsyncHTTPClient().fetch(url, method="PUT", body=body)


async def test_a_voice_is_sent_and_a_tap_on_it_only_moves_its_waves(phone_stage: Stage, phone: Phone) -> None:
    tray = await opens_tray(phone, "语音")
    await expect(tray.get_by_text("语音识别没有开")).to_be_visible()
    await expect(tray.get_by_label("话里说的")).to_be_hidden()
    await tray.get_by_label("说多久").fill("7")
    await tray.get_by_role("button", name="发出语音").click()
    await expect(tray).to_be_hidden()
    await expect(phone.page.get_by_role("button", name="语音、图片、位置")).to_be_focused()
    await phone.hears("收到一条 voice")
    assert "Recognition" not in phone_stage.service.heard[-1]
    voice = phone.own("").get_by_role("button", name="语音，7 秒")
    await voice.click()
    await expect(voice).to_have_class("voice playing")
    await voice.click()
    await expect(voice).to_have_class("voice")


async def test_with_recognition_a_voice_brings_its_words(phone_stage: Stage, phone: Phone) -> None:
    await switches_recognition(phone_stage, is_on=True)
    try:
        tray = await opens_tray(phone, "语音")
        await tray.get_by_label("话里说的").press_sequentially("我睡不着")
        await tray.get_by_role("button", name="发出语音").click()
        await expect(phone.own("听成的字：我睡不着")).to_be_visible()
        await phone.hears("收到一条 voice")
        assert phone_stage.service.heard[-1]["Recognition"] == "我睡不着"
    finally:
        await switches_recognition(phone_stage, is_on=False)


async def test_a_drawn_picture_and_one_of_ones_own_are_seen(phone_stage: Stage, phone: Phone, tmp_path: Path) -> None:
    tray = await opens_tray(phone, "图片")
    await tray.get_by_role("button", name="随手拍的晚霞").click()
    await phone.hears("收到一条 image")
    own = tmp_path / "own.png"
    own.write_bytes(await phone.page.screenshot(clip={"x": 0, "y": 0, "width": 90, "height": 60}))
    await (await opens_tray(phone, "图片")).locator("#picture-file").set_input_files(own)
    pictures = phone.talk.get_by_role("img", name="图片")
    await expect(pictures).to_have_count(2)
    await expect(phone.said("收到一条 image")).to_have_count(2)
    widths = "images => Promise.all(images.map((one) => one.decode().then(() => one.naturalWidth)))"
    assert await pictures.evaluate_all(widths) == [320, 90]
    await pictures.first.click()
    await expect(phone.page.get_by_role("dialog", name="图片")).to_be_visible()


async def test_what_is_no_picture_is_not_sent(phone: Phone, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(b"\xff\xd8\xff" + b"\0" * 10 * 1024 * 1024)
    await (await opens_tray(phone, "图片")).locator("#picture-file").set_input_files(large)
    await expect(phone.page.get_by_text("这张图片超过 10 MB")).to_be_visible()
    await expect(phone.page.locator(".said--follower")).to_have_count(0)


async def test_a_position_is_sent_and_drawn_as_a_card(phone_stage: Stage, phone: Phone) -> None:
    await (await opens_tray(phone, "位置")).get_by_role("button", name="杭州市").click()
    await phone.hears("收到一条 location")
    await expect(phone.own("杭州市拱墅区武林广场")).to_contain_text("30.274151, 120.163712")
    assert phone_stage.service.heard[-1]["Label"] == "杭州市拱墅区武林广场"


async def test_a_link_is_a_card_that_opens_over_the_chat(phone_stage: Stage, phone: Phone) -> None:
    link = {"Title": "老赵的故事", "Description": "十分钟", "Url": f"{phone_stage.service.address}/read/one"}
    bad = {"Title": "坏的", "Url": "javascript:document.title=1"}
    for message in (link, bad):
        await phone_stage.post(f"followers/{phone.openid}/messages", {"type": "link", **message})
    await expect(phone.own("坏的")).to_be_visible()
    await expect(phone.own("坏的").get_by_role("link")).to_have_count(0)
    await phone.own("老赵的故事").get_by_role("link").click()
    await expect(phone.page.frame_locator("iframe").get_by_role("heading", name="老赵的十分钟")).to_be_visible()


async def test_the_tray_opens_and_shuts_by_keyboard_alone(phone: Phone) -> None:
    keys = phone.page.keyboard
    plus = phone.page.get_by_role("button", name="语音、图片、位置")
    await (await phone.types()).focus()
    await keys.press("Tab")
    await expect(plus).to_be_focused()
    await keys.press("Enter")
    await expect(plus).to_have_attribute("aria-expanded", "true")
    await expect(phone.page.get_by_role("button", name="语音", exact=True)).to_be_focused()
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(phone.page.get_by_role("button", name="上海市")).to_be_focused()
    await keys.press("Escape")
    await expect(phone.page.get_by_role("button", name="语音", exact=True)).to_be_focused()
    await keys.press("Escape")
    await expect(phone.page.locator("#tray")).to_be_hidden()
    await expect(plus).to_be_focused()


async def test_plus_gives_way_to_the_button_that_sends(phone: Phone) -> None:
    field = await phone.types()
    plus = phone.page.get_by_role("button", name="语音、图片、位置")
    await plus.click()
    await field.fill("你好")
    await expect(plus).to_be_hidden()
    await expect(phone.page.locator("#tray")).to_be_hidden()
    await phone.page.get_by_role("button", name="发送").click()
    await phone.hears("你说：你好")
    await expect(plus).to_be_visible()


async def test_a_numbered_line_of_the_newest_message_can_be_tapped(phone_stage: Stage, phone: Phone) -> None:
    phone_stage.service.answers |= {"救我": TALK, "1": "好，我在这里。"}
    await phone.say("救我")
    choices = phone.said("也可以回一个数字").locator(".choice")
    await expect(choices).to_have_text(["1 我现在安全", "2", "3 是我误会了"])
    assert await phone.said("也可以回一个数字").get_by_role("link").all_inner_texts() == ["12356", "12351"]
    words = await phone.said("也可以回一个数字").inner_text()
    assert words.endswith(TALK)
    await choices.first.focus()
    await phone.page.keyboard.press("Enter")
    await phone.hears("好，我在这里。")
    assert phone_stage.service.heard[-1]["Content"] == "1"
    await expect(phone.page.locator(".choice")).to_have_count(0)
    await expect(phone.talk).to_be_focused()
    assert await phone.said("也可以回一个数字").inner_text() == words


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("想约哪个？\n1 周五 10:00\n2 周六 11:00\n0 都不要", [None, "1", "2", "0"]),
        ("1 周五\n\n2 周六", ["1", None, "2"]),
        ("1 月 3 日见", [None]),
        ("24 小时都有人\n1 号楼", [None, None]),
        ("1 周五\n3 周六", [None, None]),
        ("1. 先呼气\n2. 再吸气", [None, None]),
        ("12356\n110 报警", [None, None]),
        ("0 没有\n1 有", [None, None]),
    ],
)
async def test_only_lines_that_count_up_from_one_are_choices(
    phone: Phone, text: str, numbers: list[str | None]
) -> None:
    ask = 'async (text) => (await import("/phone/choices.js")).offers(text)'
    assert await phone.page.evaluate(ask, text) == numbers


async def test_at_375_pixels_all_of_it_fits_and_can_be_read(phone_stage: Stage, small_phone: Phone) -> None:
    phone_stage.service.answers["救我"] = TALK
    page = small_phone.page
    for message in (
        {"type": "voice", "seconds": 60},
        {"type": "image"},
        {"type": "location", "Label": "一个很长很长的地名" * 5},
        {"type": "link", "Title": "w" * 90, "Url": f"{phone_stage.service.address}/{'x' * 90}"},
    ):
        await phone_stage.post(f"followers/{small_phone.openid}/messages", message)
    await small_phone.say("救我")
    await small_phone.hears("是我误会了")
    assert await page.evaluate(CONTRASTS) == []
    for part in ("语音", "图片", "位置"):
        await opens_tray(small_phone, part)
        assert await page.evaluate(CONTRASTS) == []
        assert not await page.evaluate(SIDEWAYS)
        await page.get_by_role("button", name="语音、图片、位置").click()
    assert not await small_phone.talk.evaluate("element => element.scrollWidth > element.clientWidth")
