"""The simulated phone in a browser: what is said in the chat, and what comes back."""

import json

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.simulator.phone.service import GREETING
from tests.simulator.phone.stage import Phone, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_somebody_new_follows_at_a_tap_and_is_greeted(phone_stage: Stage, phone: Phone) -> None:
    before = await phone.page.locator("#people li").count()
    await phone.page.get_by_role("button", name="新关注者").click()
    await expect(phone.page.locator("#people li")).to_have_count(before + 1)
    await phone.hears(GREETING)
    assert phone.openid not in phone.page.url


async def test_enter_sends_and_the_answer_arrives_without_a_reload(phone: Phone) -> None:
    await phone.page.evaluate("window.sameDocument = true")
    await phone.say("你好，老师")
    await phone.hears("你说：你好，老师")
    await expect(phone.own("你好，老师")).to_have_count(1)
    assert await phone.page.evaluate("window.sameDocument")


async def test_shift_and_enter_only_begin_a_new_line(phone: Phone) -> None:
    field = await phone.types()
    await field.fill("第一行")
    await field.press("Shift+Enter")
    await field.press_sequentially("第二行")
    await expect(phone.own("第一行")).to_have_count(0)
    await field.press("Enter")
    await expect(phone.own("第一行\n第二行")).to_have_count(1)


async def test_blanks_alone_are_not_sent(phone: Phone) -> None:
    await phone.say("   \n ")
    await expect(phone.page.get_by_role("button", name="发送")).to_be_hidden()
    await expect(phone.page.locator(".said--follower")).to_have_count(0)


async def test_what_happens_elsewhere_appears_on_the_open_phone(phone_stage: Stage, phone: Phone) -> None:
    await phone_stage.post(f"followers/{phone.openid}/messages", {"type": "text", "content": "别处说的"})
    await expect(phone.own("别处说的")).to_be_visible()
    await phone.hears("你说：别处说的")


async def test_quiet_dots_show_while_an_answer_is_awaited(phone: Phone) -> None:
    await phone.say("慢")
    await expect(phone.page.locator(".waiting")).to_be_visible()
    assert await phone.own("慢").count() == 1
    await phone.hears("你说：慢")
    await expect(phone.page.locator(".waiting")).to_have_count(0)


async def test_an_answer_that_is_broken_shows_the_line_of_the_platform(phone: Phone) -> None:
    await phone.say("乱")
    line = phone.page.locator(".system", has_text="该公众号提供的服务出现故障，请稍后再试")
    await expect(line).to_be_visible(timeout=30_000)
    await expect(phone.page.locator(".waiting")).to_have_count(0)


async def test_what_looks_like_markup_stays_text(phone_stage: Stage, phone: Phone) -> None:
    attack = '<img src=x onerror="document.title=1"><script>document.title=2</script><b>粗</b>'
    bad_link = '<a href="javascript:document.title=3">点我</a>'
    phone_stage.service.answers["攻击"] = attack + bad_link
    title = await phone.page.title()
    await phone.say(attack)
    await phone.say("攻击")
    await phone.hears("点我")
    await expect(phone.own(attack)).to_have_count(1)
    await expect(phone.said(attack).last).to_be_visible()
    assert await phone.talk.locator("img, script, b, a[href^=javascript]").count() == 0
    assert await phone.page.title() == title


async def test_a_link_in_an_answer_opens_over_the_chat(phone_stage: Stage, phone: Phone) -> None:
    address = f"{phone_stage.service.address}/read/one"
    phone_stage.service.answers["链接"] = f'先看<a href="{address}">这一篇</a>，或者 {address}。'
    await phone.say("链接")
    await expect(phone.said("先看").get_by_role("link")).to_have_count(2)
    await phone.said("先看").get_by_role("link", name="这一篇").click()
    await expect(phone.page.get_by_role("dialog", name="这一篇")).to_be_visible()
    await expect(phone.page.frame_locator("iframe").get_by_role("heading", name="老赵的十分钟")).to_be_visible()
    await phone.page.keyboard.press("Escape")
    await expect(phone.said("先看").get_by_role("link", name="这一篇")).to_be_focused()


async def test_telephones_can_be_rung_and_amounts_are_left_alone(phone: Phone) -> None:
    words = "热线 12356（24 小时），报警110、急救120，座机 0571-87654321。等了120分钟，花了 110 元，编号 312356。"
    rung = await phone.page.evaluate(
        """async (words) => {
            const { accountWords } = await import("/phone/words.js");
            return accountWords(words).filter((node) => node.href).map((node) => node.getAttribute("href"));
        }""",
        words,
    )
    assert rung == ["tel:12356", "tel:110", "tel:120", "tel:057187654321"]


async def test_an_hour_is_booked_by_numbers(phone_stage: Stage, phone: Phone) -> None:
    phone_stage.service.answers |= {"预约": "想约哪个时间？\n1 周五 10:00\n2 周五 11:00", "1": "已预约：周五 10:00"}
    await phone.say("预约")
    await phone.hears("1 周五 10:00")
    await phone.say("1")
    await phone.hears("已预约：周五 10:00")


async def test_long_words_stay_inside_their_bubble(phone_stage: Stage, small_phone: Phone) -> None:
    lines = "\n".join(f"第 {number} 行：下班路上的十分钟，留给自己。" for number in range(1, 26))
    phone_stage.service.answers["长"] = f"{lines}\n{'w' * 300}"
    await small_phone.say("长")
    await small_phone.hears("第 25 行")
    wide = "element => element.scrollWidth > element.clientWidth"
    assert not await small_phone.talk.evaluate(wide)
    assert not await small_phone.said("第 25 行").evaluate(wide)
    assert await small_phone.talk.evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight < 2")


async def test_a_growing_field_leaves_the_last_words_in_sight(phone_stage: Stage, phone: Phone) -> None:
    phone_stage.service.answers["长"] = "\n".join(f"第 {number} 行" for number in range(1, 61))
    await phone.say("长")
    await phone.hears("第 60 行")
    before = await phone.talk.bounding_box()
    await (await phone.types()).fill("一\n二\n三\n四\n五")
    await phone.page.wait_for_function("talk.scrollHeight - talk.scrollTop - talk.clientHeight < 2")
    after = await phone.talk.bounding_box()
    assert before
    assert after
    assert after["height"] < before["height"] - 40


async def test_news_do_not_tear_away_who_reads_further_up(phone_stage: Stage, phone: Phone) -> None:
    phone_stage.service.answers["长"] = "\n".join(f"第 {number} 行" for number in range(1, 61))
    await phone.say("长")
    await phone.hears("第 60 行")
    await phone.talk.evaluate("element => { element.scrollTop = 0; }")
    await phone_stage.post(f"followers/{phone.openid}/messages", {"type": "text", "content": "又一句"})
    more = phone.page.get_by_role("button", name="有新消息")
    await expect(more).to_be_visible()
    assert await phone.talk.evaluate("element => element.scrollTop") == 0
    await more.click()
    await expect(phone.said("你说：又一句")).to_be_in_viewport()


async def test_a_message_that_did_not_get_out_can_be_sent_again(phone: Phone) -> None:
    await phone.page.route("**/messages", lambda route: route.abort())
    await phone.say("断网时说的")
    again = phone.page.get_by_role("button", name="没有发出去，再发一次")
    await expect(again).to_be_visible()
    await phone.page.unroute("**/messages")
    await again.click()
    await phone.hears("你说：断网时说的")
    await expect(phone.own("断网时说的")).to_have_count(1)


async def test_what_was_made_earlier_but_arrives_later_is_still_shown(phone: Phone) -> None:
    late = {
        "id": 0,
        "at": "2026-11-25T07:30:00Z",
        "side": "account",
        "kind": "text",
        "text": "早就写好的",
        "articles": [],
    }

    def speak(line: WebSocketRoute) -> None:
        line.connect_to_server()
        line.send(json.dumps({"item": late}))
        line.send(json.dumps({"item": late}))

    await phone.page.route_web_socket("**/live", speak)
    await phone.page.reload()
    await phone.hears(GREETING)
    await expect(phone.said("早就写好的")).to_have_count(1)


async def test_a_lost_line_is_found_again_and_nothing_is_missed(phone_stage: Stage, phone: Phone) -> None:
    lines: list[WebSocketRoute] = []

    def keep(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    await phone.page.route_web_socket("**/live", keep)
    await phone.page.reload()
    await phone.hears(GREETING)
    await lines[0].close()
    await phone_stage.post(f"followers/{phone.openid}/messages", {"type": "text", "content": "断线时说的"})
    await phone.hears("你说：断线时说的")
    await expect(phone.page.locator("#offline")).to_be_hidden()
    assert len(lines) > 1
    await expect(phone.own("断线时说的")).to_have_count(1)


async def test_a_line_that_is_hung_up_on_is_not_asked_for_in_a_hurry(phone: Phone) -> None:
    calls: list[WebSocketRoute] = []

    async def hang_up(line: WebSocketRoute) -> None:
        calls.append(line)
        await line.close()

    await phone.page.route_web_socket("**/live", hang_up)
    await phone.page.reload()
    await phone.page.wait_for_timeout(3000)
    assert 2 <= len(calls) <= 4


async def test_stamps_speak_as_a_phone_in_shanghai_does(phone: Phone) -> None:
    stamps = await phone.page.evaluate(
        """async () => {
            const { stampOf, nextMorning } = await import("/phone/times.js");
            const now = new Date("2026-11-25T23:40:00Z");
            const earlier = ["2026-11-25T16:00:00Z", "2026-11-25T15:59:00Z", "2026-11-20T23:30:00Z",
                             "2026-11-18T23:30:00Z", "2025-11-25T23:30:00Z"];
            return [...earlier.map((at) => stampOf(new Date(at), now)), nextMorning(now).toISOString(),
                    nextMorning(new Date("2026-11-25T23:29:00Z")).toISOString()];
        }"""
    )
    assert stamps == [
        "00:00",
        "昨天 23:59",
        "星期六 07:30",
        "11月19日 07:30",
        "2025年11月26日 07:30",
        "2026-11-26T23:30:00.000Z",
        "2026-11-25T23:30:00.000Z",
    ]
